/** Which objects a question is about. */

import {nameTest} from '../../snapshot/code/names.ts'
import {originalNameTest} from '../../snapshot/code/original-names.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {ascendingOrder, isAscending} from '../../util/ascending-order.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {GrowableUint32} from '../../util/growable.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {nodesOfId} from '../facts/id-column.ts'
import {textPattern} from '../facts/text-pattern.ts'
import {type WhereOptions, wherePredicate} from './where.ts'
import {isWhere, withoutPrefix} from './where-parser.ts'

/** One of these. `type` and `name` are an exact text, or a regular expression in slashes: `/^Req/i`. */
export type Selector =
  | {type: string}
  /** V8's id. */
  | {id: number}
  /** The node's own name: an object's constructor, a string's text, a function's name. */
  | {name: string}
  /** Several of V8's ids; those that no object has mean nothing. */
  | {ids: ArrayLike<number>}
  /** An expression (docs/where.md) that the objects must pass; `among`: only of these, not of all there are. */
  | {where: string; among?: Selector}

/** The objects that a question is about, with the words for them. */
export interface Selection {
  /** The question, in words. */
  subject: string
  /** Ordinals, ascending by V8's id. */
  nodes: Uint32Array
}

/**
 * The objects that `selector` means; `nodes` is empty if there are none. Throws USAGE for a bad regular expression, or an expression
 * that cannot be read. `options`: of the sizes in such an expression.
 */
export function select(snapshot: Snapshot, selector: Selector, options: WhereOptions = {}): Selection {
  if ('id' in selector) return {subject: `@${selector.id}`, nodes: nodesOfId(snapshot, selector.id)}
  if ('ids' in selector) {
    const nodes = withIds(snapshot, selector.ids)
    return {subject: 'objects by id', nodes}
  }
  if ('where' in selector) {
    const {where, among} = selector
    const passes = wherePredicate(snapshot, where, options)
    if (among === undefined)
      return {subject: `objects where ${where}`, nodes: sortById(snapshot, nodesWhere(snapshot, passes))}
    const {subject, nodes} = select(snapshot, among)
    return {subject: `${subject} where ${where}`, nodes: nodes.filter(passes)}
  }
  if ('type' in selector) {
    const matches = textPattern(selector.type)
    const {ofNode} = snapshot.types
    const wanted = typesMeant(snapshot.types, matches)
    return {
      subject: selector.type,
      nodes: sortById(
        snapshot,
        nodesWhere(snapshot, node => wanted[ofNode[node]] === 1),
      ),
    }
  }
  const isNamed = namePredicate(snapshot, selector.name)
  const isNamedInSource = originalNameTest(snapshot, textPattern(selector.name))
  return {
    subject: `name ${selector.name}`,
    nodes: sortById(
      snapshot,
      nodesWhere(snapshot, node => isNamed(snapshot.nodeName[node]) || isNamedInSource(node)),
    ),
  }
}

/**
 * A set of objects in one word, as the ends of a path are given: `@id`, an expression that begins with a field and an operator or
 * with `where `, else a type, exact or as `/regex/`.
 */
export function selectorOf(text: string): Selector {
  if (/^@\d+$/.test(text)) return {id: Number(text.slice(1))}
  return isWhere(text) ? {where: withoutPrefix(text)} : {type: text}
}

/** Whether a string index is meant by `pattern`; each string is decoded once at the most. */
function namePredicate(snapshot: Snapshot, pattern: string): (name: number) => boolean {
  return nameTest(snapshot, textPattern(pattern))
}

/** Whether an edge's name, or index written as a number, is meant by `pattern`. */
export function edgeNamePredicate(snapshot: Snapshot, pattern: string): (edge: number) => boolean {
  const {edgeKind, edgeName} = snapshot
  const matches = textPattern(pattern)
  const isNamed = namePredicate(snapshot, pattern)
  return edge => (isIndexed(edgeKind[edge]) ? matches(String(edgeName[edge])) : isNamed(edgeName[edge]))
}

/** One pass over the heap for however many are asked for. */
function withIds(snapshot: Snapshot, ids: ArrayLike<number>): Uint32Array {
  const wanted = Float64Array.from(ids).sort()
  return sortById(
    snapshot,
    nodesWhere(snapshot, node => indexInSorted(wanted, snapshot.nodeId[node]) >= 0),
  )
}

function nodesWhere(snapshot: Snapshot, matches: (node: number) => boolean): Uint32Array {
  const found = new GrowableUint32()
  for (let node = 0; node < snapshot.nodeCount; node++) if (matches(node)) found.push(node)
  return found.view()
}

/** Ordinals sorted by V8's id; those given may be sorted themselves. */
export function sortById({nodeId, nodeCount}: Snapshot, nodes: Uint32Array): Uint32Array {
  if (nodeId instanceof Uint32Array && isAscending(nodes)) {
    const ids = nodes.map(node => nodeId[node])
    return isAscending(ids) ? nodes : permuted(nodes, ascendingOrder(ids))
  }
  // Id and ordinal in one double sort natively, some ten times as fast as by a comparing function.
  const keys = Float64Array.from(nodes, node => nodeId[node] * nodeCount + node)
  if (!keys.every(Number.isSafeInteger)) return nodes.sort((a, b) => nodeId[a] - nodeId[b] || a - b)
  if (isAscending(keys)) return nodes
  keys.sort()
  for (let i = 0; i < nodes.length; i++) nodes[i] = keys[i] % nodeCount
  return nodes
}

/** The nodes by what they have in the column, largest first, equals in their own order. */
export function largestFirst(nodes: Uint32Array, column: NumberArray): Uint32Array {
  if (!(column instanceof Uint32Array)) return nodes.slice().sort((a, b) => column[b] - column[a])
  const least = nodes.map(node => ~column[node])
  return permuted(nodes, ascendingOrder(least))
}

function permuted(nodes: Uint32Array, order: Uint32Array): Uint32Array {
  return order.map(place => nodes[place])
}

/** Type names like `wanted`, best first: for "did you mean". */
export function nearestTypes(snapshot: Snapshot, wanted: string, limit = 5): string[] {
  const {names, originals} = snapshot.types
  return nearestNames([...names, ...(originals?.values() ?? [])], wanted, limit)
}

/** Those of `names` that are like `wanted`, each once, best first. */
export function nearestNames(names: Iterable<string>, wanted: string, limit = 5): string[] {
  const text = wanted.toLowerCase()
  return [...new Set(names)]
    .map(name => ({name, score: unlikeness(text, name.toLowerCase())}))
    .filter(({score}) => score <= Math.max(2, Math.ceil(text.length / 3)))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({name}) => name)
}

const LONGEST_COMPARED = 64

/** Edit distance, but a name that contains what was asked for counts as near. */
function unlikeness(a: string, b: string): number {
  if (a === b) return 0
  if (b.length > LONGEST_COMPARED || a.length > LONGEST_COMPARED) return Number.POSITIVE_INFINITY
  if (a.length > 2 && b.includes(a)) return 1
  return editDistance(a, b)
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]))
    }
    row = next
  }
  return row[b.length]
}
