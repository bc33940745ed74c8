/**
 * A heap without what the program's strings say: for those who are to see how it is built, and not what was in it. What is read of code stays:
 * names of classes, functions, variables and properties, and scripts.
 */
import {isText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {BitSet} from '../../util/bit-set.ts'
import {dictionaryTest} from './dictionaries.ts'

/** Fields of a script that hold its text, its name and the place of its map (`V8HeapExplorer::ExtractScriptReferences`). */
const SCRIPT_FIELDS = ['source', 'name', 'source_url', 'source_mapping_url'] as const

/** Hides them for good in this snapshot, which is written into no index afterwards. Linear in nodes and edges. */
export function hideTexts(snapshot: Snapshot): void {
  const shown = namesOfCode(snapshot)
  snapshot.strings.hide({has: index => !shown.has(index)})
}

/** The strings that are the name of anything but a string, and the texts of scripts. */
function namesOfCode(snapshot: Snapshot): BitSet {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const isDictionary = dictionaryTest(snapshot)
  const isScriptField = strings.setOf(...SCRIPT_FIELDS)
  const shown = new BitSet(strings.count)
  const texts: number[] = []
  for (let node = 0; node < nodeCount; node++) {
    if (!isText(snapshot, node)) shown.add(nodeName[node])
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge]
      if (isIndexed(kind)) continue
      if (nodeKind[node] === NodeKind.code && kind === EdgeKind.internal && isScriptField.has(edgeName[edge]))
        texts.push(edgeTarget[edge])
      if (kind !== EdgeKind.property || !isDictionary(node)) shown.add(edgeName[edge])
    }
  }
  showWhole(snapshot, texts, shown)
  return shown
}

/** Texts and the parts that they are joined of. */
function showWhole({nodeCount, nodeKind, nodeName, firstEdge, edgeTarget}: Snapshot, texts: number[], shown: BitSet) {
  const seen = new BitSet(nodeCount)
  for (let node = texts.pop(); node !== undefined; node = texts.pop()) {
    if (seen.has(node) || !isText({nodeKind}, node)) continue
    seen.add(node)
    shown.add(nodeName[node])
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) texts.push(edgeTarget[edge])
  }
}
