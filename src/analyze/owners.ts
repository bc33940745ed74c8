/**
 * Who must let go: every independent owner of a set of objects, all objects that are owned alike as one group. An owner is the place
 * where a way from code ends and what exists for the objects' sake begins: a variable, a collection, a timer, a root. From the objects
 * back to there every way is followed; from there on the one that a person would name (`named-ways.ts`).
 */

import {sourceOf} from '../snapshot/retainers.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {getOrMake} from '../util/memo.ts'
import {computeAhead} from './ahead.ts'
import {nestedNodes} from './dominance.ts'
import {dominatorTree, retainedSizes} from './dominators.ts'
import {type Holders, holdersOf, type Strictness} from './holders.ts'
import {reachableNodes} from './reachable.ts'
import {type Roles, roles} from './roles.ts'
import {globalObjects} from './roots.ts'
import type {Selection} from './select.ts'
import {selfSizes} from './self-sizes.ts'
import {wayNames} from './way-names.ts'
import {PatternSets, Start} from './way-patterns.ts'

export interface OwnersOptions {
  /** Owners kept; the others are counted. */
  limit?: number
}

/** One way of being held, and the objects held so. */
export interface Owner {
  /** Objects held so. */
  count: number
  /** Of those, how many no other owner holds. */
  alone: number
  /** Bytes that the objects of `count` retain, each byte once. */
  retainedBytes: number
  selfBytes: number
  /** Whose code the way begins in. */
  code: 'application' | 'library' | 'runtime'
  /** An example: ordinal of the object, of where the way to it begins, and the edges between, in order. */
  example: number
  start: number
  edges: number[]
  /** Place in `edges` of the one from the owner to what serves the objects. */
  cut: number
  /** Ordinals of all edges by which it holds the objects: from what it is to what serves them, or into its listeners. */
  cuts: Uint32Array
}

export interface OwnersAnswer {
  snapshot: Snapshot
  question: 'owners'
  target: Selection
  /** Application code first, then by number of objects. */
  owners: Owner[]
  /** Objects that more than one owner holds. */
  shared: number
  /** Objects that nothing holds: garbage not yet collected, or held weakly only. */
  unheld: number
  /** Whether some objects are held in more ways than were followed. */
  isCut: boolean
  limitsReached: {owners?: number}
  total: {owners: number; selfBytes: number; retainedBytes: number}
}

const DEFAULT_LIMIT = 10

/** What another thread computes meanwhile. */
const AHEAD = ['types', 'retainers', 'scripts', 'functions in scopes', 'functions of scopes', 'selfSizes'] as const

/** The owners of the objects of `target`. Linear in the nodes and edges behind them. */
export function owners(
  snapshot: Snapshot,
  target: Selection,
  {limit = DEFAULT_LIMIT}: OwnersOptions = {},
): OwnersAnswer {
  computeAhead(snapshot, AHEAD)
  dominatorTree(snapshot)
  const search = new OwnerSearch(snapshot, target.nodes)
  const groups = search.groups()
  const kept = groups.slice(0, limit)
  const cuts = search.cutsOf(kept)
  return {
    snapshot,
    question: 'owners',
    target,
    owners: kept.map((group, i) => search.owner(group, cuts[i])),
    shared: search.shared,
    unheld: search.unheld,
    isCut: search.isCut,
    limitsReached: groups.length > kept.length ? {owners: limit} : {},
    total: {owners: groups.length, ...search.bytesOf(target.nodes)},
  }
}

interface Group {
  pattern: number
  owner: OwnerKey
  members: GrowableUint32
  alone: number
}

/** What makes two ways one owner's. */
interface OwnerKey {
  /** Of what owns, and the step from it; of the runtime's objects without the step: their parts hold one listener several times. */
  pattern: number
  /** The kind of the function that holds the objects for it, of owners with listeners; -1 for others. */
  through: number
}

/** Rules relaxed one after the other for objects without an owner so far. */
const STRICTNESS: readonly Strictness[] = [
  {throughTargets: false, throughPlumbing: false},
  {throughTargets: true, throughPlumbing: false},
  {throughTargets: true, throughPlumbing: true},
]

const RING = -3

