/** Ways to divide all nodes into groups: what the rows of `types` are. */
import {locationRow, type Place, placeOfRow} from '../../snapshot/code/places.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import {findShapes} from '../../snapshot/columns/shapes.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {type BirthMark, birthIntervals, markWindows} from '../facts/births.ts'
import {makerOf, makers} from '../facts/makers.ts'
import {packages} from '../facts/packages.ts'
import {pathReader, valueText} from '../facts/property-value.ts'
import {realmColumn, realms} from '../facts/realms.ts'

/**
 * `type`: as DevTools groups; `kind`: V8's node kinds; `shape`: types, objects told apart by their properties; `script`: by source file;
 * `prop.NAME`: by the value of that property; `realm` and `package`: by page, iframe and the like, or by whose code it is, all that only these hold included (`realmColumn`, `packages`);
 * `allocated`: by the application's function that made them (`makers`); `born`: by when, in intervals (`birthIntervals`) or from mark to mark (`markWindows`).
 */
export type GroupBy =
  | 'type'
  | 'kind'
  | 'shape'
  | 'script'
  | 'realm'
  | 'package'
  | 'allocated'
  | 'born'
  | `prop.${string}`

type NamedGrouping = Exclude<GroupBy, `prop.${string}`>

export const GROUPINGS: readonly NamedGrouping[] = [
  'type',
  'kind',
  'shape',
  'script',
  'realm',
  'package',
  'allocated',
  'born',
]

export const PROPERTY = 'prop.'

/** Whether rows are values of a property, `prop.state`. */
export function isByProperty(by: string): by is `prop.${string}` {
  return by.startsWith(PROPERTY)
}

export interface Grouping {
  names: readonly string[]
  /** For each group a row of the snapshot's locations, or -1. */
  locations: readonly number[]
  /** Places of the groups that are no rows of the locations. */
  places?: readonly (Place | undefined)[]
  /** n groups. */
  ofNode: Uint16Array | Uint32Array
}

/** `marks`: where rows of `born` begin; intervals unless given. */
export function groupNodes(snapshot: Snapshot, by: NamedGrouping, marks?: readonly BirthMark[]): Grouping {
  if (by === 'kind') return byKind(snapshot)
  if (by === 'shape') return byShape(snapshot)
  if (by === 'realm')
    return byLabel(
      realms(snapshot).map(({name}) => name),
      realmColumn(snapshot),
    )
  if (by === 'package') return byLabel(packages(snapshot).names, packages(snapshot).ofNode)
  if (by === 'allocated') return byMaker(snapshot)
  if (by === 'born') return marks === undefined ? byInterval(snapshot) : byMark(snapshot, marks)
  return by === 'script' ? byScript(snapshot) : snapshot.types
}

function byKind({header, nodeKind}: Snapshot): Grouping {
  const names = header.schema.nodeKinds
  return {names, locations: names.map(() => -1), ofNode: Uint32Array.from(nodeKind)}
}

/** What is called so is of none of the others alone. */
export const SHARED_NAME = '(shared)'

function byLabel(names: readonly string[], ofNode: Uint16Array): Grouping {
  const all = [SHARED_NAME, ...names]
  return {names: all, locations: all.map(() => -1), ofNode}
}

/** What has no allocation stack, and what was made with none of the application's functions on it. */
export const NO_STACK_NAME = '(no stack)'
export const NOBODY_NAME = '(not by application code)'

/** What a maker is called. */
export function makerName(frame: {name: string} | undefined, maker: number): string {
  if (frame === undefined) return maker === 0 ? NO_STACK_NAME : NOBODY_NAME
  return frame.name === '' ? '(anonymous)' : `${frame.name}()`
}

function byMaker(snapshot: Snapshot): Grouping {
  const {frames} = makers(snapshot)
  const maker = makerOf(snapshot)
  const ofNode = new Uint32Array(snapshot.nodeCount)
  for (let node = 0; node < ofNode.length; node++) ofNode[node] = maker(node)
  return {
    names: frames.map(makerName),
    locations: frames.map(() => -1),
    places: frames.map(frame => frame?.place),
    ofNode,
  }
}

