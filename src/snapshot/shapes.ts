/**
 * Plain objects told apart by their properties, as DevTools does (`inferInterfaceDefinitions`, `applyInterfaceDefinitions`): without
 * this, `Object` is the largest type everywhere.
 */
import {GrowableUint32} from '../util/growable.ts'
import {EdgeKind} from './schema.ts'
import type {Columns} from './snapshot.ts'
import type {StringTable} from './strings.ts'

/** Longest text of a shape, before the name that would pass it. */
const MAX_TEXT = 120
const MIN_COUNT = 2
/** A shape must have one in so many of all plain objects. */
const MIN_SHARE = 1000

/**
 * For each of `objects` (ordinals of plain objects, in file order) the text of its shape, `{a, b}`; undefined where no shape is
 * frequent enough. An object has the largest shape all of whose properties it has.
 */
export function inferShapes(
  columns: Columns,
  strings: StringTable,
  objects: Uint32Array,
): (index: number) => string | undefined {
  const lists = new PropertyLists()
  const listOf = propertyLists(columns, strings, objects, lists)
  const shapes = frequentShapes(strings, lists, objects.length)
  const shapeOfList = matchShapes(lists, shapes)
  return index => shapeOfList[listOf[index]]?.text
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
  const proto = strings.indexesOf('__proto__')
  let names = new Uint32Array(64)
  return objects.map(object => {
    let length = 0
    if (firstEdge[object + 1] - firstEdge[object] > names.length) {
      names = new Uint32Array(2 * (firstEdge[object + 1] - firstEdge[object]))
    }
    for (let edge = firstEdge[object]; edge < firstEdge[object + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.property && !proto.includes(edgeName[edge])) names[length++] = edgeName[edge]
    }
    return lists.add(names, length)
  })
}

interface Shape {
  text: string
  names: number[]
  count: number
}

/** Most frequent first, ties by first appearance. */
function frequentShapes(strings: StringTable, lists: PropertyLists, objectCount: number): Shape[] {
  const byText = new Map<string, Shape>()
  for (let list = 0; list < lists.length; list++) {
    const names = lists.get(list)
    if (names.length === 0) continue
    const shape = shapeOf(strings, names)
    const known = byText.get(shape.text)
    if (known === undefined) byText.set(shape.text, {...shape, count: lists.counts[list]})
    else known.count += lists.counts[list]
  }
  const enough = Math.max(MIN_COUNT, objectCount / MIN_SHARE)
  return [...byText.values()].filter(({count}) => count >= enough).sort((a, b) => b.count - a.count)
}

/** As many names as fit, but one at the least. */
function shapeOf(strings: StringTable, all: Uint32Array): {text: string; names: number[]} {
  let text = '{'
  const names: number[] = []
  for (const name of all) {
    const written = propertyText(strings.get(name))
    if (names.length > 0 && text.length + written.length > MAX_TEXT) break
    text += names.length === 0 ? written : `, ${written}`
    names.push(name)
  }
  return {text: `${text}}`, names}
}

/** `formatPropertyName` of DevTools. */
function propertyText(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name
}

/** For each list the shape with the most properties of those it has all of; among equals the more frequent. */
function matchShapes(lists: PropertyLists, shapes: readonly Shape[]): (Shape | undefined)[] {
  const rank = new Map(shapes.map((shape, index) => [shape, index]))
  const byLead = groupByLead(shapes)
  return Array.from({length: lists.length}, (_, list) => {
    const has = new Set(lists.get(list))
    let best: Shape | undefined
    for (const name of has) {
      for (const shape of byLead.get(name) ?? []) {
        if (best !== undefined && !isBetter(shape, best, rank)) continue
        if (shape.names.every(wanted => has.has(wanted))) best = shape
      }
    }
    return best
  })
}

function isBetter(a: Shape, b: Shape, rank: ReadonlyMap<Shape, number>): boolean {
  return a.names.length > b.names.length || (a.names.length === b.names.length && rank.get(a)! < rank.get(b)!)
}

/** Shapes by the one of their properties that the fewest shapes have, so that few have to be tried. */
function groupByLead(shapes: readonly Shape[]): Map<number, Shape[]> {
  const users = new Map<number, number>()
  for (const {names} of shapes) for (const name of names) users.set(name, (users.get(name) ?? 0) + 1)
  const byLead = new Map<number, Shape[]>()
  for (const shape of shapes) {
    const lead = shape.names.reduce((rarest, name) => (users.get(name)! < users.get(rarest)! ? name : rarest))
    byLead.set(lead, [...(byLead.get(lead) ?? []), shape])
  }
  return byLead
}
