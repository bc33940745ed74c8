/** A map from pairs of small integers to one: open addressing in typed arrays, for millions of pairs. */
import {MAX_UINT32} from './uint32.ts'

const EMPTY = MAX_UINT32

export class PairMap {
  #first: Uint32Array
  #second: Uint32Array
  #value: Uint32Array
  #size = 0

  constructor(capacity = 1 << 10) {
    this.#first = new Uint32Array(capacity).fill(EMPTY)
    this.#second = new Uint32Array(capacity)
    this.#value = new Uint32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The value of a pair; -1 if it has none. */
  get(first: number, second: number): number {
    const place = this.#place(first, second)
    return this.#first[place] === EMPTY ? -1 : this.#value[place]
  }

  /** Keeps the value that a pair has; whether it had none. `first` is below 2 ** 32 - 1. */
  add(first: number, second: number, value: number): boolean {
    let place = this.#place(first, second)
    if (this.#first[place] !== EMPTY) return false
    if (++this.#size * 2 > this.#first.length) {
      this.#grow()
      place = this.#place(first, second)
    }
    this.#put(place, first, second, value)
    return true
  }

  #put(place: number, first: number, second: number, value: number): void {
    this.#first[place] = first
    this.#second[place] = second
    this.#value[place] = value
  }

  /** Where a pair stands, or would. */
  #place(first: number, second: number): number {
    const mask = this.#first.length - 1
    const hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
    let place = (hash ^ (hash >>> 15)) & mask
    while (this.#first[place] !== EMPTY && !(this.#first[place] === first && this.#second[place] === second)) {
      place = (place + 1) & mask
    }
    return place
  }

  #grow(): void {
    const [first, second, value] = [this.#first, this.#second, this.#value]
    this.#first = new Uint32Array(first.length * 2).fill(EMPTY)
    this.#second = new Uint32Array(first.length * 2)
    this.#value = new Uint32Array(first.length * 2)
    for (let i = 0; i < first.length; i++) {
      if (first[i] !== EMPTY) this.#put(this.#place(first[i], second[i]), first[i], second[i], value[i])
    }
  }
}
