/** Finds the byte of one number in a flat array: only needed once something is wrong with it. */

const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c

/**
 * The offset of number `index` of the array that opens at `arrayOffset`, or undefined if it ends before.
 * The array has been scanned before, so its grammar is right.
 */
export async function offsetOfNumber(
  chunks: AsyncIterable<Uint8Array>,
  arrayOffset: number,
  index: number,
): Promise<number | undefined> {
  let position = 0
  let commas = 0
  let inArray = false
  for await (const chunk of chunks) {
    for (let at = Math.max(0, arrayOffset - position); at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === OPEN_ARRAY) inArray = true
      else if (byte === CLOSE_ARRAY) return undefined
      else if (byte === COMMA) commas++
      else if (byte > 0x20 && inArray && commas === index) return position + at
    }
    position += chunk.length
  }
  return undefined
}
