/** Numbers of more digits than 32-bit arithmetic holds. */

const ZERO = 0x30

/** The value of up to 15 decimal digits, which a double holds exactly. */
export function exactNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] - ZERO)
  return value
}