class OwnerSearch {
  readonly #snapshot: Snapshot
  readonly #holders: Holders
  readonly #names: ReturnType<typeof wayNames>
  readonly #sets: PatternSets
  readonly #targets: Uint32Array
  readonly #isTarget: BitSet
  readonly #role: Roles
  readonly #isGlobal: Set<number>
  /** Uint32Array(n): the set of patterns of each node behind the objects. */
  readonly #setOf: Uint32Array
  /** Uint32Array(n): the strongly connected component, from 1 on; 0 for nodes not finished. */
  readonly #component: Uint32Array
  /** Members of components of more than one. */
  readonly #members = new Map<number, Uint32Array>()
  /** Edges at which following ended. */
  readonly #ownerEdges = new GrowableUint32()
  /** Nodes behind other objects asked about: those objects' owners are theirs, and no step is added. */
  readonly #isThrough: BitSet
  /** Uint8Array(n): by which of the rules, from STRICTNESS, each node was finished. */
  readonly #rules: Uint8Array
  #rule = 0
  /** By owner's pattern: the kind of object that it holds itself; and whether those are functions, one beside the other. */
  readonly #firstOf = new Map<number, number>()
  readonly #hasListeners = new Set<number>()
  /** Patterns of owners that are classes and hold their prototypes. */
  readonly #prototypes = new Set<number>()
  /** By pattern of an owner of the runtime's that of the object itself, whose parts may hold one listener several times. */
  readonly #runtimeOf = new Map<number, number>()
  #components = 0
  shared = 0
  unheld = 0
  isCut = false

