/** `--where`: which objects an expression means. The parser has the language; this has what it means on a heap. */

import {originalNameTest} from '../../snapshot/code/original-names.ts'
import {codeRow, placeOfRow} from '../../snapshot/code/places.ts'
import {DETACHED} from '../../snapshot/columns/detachedness.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {birthOf, hasTimes} from '../facts/births.ts'
import {hasStacks, makerOf, makers} from '../facts/makers.ts'
import {packages} from '../facts/packages.ts'
import {hasNumberValues, numberValue, oddballValue, propertyReader, stringValue} from '../facts/property-value.ts'
import {realmColumn, realms} from '../facts/realms.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {distances} from '../graph/distances.ts'
import {retainedSizes} from '../graph/dominators.ts'
import {makerName, SHARED_NAME} from '../graph/groupings.ts'
import {
  type Comparison,
  type NumberField,
  parseWhere,
  type TextMatch,
  type ValueTest,
  type Where,
} from './where-parser.ts'

export type Predicate = (node: number) => boolean

/** A test of a node, and about how much it asks for: the cheap ones of several are asked first. */
interface Test {
  cost: number
  passes: Predicate
}

/** What a test may ask for, from a look at a column to the dominator tree. */
const COST = {column: 1, text: 2, place: 3, property: 10, distance: 1000, retained: 10_000}

/** Which sizes `self` and `retained` of an expression are. */
export interface WhereOptions {
  /** Of self and retained sizes; as DevTools has them unless told otherwise. */
  sizes?: SizeModel
}

/**
 * Whether a node, by its ordinal, is meant by an expression. Columns that the expression does not name are never computed, and the
 * costly ones only when a node has passed the cheaper tests. Throws USAGE for what cannot be read.
 */
export function wherePredicate(snapshot: Snapshot, expression: string, options: WhereOptions = {}): Predicate {
  const {sizes = 'devtools'} = options
  return testOf(snapshot, parseWhere(expression), sizes).passes
}

/** What an expression asks about and a file may lack. */
export type MissingForWhere = 'numbers' | 'stacks' | 'times'

/**
 * What the expression asks about and the file does not have: numbers, which V8 writes only when asked to (`exposeNumericValues`), or
 * from V8 14.9 on; allocation stacks and times, which only snapshots have that were taken while objects were tracked.
 */
export function missingForWhere(snapshot: Snapshot, expression: string): MissingForWhere | undefined {
  const where = parseWhere(expression)
  const asks = (isIt: (where: Where) => boolean) => contains(where, isIt)
  if (asks(comparesNumbers) && !hasNumberValues(snapshot)) return 'numbers'
  if (asks(term => term.test === 'text' && term.field === 'allocated') && !hasStacks(snapshot)) return 'stacks'
  if (asks(term => term.test === 'number' && term.field === 'born') && !hasTimes(snapshot)) return 'times'
  return undefined
}

function contains(where: Where, isIt: (where: Where) => boolean): boolean {
  if (where.test === 'and' || where.test === 'or') return where.terms.some(term => contains(term, isIt))
  return where.test === 'not' ? contains(where.term, isIt) : isIt(where)
}

function comparesNumbers(where: Where): boolean {
  return where.test === 'prop' && where.value !== undefined && 'number' in where.value
}

function testOf(snapshot: Snapshot, where: Where, sizes: SizeModel): Test {
  switch (where.test) {
    case 'and':
    case 'or':
      return joined(
        where.test,
        where.terms.map(term => testOf(snapshot, term, sizes)),
      )
    case 'not': {
      const {cost, passes} = testOf(snapshot, where.term, sizes)
      return {cost, passes: node => !passes(node)}
    }
    case 'any':
      return anyText(snapshot, where.match)
    case 'text':
      return TEXT_TESTS[where.field](snapshot, where.match)
    case 'number':
      return numberTest(snapshot, where.field, compared(where.compare, where.value), sizes)
    case 'detached':
      return {
        cost: COST.text,
        passes: lazily(
          () => snapshot.detachedness,
          (state, node) => state[node] === DETACHED,
        ),
      }
    case 'prop':
      return propertyTest(snapshot, where.path, where.value)
  }
}

/** The cheapest first; a term costs what it adds, so equals keep the order in which they were written. */
function joined(how: 'and' | 'or', terms: Test[]): Test {
  const tests = terms.toSorted((a, b) => a.cost - b.cost).map(({passes}) => passes)
  const cost = Math.max(...terms.map(term => term.cost))
  return how === 'and'
    ? {cost, passes: node => tests.every(passes => passes(node))}
    : {cost, passes: node => tests.some(passes => passes(node))}
}

