/** What holds an object on its own account, edge by edge, and where following holders ends. */
import {ATTACHED} from '../../snapshot/columns/detachedness.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {type HookHolds, heldByHooks} from '../facts/component-hooks.ts'
import {exportCells} from '../facts/cut-variables.ts'
import {holdingEdges} from '../facts/edge-policy.ts'
import {roles} from '../facts/roles.ts'
import {globalObjects, rootNodes} from '../facts/roots.ts'
import {shadowStores} from '../facts/stores.ts'
import {timerLinks} from '../facts/timers.ts'
import {keepingTree} from '../graph/dominance.ts'
import {reachableNodes} from '../graph/reachable.ts'
import {pathNames} from './path-names.ts'

export interface Strictness {
  /** Follow holders that are themselves among the objects asked about: links of a list. */
  throughTargets: boolean
  /** Follow maps, code and other things of V8's own. */
  throughInternals: boolean
}

export interface Holders {
  /**
   * The first slot of `node`'s retainers from `from` on that counts, both from 0 on; -1 if there is none. What is found is noted, a bit
   * or two for each slot.
   */
  next(node: number, from: number, strictness: Strictness): number
  /** The same as `next` found it the last time. */
  known(node: number, from: number): number
  /** Whether following ends at the source of a slot that counts: that is the owner, named by where it is found. */
  isOwner(node: number, slot: number): boolean
  source(node: number, slot: number): number
  edge(node: number, slot: number): number
}

/** Facts of a holder, as bits: */
const ASKED = 1
/** nothing is held by it on its own account, */
const NEVER = 2
/** it is V8's own, */
const INTERNALS = 4
/** it is among the objects asked about, */
const TARGET = 8
/** it is a function, */
const CLOSURE = 16
/** the runtime's code made it, */
const RUNTIME = 32
/** following ends at it, */
const END = 64
/** and whether it does was asked: only of holders that count, which have been asked for the others; */
const END_ASKED = 128
/** code has a name for it, */
const NAMED = 256
/** and whether it has was asked. */
const NAME_ASKED = 512

