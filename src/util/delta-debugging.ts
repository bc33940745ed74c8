/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002), its half that matters for large inputs: leaves out
 * one part after the other, halves the parts when none can be left out any more, and ends with parts of one.
 */

/** `holds` says whether what is wanted still is so of these items; it must of all. At most `tries` are asked about. Returns items of which none can be left out alone, unless the tries were used up. */
export async function minimized(
  items: Uint32Array,
  tries: number,
  holds: (items: Uint32Array) => Promise<Uint32Array | undefined>,
): Promise<{items: Uint32Array; tries: number}> {
  let left = items
  let size = Math.ceil(left.length / 2)
  let tried = 0
  while (size >= 1 && tried < tries) {
    let removed = 0
    // From behind: what is removed moves nothing that is yet to come.
    for (let end = left.length; end > 0 && tried < tries; end -= size) {
      const start = Math.max(0, end - size)
      if (start >= left.length) continue
      const without = new Uint32Array(left.length - (Math.min(end, left.length) - start))
      without.set(left.subarray(0, start))
      without.set(left.subarray(Math.min(end, left.length)), start)
      tried++
      const kept = await holds(without)
      if (kept === undefined) continue
      removed += left.length - kept.length
      left = kept
    }
    if (size === 1 && removed === 0) break
    size = size === 1 ? 1 : Math.min(Math.ceil(size / 2), Math.ceil(left.length / 2))
    if (size > 1 && left.length <= 1) break
  }
  return {items: left, tries: tried}
}
