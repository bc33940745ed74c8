/**
 * Plain objects told apart by their properties, as DevTools does (`inferInterfaceDefinitions`, `applyInterfaceDefinitions`): without
 * this, `Object` is the largest type everywhere.
 */
import {GrowableUint32} from '../../util/growable.ts'
import type {Columns} from './heap.ts'
import {EdgeKind} from './schema.ts'
import type {StringTable} from './strings.ts'

/** Longest text of a shape, before the name that would pass it. */
const MAX_TEXT = 120
const MIN_COUNT = 2
/** A shape must have one in so many of all plain objects. */
const MIN_SHARE = 1000

/** A shape that is frequent enough in some heap; it may be looked for in another, as DevTools does where it compares two. */
export interface Shape {
  /** `{a, b}`. */
  text: string
  names: string[]
}

/**
 * For each of `objects` (ordinals of plain objects, in file order) the text of its shape, `{a, b}`; undefined where it has none.
 * An object has the largest shape all of whose properties it has. `known`: shapes of another heap; without them, those that are
 * frequent enough in this one.
 */
export function findShapes(
  columns: Columns,
  strings: StringTable,
  objects: Uint32Array,
  known?: readonly Shape[],
): (index: number) => string | undefined {
  const lists = new PropertyLists()
  const listOf = propertyLists(columns, strings, objects, lists)
  const shapeOfList = matchShapes(strings, lists, known ?? frequentShapes(strings, lists, objects.length))
  return index => shapeOfList[listOf[index]]?.text
}

/** The shapes that are frequent enough among `objects`, most frequent first. */
export function inferShapes(columns: Columns, strings: StringTable, objects: Uint32Array): Shape[] {
  const lists = new PropertyLists()
  propertyLists(columns, strings, objects, lists)
  return frequentShapes(strings, lists, objects.length)
}

/** Lists of property names as string indexes, each different one stored once, laid end to end. */
class PropertyLists {
  /** How many objects have each list. */
  readonly counts: number[] = []
  readonly #names = new GrowableUint32(1024)
  readonly #ends: number[] = []
  readonly #byHash = new Map<number, number[]>()

  get length(): number {
    return this.counts.length
  }

  get(list: number): Uint32Array {
    return this.#names.view().subarray(this.#start(list), this.#ends[list])
  }

  /** The number of the list equal to the first `length` of `names`. */
  add(names: Uint32Array, length: number): number {
    let hash = length
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + names[i]) | 0
    let candidates = this.#byHash.get(hash)
    if (candidates === undefined) {
      candidates = []
      this.#byHash.set(hash, candidates)
    }
    let list = candidates.find(candidate => this.#equals(candidate, names, length))
    if (list === undefined) {
      list = this.counts.push(0) - 1
      for (let i = 0; i < length; i++) this.#names.push(names[i])
      this.#ends.push(this.#names.length)
      candidates.push(list)
    }
    this.counts[list]++
    return list
  }

  #start(list: number): number {
    return list === 0 ? 0 : this.#ends[list - 1]
  }

  #equals(list: number, names: Uint32Array, length: number): boolean {
    const start = this.#start(list)
    if (this.#ends[list] - start !== length) return false
    for (let i = 0; i < length; i++) if (this.#names.get(start + i) !== names[i]) return false
    return true
  }
}

/** The number of each object's list; lists are numbered in order of first appearance. */
function propertyLists(
  columns: Columns,
  strings: StringTable,
  objects: Uint32Array,
  lists: PropertyLists,
): Uint32Array {
  const {firstEdge, edgeKind, edgeName} = columns
  const proto = strings.setOf('__proto__')
  let names = new Uint32Array(64)
  return objects.map(object => {
    let length = 0
    if (firstEdge[object + 1] - firstEdge[object] > names.length) {
      names = new Uint32Array(2 * (firstEdge[object + 1] - firstEdge[object]))
    }
    for (let edge = firstEdge[object]; edge < firstEdge[object + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.property && !proto.has(edgeName[edge])) names[length++] = edgeName[edge]
    }
    return lists.add(names, length)
  })
}

