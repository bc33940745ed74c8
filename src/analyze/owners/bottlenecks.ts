/**
 * Where all paths to many objects come together: the lowest places in the dominator tree below which most of a set hangs. Whatever the
 * objects are held by besides, letting go of what hangs there frees them: that is what dominance means.
 */

import {codeRow, placeOfRow} from '../../snapshot/code/places.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {internals} from '../facts/internals.ts'
import {roles} from '../facts/roles.ts'
import {globalObjects} from '../facts/roots.ts'
import {type KeepingTree, keepingTree} from '../graph/dominance.ts'
import {pathNames} from './path-names.ts'

export interface Bottleneck {
  /** The tree that says so. */
  by: KeepingTree
  /** Ordinal of the node that dominates all members, none of those asked about itself. */
  node: number
  /** Ordinals of the objects below it, ascending by place in the dominator tree. */
  members: Uint32Array
  /** Whether it is the first of many links, each of which has some of the objects. */
  isChain: boolean
  /** Whether what hangs there are instances of a module that was run several times. */
  hasInstances: boolean
  /** Whether it is the scope of a call, collections in the variables of which have the objects: a store's listeners, those to come and those now. */
  isOfVariables: boolean
}

/** The tree is gone down into a child that has this share of what its parent has: the rest are strays. */
const MOST = 0.9
/** A child that has this share, beside others that do, is a place of its own. */
const PART = 0.1
/** Fewer objects than this are no crowd: no place has them. */
export const FEWEST = 3
/** Steps looked ahead for a chain of equal links, and how often one must come. */
const LOOK_AHEAD = 24
const LINKS = 3
const NONE = MAX_UINT32

/** Part of the sorted places of the objects: those from `from` to `to - 1` lie below `node`. */
interface Range {
  node: number
  from: number
  to: number
}

/**
 * The places below which objects of `targets` gather, those with most first. Objects that no such place has, since they are held from
 * several sides or are few, are in none. Linear in the nodes.
 */
export function bottlenecks(
  snapshot: Snapshot,
  targets: Uint32Array,
  isTarget: BitSet,
  by: KeepingTree = keepingTree(snapshot),
): Bottleneck[] {
  const {root, nodeId} = snapshot
  const {tree, placeOf} = by
  const {order} = tree
  const known = new GrowableUint32(targets.length)
  for (let i = 0; i < targets.length; i++) {
    const place = placeOf(targets[i])
    if (place > 0 || targets[i] === root) known.push(place)
  }
  const places = known.view().sort()
  const find = new Search(snapshot, by, places, isTarget)
  const found: Bottleneck[] = []
  const open: Range[] = [{node: root, from: 0, to: places.length}]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // One that is itself asked about does not hang below itself, and is no place: who holds it has all of them.
    const isMeant = places[next.from] === placeOf(next.node)
    const range = isMeant ? {...next, from: next.from + 1} : next
    if (range.to - range.from < FEWEST) continue
    const below = find.down(range)
    const {node, from, to} = below.range
    if (below.isPlace && !isTarget.has(node)) {
      const members = Uint32Array.from(places.subarray(from, to), place => order[place])
      found.push({
        by,
        node: below.hasInstances ? find.first(node) : node,
        members,
        isChain: below.isChain,
        hasInstances: below.hasInstances,
        isOfVariables: below.isOfVariables === true,
      })
    }
    open.push(...below.parts)
  }
  return found.sort((a, b) => b.members.length - a.members.length || nodeId[a.node] - nodeId[b.node])
}

/** Where going down from a range ended. */
interface End {
  range: Range
  /** Whether the objects gather there. */
  isPlace: boolean
  isChain: boolean
  hasInstances: boolean
  isOfVariables?: boolean
  /** What is left to be gone down into. */
  parts: Range[]
}

class Search {
  readonly #snapshot: Snapshot
  readonly #by: KeepingTree
  readonly #places: Uint32Array
  readonly #isTarget: BitSet
  readonly #isCommon: (node: number) => boolean

  constructor(snapshot: Snapshot, by: KeepingTree, places: Uint32Array, isTarget: BitSet) {
    this.#snapshot = snapshot
    this.#by = by
    this.#places = places
    this.#isTarget = isTarget
    this.#isCommon = commonGround(snapshot)
  }

