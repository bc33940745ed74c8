/** What snapshots, selections and selectors must be like: the checks that several public functions share. */
import type {WhereOptions} from '../analyze/select/where.ts'
import {Snapshot} from '../snapshot/columns/snapshot.ts'
import {aText, type Check, fitting, isObject, listOf, oneOf, optionsOf} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'

export const aSnapshot: [string, Check] = [
  'snapshot',
  fitting('a snapshot, as openSnapshot gives it', value => value instanceof Snapshot),
]

function nodeCountOf(all: readonly unknown[]): number {
  return all[0] instanceof Snapshot ? all[0].nodeCount : 0
}

/** The snapshot is the first argument. */
export const aNode = fitting('the ordinal of one of its objects', (value, all) => {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < nodeCountOf(all)
})

/** The snapshot is the first argument. */
export const nodesOf = fitting('a Uint32Array of ordinals of its objects', (value, all) => {
  const nodeCount = nodeCountOf(all)
  return value instanceof Uint32Array && value.every(node => node < nodeCount)
})

export const selectionOf: Check = (value, name, all) => {
  if (!isObject(value) || typeof value.subject !== 'string' || !(value.nodes instanceof Uint32Array)) {
    fitting('a selection, as select gives it', () => false)(value, name, all)
  }
  nodesOf((value as {nodes: unknown}).nodes, `the list of objects in ${name}`, all)
}

export const aSelection: [string, Check] = ['selection', selectionOf]

export const sizes = oneOf('devtools', 'raw')
export const whereOptions = optionsOf<WhereOptions>({sizes})

const anId = fitting("one of V8's ids", value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
const ids: Check = fitting("an array of V8's ids", value => {
  return (
    (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    Array.from(value as ArrayLike<unknown>).every(id => Number.isSafeInteger(id))
  )
})

const SELECTORS: Record<string, Check> = {type: aText, id: anId, name: aText, ids, where: aText}

export const selectorCheck: Check = (value, name, all) => {
  if (!isObject(value)) return fitting("an object such as {type: 'Buffer'}", () => false)(value, name, all)
  const {among, ...words} = value
  const given = Object.keys(words)
  const [first] = given
  if (given.length !== 1 || !(first in SELECTORS) || (among !== undefined && first !== 'where')) {
    const what =
      given.length === 0
        ? 'is empty'
        : `has ${given
            .slice(0, 5)
            .map(word => JSON.stringify(word.slice(0, 40)))
            .join(', ')}`
    throw new HeapgraphError(
      'USAGE',
      `${name} ${what}`,
      'give one of type, id, name, ids and where; where alone may have among',
    )
  }
  SELECTORS[first](words[first], `${first} of ${name}`, all)
  if (among !== undefined) selectorCheck(among, `among of ${name}`, all)
}

export const aCommand: Check = (value, name, all) => {
  listOf(aText)(value, name, all)
  fitting('a program and its arguments', words => (words as unknown[]).length > 0)(value, name, all)
}
