/** For what would never come: a limit that a slow or busy machine does not reach. No test measures by it; of a whole file it is scripts/test-limit.mjs. */
export const HANG_MS = 240_000

/**
 * Waits for what something else does: a process, a page, a file.
 * @param told what has come instead, for the error if it does not come
 */
export async function until(
  what: () => boolean | Promise<boolean>,
  told: () => unknown = () => '',
  everyMs = 50,
): Promise<void> {
  for (const last = Date.now() + HANG_MS; Date.now() < last; ) {
    if (await what()) return
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
  throw new Error(`waited for in vain: ${what}: ${told()}`)
}
