/**
 * What stays once a cut is made in the living process. More goes than what the cut edges alone keep: a timer that is cleared leaves Node's
 * lists, and a FinalizationRegistry lets go of what it held for an object that is gone.
 */
import {stringsOfName} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {tokensOfCells, type WeakTargets, watchedByCells, watchedByRefs} from '../facts/finalization.ts'
import {placeInTable} from '../facts/tables.ts'
import {isTimer, isTimerPart, timerLinks} from '../facts/timers.ts'
import {reachableNodes, reachableWithout, type TakenOut} from '../graph/reachable.ts'
import {type Cut, cutEdges} from './cuts.ts'

export interface LetGo {
  /** The edges of the cuts and their shadow edges, one bit each. */
  cut: BitSet
  /** What stays, one bit a node. */
  after: BitSet
  /** Timers that are cleared, and cells of FinalizationRegistries whose callbacks have run. */
  out: TakenOut
  /** Callbacks of FinalizationRegistries that run: one for each object freed that one watches. */
  callbacks: number
  /**
   * Of what stays, what those callbacks may let go of, one bit a node: WeakRefs that are empty then, what stands beside one in a Map as its
   * key, and what registries hold for other objects by a token that a callback is given. It is for code to do, so nothing in the heap says
   * whether it does.
   */
  mayGo: BitSet
}

/** Cells hold what keeps objects of other cells: so many collections, one after the other, are reckoned with. */
const MAX_ROUNDS = 8

/** Marks the heap once, and once more for each collection that frees something only after the callbacks of the one before. */
export function letGo(snapshot: Snapshot, cuts: readonly Pick<Cut, 'edges' | 'shadowEdges'>[]): LetGo {
  const before = reachableNodes(snapshot)
  const cut = cutEdges(snapshot, cuts)
  const out = nothingOut(snapshot)
  const anyOut = clearTimers(snapshot, cuts, out)
  let after = reachableWithout(snapshot, cut, anyOut ? out : undefined)
  const cleared: number[] = []
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cells = ofFreed(watchedByCells(snapshot), before, after)
    if (cells.length === 0) break
    for (const cell of cells) cleared.push(cell)
    takeOut(snapshot, cells, out)
    after = reachableWithout(snapshot, cut, out)
  }
  return {cut, after, out, callbacks: cleared.length, mayGo: byCallbacks(snapshot, before, {cut, after, out}, cleared)}
}

// timers

/**
 * Takes out the timers that a cut clears, and the lists in which there is no other; whether there are any. Node takes an empty list away,
 * but for those of timers that were unref'd (`unenroll`, lib/timers.js).
 */
function clearTimers(snapshot: Snapshot, cuts: readonly Pick<Cut, 'edges'>[], {members, links}: TakenOut): boolean {
  const {edgeTarget, firstEdge} = snapshot
  const cleared: number[] = []
  for (const {edges} of cuts) {
    for (const edge of edges) {
      const timer = sourceOf(firstEdge, edge)
      if (!isTimerPart(snapshot, edge) || members.has(timer)) continue
      members.add(timer)
      cleared.push(timer)
    }
  }
  if (cleared.length === 0) return false
  const {isNamed} = timerLinks(snapshot)
  // One for each duration.
  const lists = new Set<number>()
  for (const timer of cleared) {
    for (let edge = firstEdge[timer]; edge < firstEdge[timer + 1]; edge++) {
      if (!isNamed(edge)) continue
      links.add(edge)
      if (!isTimer(snapshot, edgeTarget[edge])) lists.add(edgeTarget[edge])
    }
    for (const edge of edgesInto(snapshot, timer)) if (isNamed(edge)) links.add(edge)
  }
  for (const list of lists) {
    if (!isEmptied(snapshot, list, members, cleared.length)) continue
    members.add(list)
    for (const edge of edgesInto(snapshot, list)) links.add(edge)
  }
  return true
}

/** Whether all that is linked to a list, one way round, is among the `count` timers cleared, and kept the process alive. */
function isEmptied(snapshot: Snapshot, list: number, cleared: BitSet, count: number): boolean {
  const {forward, isReferenced} = timerLinks(snapshot)
  let at = forward(list)
  for (let seen = 0; seen < count && at >= 0 && cleared.has(at) && isReferenced(at); seen++) at = forward(at)
  return at === list
}

function nothingOut({nodeCount, edgeCount}: Snapshot): TakenOut {
  return {members: new BitSet(nodeCount), links: new BitSet(edgeCount)}
}