interface CountedShape extends Shape {
  count: number
}

/** Most frequent first, ties by first appearance. */
function frequentShapes(strings: StringTable, lists: PropertyLists, objectCount: number): CountedShape[] {
  const byText = new Map<string, CountedShape>()
  for (let list = 0; list < lists.length; list++) {
    const indexes = lists.get(list)
    if (indexes.length === 0) continue
    const shape = shapeOf(strings, indexes)
    const known = byText.get(shape.text)
    if (known === undefined) byText.set(shape.text, {...shape, count: lists.counts[list]})
    else known.count += lists.counts[list]
  }
  const enough = Math.max(MIN_COUNT, objectCount / MIN_SHARE)
  return [...byText.values()].filter(({count}) => count >= enough).sort((a, b) => b.count - a.count)
}

/** As many names as fit, but one at the least. */
function shapeOf(strings: StringTable, indexes: Uint32Array): {text: string; names: string[]} {
  let text = '{'
  const names: string[] = []
  for (const index of indexes) {
    const name = strings.get(index)
    const written = propertyText(name)
    // Not the count of names is asked, as in DevTools: an empty name leaves no separator.
    const isFirst = text.length === 1
    if (!isFirst && text.length + written.length > MAX_TEXT) break
    text += isFirst ? written : `, ${written}`
    names.push(name)
  }
  return {text: `${text}}`, names}
}

/** `formatPropertyName` of DevTools. */
function propertyText(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name
}

/** A shape to be looked for in objects: how often they must have each name. Two symbols may have one description. */
interface Wanted {
  shape: Shape
  rank: number
  counts: Map<string, number>
}

/** For each list the shape with the most properties of those it has all of; among equals the more frequent. */
function matchShapes(strings: StringTable, lists: PropertyLists, shapes: readonly Shape[]): (Shape | undefined)[] {
  const byLead = groupByLead(shapes.map((shape, rank) => ({shape, rank, counts: countNames(shape.names)})))
  const nameOf = namesInUse(strings, shapes)
  return Array.from({length: lists.length}, (_, list) => {
    const has = countNames(Array.from(lists.get(list), nameOf))
    let best: Wanted | undefined
    for (const name of has.keys()) {
      for (const wanted of byLead.get(name) ?? []) {
        if (best !== undefined && !isBetter(wanted, best)) continue
        if ([...wanted.counts].every(([name, count]) => (has.get(name) ?? 0) >= count)) best = wanted
      }
    }
    return best?.shape
  })
}

function countNames(names: readonly (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** Names by string index, each read once; undefined for names that no shape has. */
function namesInUse(strings: StringTable, shapes: readonly Shape[]): (index: number) => string | undefined {
  const inUse = new Set(shapes.flatMap(({names}) => names))
  const known = new Map<number, string | undefined>()
  return index => {
    let name = known.get(index)
    if (name === undefined && !known.has(index)) {
      const text = strings.get(index)
      name = inUse.has(text) ? text : undefined
      known.set(index, name)
    }
    return name
  }
}

function isBetter(a: Wanted, b: Wanted): boolean {
  const more = a.shape.names.length - b.shape.names.length
  return more > 0 || (more === 0 && a.rank < b.rank)
}

/** Shapes by the one of their properties that the fewest shapes have, so that few have to be tried. */
function groupByLead(shapes: readonly Wanted[]): Map<string, Wanted[]> {
  const users = countNames(shapes.flatMap(({counts}) => [...counts.keys()]))
  const byLead = new Map<string, Wanted[]>()
  for (const wanted of shapes) {
    const lead = wanted.shape.names.reduce((rarest, name) => (users.get(name)! < users.get(rarest)! ? name : rarest))
    const group = byLead.get(lead)
    if (group === undefined) byLead.set(lead, [wanted])
    else group.push(wanted)
  }
  return byLead
}