export function holdersOf(snapshot: Snapshot, isTarget: BitSet): Holders {
  const {nodeCount, edgeCount, retainers, nodeKind, edgeKind, edgeName, edgeTarget, detachedness, strings} = snapshot
  const {first, edge: edges, source: sources} = retainers
  const retaining = holdingEdges(snapshot)
  const {placeOf, tree} = keepingTree(snapshot)
  const {count} = tree
  const reached = reachableNodes(snapshot)
  const role = roles(snapshot)
  const roots = rootNodes(snapshot)
  const cells = exportCells(snapshot)
  const globals = new Set(globalObjects(snapshot))
  const isShadow = shadowStores(snapshot)
  const names = pathNames(snapshot)
  const {isLink, isHolding} = timerLinks(snapshot)
  const isEvents = strings.setOf('_events')
  const hooks = heldByHooks(snapshot)
  const isRendered = strings.setOf('create', 'deps')

  // Uint16Array(n): what holders are, found once for each. Edges come in no order, and each column that is asked for one is waited for.
  const facts = new Uint16Array(nodeCount)
  const factsOf = (source: number) => {
    if (facts[source] === 0) facts[source] = findFacts(source)
    return facts[source]
  }
  const findFacts = (source: number) => {
    // An object's own stores: the object has the same edge, with its name.
    if (!reached.has(source) || isShadow(source)) return ASKED | NEVER
    let found = ASKED
    if (!cells.has(source) && role.isInternals(source)) found |= INTERNALS
    if (isTarget.has(source)) found |= TARGET
    if (nodeKind[source] === NodeKind.closure) found |= CLOSURE
    if (role.isRuntime(source)) found |= RUNTIME
    return found
  }

  // What a hook of a component in use has, its renders see, and what they have made.
  const isSeenOnly = (source: number) => hooks!.isCopy(source) || (role.isScope(source) && !role.isModuleScope(source))

  /** `from`, `to`: the places in the dominator tree of what the held object dominates. */
  const counts = (from: number, to: number, source: number, edge: number, rules: Strictness) => {
    if (!retaining.has(edge)) return false
    const found = factsOf(source)
    if ((found & NEVER) !== 0 || ((found & INTERNALS) !== 0 && !rules.throughInternals)) return false
    if ((found & TARGET) !== 0 && !rules.throughTargets) return false
    // What the object itself keeps alive does not keep it alive. Most dominate nothing.
    if (to - from > 1) {
      const place = placeOf(source)
      if (place >= from && place < to) return false
    }
    if (hooks !== undefined && isMade(hooks, source, edge, rules)) return false
    return (found & RUNTIME) === 0 || !isLink(source, edge) || isHolding(edge)
  }

  /** Whether a render has made the held object anew, or sees it only. */
  const isMade = (of: HookHolds, source: number, edge: number, rules: Strictness) => {
    if (of.isValue(edgeTarget[edge]) && isSeenOnly(source)) return true
    // The function that an effect does is made anew for each render.
    return !rules.throughTargets && isRendered.has(edgeName[edge]) && of.isEffect(source)
  }

  // One that people's own names lead to, as a response that a listener sees, is held by who has that name.
  const isRuntimeObject = (node: number) =>
    role.isRuntime(node) &&
    nodeKind[node] === NodeKind.object &&
    !role.isScope(node) &&
    names.patterns.isStart(names.patternOf(node))

  const isEnd = (source: number) =>
    roots.has(source) ||
    globals.has(source) ||
    cells.has(source) ||
    role.isModuleScope(source) ||
    hooks?.isRecord(source) === true ||
    isRuntimeObject(source) ||
    detachedness[source] === ATTACHED

  const isHardEnd = (source: number, edge: number) => {
    if ((facts[source] & END_ASKED) === 0) facts[source] |= isEnd(source) ? END_ASKED | END : END_ASKED
    if ((facts[source] & END) !== 0) return true
    return (facts[source] & CLOSURE) !== 0 && edgeKind[edge] === EdgeKind.property
  }

  /**
   * Whether code has a name for an object other than those asked about: letting go of what is below it is a line with that name,
   * however many more names it has. Functions and scopes cannot let go of what they see: their holders must.
   */
  const isNamed = (node: number, rules: Strictness) => {
    if ((facts[node] & NAME_ASKED) !== 0) return (facts[node] & NAMED) !== 0
    const isFound = hasName(node, rules)
    facts[node] |= isFound ? NAME_ASKED | NAMED : NAME_ASKED
    return isFound
  }
  const hasName = (node: number, rules: Strictness) => {
    const isThing = nodeKind[node] === NodeKind.object || nodeKind[node] === NodeKind.native
    if (!isThing || role.isScope(node) || isTarget.has(node)) return false
    const from = placeOf(node)
    const to = from + count[node]
    const end = first[node + 1]
    for (let at = first[node]; at < end; at++) {
      if (!counts(from, to, sources[at], edges[at], rules) || !isHardEnd(sources[at], edges[at])) continue
      // An emitter's table of listeners is a part of it.
      if (isEvents.has(edgeName[edges[at]]) && edgeKind[edges[at]] === EdgeKind.property) continue
      return true
    }
    return false
  }

  const isOwner = (source: number, edge: number, rules: Strictness) =>
    isHardEnd(source, edge) || (!rules.throughTargets && isNamed(source, rules))

  // By place in the columns of retainers: each is found out once, and asked for again when the node is finished and its way told.
  const holds = new BitSet(edgeCount)
  const owns = new BitSet(edgeCount)

  const next = (node: number, begin: number, rules: Strictness) => {
    const from = placeOf(node)
    const to = from + count[node]
    const start = first[node]
    const end = first[node + 1]
    for (let at = start + begin; at < end; at++) {
      if (!counts(from, to, sources[at], edges[at], rules)) {
        holds.delete(at)
        continue
      }
      holds.add(at)
      if (isOwner(sources[at], edges[at], rules)) owns.add(at)
      else owns.delete(at)
      return at - start
    }
    return -1
  }

  const known = (node: number, begin: number) => {
    const end = first[node + 1]
    for (let at = first[node] + begin; at < end; at++) if (holds.has(at)) return at - first[node]
    return -1
  }

  return {
    next,
    known,
    isOwner: (node, slot) => owns.has(first[node] + slot),
    source: (node, slot) => sources[first[node] + slot],
    edge: (node, slot) => edges[first[node] + slot],
  }
}