function edgesInto({retainers}: Snapshot, node: number): Uint32Array {
  return retainers.edge.subarray(retainers.first[node], retainers.first[node + 1])
}

// registries

/** Those that stay, though what they are weak to goes. */
function ofFreed({holders, targets}: WeakTargets, before: BitSet, after: BitSet): number[] {
  const found: number[] = []
  for (let i = 0; i < holders.length; i++) {
    if (before.has(targets[i]) && !after.has(targets[i]) && after.has(holders[i])) found.push(holders[i])
  }
  return found
}

/** Only lists of the runtime lead to a cell; it leads to the next ones, to its registry and to what the callback is given. */
function takeOut(snapshot: Snapshot, cells: readonly number[], {members, links}: TakenOut): void {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, nodeName} = snapshot
  for (const cell of cells) {
    members.add(cell)
    for (const edge of edgesInto(snapshot, cell)) links.add(edge)
    for (let edge = firstEdge[cell]; edge < firstEdge[cell + 1]; edge++) {
      const target = edgeTarget[edge]
      const isCell = nodeKind[target] === nodeKind[cell] && nodeName[target] === nodeName[cell]
      if (edgeKind[edge] === EdgeKind.hidden && isCell) links.add(edge)
    }
  }
}

/**
 * What would go besides if callbacks took empty WeakRefs out of where they are, and unregistered all that they have a token for: the value
 * they are given, or a property of it. `cleared`: the cells they run for.
 */
function byCallbacks(
  snapshot: Snapshot,
  before: BitSet,
  {cut, after, out}: Pick<LetGo, 'cut' | 'after' | 'out'>,
  cleared: readonly number[],
): BitSet {
  const mayGo = new BitSet(snapshot.nodeCount)
  if (cleared.length === 0) return mayGo
  const refs = ofFreed(watchedByRefs(snapshot), before, after)
  const given = givenToCallbacks(snapshot, cleared)
  const tokens = tokensOfCells(snapshot)
  const cells = Array.from(tokens.holders).filter((cell, i) => given.has(tokens.targets[i]) && after.has(cell))
  if (refs.length + cells.length === 0) return mayGo
  const edges = cut.copy()
  for (const ref of refs) {
    for (const edge of edgesInto(snapshot, ref)) {
      edges.add(edge)
      const key = keyEdgeOf(snapshot, edge)
      if (key >= 0) edges.add(key)
    }
  }
  const all = {members: out.members.copy(), links: out.links.copy()}
  takeOut(snapshot, cells, all)
  const least = reachableWithout(snapshot, edges, all)
  for (let i = 0; i < mayGo.words.length; i++) mayGo.words[i] = after.words[i] & ~least.words[i]
  return mayGo
}

function givenToCallbacks(snapshot: Snapshot, cells: readonly number[]): BitSet {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount} = snapshot
  const given = new BitSet(nodeCount)
  for (const cell of cells) {
    for (let edge = firstEdge[cell]; edge < firstEdge[cell + 1]; edge++) {
      // The first of them is the registry; other cells have no properties.
      if (edgeKind[edge] !== EdgeKind.hidden || edgeName[edge] === 0) continue
      const value = edgeTarget[edge]
      given.add(value)
      for (let of = firstEdge[value]; of < firstEdge[value + 1]; of++) {
        if (edgeKind[of] === EdgeKind.property) given.add(edgeTarget[of])
      }
    }
  }
  return given
}

/** The edge to the key of a Map's entry, from that to its value; -1 if it is no such edge, or the key is a small number. */
function keyEdgeOf(snapshot: Snapshot, edge: number): number {
  const {firstEdge} = snapshot
  const table = sourceOf(firstEdge, edge)
  const slot = slotOf(snapshot, edge)
  if (slot < 0 || placeInTable(snapshot, table, slot) !== 'value' || !isTable(snapshot, table)) return -1
  return edge > firstEdge[table] && slotOf(snapshot, edge - 1) === slot - 1 ? edge - 1 : -1
}

function slotOf({edgeKind, edgeName, strings}: Snapshot, edge: number): number {
  const slot = edgeKind[edge] === EdgeKind.internal ? Number(strings.get(edgeName[edge])) : -1
  return Number.isInteger(slot) ? slot : -1
}

function isTable(snapshot: Snapshot, node: number): boolean {
  const {edgeKind, edgeName} = snapshot
  const named = stringsOfName(snapshot, 'table')
  return edgesInto(snapshot, node).some(edge => edgeKind[edge] === EdgeKind.internal && named.has(edgeName[edge]))
}
