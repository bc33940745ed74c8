/** Values of the heap as cells. */
import {numberValue, oddballValue, stringValue} from '../../analyze/facts/property-value.ts'
import {isText} from '../../snapshot/code/text.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {boundedText} from './node-columns.ts'

/** What a value is, as far as the file says. `none`: undefined, null, and numbers that are not in the file. */
export type Value =
  | {kind: 'number'; number: number}
  | {kind: 'boolean'; boolean: boolean}
  | {kind: 'text'; text: string}
  | {kind: 'object'; id: number; type: string}
  | {kind: 'none'}

export function readValue(snapshot: Snapshot, node: number): Value {
  const {nodeId, nodeKind, types} = snapshot
  const oddball = oddballValue(snapshot, node)
  if (oddball !== undefined) {
    return oddball === 'true' || oddball === 'false' ? {kind: 'boolean', boolean: oddball === 'true'} : {kind: 'none'}
  }
  const number = numberValue(snapshot, node)
  if (number !== undefined) return {kind: 'number', number}
  if (isText(snapshot, node)) {
    const text = stringValue(snapshot, node)
    return text === undefined ? {kind: 'none'} : {kind: 'text', text: boundedText(text)}
  }
  if (nodeKind[node] === NodeKind.number) return {kind: 'none'}
  return {kind: 'object', id: nodeId[node], type: types.names[types.ofNode[node]]}
}

/** The kind of it, and whether a number is whole, without reading texts. */
export function kindOf(snapshot: Snapshot, node: number): {kind: Value['kind']; isWhole: boolean} {
  if (isText(snapshot, node)) return {kind: 'text', isWhole: false}
  const value = readValue(snapshot, node)
  return {kind: value.kind, isWhole: value.kind === 'number' && Number.isSafeInteger(value.number)}
}

/** As a text: a string's own, `12.5`, `true`, of an object its type and id; undefined for none. */
export function cellText(snapshot: Snapshot, node: number): string | undefined {
  const value = readValue(snapshot, node)
  switch (value.kind) {
    case 'number':
      return String(value.number)
    case 'boolean':
      return String(value.boolean)
    case 'text':
      return value.text
    case 'object':
      return `${value.type} @${value.id}`
    case 'none':
      return undefined
  }
}
