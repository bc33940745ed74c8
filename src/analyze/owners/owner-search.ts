/**
 * From objects back along all that holds them, to their owners: Tarjan's algorithm over the holders finishes what holds before what is
 * held, so that sets of owners are handed down once. Linear in the nodes and edges behind the objects.
 */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {roles} from '../facts/roles.ts'
import {globalObjects} from '../facts/roots.ts'
import {timerCallback, timerLinks} from '../facts/timers.ts'
import {ComponentWalk} from '../graph/components.ts'
import {reachableNodes} from '../graph/reachable.ts'
import {type Holders, holdersOf, type Strictness} from './holders.ts'
import {type OwnerKey, OwnerSets} from './owner-sets.ts'
import {type PathNames, pathNames} from './path-names.ts'
import {Start} from './path-patterns.ts'

/** A path from where it begins in code, by its owner, to an object. */
export interface OwnedPath {
  /** Ordinal of the node where it begins. */
  start: number
  /** Edges in order. */
  edges: number[]
  /** Place in `edges` of the one from the owner to what serves the objects. */
  cut: number
}

/** Rules relaxed one after the other for objects without an owner so far. */
const STRICTNESS: readonly Strictness[] = [
  {throughTargets: false, throughInternals: false},
  {throughTargets: true, throughInternals: false},
  {throughTargets: true, throughInternals: true},
]

/** Where Node's emitters have their listeners (lib/events.js). */
const EVENTS = '_events'

/** Edges of a list looked at for functions. */
const EDGES_SEARCHED = 16

/** Of ways that lead to an owner's edges the shorter is told; longer ones than this are all long. */
const LONG_WAY = 64

export class OwnerSearch {
  readonly sets: OwnerSets
  readonly #snapshot: Snapshot
  readonly #holders: Holders
  readonly #names: PathNames
  readonly #isRuntime: (node: number) => boolean
  readonly #isGlobal: Set<number>
  /** Uint32Array(n): the set of owners of each node behind the objects. */
  readonly #setOf: Uint32Array
  /** Uint32Array(n): the strongly connected component, from 1 on; 0 for nodes not finished. Within one all are held alike. */
  readonly #component: Uint32Array
  /** Edges at which following ended. */
  readonly #ownerEdges = new GrowableUint32()
  /** Nodes followed through other objects asked about: those objects' owners are theirs, and they are functions for nobody. */
  readonly #isThrough: BitSet
  #rule = 0
  /** Patterns of owners met so far: whether what they hold are functions, one beside the other, and of what they are then known by. */
  readonly #throughOwner = new Map<number, number>()
  /** Patterns of owners that are classes and hold their prototypes. */
  readonly #prototypes = new Set<number>()
  #components = 0
  /** How many of the objects no root leads to. */
  readonly unheld: number
  /** Whether there are objects that a root leads to, but by no way that was followed. */
  readonly isLost: boolean

