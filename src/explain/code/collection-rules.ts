/** Rules for the entries of collections (`OrderedHashTable`, ordered-hash-table.h), weak ones too. */
import {placeInTable} from '../../analyze/facts/tables.ts'
import {parseEphemeronName} from '../../snapshot/columns/ephemerons.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Rule} from './code-fold.ts'
import {keyText} from './code-nodes.ts'

/** `Map → table → slot`, and what of a WeakMap's table leads to a value. */
export const tableEntry: Rule = (chain, at) => {
  const entry = entryOf(chain, at + 1)
  return entry && {...entry, length: 2}
}

/** An iterator that has the table itself (`JSCollectionIterator`, js-collection-iterator.tq), or the array. */
export const iterated: Rule = (chain, at) => {
  if (!/(Map|Set|Array) ?Iterator$/.test(chain.type(chain.source(at)))) return undefined
  const entry = chain.snapshot.nodeKind[chain.target(at)] === NodeKind.array ? entryOf(chain, at + 1) : undefined
  return {length: entry === undefined ? 1 : 2, step: {kind: 'iterates', entry: entry?.step}}
}

const entryOf: Rule = (chain, at) => {
  if (chain.kind(at) === EdgeKind.internal && parseEphemeronName(chain.name(at)) !== undefined)
    return weakMapValue(chain, at)
  const slot = chain.kind(at) === EdgeKind.internal ? chain.slot(at) : -1
  const entry = slot < 0 ? undefined : placeInTable(chain.snapshot, chain.source(at), slot)
  if (entry === undefined) return undefined
  if (entry === 'member') return {length: 1, step: {kind: 'setEntry'}}
  if (entry === 'key') return {length: 1, step: {kind: 'mapKey'}}
  const key = chain.slotBefore(at)
  return {length: 1, step: {kind: 'mapValue', key: key < 0 ? '' : keyText(chain.snapshot, key)}}
}

/** The value of a WeakMap's entry, from its key or from the table; V8 before 8.4 writes only the path from the key, under another name. */
export const weakMapValue: Rule = (chain, at) => {
  const name = chain.name(at)
  const isEntry = parseEphemeronName(name) !== undefined || /^\d+ \/ key .* in WeakMap$/s.test(name)
  return isEntry ? {length: 1, step: {kind: 'weakValue'}} : undefined
}

/** What a FinalizationRegistry holds for the day that its object is gone (`WeakCell`, js-weak-refs.tq). */
export const finalizationHeld: Rule = (chain, at) => {
  let end = at
  while (chain.kind(end) === EdgeKind.hidden && chain.isRaw(chain.target(end), 'WeakCell')) end++
  if (end === at || chain.kind(end) !== EdgeKind.hidden) return undefined
  return {length: end + 1 - at, step: {kind: 'finalization'}}
}
