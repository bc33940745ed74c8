/**
 * What `--type` takes, by the rules of DevTools' Summary (`calculateObjectNames`, `classKeyInternal` in HeapSnapshot.ts), so that
 * people find the names they know: the constructor's name of objects, `{a, b}` of plain objects, a name in parentheses for V8's
 * own kinds. Objects of same-named constructors from different places in the code are different types of one name.
 */

import {GrowableUint32} from '../../util/growable.ts'
import {sharedWords} from '../../util/shared.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {DETACHED} from './detachedness.ts'
import type {Heap} from './heap.ts'
import {NodeKind} from './schema.ts'
import {findShapes, inferShapes, type Shape} from './shapes.ts'
import type {StringTable} from './strings.ts'

export interface TypeTable {
  /** Names by type number, in order of first appearance in the file; several types may have one name. */
  names: readonly string[]
  /** For each type a row of the snapshot's `locations` with its constructor's place; -1 where the file does not say. */
  locations: readonly number[]
  /** Uint32Array(n): every node's type number. */
  ofNode: Uint32Array
  /** By type number the names of classes in the source, where source maps tell others than the scripts have: `names` has both. */
  originals?: ReadonlyMap<number, string>
  /** The names in the scripts of those. */
  shortNames?: ReadonlyMap<number, string>
}

/** The table with the names that source maps tell, by type number, before those of the scripts: `Review (zg)`. */
export function withOriginals(types: TypeTable, originals: ReadonlyMap<number, string>): TypeTable {
  if (originals.size === 0) return types
  const shortNames = new Map([...originals.keys()].map(type => [type, types.names[type]]))
  const names = types.names.map((name, type) => {
    const original = originals.get(type)
    return original === undefined ? name : `${original} (${name})`
  })
  return {...types, names, originals, shortNames}
}

/** Uint8Array(types), 1 for each type that is meant: by its name, that in the source, or that in the script. */
export function typesMeant({names, originals, shortNames}: TypeTable, isMeant: (name: string) => boolean): Uint8Array {
  const also = (name: string | undefined) => name !== undefined && isMeant(name)
  return Uint8Array.from(names, (name, type) =>
    Number(isMeant(name) || also(originals?.get(type)) || also(shortNames?.get(type))),
  )
}

/** DevTools' names of whole kinds, where it has one of its own; the other kinds are named `(kind)`. */
const NAME_OF_KIND = new Map([
  [NodeKind.hidden, '(system)'],
  [NodeKind.code, '(compiled code)'],
  [NodeKind.closure, 'Function'],
  [NodeKind.regexp, 'RegExp'],
])

const PLAIN_OBJECT = 'Object'
const NONE = MAX_UINT32

/** `detachedness`: as it has spread; `shapes`: those of another heap to tell plain objects apart by, instead of its own. */
export function buildTypes(heap: Heap, detachedness: Uint8Array, shapes?: readonly Shape[]): TypeTable {
  const {nodeKind, nodeName, nodeCount, nodeDetachedness, strings} = heap
  const types = new TypeNumbers(heap)
  const placeOf = places(heap)
  const plain = strings.setOf(PLAIN_OBJECT)
  const plainObjects = new GrowableUint32()
  const ofKind = new Uint32Array(256).fill(NONE)
  const ofNode = sharedWords(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    const name = nodeName[node]
    if (kind === NodeKind.object) {
      if (plain.has(name)) plainObjects.push(node)
      else ofNode[node] = types.ofConstructor(name, placeOf(node), false)
    } else if (kind === NodeKind.native) {
      // Where the file has no such field, detachedness was read from the name.
      const isRenamed = nodeDetachedness !== undefined && detachedness[node] === DETACHED
      ofNode[node] = types.ofConstructor(name, NO_PLACE, isRenamed)
    } else {
      if (ofKind[kind] === NONE) ofKind[kind] = types.number(kindName(heap, kind), NO_PLACE)
      ofNode[node] = ofKind[kind]
    }
  }
  const objects = plainObjects.view()
  const shape = findShapes(heap, strings, objects, shapes)
  for (let index = 0; index < objects.length; index++) {
    ofNode[objects[index]] = types.number(shape(index) ?? PLAIN_OBJECT, placeOf(objects[index]))
  }
  return {names: types.names, locations: types.locations, ofNode}
}