const [NO_TIME, OLDEST] = ['(no time)', 'up to the first sample']

function byMark(snapshot: Snapshot, marks: readonly BirthMark[]): Grouping {
  const {windows, of} = markWindows(snapshot, marks)
  const names = [
    NO_TIME,
    OLDEST,
    'before the first mark',
    ...windows.map(({text, times, seconds}) =>
      times === 1 ? `from ${text}, ${seconds.toFixed(2)} s` : `from ${text}, ${times} times`,
    ),
  ]
  const ofNode = new Uint32Array(snapshot.nodeCount)
  for (let node = 0; node < ofNode.length; node++) ofNode[node] = of(node) + 3
  return {names, locations: names.map(() => -1), ofNode}
}

function byInterval(snapshot: Snapshot): Grouping {
  const {ends, of} = birthIntervals(snapshot)
  const seconds = ends.map(end => end.toFixed(2))
  const names = [
    NO_TIME,
    ...seconds.map((end, i) => (i === 0 ? OLDEST : `${seconds[i - 1]} s to ${end} s`)),
    'after the last sample',
  ]
  const ofNode = new Uint32Array(snapshot.nodeCount)
  for (let node = 0; node < ofNode.length; node++) ofNode[node] = of(node) + 1
  return {names, locations: names.map(() => -1), ofNode}
}

/** Numbers names in order of their first use. */
class Names {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()

  has(name: string): boolean {
    return this.#numbers.has(name)
  }

  number(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.list.push(name) - 1
      this.#numbers.set(name, number)
    }
    return number
  }
}

/** What has no such property. */
export const NO_PROPERTY = '(no such property)'
/** What has one of the values beyond those that are told apart. */
const OTHER_VALUES = '(other values)'
const MAX_VALUES = 10_000

/** Objects by the value of a property of a property …: each value is put into words once; strings of equal text are one value. */
export function groupByValue(snapshot: Snapshot, path: readonly string[]): Grouping {
  const names = new Names()
  names.number(NO_PROPERTY)
  const others = names.number(OTHER_VALUES)
  const read = pathReader(snapshot, path)
  const ofNode = new Uint32Array(snapshot.nodeCount)
  const known = new Map<number, number>()
  for (let node = 0; node < snapshot.nodeCount; node++) {
    const value = snapshot.nodeKind[node] === NodeKind.object ? read(node) : -1
    if (value < 0) continue
    let group = known.get(value)
    if (group === undefined) {
      const text = valueText(snapshot, value)
      group = names.list.length < MAX_VALUES || names.has(text) ? names.number(text) : others
      if (known.size < MAX_VALUES) known.set(value, group)
    }
    ofNode[node] = group
  }
  return {names: names.list, locations: names.list.map(() => -1), ofNode}
}

function byShape(snapshot: Snapshot): Grouping {
  const {types, nodeKind, nodeCount} = snapshot
  const objects = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NodeKind.object) objects.push(node)
  const shape = findShapes(snapshot, snapshot.strings, objects.view())
  const names = new Names()
  const ofNode = types.ofNode.map(type => names.number(types.names[type]))
  for (let index = 0; index < objects.length; index++) {
    const node = objects.get(index)
    const type = types.names[types.ofNode[node]]
    const text = shape(index)
    if (text !== undefined) ofNode[node] = names.number(type.startsWith('{') ? text : `${type} ${text}`)
  }
  return {names: names.list, locations: names.list.map(() => -1), ofNode}
}

const NO_SCRIPT = '(no script)'

/** Closures by the file they are written in, objects by that of their constructor. */
function byScript(snapshot: Snapshot): Grouping {
  const names = new Names()
  names.number(NO_SCRIPT)
  const ofNode = new Uint32Array(snapshot.nodeCount)
  for (const node of snapshot.locations.node) {
    const place = placeOfRow(snapshot, locationRow(snapshot, node))
    if (place !== undefined) ofNode[node] = names.number(place.script)
  }
  return {names: names.list, locations: names.list.map(() => -1), ofNode}
}
