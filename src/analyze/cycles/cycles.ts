/** Reference cycles: strongly connected components, grouped by the pattern of a shortest cycle in each. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {stronglyConnectedComponents} from '../graph/components.ts'
import type {Selection} from '../select/select.ts'
import {withoutInternals, withSelfEdges} from './cycle-edges.ts'
import {addMembers, addRetained, type CycleGroup, groupByPattern} from './cycle-groups.ts'
import {holdFromOutside} from './cycle-holders.ts'
import {ShortestCycles} from './shortest-cycles.ts'

/** Which cycles `cycles` lists, and how many. */
export interface CyclesOptions {
  /** Only cycles through one of these objects. */
  through?: Selection
  /** Also follow what V8 adds to every object: maps, prototypes, code. One component then swallows most of a heap. */
  raw?: boolean
  /** Only components whose shortest cycle has so many objects. */
  minLength?: number
  /** Edges in the longest cycle that is listed. */
  maxLength?: number
  /** Whether to compute retained sizes. */
  retained?: boolean
  /** Rows; 30 unless given. */
  limit?: number
}

/** What `cycles` answers. */
export interface CyclesAnswer {
  /** Always `cycles`. */
  question: 'cycles'
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Only cycles through one of these objects count; undefined for all. */
  through: Selection | undefined
  /** Whether cycles through V8's own objects count as well. */
  raw: boolean
  /** Shortest cycle that counts, in objects. */
  minLength: number
  /** Longest cycle that counts, in objects. */
  maxLength: number
  /** Cycles of nothing but functions and their scopes last; most components first, then most objects. */
  groups: CycleGroup[]
  /** Over all groups, whether listed or not. */
  total: {groups: number; components: number; nodeCount: number; selfBytes: number}
  /** Which limits were reached, with their values; empty if nothing was left out. */
  limitsReached: {
    groups?: number
    /** Components so large that their shortest cycle was looked for through some members only. */
    searched?: number
  }
}

export function cycles(snapshot: Snapshot, options: CyclesOptions = {}): CyclesAnswer {
  const {through, raw = false, limit = 30, retained = true} = options
  const {minLength = 1, maxLength = Number.POSITIVE_INFINITY} = options
  if (minLength > maxLength) {
    throw new HeapgraphError(
      'USAGE',
      `no cycle has at least ${minLength} and at most ${maxLength} objects`,
      'swap them',
    )
  }
  const edges = raw ? withSelfEdges(snapshot) : withoutInternals(snapshot)
  const components = stronglyConnectedComponents(snapshot, edges)
  const search = new ShortestCycles(snapshot, edges, components)
  const isMeant = (length: number) => length >= minLength && length <= maxLength
  const {groups, searched, ofComponent} = groupByPattern(snapshot, components, search, through, isMeant)
  const kept = groups.slice(0, limit)
  const ofNode = components.ofNode.map(component => ofComponent[component])
  if (retained) addRetained(snapshot, components, kept, ofNode)
  addMembers(snapshot, components, kept, ofNode)
  holdFromOutside(snapshot, components, edges, kept)
  const sum = (value: (group: CycleGroup) => number) => groups.reduce((total, group) => total + value(group), 0)
  return {
    question: 'cycles',
    snapshot,
    through,
    raw,
    minLength,
    maxLength,
    groups: kept,
    total: {
      groups: groups.length,
      components: sum(group => group.components),
      nodeCount: sum(group => group.nodeCount),
      selfBytes: sum(group => group.selfBytes),
    },
    limitsReached: {...(groups.length > limit ? {groups: limit} : {}), ...(searched > 0 ? {searched} : {})},
  }
}
