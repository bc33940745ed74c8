/** What the properties of an object hold, as far as a snapshot tells. */

import {originalOfProperty} from '../../snapshot/code/original-names.ts'
import {isPartOfText, readText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** V8 cuts the strings it writes at so many characters; of those in pieces no more is put together. */
const LONGEST_TEXT = 1024

const ODDBALLS = new Set(['true', 'false', 'null', 'undefined'])
/** What `true` and its like are called in files before V8 14: their text is that of the hidden edge 0, `to_string`. */
const NAMELESS_ODDBALL = 'system / Oddball'

/**
 * For a node, calls `visit` with the node of each property of this name, in the file or in the source: an edge of kind property or, for a name that is an index,
 * element. A small integer is no node, and its property no edge, unless the file was written with numeric values.
 */
export function propertyReader(
  snapshot: Snapshot,
  name: string,
): (node: number, visit: (value: number) => boolean) => boolean {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  const names = strings.setOf(name)
  const index = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : -1
  return (node, visit) => {
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const kind = edgeKind[edge]
      const isMeant =
        kind === EdgeKind.property
          ? names.has(edgeName[edge]) || originalOfProperty(snapshot, edge) === name
          : kind === EdgeKind.element && edgeName[edge] === index
      if (isMeant && visit(edgeTarget[edge])) return true
    }
    return false
  }
}

/** For a node the first value of a property of a property …, by ordinal; -1 if there is none. */
export function pathReader(snapshot: Snapshot, path: readonly string[]): (node: number) => number {
  const readers = path.map(name => propertyReader(snapshot, name))
  return node => {
    let at = node
    for (const read of readers) {
      let value = -1
      read(at, found => {
        value = found
        return true
      })
      if (value < 0) return -1
      at = value
    }
    return at
  }
}

/** Characters of a string that a value is told by. */
const VALUE_LENGTH = 200

/** A value as a text: `"open"`, `true`, `12.5`, and of an object its type. */
export function valueText(snapshot: Snapshot, node: number): string {
  const {nodeKind, types} = snapshot
  if (nodeKind[node] === NodeKind.number) return String(numberValue(snapshot, node) ?? '(number)')
  const oddball = oddballValue(snapshot, node)
  if (oddball !== undefined) return oddball
  const text = stringValue(snapshot, node)
  if (text === undefined) return types.names[types.ofNode[node]]
  return JSON.stringify(text.length <= VALUE_LENGTH ? text : `${text.slice(0, VALUE_LENGTH)}…`)
}

/** Whether numbers in the file have values: without, small whole numbers are not in it at all. */
export function hasNumberValues(snapshot: Snapshot): boolean {
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (snapshot.nodeKind[node] === NodeKind.number && numberValue(snapshot, node) !== undefined) return true
  }
  return false
}

/** The text of a string; undefined for other nodes, and for parts of strings, whose text is not in the file. */
export function stringValue(snapshot: Snapshot, node: number): string | undefined {
  const read = readText(snapshot, node, LONGEST_TEXT)
  return read === undefined || (!read.isKnown && isPartOfText(snapshot, node)) ? undefined : read.text
}

/** `true`, `false`, `null` or `undefined`; undefined for other nodes. */
export function oddballValue(snapshot: Snapshot, node: number): string | undefined {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  const kind = nodeKind[node]
  if (kind !== NodeKind.hidden && kind !== NodeKind.native) return undefined
  const name = strings.get(nodeName[node])
  if (ODDBALLS.has(name)) return name
  if (name !== NAMELESS_ODDBALL) return undefined
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.hidden || edgeName[edge] !== 0) continue
    const text = strings.get(nodeName[edgeTarget[edge]])
    if (ODDBALLS.has(text)) return text
  }
  return undefined
}

/** The number that a node stands for; undefined for other nodes, and where the file has numbers without their values. */
export function numberValue(snapshot: Snapshot, node: number): number | undefined {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  if (nodeKind[node] !== NodeKind.number) return undefined
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal || strings.get(edgeName[edge]) !== 'value') continue
    const text = strings.get(nodeName[edgeTarget[edge]])
    return text === '' ? undefined : Number(text)
  }
  return undefined
}
