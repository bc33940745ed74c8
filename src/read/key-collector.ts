/** Property names of JSON, collected from the pieces that chunks have of them. */

const MAX_KEY_BYTES = 4096

/** Collects a property name; a longer one than any section has is cut, and so matches none. */
export class KeyCollector {
  readonly #bytes = Buffer.alloc(MAX_KEY_BYTES)
  #length = 0

  clear(): void {
    this.#length = 0
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    const room = Math.min(to - from, MAX_KEY_BYTES - this.#length)
    this.#bytes.set(bytes.subarray(from, from + room), this.#length)
    this.#length += room
  }

  text(): string {
    const raw = this.#bytes.toString('utf8', 0, this.#length)
    return this.#length < MAX_KEY_BYTES && raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
  }
}
