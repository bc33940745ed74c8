/** The numbers of DevTools' own worker, as the package `heap-snapshot-toolkit` carries it, in our shapes. */
import {readFileSync} from 'node:fs'
import {Readable} from 'node:stream'
import {gunzipSync} from 'node:zlib'
import {devToolsSnapshot} from '../analyze/devtools.ts'

export interface ClassRow {
  name: string
  count: number
  self: number
  distance: number
  /** The retained size of the row. */
  maxRet: number
}

export interface DevToolsNumbers {
  nodeCount: number
  /** By ordinal. */
  distance: Int32Array
  selfBytes: Uint32Array
  retained: Float64Array
  dominator: Uint32Array
  detachedness: Uint8Array
  className: string[]
  /** The rows of the Summary by class key: `scriptId,line,column,Name` or `,Name`. */
  rows: Map<string, ClassRow>
  /**
   * What DevTools groups nodes by before it makes keys of it: a text, or the index of one. Two indexes of one text have
   * the same key, and the row of the second takes the place of the first.
   */
  innerKey: (string | number)[]
}

/** The worker's own names; those that are private are reached in the file as it is. */
interface Worker {
  nodeCount: number
  nodeFieldCount: number
  nodeSelfSizeOffset: number
  nodes: {getValue(index: number): number}
  nodeDistances: Int32Array
  retainedSizes: Float64Array
  dominatorsTree: Uint32Array
  createNode(index: number): {className(): string; classKeyInternal(): string | number; detachedness(): number}
  getAggregatesByClassKey(sorted: boolean, key: string): Record<string, ClassRow>
}

export async function devToolsNumbers(text: string): Promise<DevToolsNumbers> {
  const worker = (await devToolsSnapshot(Readable.from([text]))) as unknown as Worker
  const {nodeCount, nodeFieldCount, nodeSelfSizeOffset, nodes} = worker
  const node = (ordinal: number) => worker.createNode(ordinal * nodeFieldCount)
  const ordinals = Array.from({length: nodeCount}, (_, ordinal) => ordinal)
  return {
    nodeCount,
    distance: worker.nodeDistances,
    selfBytes: Uint32Array.from(ordinals, ordinal => nodes.getValue(ordinal * nodeFieldCount + nodeSelfSizeOffset)),
    retained: worker.retainedSizes,
    dominator: worker.dominatorsTree,
    detachedness: Uint8Array.from(ordinals, ordinal => node(ordinal).detachedness()),
    className: ordinals.map(ordinal => node(ordinal).className()),
    rows: new Map(Object.entries(worker.getAggregatesByClassKey(false, 'allObjects'))),
    innerKey: ordinals.map(ordinal => node(ordinal).classKeyInternal()),
  }
}

export function textOfFile(path: string): string {
  return gunzipSync(readFileSync(path)).toString()
}
