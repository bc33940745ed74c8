/** DevTools' own worker, as the package `heap-snapshot-toolkit` carries it. */
import {createReadStream} from 'node:fs'
import {Readable} from 'node:stream'
import {createGunzip} from 'node:zlib'
import {parse} from 'heap-snapshot-toolkit'

/** What is used of a snapshot of DevTools'. */
export interface DevToolsSnapshot {
  nodeDistances: Int32Array
  rootNode(): DevToolsNode
  createNode(index: number): DevToolsNode
  nodeFieldCount: number
}

interface DevToolsNode {
  className(): string
  rawName(): string
}

export async function devToolsDistances(text: string): Promise<number[]> {
  return [...(await devToolsSnapshot(Readable.from([text]))).nodeDistances]
}

export async function devToolsDistancesOfFile(path: string): Promise<Int32Array> {
  const stream = createReadStream(path).pipe(createGunzip()).setEncoding('utf8')
  return (await devToolsSnapshot(stream)).nodeDistances
}

export async function devToolsSnapshot(stream: Readable): Promise<DevToolsSnapshot> {
  // It tells the console about every node that is not reached.
  const {warn, info, log} = console
  console.warn = console.info = console.log = () => {}
  try {
    return (await parse(stream as unknown as ReadableStream)) as unknown as DevToolsSnapshot
  } finally {
    Object.assign(console, {warn, info, log})
  }
}
