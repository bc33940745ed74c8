/** Objects that count among the instances of a type, though the program made none of them. */
import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'

/**
 * One bit a node: prototypes of functions and classes (that of a subclass is an instance of the class above), and the objects that V8
 * copies where a literal is evaluated (`boilerplate` of an AllocationSite, which snapshots call `transition_info`:
 * `ExtractAllocationSiteReferences`, heap-snapshot-generator.cc).
 */
export const templateObjects = memoize(
  (snapshot: Snapshot): BitSet => BitSet.of(snapshot.nodeCount, templates(snapshot)),
)

const templates = savedColumn('templates', (snapshot: Snapshot): Uint32Array => {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const found = new BitSet(nodeCount)
  const prototype = strings.setOf('prototype')
  const boilerplate = strings.setOf('transition_info')
  const sites = strings.setOf('system / AllocationSite')
  for (let node = 0; node < nodeCount; node++) {
    const isClosure = nodeKind[node] === NodeKind.closure
    if (!isClosure && !sites.has(nodeName[node])) continue
    const [kind, names] = isClosure ? [EdgeKind.property, prototype] : [EdgeKind.internal, boilerplate]
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === kind && names.has(edgeName[edge])) found.add(edgeTarget[edge])
    }
  }
  return found.members()
})
