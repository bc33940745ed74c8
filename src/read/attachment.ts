/** Bytes as text for a page: gzip, base64. */
import {Readable} from 'node:stream'
import {createGzip} from 'node:zlib'
import {HeapgraphError} from '../util/errors.ts'
import {formatBytes} from '../util/units.ts'
import {openSource} from './source.ts'

/** Packed bytes of all that one page brings: as a text they are a third more, and V8's strings end at 512 MiB. */
export const MAX_ATTACHED_BYTES = 256 << 20

/** The unpacked bytes of a file, packed anew. Throws TOO_LARGE, and what `openSource` throws. */
export async function attachedFile(path: string): Promise<string> {
  return attached(path, (await openSource(path)).chunks())
}

/** The same of some bytes; `name` is for the message. */
export async function attached(name: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const packer = createGzip({level: 6})
  const source = Readable.from(copies(bytes))
  source.on('error', error => packer.destroy(error))
  source.pipe(packer)
  const packed: Buffer[] = []
  let length = 0
  for await (const chunk of packer as AsyncIterable<Buffer>) {
    packed.push(chunk)
    length += chunk.length
    if (length <= MAX_ATTACHED_BYTES) continue
    packer.destroy()
    source.destroy()
    throw new HeapgraphError(
      'TOO_LARGE',
      `${name}: packed it is more than ${formatBytes(MAX_ATTACHED_BYTES)}, too much for a page`,
      'leave out --full, or use heapgraph explore where the file is',
    )
  }
  return Buffer.concat(packed).toString('base64')
}

/** A chunk is valid until the next one is asked for, and a stream keeps several. */
async function* copies(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) yield Buffer.from(chunk)
}