  constructor(snapshot: Snapshot, targets: Uint32Array) {
    const {nodeCount} = snapshot
    this.#snapshot = snapshot
    this.#targets = targets
    this.#isTarget = new BitSet(nodeCount)
    for (const node of targets) this.#isTarget.add(node)
    this.#names = wayNames(snapshot)
    this.#role = roles(snapshot)
    this.#isGlobal = new Set(globalObjects(snapshot))
    this.#sets = new PatternSets(this.#names.patterns)
    this.#holders = holdersOf(snapshot, this.#isTarget)
    this.#setOf = new Uint32Array(nodeCount)
    this.#component = new Uint32Array(nodeCount)
    this.#isThrough = new BitSet(nodeCount)
    this.#rules = new Uint8Array(nodeCount)
    const reached = reachableNodes(snapshot)
    let open = targets.filter(node => reached.has(node))
    this.unheld = targets.length - open.length
    for (this.#rule = 0; this.#rule < STRICTNESS.length && open.length > 0; this.#rule++) {
      this.#holders.relax(STRICTNESS[this.#rule])
      this.#spread(open)
      open = open.filter(node => this.#setOf[node] === 0)
    }
    // A root leads to them, but by no way that was followed: said, not hidden.
    if (open.length > 0) this.isCut = true
  }

  /** Objects by owner: an object stands in as many groups as it has owners. */
  groups(): Group[] {
    const groups = new Map<number, Group>()
    const ofSet = new Map<number, Group[]>()
    for (const node of this.#targets) {
      const set = this.#setOf[node]
      if (this.#sets.isCut(set)) this.isCut = true
      const owners = getOrMake(ofSet, set, () => this.#groupsOf(set, groups))
      if (owners.length > 1) this.shared++
      for (const group of owners) {
        group.members.push(node)
        if (owners.length === 1) group.alone++
      }
    }
    const {nodeId} = this.#snapshot
    const rank = (group: Group) => RANK[this.#codeOf(group)]
    return [...groups.values()].sort(
      (a, b) =>
        rank(a) - rank(b) ||
        b.members.length - a.members.length ||
        nodeId[a.members.get(0)] - nodeId[b.members.get(0)] ||
        a.pattern - b.pattern,
    )
  }

  /**
   * The groups for the patterns of a set. Ways that part behind the owner are one, but two listeners of one emitter are two owners:
   * each is taken off by itself. The shortest way is the example.
   */
  #groupsOf(set: number, groups: Map<number, Group>): Group[] {
    const found = new Set<Group>()
    for (const pattern of this.#sets.of(set)) {
      const owner = this.#ownerKey(pattern)
      const key = owner.pattern * 2 ** 26 + owner.through + 1
      const group = getOrMake(groups, key, () => ({pattern, owner, members: new GrowableUint32(), alone: 0}))
      found.add(group)
    }
    return [...found]
  }

  /** Prototypes count among the instances of a class, but nobody means them. */
  #codeOf({pattern, owner}: Group): Owner['code'] {
    return this.#prototypes.has(owner.pattern) ? 'runtime' : this.#names.codeOf(pattern)
  }

  /** Whether what an owner holds by an edge are functions that people gave it one by one: emitters, event targets, the runtime. */
  #isHolderOfListeners(source: number, edge: number): boolean {
    const {nodeKind, edgeKind, edgeName, strings} = this.#snapshot
    if (nodeKind[source] !== NodeKind.object || this.#role.isRuntime(source)) return true
    return (
      this.#isGlobal.has(source) || (edgeKind[edge] === EdgeKind.property && strings.get(edgeName[edge]) === '_events')
    )
  }

  /** Equal for ways from one owner; of owners with listeners, through one function. */
  #ownerKey(pattern: number): OwnerKey {
    const {patterns, isPlaced} = this.#names
    let through = -1
    // The last step leads to the object itself.
    let at = pattern
    while (!patterns.isStart(at)) {
      at = patterns.parent(at)
      const into = patterns.isStart(at) ? this.#firstOf.get(at)! : patterns.intoOf(at)
      if (through < 0 && isPlaced(into) && at !== pattern) through = into
    }
    if (through < 0 || !this.#hasListeners.has(at)) return {pattern: at, through: -1}
    return {pattern: this.#runtimeOf.get(at) ?? at, through}
  }

  /** All edges by which each of the groups' owners holds the objects. */
  cutsOf(groups: readonly Group[]): Uint32Array[] {
    const {nodeCount, nodeKind, firstEdge, edgeTarget} = this.#snapshot
    const cuts = groups.map(() => new GrowableUint32())
    const ofPattern = new Map<number, GrowableUint32>()
    const ofFunction = new Map<number, GrowableUint32[]>()
    for (const [i, {owner}] of groups.entries()) {
      if (owner.through < 0) ofPattern.set(owner.pattern, cuts[i])
      else getOrMake(ofFunction, owner.through, (): GrowableUint32[] => []).push(cuts[i])
    }
    for (const edge of this.#ownerEdges.view()) {
      const node = edgeTarget[edge]
      ofPattern.get(this.#ownerBy(sourceOf(firstEdge, edge), node, edge, this.#names.step(edge, node)))?.push(edge)
    }
    for (let node = 0; ofFunction.size > 0 && node < nodeCount; node++) {
      if (this.#component[node] === 0 || nodeKind[node] !== NodeKind.closure) continue
      for (const into of ofFunction.get(this.#names.kindOf(node)) ?? []) {
        for (let slot = this.#holders.next(node, 0); slot >= 0; slot = this.#holders.next(node, slot + 1)) {
          into.push(this.#holders.edge(node, slot))
        }
      }
    }
    return cuts.map(edges => Uint32Array.from(new Set(edges.view())).sort())
  }

  owner(group: Group, cuts: Uint32Array): Owner {
    const {pattern, members, alone} = group
    const example = members.get(0)
    const edges: number[] = []
    const start = this.#chain(example, pattern, edges)
    const held = members.view()
    return {
      count: held.length,
      alone,
      ...this.bytesOf(held),
      code: this.#codeOf(group),
      example,
      start: start.node,
      edges,
      cut: start.cut,
      cuts,
    }
  }

  /** Bytes of objects, and bytes they retain: what lies below another of them in the dominator tree is counted there. */
  bytesOf(nodes: Uint32Array): {selfBytes: number; retainedBytes: number} {
    const self = selfSizes(this.#snapshot, 'devtools')
    const retained = retainedSizes(this.#snapshot, 'devtools')
    let selfBytes = 0
    let retainedBytes = 0
    for (const node of nodes) {
      selfBytes += self[node]
      if (!this.#nested.has(node)) retainedBytes += retained[node]
    }
    return {selfBytes, retainedBytes}
  }

  /** Objects asked about that another of them dominates. */
  get #nested(): BitSet {
    this.#nestedNodes ??= nestedNodes(this.#snapshot, this.#isTarget)
    return this.#nestedNodes
  }

  #nestedNodes: BitSet | undefined

  /**
   * Gives each of `nodes` and all behind them their sets: Tarjan's algorithm over the holders, which finishes what holds before
   * what is held. Within a component all are held alike.
   */
  #spread(nodes: Uint32Array): void {
    const {nodeCount} = this.#snapshot
    const visit = new Uint32Array(nodeCount)
    const low = new Uint32Array(nodeCount)
    const cursor = new Uint32Array(nodeCount)
    const open = new GrowableUint32()
    const path = new GrowableUint32()
    // Nodes without an owner by the rules before this are asked again.
    const isDone = (node: number) => this.#component[node] !== 0 && (visit[node] !== 0 || this.#setOf[node] !== 0)
    const isOpen = new BitSet(nodeCount)
    let visits = 0
    const enter = (node: number) => {
      visit[node] = low[node] = ++visits
      cursor[node] = 0
      open.push(node)
      isOpen.add(node)
      path.push(node)
    }
    for (const from of nodes) {
      if (isDone(from)) continue
      enter(from)
      while (path.length > 0) {
        const node = path.get(path.length - 1)
        const slot = this.#holders.next(node, cursor[node])
        if (slot >= 0) {
          cursor[node] = slot + 1
          const source = this.#holders.source(node, slot)
          if (this.#holders.isOwner(source, this.#holders.edge(node, slot))) {
            this.#ownerEdges.push(this.#holders.edge(node, slot))
            continue
          }
          if (isOpen.has(source)) low[node] = Math.min(low[node], visit[source])
          else if (!isDone(source)) enter(source)
          continue
        }
        path.pop()
        if (path.length > 0) {
          const below = path.get(path.length - 1)
          low[below] = Math.min(low[below], low[node])
        }
        if (low[node] === visit[node]) this.#finish(node, open, isOpen)
      }
    }
  }

  /** Takes the component of `first` off the stack of open nodes and gives its members their sets. */
  #finish(first: number, open: GrowableUint32, isOpen: BitSet): void {
    const component = ++this.#components
    let from = open.length
    do {
      from--
      this.#component[open.get(from)] = component
      isOpen.delete(open.get(from))
    } while (open.get(from) !== first)
    const members = open.view().slice(from)
    open.length = from
    for (const node of members) {
      this.#rules[node] = this.#rule
      if (STRICTNESS[this.#rule].throughTargets) this.#isThrough.add(node)
    }
    if (members.length === 1) {
      this.#setOf[first] = this.#entries(first)
      return
    }
    this.#members.set(component, members)
    const all = members.reduce((set, node) => this.#sets.union(set, this.#entries(node)), 0)
    for (const node of members) this.#setOf[node] = this.#inRing(all, node)
  }

  /** The patterns by which a node is held from outside its component. */
  #entries(node: number): number {
    let set = 0
    for (let slot = this.#holders.next(node, 0); slot >= 0; slot = this.#holders.next(node, slot + 1)) {
      const source = this.#holders.source(node, slot)
      if (!this.#isEntry(source, node, slot)) continue
      set = this.#sets.union(set, this.#setBy(source, node, this.#holders.edge(node, slot)))
    }
    return set
  }

  #isEntry(source: number, node: number, slot: number): boolean {
    return (
      this.#holders.isOwner(source, this.#holders.edge(node, slot)) || this.#component[source] !== this.#component[node]
    )
  }

  /** The patterns of the ways that come by one edge. */
  #setBy(source: number, node: number, edge: number): number {
    const step = this.#names.step(edge, node)
    if (this.#holders.isOwner(source, edge)) return this.#sets.single(this.#ownerBy(source, node, edge, step))
    return this.#isThrough.has(node) ? this.#setOf[source] : this.#sets.extend(this.#setOf[source], step)
  }

  /** The pattern that an owner is the start of. */
  #ownerBy(source: number, node: number, edge: number, step: number): number {
    const {nodeKind, edgeKind, edgeName, strings} = this.#snapshot
    const {patterns, patternOf, kindOf} = this.#names
    const owner = patterns.start(Start.owner, patterns.extend(patternOf(source), step))
    if (!this.#firstOf.has(owner)) {
      this.#firstOf.set(owner, kindOf(node))
      if (this.#isHolderOfListeners(source, edge)) this.#hasListeners.add(owner)
      const isNamed = nodeKind[source] === NodeKind.closure && edgeKind[edge] === EdgeKind.property
      if (isNamed && strings.get(edgeName[edge]) === 'prototype') this.#prototypes.add(owner)
      if (this.#role.isRuntime(source)) this.#runtimeOf.set(owner, patterns.start(Start.owner, patternOf(source)))
    }
    return owner
  }

  /** The patterns of a member of a ring, of those by which the ring is held. */
  #inRing(entries: number, node: number): number {
    return this.#isThrough.has(node) ? entries : this.#sets.extend(entries, this.#ringStep(node))
  }

  #ringStep(node: number): number {
    return this.#names.patterns.step(RING, this.#names.kindOf(node))
  }

  /** Writes into `edges` a way of a certain pattern to `node`, from its start on. */
  #chain(node: number, pattern: number, edges: number[]): {node: number; cut: number} {
    const back: number[] = []
    let at = node
    let wanted = pattern
    for (;;) {
      this.#holders.relax(STRICTNESS[this.#rules[at]])
      const members = this.#members.get(this.#component[at])
      let entry = at
      if (members !== undefined) {
        entry = this.#entryOf(members, at, wanted)
        this.#walkRing(entry, at, back)
        wanted = this.#before(this.#entries(entry), at, this.#ringStep(at), wanted)
      }
      const slot = this.#slotOf(entry, wanted)
      const edge = this.#holders.edge(entry, slot)
      const source = this.#holders.source(entry, slot)
      back.push(edge)
      if (this.#holders.isOwner(source, edge)) {
        const start = this.#names.wayTo(source, edges)
        const cut = edges.length
        for (let i = back.length - 1; i >= 0; i--) edges.push(back[i])
        return {node: start, cut}
      }
      wanted = this.#before(this.#setOf[source], entry, this.#names.step(edge, entry), wanted)
      at = source
    }
  }

  /** The member by which a way of a certain pattern enters the component of `node`. */
  #entryOf(members: Uint32Array, node: number, pattern: number): number {
    return members.find(member => this.#sets.of(this.#inRing(this.#entries(member), node)).includes(pattern))!
  }

  /** The pattern in a set that `step` into `node` made `pattern` of. */
  #before(set: number, node: number, step: number, pattern: number): number {
    const before = this.#sets.of(set)
    if (this.#isThrough.has(node)) return pattern
    return before.find(shorter => this.#names.patterns.extend(shorter, step) === pattern)!
  }

  /** The first edge by which ways of a certain pattern come from outside. */
  #slotOf(node: number, pattern: number): number {
    for (let slot = this.#holders.next(node, 0); slot >= 0; slot = this.#holders.next(node, slot + 1)) {
      const source = this.#holders.source(node, slot)
      if (!this.#isEntry(source, node, slot)) continue
      if (this.#sets.of(this.#setBy(source, node, this.#holders.edge(node, slot))).includes(pattern)) return slot
    }
    throw new Error('a way was counted that cannot be found again')
  }

  /** Pushes the edges of a shortest way from `entry` to `node` within their component, last one first. */
  #walkRing(entry: number, node: number, back: number[]): void {
    if (entry === node) return
    const component = this.#component[node]
    // From the node towards the entry, along the holders, so that the rules of holding apply.
    const cameBy = new Map<number, {edge: number; below: number}>([[node, {edge: -1, below: -1}]])
    const queue = new GrowableUint32()
    queue.push(node)
    for (let i = 0; i < queue.length && !cameBy.has(entry); i++) {
      const at = queue.get(i)
      for (let slot = this.#holders.next(at, 0); slot >= 0; slot = this.#holders.next(at, slot + 1)) {
        const source = this.#holders.source(at, slot)
        const edge = this.#holders.edge(at, slot)
        if (this.#component[source] !== component || cameBy.has(source) || this.#holders.isOwner(source, edge)) continue
        cameBy.set(source, {edge, below: at})
        queue.push(source)
      }
    }
    const down: number[] = []
    for (let at = entry; at !== node; ) {
      const {edge, below} = cameBy.get(at)!
      down.push(edge)
      at = below
    }
    for (let i = down.length - 1; i >= 0; i--) back.push(down[i])
  }
}

const RANK = {application: 0, library: 1, runtime: 2}
