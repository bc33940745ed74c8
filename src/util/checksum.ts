/**
 * A fast checksum of bytes as they lie in memory: eight lanes of 32-bit words, each mixed so that any change of a single word
 * changes the result for certain, and of other changes hardly one in 2^32 does not. Against accidents, not against attackers.
 * The result depends on the machine's byte order.
 */

const LANES = 8
const PRIME = 0x9e3779b1 | 0

export class Checksum {
  readonly #lanes = Int32Array.from({length: LANES}, (_, lane) => Math.imul(lane + 1, PRIME))
  #length = 0

  /** `bytes` must begin at a multiple of 4 in its buffer, and have a multiple of 32 bytes unless they are the last. */
  add(bytes: Uint8Array): void {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
    const lanes = this.#lanes
    let [a, b, c, d, e, f, g, h] = lanes
    const end = words.length - (words.length % LANES)
    for (let i = 0; i < end; i += LANES) {
      a = mix(a, words[i])
      b = mix(b, words[i + 1])
      c = mix(c, words[i + 2])
      d = mix(d, words[i + 3])
      e = mix(e, words[i + 4])
      f = mix(f, words[i + 5])
      g = mix(g, words[i + 6])
      h = mix(h, words[i + 7])
    }
    lanes.set([a, b, c, d, e, f, g, h])
    for (let i = end; i < words.length; i++) lanes[i - end] = mix(lanes[i - end], words[i])
    for (let i = words.length * 4; i < bytes.length; i++) lanes[LANES - 1] = mix(lanes[LANES - 1], bytes[i] + 1)
    this.#length += bytes.length
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const half = (from: number) => {
      let sum = mix(this.#length | 0, Math.floor(this.#length / 2 ** 32))
      for (const lane of this.#lanes.subarray(from, from + LANES / 2)) sum = mix(sum, lane)
      return (sum >>> 0).toString(16).padStart(8, '0')
    }
    return half(0) + half(LANES / 2)
  }
}

function mix(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, PRIME)
  return product ^ (product >>> 15)
}

/** Tells a text from others. */
export function textKey(text: string): string {
  const checksum = new Checksum()
  const bytes = Buffer.allocUnsafeSlow(text.length * 2)
  bytes.write(text, 'utf16le')
  checksum.add(bytes)
  return `${text.length}-${checksum.digest()}`
}
