/**
 * A heap without what the program's strings say: for those who are to see how it is built, and not what was in it. What is read of code stays:
 * names of classes, functions, variables and properties, and scripts.
 */
import {NAME_FIELDS, SOURCE_FIELD} from '../../snapshot/code/script-fields.ts'
import {isText} from '../../snapshot/code/text.ts'
import {renamedEntry} from '../../snapshot/columns/ephemerons.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HIDDEN_TEXT} from '../../snapshot/columns/strings.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {BitSet} from '../../util/bit-set.ts'
import {dictionaryTest} from './dictionaries.ts'

/** Hides them for good in this snapshot, which is written into no index afterwards. Linear in nodes and edges. */
export function hideTexts(snapshot: Snapshot): void {
  const {shown, entries} = namesOfCode(snapshot)
  snapshot.strings.hide({
    isWholly: index => !shown.has(index),
    isPartly: index => entries.has(index),
    shown: text => renamedEntry(text, () => HIDDEN_TEXT) ?? HIDDEN_TEXT,
  })
}

/**
 * The strings that are the name of anything but a string, and the texts of scripts. `entries`: names of edges that stand for WeakMap entries, in which
 * V8 writes those of key and value, so that a value that is a string is there whole.
 */
function namesOfCode(snapshot: Snapshot): {shown: BitSet; entries: BitSet} {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const isDictionary = dictionaryTest(snapshot)
  const isScriptField = strings.setOf(SOURCE_FIELD, ...NAME_FIELDS)
  const shown = new BitSet(strings.count)
  const entries = new BitSet(strings.count)
  for (const edge of snapshot.ephemerons.edge) entries.add(edgeName[edge])
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
  return {shown, entries}
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
