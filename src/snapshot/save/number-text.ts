/** Numbers as decimal digits, put into bytes without a string for each. */

const ZERO = 0x30
const MINUS = 0x2d
/** Below it, digits are made by 32-bit arithmetic. */
const SMALL = 2 ** 31

/** Bytes that any number takes at the most: `-1.7976931348623157e+308`. */
export const LONGEST_NUMBER = 24

/** Writes a number as JSON has it at `at`; returns the place behind it. */
export function putNumber(bytes: Uint8Array, at: number, value: number): number {
  if (Object.is(value, -0)) return putNumber(bytes, at, 0)
  if (value < 0 && value > -SMALL && Number.isInteger(value)) {
    bytes[at] = MINUS
    return putSmall(bytes, at + 1, -value)
  }
  if (value >= 0 && value < SMALL && Number.isInteger(value)) return putSmall(bytes, at, value)
  const text = String(value)
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

function putSmall(bytes: Uint8Array, at: number, value: number): number {
  let digits = 1
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) digits++
  let rest = value
  for (let place = at + digits - 1; place >= at; place--) {
    const next = (rest / 10) | 0
    bytes[place] = ZERO + rest - next * 10
    rest = next
  }
  return at + digits
}
