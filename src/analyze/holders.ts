/** What holds an object on its own account, edge by edge, and where following holders ends. */
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {valueOf} from '../util/memo.ts'
import {dominance} from './dominance.ts'
import {retainingEdges} from './edge-policy.ts'
import {roles} from './roles.ts'
import {rootNodes} from './roots.ts'
import {wayNames} from './way-names.ts'

export interface Strictness {
  /** Follow holders that are themselves among the objects asked about: links of a list. */
  throughTargets: boolean
  /** Follow maps, code and other things of V8's own. */
  throughPlumbing: boolean
}

export interface Holders {
  /** The first slot of `node`'s retainers from `from` on that counts, both from 0 on; -1 if there is none. */
  next(node: number, from: number): number
  source(node: number, slot: number): number
  edge(node: number, slot: number): number
  /** Whether following ends at the edge's source: that is the owner, named by where it is found. */
  isOwner(source: number, edge: number): boolean
  /** Changes the rules, and decides anew which collections are parts of something for the sake of `targets`. */
  relax(strictness: Strictness, targets: Uint32Array): void
}

/** So many collections found at like places, and so many for each object held, are parts of what holds them. */
const FEWEST_PARTS = 3
const PART_SHARE = 1 / 64

export function holdersOf(snapshot: Snapshot, isTarget: BitSet): Holders {
  const {nodeCount, retainers, nodeKind, edgeKind, edgeName, nodeName, strings} = snapshot
  const {first, edge: edges, source: sources} = retainers
  const retaining = retainingEdges(snapshot)
  const {dominates, isReached} = dominance(snapshot)
  const role = roles(snapshot)
  const roots = rootNodes(snapshot)
  const names = wayNames(snapshot)
  const doubles = new Set([...strings.indexesOf('(object elements)'), ...strings.indexesOf('(object properties)')])
  const tableName = new Set(strings.indexesOf('table'))
  let rules: Strictness = {throughTargets: false, throughPlumbing: false}
  const partPatterns = new Set<number>()

  const counts = (node: number, source: number, edge: number) =>
    retaining.has(edge) &&
    isReached(source) &&
    // What the object itself keeps alive does not keep it alive.
    !dominates(node, source) &&
    // An object's own stores: the object has the same edge, with its name.
    !(nodeKind[source] === NodeKind.array && doubles.has(nodeName[source])) &&
    (rules.throughTargets || !isTarget.has(source)) &&
    (rules.throughPlumbing || !role.isPlumbing(source))

  const isHardEnd = (source: number, edge: number) =>
    roots.has(source) ||
    role.isModuleScope(source) ||
    (role.isRuntime(source) && nodeKind[source] === NodeKind.object && !role.isScope(source)) ||
    (nodeKind[source] === NodeKind.closure && edgeKind[edge] === EdgeKind.property)

  const isCollection = (source: number, edge: number) =>
    edgeKind[edge] === EdgeKind.element || isTable(source) || names.isDictionary(source)

  /** The store of a Map or Set; other arrays of V8's are parts of what has them. */
  const isTable = (source: number) =>
    nodeKind[source] === NodeKind.array && tableName.has(edgeName[names.entryOf(source)])

  const isOwner = (source: number, edge: number) =>
    isHardEnd(source, edge) ||
    (!rules.throughTargets && isCollection(source, edge) && !partPatterns.has(names.patternOf(source)))

  const next = (node: number, from: number) => {
    const end = first[node + 1] - first[node]
    for (let slot = from; slot < end; slot++) {
      const at = first[node] + slot
      if (counts(node, sources[at], edges[at])) return slot
    }
    return -1
  }

  /** Walks all that may be behind the targets and counts collections by pattern; those that are many are no owners. */
  const findParts = (targets: Uint32Array) => {
    const least = Math.max(FEWEST_PARTS, targets.length * PART_SHARE)
    const seen = new BitSet(nodeCount)
    const waiting = new GrowableUint32()
    const found = new Map<number, GrowableUint32>()
    const reach = (node: number) => {
      if (seen.has(node)) return
      seen.add(node)
      waiting.push(node)
    }
    const met = new BitSet(nodeCount)
    for (const node of targets) reach(node)
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      for (let slot = next(node, 0); slot >= 0; slot = next(node, slot + 1)) {
        const at = first[node] + slot
        const source = sources[at]
        if (isHardEnd(source, edges[at])) continue
        if (rules.throughTargets || !isCollection(source, edges[at])) {
          reach(source)
          continue
        }
        const pattern = names.patternOf(source)
        if (partPatterns.has(pattern)) {
          reach(source)
          continue
        }
        if (met.has(source)) continue
        met.add(source)
        const alike = valueOf(found, pattern, () => new GrowableUint32())
        alike.push(source)
        if (alike.length < least) continue
        partPatterns.add(pattern)
        for (const collection of alike.view()) reach(collection)
      }
    }
  }

  return {
    next,
    isOwner,
    source: (node, slot) => sources[first[node] + slot],
    edge: (node, slot) => edges[first[node] + slot],
    relax(strictness, targets) {
      rules = strictness
      findParts(targets)
    },
  }
}
