/**
 * Which objects a snapshot had, kept for another one of the same process. An id alone does not tell: V8 numbers addresses, and what is
 * made where an object died between two snapshots inherits its id (`HeapObjectsMap::FindOrAddEntry`, heap-snapshot-generator.cc).
 * So kind and class must be the same, too: in 24 programs measured, no object that lived on changed them.
 */
import {isText} from '../../snapshot/code/text.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {memoize} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {idsAscending} from './id-column.ts'

/** Objects of one snapshot, as another one can ask for them: 5 to 9 bytes each. */
export interface KnownObjects {
  /** Their ids, ascending. */
  ids: NumberArray
  /** Uint8Array(ids.length): kind and class of each, hashed. */
  prints: Uint8Array
}

export function knownObjects(snapshot: Snapshot, isMeant: (node: number) => boolean = () => true): KnownObjects {
  const {ids, nodes} = idsAscending(snapshot, isMeant)
  const print = printOf(snapshot)
  const prints = new Uint8Array(nodes.length)
  for (let i = 0; i < nodes.length; i++) prints[i] = print(nodes[i])
  return {ids, prints}
}

/** Whether a node of this snapshot is one of the objects known of the other. Bisects. */
export function knownTest({ids, prints}: KnownObjects, snapshot: Snapshot): (node: number) => boolean {
  const {nodeId} = snapshot
  const print = printOf(snapshot)
  return node => {
    const place = indexInSorted(ids, nodeId[node])
    return place >= 0 && prints[place] === print(node)
  }
}

const HASHED = 1 << 8
/** No kind's number. */
const TEXT = HASHED - 1

/**
 * A byte for each node. All texts have one, since what is joined becomes flat; of other kinds only objects and functions are named by
 * what they are for good: names of a page's nodes change when they are detached.
 */
const printOf = memoize((snapshot: Snapshot): ((node: number) => number) => {
  const {nodeKind, nodeName, strings} = snapshot
  /** By string: HASHED and the hash; 0 if not asked for yet. */
  const ofName = new Uint16Array(strings.count)
  return node => {
    const kind = nodeKind[node]
    if (isText(snapshot, node)) return TEXT
    if (kind !== NodeKind.object && kind !== NodeKind.closure) return kind
    const name = nodeName[node]
    if (ofName[name] === 0) ofName[name] = HASHED | hash(strings.get(name))
    return (ofName[name] ^ kind) & (HASHED - 1)
  }
})

const MAX_HASHED = 200

/** FNV-1a, folded into a byte. */
function hash(text: string): number {
  let hash = 0x811c9dc5
  const length = Math.min(text.length, MAX_HASHED)
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (HASHED - 1)
}
