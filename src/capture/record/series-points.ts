/** Points that come one by one, without end, kept in bounded memory: of many near each other the lowest and the highest stay. */
import type {Points} from '../../util/series.ts'

/** A week at ten a second is six million: more than a picture has pixels for. */
const MAX_POINTS = 1 << 15

/** Collects the points of a series, thinning them out where there are too many. */
export class PointCollector {
  #times = new Float64Array(64)
  #values = new Float64Array(64)
  #length = 0

  /** Whether points were left out between the lowest and the highest of their neighborhood. */
  isThinned = false

  /** Adds a point; times do not go back. */
  add(time: number, value: number): void {
    if (this.#length === MAX_POINTS) {
      this.#length = thin(this.#times, this.#values, this.#length)
      this.isThinned = true
    }
    if (this.#length === this.#times.length) {
      this.#times = grown(this.#times)
      this.#values = grown(this.#values)
    }
    this.#times[this.#length] = time
    this.#values[this.#length++] = value
  }

  /** Number of points that are kept. */
  get length(): number {
    return this.#length
  }

  /** In the order of time; views of the collector's own. */
  points(): Points {
    sortByTime(this.#times, this.#values, this.#length)
    return {times: this.#times.subarray(0, this.#length), values: this.#values.subarray(0, this.#length)}
  }
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const next = new Float64Array(array.length * 2)
  next.set(array)
  return next
}

/** Of every four points in a row, the lowest and the highest, in their order: the extremes of all stay what they were. */
function thin(times: Float64Array, values: Float64Array, length: number): number {
  let kept = 0
  for (let at = 0; at < length; at += 4) {
    const end = Math.min(at + 4, length)
    let [low, high] = [at, at]
    for (let i = at + 1; i < end; i++) {
      if (values[i] < values[low]) low = i
      if (values[i] > values[high]) high = i
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
      times[kept] = times[i]
      values[kept++] = values[i]
    }
  }
  return kept
}

/** Nearly always they are in order, since they were written so; then this is one look at each. */
function sortByTime(times: Float64Array, values: Float64Array, length: number): void {
  let inOrder = true
  for (let i = 1; i < length && inOrder; i++) inOrder = times[i - 1] <= times[i]
  if (inOrder) return
  const order = Uint32Array.from({length}, (_, i) => i).sort((a, b) => times[a] - times[b] || a - b)
  const [oldTimes, oldValues] = [times.slice(0, length), values.slice(0, length)]
  for (let i = 0; i < length; i++) {
    times[i] = oldTimes[order[i]]
    values[i] = oldValues[order[i]]
  }
}
