/**
 * Pairs of numbers sorted by the second: roughly when they are added, exactly when they are asked for, one band of neighboring numbers
 * after the other. So what is written and read at random is never more than one band, which the processor's cache holds; a list sorted
 * in one go waits for memory at each pair.
 */

import {MAX_UINT32} from '../../util/uint32.ts'

/** Pairs of a band that lie together. A power of two. */
const CHUNK = 1024
const CHUNK_BITS = 10
const LAST = CHUNK - 1
const NONE = MAX_UINT32
/** Numbers of a band: from so few, if there are not too many bands to write to, to as many as 16 bits tell apart. */
const LEAST_BITS = 14
const MOST_BITS = 16
const MOST_BANDS = 256

export interface EdgeBands {
  /** The second numbers of band b are `b << shift` and up to `mask` more. */
  shift: number
  mask: number
  /** By place in the chunks: the first number, and the last bits of the second. */
  from: Uint32Array
  to: Uint16Array
  /** By band, the place of its next pair. */
  next: Uint32Array
  /** By chunk, the one before of the same band, or NONE. */
  previous: Uint32Array
  chunks: number
  /** Scratch of `sortBand`. */
  first: Uint32Array
  sorted: Uint32Array
}

/** For up to `pairs` pairs whose second number is below `limit`. The system gives memory to what is written to only. */
export function edgeBands(limit: number, pairs: number): EdgeBands {
  let shift = LEAST_BITS
  while (shift < MOST_BITS && limit / 2 ** shift > MOST_BANDS) shift++
  const bands = Math.floor(Math.max(0, limit - 1) / 2 ** shift) + 1
  const chunks = Math.floor(pairs / CHUNK) + 1 + bands
  return {
    shift,
    mask: 2 ** shift - 1,
    from: new Uint32Array(chunks * CHUNK),
    to: new Uint16Array(chunks * CHUNK),
    next: Uint32Array.from({length: bands}, (_, band) => band * CHUNK),
    previous: new Uint32Array(chunks).fill(NONE),
    chunks: bands,
    first: new Uint32Array(2 ** shift + 1),
    sorted: new Uint32Array(0),
  }
}

export function addPair(bands: EdgeBands, from: number, to: number): void {
  const band = to >>> bands.shift
  const {next} = bands
  const at = next[band]
  bands.from[at] = from
  bands.to[at] = to & bands.mask
  if ((at & LAST) !== LAST) next[band] = at + 1
  else {
    const chunk = bands.chunks++
    bands.previous[chunk] = at >>> CHUNK_BITS
    next[band] = chunk * CHUNK
  }
}

/** The pairs of a band: those to `(band << shift) + i` are `sorted[first[i]]` to `sorted[first[i + 1] - 1]`, until the next band is. */
export function sortBand(bands: EdgeBands, band: number): void {
  const {from, to, previous, first} = bands
  const last = bands.next[band]
  first.fill(0)
  let end = last
  for (let chunk = last >>> CHUNK_BITS; chunk !== NONE; chunk = previous[chunk]) {
    if (chunk !== last >>> CHUNK_BITS) end = (chunk + 1) * CHUNK
    for (let at = chunk * CHUNK; at < end; at++) first[to[at]]++
  }
  let sum = 0
  for (let i = 0; i < first.length; i++) {
    sum += first[i]
    first[i] = sum
  }
  if (bands.sorted.length < sum) bands.sorted = new Uint32Array(sum)
  const {sorted} = bands
  end = last
  for (let chunk = last >>> CHUNK_BITS; chunk !== NONE; chunk = previous[chunk]) {
    if (chunk !== last >>> CHUNK_BITS) end = (chunk + 1) * CHUNK
    for (let at = chunk * CHUNK; at < end; at++) sorted[--first[to[at]]] = from[at]
  }
}