/** A column that is not computed before the first node asks for it. */
function lazily<Column>(column: () => Column, passes: (column: Column, node: number) => boolean): Predicate {
  let known: Column | undefined
  return node => {
    known ??= column()
    return passes(known, node)
  }
}

function matcher(match: TextMatch): (text: string) => boolean {
  return 'exact' in match ? text => text === match.exact : text => match.regex.test(text)
}

function anyText(snapshot: Snapshot, match: TextMatch): Test {
  const tests = [typeTest, nameTest, placeTest].map(test => test(snapshot, match).passes)
  // Nothing to say about a place is no place that an expression could mean.
  const hasPlace = placeTest(snapshot, {exact: ''}).passes
  const [isType, isName, isAt] = tests
  return {cost: COST.place, passes: node => isType(node) || isName(node) || (isAt(node) && !hasPlace(node))}
}

const TEXT_TESTS = {
  type: typeTest,
  name: nameTest,
  kind: kindTest,
  place: placeTest,
  realm: realmTest,
  package: packageTest,
  allocated: makerTest,
}

function typeTest(snapshot: Snapshot, match: TextMatch): Test {
  const matches = matcher(match)
  const verdicts = () => typesMeant(snapshot.types, matches)
  return {
    cost: COST.text,
    passes: lazily(verdicts, (wanted, node) => wanted[snapshot.types.ofNode[node]] === 1),
  }
}

function kindTest({header, nodeKind}: Snapshot, match: TextMatch): Test {
  const matches = matcher(match)
  const wanted = Uint8Array.from(header.schema.nodeKinds, name => Number(matches(name)))
  return {cost: COST.column, passes: node => wanted[nodeKind[node]] === 1}
}

/** By the whole name, as rows of `types` have it, or a part of it that names the realm alone. */
function realmTest(snapshot: Snapshot, match: TextMatch): Test {
  const names = () =>
    realms(snapshot).map(({name, kind, address, script, context}) => [
      name,
      kind,
      address,
      script,
      `@${snapshot.nodeId[context]}`,
    ])
  return labelTest(match, names, () => realmColumn(snapshot))
}

