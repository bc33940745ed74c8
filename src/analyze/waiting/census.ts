/** What waits, and what is open: all that keeps objects for something that is still to come. */
import {codeOf} from '../../snapshot/code/code-origin.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {heldByTools} from '../graph/held-by-tools.ts'
import {waitingChunks} from './chunks.ts'
import {openHandles} from './handles.ts'
import {listeners} from './listeners.ts'
import {pendingWaits} from './promises.ts'
import {liveSignals} from './signals.ts'
import {contextStores} from './stores.ts'
import {liveTimers} from './timers.ts'
import type {WaitGroup, WaitKind} from './wait-group.ts'

/** One kind of what waits. */
export interface WaitSection {
  /** What its groups are of. */
  kind: WaitKind
  /** Most first; equals by the oldest. */
  groups: readonly WaitGroup[]
  /** Over all groups. */
  count: number
  /** What waits for functions of the runtime's own, and what DevTools, drivers and extensions alone keep: in no group. */
  left: {runtime: number; tools: number}
}

/** What `async` answers. */
export interface AsyncAnswer {
  /** The heap that was asked about. */
  snapshot: Snapshot
  /** Always the same seven, in one order. */
  sections: readonly WaitSection[]
  /** Groups of each section that a table of them should have at the most. */
  limit: number
}

/** How many groups `async` lists of each kind. */
export interface AsyncOptions {
  /** 10 unless given. */
  limit?: number
}

const FIND: Record<WaitKind, (snapshot: Snapshot) => WaitGroup[]> = {
  promises: pendingWaits,
  stores: contextStores,
  timers: liveTimers,
  listeners,
  handles: openHandles,
  chunks: waitingChunks,
  signals: liveSignals,
}

/** Linear in nodes and edges. */
export function asyncCensus(snapshot: Snapshot, {limit = 10}: AsyncOptions = {}): AsyncAnswer {
  const sections = (Object.keys(FIND) as WaitKind[]).map(kind => sectionOf(snapshot, kind, FIND[kind](snapshot)))
  return {snapshot, sections, limit}
}

function sectionOf(snapshot: Snapshot, kind: WaitKind, all: readonly WaitGroup[]): WaitSection {
  const tools = heldByTools(snapshot)
  const sum = (groups: readonly WaitGroup[]) => groups.reduce((total, {count}) => total + count, 0)
  const isOfTools = ({nodes, function: waiter}: WaitGroup) =>
    tools !== undefined && (nodes.every(tools.isHeld) || (waiter >= 0 && tools.isOfThem(waiter)))
  const isRuntimes = ({function: waiter}: WaitGroup) => waiter >= 0 && codeOf(snapshot, waiter) === 'runtime'
  const ofTools = all.filter(isOfTools)
  const rest = all.filter(group => !isOfTools(group))
  const groups = rest
    .filter(group => !isRuntimes(group))
    .sort((a, b) => b.count - a.count || oldest(snapshot, a) - oldest(snapshot, b))
  return {kind, groups, count: sum(groups), left: {runtime: sum(rest) - sum(groups), tools: sum(ofTools)}}
}

function oldest({nodeId}: Snapshot, {nodes}: WaitGroup): number {
  return nodeId[nodes[0]]
}