  constructor(snapshot: Snapshot, targets: Uint32Array, isTarget: BitSet) {
    const {nodeCount} = snapshot
    this.#snapshot = snapshot
    this.#names = pathNames(snapshot)
    this.#isRuntime = roles(snapshot).isRuntime
    this.#isGlobal = new Set(globalObjects(snapshot))
    this.sets = new OwnerSets(pattern => this.#throughOwner.get(pattern) ?? -1)
    this.#holders = holdersOf(snapshot, isTarget)
    this.#setOf = new Uint32Array(nodeCount)
    this.#component = new Uint32Array(nodeCount)
    this.#isThrough = new BitSet(nodeCount)
    const reached = reachableNodes(snapshot)
    let open = targets.filter(node => reached.has(node))
    this.unheld = targets.length - open.length
    for (this.#rule = 0; this.#rule < STRICTNESS.length && open.length > 0; this.#rule++) {
      this.#spread(open)
      open = open.filter(node => this.#setOf[node] === 0)
    }
    this.isLost = open.length > 0
  }

  /** The set of an object's owners. */
  setOf(node: number): number {
    return this.#setOf[node]
  }

  /** Whose code an owner's path begins in. Prototypes count among the instances of a class, but nobody means them. */
  codeOf(owner: number): 'application' | 'library' | 'runtime' {
    const {pattern} = this.sets.key(owner)
    return this.#prototypes.has(pattern) ? 'runtime' : this.#names.codeOf(pattern)
  }

  /** Ordinals of all edges by which each of some owners holds the objects: from what it is to what serves them, or from its listeners. */
  cutsOf(owners: readonly OwnerKey[]): Uint32Array[] {
    const {nodeCount, nodeKind, firstEdge, edgeTarget} = this.#snapshot
    const cuts = owners.map(() => new GrowableUint32())
    const ofPattern = new Map<number, GrowableUint32>()
    const ofFunction = new Map<number, GrowableUint32[]>()
    for (const [i, {pattern, through}] of owners.entries()) {
      if (through < 0) ofPattern.set(pattern, cuts[i])
      else getOrMake(ofFunction, through, (): GrowableUint32[] => []).push(cuts[i])
    }
    for (const edge of this.#ownerEdges.view()) {
      const into = ofPattern.get(this.#ownerBy(sourceOf(firstEdge, edge), edgeTarget[edge], edge))
      if (into === undefined) continue
      into.push(edge)
      // Taken out of its ring, a timer has neither link.
      if (this.#isTimerLink(sourceOf(firstEdge, edge), edge))
        for (const link of this.#linksInto(edgeTarget[edge])) into.push(link)
    }
    for (let node = 0; ofFunction.size > 0 && node < nodeCount; node++) {
      if (this.#component[node] === 0 || nodeKind[node] !== NodeKind.closure) continue
      for (const into of ofFunction.get(this.#names.kindOf(node)) ?? []) {
        for (let slot = this.#holders.known(node, 0); slot >= 0; slot = this.#holders.known(node, slot + 1)) {
          into.push(this.#holders.edge(node, slot))
        }
      }
    }
    return cuts.map(edges => Uint32Array.from(new Set(edges.view())).sort())
  }

  /**
   * A shortest path by one of its owners to `node`: breadth first towards the owner, only where that owner holds; of equally near edges of the
   * owner's that to which the shortest way leads, since one may lead through the object itself and back by its parts. Once the function has been
   * met that holds the objects for it, any way from that owner will do.
   */
  pathTo(node: number, owner: number): OwnedPath {
    const {sets} = this
    const {pattern, through} = sets.key(owner)
    const isKnownAs = (by: number) => this.#throughOwner.get(by) === pattern
    // The function that the owner was given, from which on sets have the owner without it.
    const isNextToOwner = (source: number) =>
      through >= 0 &&
      this.#isFunction(source) &&
      this.#names.kindOf(source) === through &&
      sets.of(this.#setOf[source]).some(one => sets.key(one).through < 0 && isKnownAs(sets.key(one).pattern))
    // Places: twice the node, and one more once the function has been met.
    const place = new GrowableUint32()
    const entered = new GrowableUint32()
    const below = new GrowableUint32()
    const met = new BitSet(2 * this.#snapshot.nodeCount)
    const visit = (at: number, edge: number, from: number) => {
      if (met.has(at)) return
      met.add(at)
      place.push(at)
      entered.push(edge)
      below.push(from)
    }
    visit(2 * node, 0, 0)
    const {nodeId} = this.#snapshot
    let found: {source: number; edge: number; length: number; from: number} | undefined
    let levelEnd = place.length
    for (let i = 0; i < place.length; i++) {
      if (i === levelEnd) {
        if (found !== undefined) break
        levelEnd = place.length
      }
      const at = place.get(i) >>> 1
      const isBehind = (place.get(i) & 1) === 1
      for (let slot = this.#holders.known(at, 0); slot >= 0; slot = this.#holders.known(at, slot + 1)) {
        const source = this.#holders.source(at, slot)
        const edge = this.#holders.edge(at, slot)
        if (this.#holders.isOwner(at, slot)) {
          const by = this.#ownerBy(source, at, edge)
          if (through < 0 ? by !== pattern : !isBehind || !isKnownAs(by)) continue
          const length = this.#names.lengthTo(source, LONG_WAY)
          const further = found === undefined ? -1 : length - found.length || nodeId[source] - nodeId[found.source]
          if (further < 0) found = {source, edge, length, from: i}
          continue
        }
        if (this.#component[source] === this.#component[at]) visit(2 * source + Number(isBehind), edge, i)
        else if (isBehind) {
          const isBelow = (one: number) => sets.key(one).through < 0 && isKnownAs(sets.key(one).pattern)
          if (sets.of(this.#setOf[source]).some(isBelow)) visit(2 * source + 1, edge, i)
        } else if (sets.has(this.#heldBy(source), owner)) {
          visit(2 * source + Number(isNextToOwner(source)), edge, i)
        }
      }
    }
    if (found === undefined) throw new Error('a path was counted that cannot be found again')
    const edges: number[] = []
    const start = this.#names.pathTo(found.source, edges)
    const cut = edges.push(found.edge) - 1
    for (let down = found.from; down > 0; down = below.get(down)) edges.push(entered.get(down))
    return {start, edges, cut}
  }

  /** Gives each of `nodes` and all behind them their sets. */
  #spread(nodes: Uint32Array): void {
    const holders = this.#holders
    const rules = STRICTNESS[this.#rule]
    // Nodes without an owner by the rules before this are asked again. Those that this walk has given a set it knows itself.
    const isAsked = this.#rule === 0 ? () => true : (node: number) => this.#setOf[node] === 0
    const walk = new ComponentWalk(this.#snapshot.nodeCount, {
      next: (node, from) => {
        for (let slot = holders.next(node, from, rules); slot >= 0; slot = holders.next(node, slot + 1, rules)) {
          if (holders.isOwner(node, slot)) this.#ownerEdges.push(holders.edge(node, slot))
          else if (isAsked(holders.source(node, slot))) return slot
        }
        return -1
      },
      neighbor: holders.source,
      finish: component => this.#finish(component),
    })
    for (const from of nodes) walk.from(from)
  }

  /** Gives the members of a component their set. */
  #finish(members: Uint32Array): void {
    const component = ++this.#components
    for (const node of members) {
      this.#component[node] = component
      if (STRICTNESS[this.#rule].throughTargets) this.#isThrough.add(node)
    }
    const isOne = members.length === 1
    let set = 0
    for (const node of members) set = this.sets.union(set, this.#entries(node, isOne))
    for (const node of members) this.#setOf[node] = set
  }

  /** The owners by which a node is held from outside its component, those next to it first. `isOne`: whether it is all of that. */
  #entries(node: number, isOne: boolean): number {
    const holders = this.#holders
    let near = 0
    let far = 0
    for (let slot = holders.known(node, 0); slot >= 0; slot = holders.known(node, slot + 1)) {
      const source = holders.source(node, slot)
      if (holders.isOwner(node, slot)) {
        const owner = this.#ownerBy(source, node, holders.edge(node, slot))
        near = this.sets.union(near, this.sets.single(this.sets.owner(owner)))
      } else if (isOne || this.#component[source] !== this.#component[node])
        far = this.sets.union(far, this.#heldBy(source))
    }
    return this.sets.union(near, far)
  }

  /** The owners of what a node holds. */
  #heldBy(source: number): number {
    const set = this.#setOf[source]
    return this.sets.isGivenOn(set) && this.#isFunction(source)
      ? this.sets.through(set, this.#names.kindOf(source))
      : set
  }

  /** Whether a node is a function of people's that holds objects for its owner. */
  #isFunction(node: number): boolean {
    return (
      this.#snapshot.nodeKind[node] === NodeKind.closure &&
      !this.#isThrough.has(node) &&
      !this.#isRuntime(node) &&
      this.#names.isPlaced(this.#names.kindOf(node))
    )
  }

  #isTimerLink(source: number, edge: number): boolean {
    return timerLinks(this.#snapshot).isLink(source, edge)
  }

  /** Edges by which a ring of timers has one of its timers. */
  #linksInto(node: number): Uint32Array {
    const {first, edge, source} = this.#snapshot.retainers
    return edge
      .slice(first[node], first[node + 1])
      .filter((link, i) => this.#isTimerLink(source[first[node] + i], link))
  }

  /** The pattern that an owner is known by. */
  #ownerBy(source: number, node: number, edge: number): number {
    const {nodeKind, edgeKind, edgeName, strings} = this.#snapshot
    const {patterns, patternOf, step} = this.#names
    // A timer that only its ring has runs by itself: it is known by what it calls.
    if (this.#isTimerLink(source, edge)) {
      const timer = patterns.start(Start.runtime, this.#names.kindOf(timerCallback(this.#snapshot, node)))
      const known = patterns.start(Start.owner, timer)
      if (!this.#throughOwner.has(known)) this.#throughOwner.set(known, -1)
      return known
    }
    const owner = patterns.start(Start.owner, patterns.extend(patternOf(source), step(source, edge, node)))
    if (this.#throughOwner.has(owner)) return owner
    const known = this.#isRuntime(source) ? patterns.start(Start.ownerOfListeners, patternOf(source)) : owner
    const hasListeners = this.#isHolderOfListeners(source, edge)
    this.#throughOwner.set(owner, hasListeners ? known : -1)
    if (hasListeners) this.#throughOwner.set(known, known)
    const isNamed = nodeKind[source] === NodeKind.closure && edgeKind[edge] === EdgeKind.property
    if (isNamed && strings.get(edgeName[edge]) === 'prototype') this.#prototypes.add(owner)
    return owner
  }

  /** Whether what an owner holds by an edge are functions that people gave it one by one: emitters, event targets, the runtime. */
  #isHolderOfListeners(source: number, edge: number): boolean {
    const {nodeKind, edgeKind, edgeName, edgeTarget, strings} = this.#snapshot
    if (nodeKind[source] !== NodeKind.object || this.#isRuntime(source)) return true
    const isEvents = edgeKind[edge] === EdgeKind.property && strings.get(edgeName[edge]) === EVENTS
    const isEmitter = propertyTarget(this.#snapshot, edgeTarget[edge], EVENTS) >= 0
    return this.#isGlobal.has(source) || isEvents || isEmitter || this.#hasFunctions(edgeTarget[edge])
  }

  /** Whether a node is a list of functions: of one event's listeners, or of subscribers. */
  #hasFunctions(node: number): boolean {
    const {nodeKind, edgeKind, edgeTarget, firstEdge} = this.#snapshot
    const end = Math.min(firstEdge[node + 1], firstEdge[node] + EDGES_SEARCHED)
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if (edgeKind[edge] === EdgeKind.element && nodeKind[edgeTarget[edge]] === NodeKind.closure) return true
    }
    return false
  }
}
