/** Bytes as text for a page: gzip, base64. */
import {Readable} from 'node:stream'
import {createGzip} from 'node:zlib'
import {HeapgraphError} from '../util/errors.ts'
import {formatBytes} from '../util/units.ts'
import {openSource} from './source.ts'

/** Packed bytes of all that one page brings: as a text they are a third more, and V8's strings end at 512 MiB. */
const MAX_PACKED_BYTES = 256 << 20

/** Packs what one page brings. `maxPackedBytes`: of all that is packed. */
export class Attachments {
  /** Base64 by name. */
  readonly texts: Record<string, string> = {}
  #left: number

  constructor(maxPackedBytes = MAX_PACKED_BYTES) {
    this.#left = maxPackedBytes
  }

  /** Adds the unpacked bytes of a file. Throws TOO_LARGE, and what `openSource` throws. */
  async addFile(name: string, path: string): Promise<void> {
    await this.add(name, (await openSource(path)).chunks(), path)
  }

  /** Adds some bytes; `what` is for the message. */
  async add(name: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, what = name): Promise<void> {
    const packer = createGzip({level: 6})
    const source = Readable.from(copies(bytes))
    source.on('error', error => packer.destroy(error))
    source.pipe(packer)
    const packed: Buffer[] = []
    for await (const chunk of packer as AsyncIterable<Buffer>) {
      packed.push(chunk)
      this.#left -= chunk.length
      if (this.#left >= 0) continue
      packer.destroy()
      source.destroy()
      throw new HeapgraphError(
        'TOO_LARGE',
        `${what}: packed this is too much for a page, which has room for ${formatBytes(MAX_PACKED_BYTES)}`,
        'leave out --full, or use heapgraph explore where the file is',
      )
    }
    this.texts[name] = Buffer.concat(packed).toString('base64')
  }
}

/** A chunk is valid until the next one is asked for, and a stream keeps several. */
async function* copies(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) yield Buffer.from(chunk)
}
