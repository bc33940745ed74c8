/** Distances from here on are of nodes that only V8's own roots reach; the rest is counted from this number. */
export const SYSTEM_DISTANCE = 100_000_000
