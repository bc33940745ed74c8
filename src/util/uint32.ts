/** The largest number that a Uint32Array holds: no ordinal and no count of nodes or edges, so that it can stand for none. */
export const MAX_UINT32 = 0xffffffff
