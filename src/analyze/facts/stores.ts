/** Where V8 keeps an object's elements and properties, besides writing edges of the object's own to what is in them. */
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'

const ELEMENTS = '(object elements)'
const STORES = [ELEMENTS, '(object properties)', 'system / PropertyArray']

/**
 * Whether a node is a store whose owner has the same edges itself, by name or index (`V8HeapExplorer::ExtractElementReferences`,
 * heap-snapshot-generator.cc): of frozen arrays V8 writes none.
 */
export const shadowStores = memoize((snapshot: Snapshot): ((node: number) => boolean) => {
  const {nodeCount, nodeName, edgeKind, firstEdge, retainers, strings} = snapshot
  const names = strings.setOf(...STORES)
  const elements = strings.setOf(ELEMENTS)
  const asked = new BitSet(nodeCount)
  const shadows = new BitSet(nodeCount)
  const find = (store: number) => {
    if (!elements.has(nodeName[store])) return true
    const slot = retainers.first[store]
    const owner = slot < retainers.first[store + 1] ? retainers.source[slot] : store
    for (let edge = firstEdge[owner]; edge < firstEdge[owner + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.element) return true
    }
    return false
  }
  return node => {
    if (!names.has(nodeName[node])) return false
    if (!asked.has(node)) {
      asked.add(node)
      if (find(node)) shadows.add(node)
    }
    return shadows.has(node)
  }
})