/** The shapes by which a heap's plain objects are told apart. */
export function shapesOf(heap: Heap): Shape[] {
  const {nodeKind, nodeName, nodeCount, strings} = heap
  const plain = strings.setOf(PLAIN_OBJECT)
  const objects = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.object && plain.has(nodeName[node])) objects.push(node)
  }
  return inferShapes(heap, strings, objects.view())
}

function kindName({header}: Heap, kind: number): string {
  return NAME_OF_KIND.get(kind) ?? `(${header.schema.nodeKinds[kind]})`
}

/** Types by name and place of the constructor. */
class TypeNumbers {
  readonly names: string[] = []
  readonly locations: number[] = []
  readonly #strings: StringTable
  readonly #numbers = new Map<string, number>()
  /** By string index, for the names of constructors without a place: plain ones, then those of detached nodes. */
  readonly #ofName: [Uint32Array, Map<number, number>]
  /** By place and string index. */
  readonly #ofPlacedName = new Map<number, number>()

  constructor({strings}: Heap) {
    this.#strings = strings
    this.#ofName = [new Uint32Array(strings.count).fill(NONE), new Map()]
  }

  /** The type of a name, written out; `place`: the first row of the locations with the constructor's, or NO_PLACE. */
  number(name: string, place: number): number {
    const key = `${place},${name}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.names.push(name) - 1
      this.locations.push(place)
      this.#numbers.set(key, number)
    }
    return number
  }

  /**
   * The type of an object or native node by the string index of its name: no text is made for a name met before. Detachedness
   * that a field tells shows in the name.
   */
  ofConstructor(name: number, place: number, isDetached: boolean): number {
    const [attached, detached] = this.#ofName
    const placedKey = place * this.#strings.count + name
    let number = isDetached
      ? detached.get(name)
      : place === NO_PLACE
        ? attached[name]
        : this.#ofPlacedName.get(placedKey)
    if (number !== undefined && number !== NONE) return number
    const text = this.#strings.get(name)
    number = this.number(constructorName(isDetached ? `Detached ${text}` : text), place)
    if (isDetached) detached.set(name, number)
    else if (place === NO_PLACE) attached[name] = number
    else this.#ofPlacedName.set(placedKey, number)
    return number
  }
}

const NO_PLACE = -1
/** More columns than any line has. */
const COLUMNS = 2 ** 26

/** For nodes in ascending order: the first row of the locations with the same place as the node's, or NO_PLACE; of two places the last. */
function places({locations}: Heap): (node: number) => number {
  const {node: nodes, scriptId, line, column} = locations
  const rowOfPlace = new Map<number, Map<number, number>>()
  let row = 0
  return node => {
    // The second pass, over the plain objects, begins again.
    if (row > 0 && nodes[row - 1] >= node) row = 0
    while (row < nodes.length && nodes[row] < node) row++
    if (nodes[row] !== node) return NO_PLACE
    while (nodes[row + 1] === node) row++
    let script = rowOfPlace.get(scriptId[row])
    if (script === undefined) {
      script = new Map()
      rowOfPlace.set(scriptId[row], script)
    }
    const key = line[row] * COLUMNS + column[row]
    const first = script.get(key) ?? row
    script.set(key, first)
    return first
  }
}

/** A DOM element is named with its attributes, `<div id="a">`; its type is `<div>`: what stands before the first blank. */
function constructorName(name: string): string {
  const element = name.startsWith('Detached <') ? 'Detached '.length : 0
  const blank = name.startsWith('<', element) ? name.indexOf(' ', element) : -1
  return blank < 0 ? name : `${name.slice(0, blank)}>`
}
