/** For what would never come: a limit that a slow or busy machine does not reach. No test measures by it. */
export const HANG_MS = 600_000
