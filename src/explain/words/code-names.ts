/**
 * Which names are of code, not of data: an answer that leaves the machine may have those only. A property of an object, the name of a class and
 * what a listener waits for may all be made of data; they count as code's if code has them as a constant.
 */
import {isCodePart} from '../../snapshot/code/code-parts.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {isFlatText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'

/** What stands for a name that is not code's. */
export const NOT_OF_CODE = '…'

/** Whether a text is a name of code's: of a function, a variable, or a constant in code. Linear in the edges. */
export const codeNameTest = memoize((snapshot: Snapshot): ((text: string) => boolean) => {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const isPart = nameTest(snapshot, isCodePart)
  const names = new BitSet(strings.count)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    // V8 takes this name from the function's code, whatever the object's own property says.
    if (kind === NodeKind.closure) names.add(nodeName[node])
    const hasNames = kind === NodeKind.code && isPart(nodeName[node])
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.context) names.add(edgeName[edge])
      else if (hasNames && isFlatText(snapshot, edgeTarget[edge])) names.add(nodeName[edgeTarget[edge]])
    }
  }
  return text => strings.indexesOf(text).some(index => names.has(index))
})

/** Names of V8's own and of the browser's classes: fixed words, apart from what stands behind a second slash or in a tag. */
const OWN_NAME = /^(?:\([\w ]+\)|(?:system|Node) \/ [\w:]+|[A-Za-z]+Element|[A-Za-z]+)(?= \/ |$)/

/** A type as it may be told elsewhere: a class that code names, V8's own kinds; of plain objects that they are, of all else its kind. */
export function typeOfCode(snapshot: Snapshot, type: number): string {
  const {types, header} = snapshot
  const name = types.names[type]
  const kind = kindsOfTypes(snapshot)[type]
  if (kind === NodeKind.object) {
    if (name.startsWith('{')) return '{…}'
    if (codeNameTest(snapshot)(name)) return name
    const own = name.startsWith('system / ') ? OWN_NAME.exec(name)?.[0] : undefined
    return own ?? NOT_OF_CODE
  }
  if (kind === NodeKind.native) {
    const own = /^(?:system|Node) \/ /.test(name) ? OWN_NAME.exec(name)?.[0] : undefined
    return own ?? `(${header.schema.nodeKinds[kind]})`
  }
  return OWN_NAME.exec(name)?.[0] ?? NOT_OF_CODE
}

/** Uint8Array(types): the kind of the first node of each. */
const kindsOfTypes = memoize(({types, nodeCount, nodeKind}: Snapshot): Uint8Array => {
  const {ofNode, names} = types
  const kinds = new Uint8Array(names.length)
  for (let node = nodeCount - 1; node >= 0; node--) kinds[ofNode[node]] = nodeKind[node]
  return kinds
})
