/**
 * The bytes as a stream whose chunks have the given sizes, again and again. All chunks lie in one buffer, a Buffer as
 * Node's streams give, and a chunk is overwritten once the next one is asked for: whoever keeps one is found out.
 */
export async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(Math.min(bytes.length, Math.max(...sizes)))
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.min(sizes[turn % sizes.length], bytes.length - at)
    buffer.fill(0x7e)
    buffer.set(bytes.subarray(at, at + size))
    yield buffer.subarray(0, size)
    at += size
  }
  buffer.fill(0x7e)
}