  /** Down to where the objects of the range part. */
  down(start: Range): End {
    const parts: Range[] = []
    let range = start
    for (;;) {
      const children = this.#children(range)
      const all = range.to - range.from
      const isCommon = this.#isCommon(range.node)
      const [largest] = children
      if (largest === undefined)
        return {range, isPlace: !isCommon && all >= FEWEST, isChain: false, hasInstances: false, parts}
      const share = (largest.to - largest.from) / all
      if (!isCommon && share < 1 && this.#isChain(range.node, largest))
        return {range, isPlace: true, isChain: true, hasInstances: this.#rowOfInstances(largest), parts}
      if (share >= MOST && !this.#isTarget.has(largest.node)) {
        // The strays beside it are looked at by themselves where nothing but the root has them in common.
        if (isCommon) parts.push(...children.slice(1))
        range = largest
        continue
      }
      const large = children.filter(({from, to}) => to - from >= Math.max(FEWEST, PART * all))
      const inLarge = large.reduce((sum, {from, to}) => sum + to - from, 0)
      // What holds instances of a module that was run several times, each with some of the objects, has let go of none.
      if (!isCommon && this.#partInstances(children)) {
        return {range, isPlace: true, isChain: this.#isChain(range.node, largest), hasInstances: true, parts}
      }
      if (isCommon || (large.length > 1 && inLarge >= MOST * all))
        return {range, isPlace: false, isChain: false, hasInstances: false, parts: [...parts, ...large]}
      const isOfVariables = this.#isHeldByVariables(range, children)
      const isPlace = isOfVariables || this.#isHeldDirectly(range, children)
      return {range, isPlace, isChain: false, hasInstances: false, isOfVariables, parts}
    }
  }

  /** The first of the links of one kind, or instances of one script, that hold one another down to a node. */
  first(node: number): number {
    const {isScope, repeatedScript} = roles(this.#snapshot)
    const {dominator} = this.#by.tree
    const place = placeKey(this.#snapshot, node)
    const isAlike = isScope(node)
      ? (above: number) => isScope(above) && repeatedScript(above) === repeatedScript(node)
      : (above: number) => place !== '' && !isScope(above) && placeKey(this.#snapshot, above) === place
    let first = node
    for (let above = dominator[node]; !this.#isCommon(above); above = dominator[above]) {
      if (isAlike(above) && !this.#isTarget.has(above)) first = above
    }
    return first
  }

  /** The children in the dominator tree with objects below them, those with most first; one that is itself asked about counts with those below it. */
  #children({node, from, to}: Range): Range[] {
    const {tree, placeOf} = this.#by
    const {order, count} = tree
    const children: Range[] = []
    const end = placeOf(node) + count[node]
    let at = from
    for (let place = placeOf(node) + 1; place < end && at < to; place += count[order[place]]) {
      const first = at
      while (at < to && this.#places[at] < place + count[order[place]]) at++
      if (at > first) children.push({node: order[place], from: first, to: at})
    }
    return children.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)
  }

  /** Whether from here on links of one kind hold one another, each with some of the objects: then the first has them all. */
  #isChain(node: number, first: Range): boolean {
    const {kindOf} = pathNames(this.#snapshot)
    const {nodeKind} = this.#snapshot
    const isLink = (at: number) => nodeKind[at] === NodeKind.object || nodeKind[at] === NodeKind.closure
    const seen = new Map<number, number>()
    if (isLink(node)) seen.set(kindOf(node), 1)
    let range: Range | undefined = first
    for (let step = 0; step < LOOK_AHEAD && range !== undefined; step++) {
      if (this.#isTarget.has(range.node)) return false
      if (isLink(range.node)) {
        const times = (seen.get(kindOf(range.node)) ?? 0) + 1
        if (times >= LINKS) return true
        seen.set(kindOf(range.node), times)
      }
      range = this.#children(range)[0]
    }
    return false
  }

  /** Whether instances of one script hold one another from here on. */
  #rowOfInstances(first: Range): boolean {
    const {isScope, repeatedScript} = roles(this.#snapshot)
    const seen = new Set<number>()
    let range: Range | undefined = first
    for (let step = 0; step < LOOK_AHEAD && range !== undefined; step++) {
      const script = isScope(range.node) ? repeatedScript(range.node) : -1
      if (seen.has(script)) return true
      if (script >= 0) seen.add(script)
      range = this.#children(range)[0]
    }
    return false
  }

  /** Whether two of the children have objects that instances of one script have. */
  #partInstances(children: readonly Range[]): boolean {
    const {repeatedScript} = roles(this.#snapshot)
    const instanceOf = instances(this.#by)
    const {order} = this.#by.tree
    const seen = new Map<number, number>()
    for (const {node, from, to} of children) {
      for (let at = from; at < to; at++) {
        const instance = instanceOf[order[this.#places[at]]]
        // One that the children have in common is above them.
        if (instance === NONE || !this.#by.dominates(node, instance)) continue
        const child = getOrMake(seen, repeatedScript(instance), () => node)
        if (child !== node) return true
      }
    }
    return false
  }

  /** Whether the node, or its own store, has an edge to most of what is below it: else paths meet there that part further up. */
  #isHeldDirectly(range: Range, children: readonly Range[]): boolean {
    return this.#areHeld(range, children, targetsOf(this.#snapshot, range.node))
  }

  /** Whether collections that a call's scope has in variables have most of what is below it as entries. */
  #isHeldByVariables(range: Range, children: readonly Range[]): boolean {
    if (!roles(this.#snapshot).isScope(range.node)) return false
    const {nodeKind} = this.#snapshot
    const collections = targetsOf(this.#snapshot, range.node).filter(node => isCollection(this.#snapshot, node))
    const parts = Array.from(collections, node => targetsOf(this.#snapshot, node))
    // A Map's entries are in its table.
    const tables = parts.flatMap(part => Array.from(part.filter(node => nodeKind[node] === NodeKind.array)))
    const entries = [...parts, ...tables.map(table => targetsOf(this.#snapshot, table))].flatMap(part => [...part])
    return collections.length > 1 && this.#areHeld(range, children, entries)
  }

  /** Whether most of what is below a node is among others, or below those. */
  #areHeld({node, from, to}: Range, children: readonly Range[], holding: Iterable<number>): boolean {
    const held = new NodesBelow(this.#by, node)
    for (const target of holding) held.add(target)
    let direct = 0
    for (const child of children) if (held.has(child.node)) direct += child.to - child.from
    return direct >= MOST * (to - from)
  }
}

function targetsOf({firstEdge, edgeTarget}: Snapshot, node: number): Uint32Array {
  return edgeTarget.subarray(firstEdge[node], firstEdge[node + 1])
}

/** Whether what an object has is taken out of it as entries. */
export function isCollection({nodeKind, nodeName, strings}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.object && strings.setOf('Array', 'Map', 'Set').has(nodeName[node])
}

/** Where a function is written, by the script's name: each run of a file is a script of its own. '' of what is no function. */
function placeKey(snapshot: Snapshot, node: number): string {
  if (snapshot.nodeKind[node] !== NodeKind.closure) return ''
  const place = placeOfRow(snapshot, codeRow(snapshot, node))
  return place === undefined ? '' : `${place.script}:${place.line}:${place.column}`
}

/** A set of nodes below one in the dominator tree. It is as large as what that dominates: sets of many places take linear space together. */
export class NodesBelow {
  readonly #placeOf: (node: number) => number
  readonly #first: number
  readonly #length: number
  readonly #has: BitSet

  constructor({tree, placeOf}: KeepingTree, node: number) {
    this.#placeOf = placeOf
    this.#first = this.#placeOf(node) + 1
    this.#length = tree.count[node] - 1
    this.#has = new BitSet(this.#length)
  }

  has(node: number): boolean {
    const at = this.#placeOf(node) - this.#first
    return at >= 0 && at < this.#length && this.#has.has(at)
  }

  /** Whether it was not in the set yet; of one that does not lie below, false. */
  add(node: number): boolean {
    const at = this.#placeOf(node) - this.#first
    if (at < 0 || at >= this.#length || this.#has.has(at)) return false
    this.#has.add(at)
    return true
  }
}

/** Uint32Array(n): the nearest scope above each node of a script that was run several times; NONE where there is none. */
const instances = memoize(({snapshot, tree}: KeepingTree): Uint32Array => {
  const {isScope, repeatedScript} = roles(snapshot)
  const found = new Uint32Array(snapshot.nodeCount).fill(NONE)
  const {order} = tree
  for (let place = 0; place < order.length; place++) {
    const node = order[place]
    found[node] = isScope(node) && repeatedScript(node) >= 0 ? node : found[tree.dominator[node]]
  }
  return found
})

/** What everything hangs on: letting go of it as a whole is no advice. Objects that gather there are told by what holds them instead. */
function commonGround(snapshot: Snapshot): (node: number) => boolean {
  const {nodeKind} = snapshot
  const {isModuleScope} = roles(snapshot)
  const isInternals = internals(snapshot)
  const globals = new Set(globalObjects(snapshot))
  return node =>
    nodeKind[node] === NodeKind.synthetic ||
    node === snapshot.root ||
    globals.has(node) ||
    isModuleScope(node) ||
    isInternals(node)
}

/** The path down from a node to one that it dominates, as edges: a shortest one, by parts that code has words for if there is such a path. */
export function pathDown(
  snapshot: Snapshot,
  by: KeepingTree,
  from: number,
  to: number,
  isAvoided: (node: number) => boolean,
): number[] {
  for (const avoid of [isAvoided, undefined]) {
    const found = shortestWithin(snapshot, by, from, to, avoid)
    if (found !== undefined) return found
  }
  return []
}

/** Backward from `to`, breadth first: all that leads to it lies below `from`. */
function shortestWithin(
  snapshot: Snapshot,
  by: KeepingTree,
  from: number,
  to: number,
  isAvoided: ((node: number) => boolean) | undefined,
): number[] | undefined {
  const {first, source, edge: entering} = snapshot.retainers
  const nodes = new GrowableUint32()
  const left = new GrowableUint32()
  const before = new GrowableUint32()
  const seen = new NodesBelow(by, from)
  seen.add(to)
  nodes.push(to)
  left.push(0)
  before.push(0)
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes.get(i)
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const holder = source[slot]
      if (!by.edges.has(entering[slot])) continue
      if (holder !== from && isAvoided?.(holder)) continue
      if (holder === from) {
        const found = [entering[slot]]
        for (let at = i; at > 0; at = before.get(at)) found.push(left.get(at))
        return found
      }
      if (!seen.add(holder)) continue
      nodes.push(holder)
      left.push(entering[slot])
      before.push(i)
    }
  }
  return undefined
}