function packageTest(snapshot: Snapshot, match: TextMatch): Test {
  const names = () => packages(snapshot).names.map(name => [name, name.replace(/^node_modules\//, '')])
  return labelTest(match, names, () => packages(snapshot).ofNode)
}

/** `names`: what each label but that of what is shared is called. */
function labelTest(match: TextMatch, names: () => string[][], column: () => Uint16Array): Test {
  const matches = matcher(match)
  const labels = () => {
    const all = [[SHARED_NAME, 'shared'], ...names()]
    return {ofNode: column(), wanted: Uint8Array.from(all, words => Number(words.some(matches)))}
  }
  return {cost: COST.distance, passes: lazily(labels, ({ofNode, wanted}, node) => wanted[ofNode[node]] === 1)}
}

/** By the line of the maker, as `place` is, or its name; by the name of the row for what has none. */
function makerTest(snapshot: Snapshot, match: TextMatch): Test {
  const matches = matcher(match)
  const verdicts = () => {
    const wanted = makers(snapshot).frames.map((frame, maker) => {
      const {script, line} = frame?.place ?? {script: '', line: 0}
      return matches(makerName(frame, maker)) || (script !== '' && matchesPlace(match, script, line))
    })
    return {wanted, of: makerOf(snapshot)}
  }
  return {cost: COST.text, passes: lazily(verdicts, ({wanted, of}, node) => wanted[of(node)])}
}

/** Each string is looked at once at the most. */
function nameTest(snapshot: Snapshot, match: TextMatch): Test {
  const {nodeName, strings} = snapshot
  const matches = matcher(match)
  const isNamedInSource = originalNameTest(snapshot, matches)
  const verdict = new Uint8Array(strings.count)
  return {
    cost: COST.text,
    passes: node => {
      const name = nodeName[node]
      if (verdict[name] === 0) verdict[name] = matches(strings.get(name)) ? 2 : 1
      return verdict[name] === 2 || isNamedInSource(node)
    },
  }
}

/** A script has fewer lines. */
const LINES = 2 ** 26

/** Each line of each script is looked at once. */
function placeTest(snapshot: Snapshot, match: TextMatch): Test {
  const {scriptId, line} = snapshot.locations
  const verdicts = new Map<number, boolean>()
  const isMeant = (row: number) => {
    const place = placeOfRow(snapshot, row)
    return place === undefined ? matchesPlace(match, '', 0) : matchesPlace(match, place.script, place.line)
  }
  return {
    cost: COST.place,
    passes: node => {
      const row = codeRow(snapshot, node)
      const key = row < 0 ? -1 : (scriptId[row] + 2 ** 31) * LINES + line[row] + 1
      let verdict = verdicts.get(key)
      if (verdict === undefined) {
        verdict = isMeant(row)
        verdicts.set(key, verdict)
      }
      return verdict
    },
  }
}

/**
 * Whether a place is meant: `/app/src/a.js:12` is as a whole, and from behind each of its slashes on, so that `src/a.js:12` and
 * `/^node_modules/` mean what they say wherever a program was started; exact texts may leave out the line.
 */
function matchesPlace(match: TextMatch, script: string, line: number): boolean {
  const matches = matcher(match)
  const isExact = 'exact' in match
  for (let from = 0; ; ) {
    const tail = script.slice(from)
    if (matches(line > 0 ? `${tail}:${line}` : tail) || (isExact && matches(tail))) return true
    const slash = script.indexOf('/', from)
    if (slash < 0 || slash === script.length - 1) return false
    from = slash + 1
  }
}

function compared(compare: Comparison, value: number): (number: number) => boolean {
  switch (compare) {
    case '=':
      return number => number === value
    case '<':
      return number => number < value
    case '<=':
      return number => number <= value
    case '>':
      return number => number > value
    case '>=':
      return number => number >= value
  }
}

function numberTest(
  snapshot: Snapshot,
  field: NumberField,
  isMeant: (number: number) => boolean,
  sizes: SizeModel,
): Test {
  switch (field) {
    case 'id':
      return {cost: COST.column, passes: node => isMeant(snapshot.nodeId[node])}
    case 'edges':
      return {cost: COST.column, passes: node => isMeant(snapshot.firstEdge[node + 1] - snapshot.firstEdge[node])}
    case 'born':
      return {
        cost: COST.column,
        passes: lazily(
          () => birthOf(snapshot),
          (born, node) => isMeant(born(node)),
        ),
      }
    case 'retainers':
      return {
        cost: COST.column,
        passes: lazily(
          () => retainerCounts(snapshot),
          (count, node) => isMeant(count[node]),
        ),
      }
    case 'self':
      return {
        cost: COST.text,
        passes: lazily(
          () => selfSizes(snapshot, sizes),
          (size, node) => isMeant(size[node]),
        ),
      }
    case 'distance': {
      // What nothing reaches has a negative one in DevTools; here it is farther than all the rest.
      const passes = (distance: Int32Array, node: number) =>
        isMeant(distance[node] < 0 ? Number.POSITIVE_INFINITY : distance[node])
      return {cost: COST.distance, passes: lazily(() => distances(snapshot), passes)}
    }
    case 'retained':
      return {
        cost: COST.retained,
        passes: lazily(
          () => retainedSizes(snapshot, sizes),
          (size, node) => isMeant(size[node]),
        ),
      }
  }
}

/** Uint32Array(n): edges into each node, weak ones too. */
export function retainerCounts({edgeTarget, nodeCount}: Snapshot): Uint32Array {
  const counts = new Uint32Array(nodeCount)
  for (const node of edgeTarget) counts[node]++
  return counts
}

/** The values of a path are those of its last name in all values of the names before it. */
function propertyTest(snapshot: Snapshot, path: string[], value: ValueTest | undefined): Test {
  const isMeant = value === undefined ? () => true : valueTest(snapshot, value)
  let passes: Predicate = isMeant
  for (const name of path.toReversed()) {
    const inner = passes
    let read: ReturnType<typeof propertyReader> | undefined
    passes = node => {
      read ??= propertyReader(snapshot, name)
      return read(node, inner)
    }
  }
  return {cost: COST.property, passes}
}

function valueTest(snapshot: Snapshot, value: ValueTest): Predicate {
  if ('id' in value) return node => snapshot.nodeId[node] === value.id
  if ('oddball' in value) return node => oddballValue(snapshot, node) === value.oddball
  if ('number' in value) {
    const isMeant = Number.isNaN(value.number) ? Number.isNaN : compared(value.compare, value.number)
    return node => {
      const number = numberValue(snapshot, node)
      return number !== undefined && isMeant(number)
    }
  }
  const matches = matcher(value.text)
  return node => {
    const text = stringValue(snapshot, node)
    return text !== undefined && matches(text)
  }
}
