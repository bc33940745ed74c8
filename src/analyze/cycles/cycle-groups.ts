/** Components with equal shortest cycles in groups: how many there are, what is in them, what they retain. */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {edgePatterns} from '../facts/edge-pattern.ts'
import type {Components} from '../graph/components.ts'
import {retainedBySet} from '../graph/retained-set.ts'
import type {Selection} from '../select/select.ts'
import type {Cycle, ShortestCycles} from './shortest-cycles.ts'

/** Components whose shortest cycles have the same pattern. */
export interface CycleGroup {
  /** Components with this pattern, the objects in all of them, and their self sizes. */
  components: number
  /** Objects in all of these components. */
  nodeCount: number
  /** Sum of their self sizes. */
  selfBytes: number
  /**
   * Bytes that would be freed if all of these objects were dropped. Undefined if not asked for.
   */
  retainedBytes: number | undefined
  /** The largest of the components. */
  largest: number
  /** Where components have more members than the cycle shown: all of them by type, most first, and what is left out. */
  members: {type: string; count: number; selfBytes: number}[]
  /** Types that `members` leaves out, and how many objects they have. */
  membersLeft: {types: number; count: number}
  /** A shortest cycle of the component with the smallest id: `nodes[i]` reaches `nodes[i + 1]` by `edges[i]`, the last the first. */
  nodes: number[]
  /** Ordinals of the edges of that cycle, as many as `nodes`. */
  edges: number[]
  /** The edge that holds that component from outside, nearest to the roots; undefined if none does. */
  heldBy: number | undefined
  /** The variable or property by which that edge's source is held in turn, if the edge itself is neither. */
  holder: {edge: number; via: number[]} | undefined
  /** Nothing but functions and their scopes, as wherever a function is kept in a variable it can see: names left out. */
  isScopeOnly: boolean
}

/**
 * Components by the pattern of a shortest cycle in them, those only whose cycle has a length that `isMeant`. `searched`: components
 * not searched to the end; `ofComponent`: each component's group from 1 on, in the order of `groups`; 0 for none.
 */
export function groupByPattern(
  snapshot: Snapshot,
  components: Components,
  search: ShortestCycles,
  through: Selection | undefined,
  isMeant: (length: number) => boolean,
): {groups: CycleGroup[]; searched: number; ofComponent: Uint32Array} {
  const {nodeId, nodeKind, nodeSelfBytes} = snapshot
  const patternOf = edgePatterns(snapshot)
  const wanted = through && BitSet.of(snapshot.nodeCount, through.nodes)
  const isFunctionOrScope = functionsAndScopes(snapshot)
  const groups = new Map<string, CycleGroup & {smallestId: number; number: number}>()
  // Groups by number, from 1 on, in order of appearance; 0 is none.
  const numberOf = new Uint32Array(components.count + 1)
  let searched = 0
  for (let component = 1; component <= components.count; component++) {
    const all = components.members.subarray(components.first[component], components.first[component + 1])
    const starts = wanted === undefined ? all : all.filter(node => wanted.has(node))
    if (starts.length === 0) continue
    const cycle = search.through(starts)
    if (cycle === undefined || !isMeant(cycle.nodes.length)) continue
    if (cycle.isPartial) searched++
    const isScopeOnly = cycle.nodes.every(isFunctionOrScope)
    const {key, nodes, edges} = rotated(cycle, (node, edge) =>
      // Newer versions of V8 give scopes names of their own.
      isScopeOnly ? `${nodeKind[node] === NodeKind.closure}` : `${snapshot.types.ofNode[node]}:${patternOf(edge)}`,
    )
    let smallestId = Number.POSITIVE_INFINITY
    let selfBytes = 0
    for (const node of all) {
      smallestId = Math.min(smallestId, nodeId[node])
      selfBytes += nodeSelfBytes[node]
    }
    const group = groups.get(key)
    if (group === undefined) {
      const sizes = {components: 1, nodeCount: all.length, selfBytes, retainedBytes: undefined, largest: all.length}
      const later = {members: [], membersLeft: {types: 0, count: 0}, heldBy: undefined, holder: undefined}
      const number = groups.size + 1
      numberOf[component] = number
      groups.set(key, {...sizes, ...later, nodes, edges, isScopeOnly, smallestId, number})
      continue
    }
    numberOf[component] = group.number
    group.components++
    group.nodeCount += all.length
    group.selfBytes += selfBytes
    group.largest = Math.max(group.largest, all.length)
    if (smallestId < group.smallestId) Object.assign(group, {nodes, edges, smallestId})
  }
  const sorted = [...groups.values()].sort(
    (a, b) =>
      Number(a.isScopeOnly) - Number(b.isScopeOnly) ||
      b.components - a.components ||
      b.nodeCount - a.nodeCount ||
      a.smallestId - b.smallestId,
  )
  const places = new Uint32Array(sorted.length + 1)
  sorted.forEach(({number}, place) => {
    places[number] = place + 1
  })
  return {
    groups: sorted.map(({smallestId: _, number: __, ...group}) => group),
    searched,
    ofComponent: numberOf.map(number => places[number]),
  }
}

/** `ofNode`: Uint32Array(n), each node's group from 1 on, in the order of `groups` and beyond; 0 for none. */
export function addRetained(
  snapshot: Snapshot,
  components: Components,
  groups: CycleGroup[],
  ofNode: Uint32Array,
): void {
  const members = groups.map(() => new GrowableUint32())
  for (const node of components.members) members[ofNode[node] - 1]?.push(node)
  groups.forEach((group, place) => {
    group.retainedBytes = retainedBySet(snapshot, members[place].view(), 'raw').bytes
  })
}

const MEMBER_TYPES_SHOWN = 5

/** `ofNode` as above. */
export function addMembers(
  snapshot: Snapshot,
  components: Components,
  groups: CycleGroup[],
  ofNode: Uint32Array,
): void {
  const {nodeSelfBytes, types} = snapshot
  const byType = groups.map(({nodes, nodeCount, components}) =>
    nodeCount > nodes.length * components
      ? new Map<string, {type: string; count: number; selfBytes: number}>()
      : undefined,
  )
  for (const node of components.members) {
    const rows = byType[ofNode[node] - 1]
    if (rows === undefined) continue
    const type = types.names[types.ofNode[node]]
    let row = rows.get(type)
    if (row === undefined) {
      row = {type, count: 0, selfBytes: 0}
      rows.set(type, row)
    }
    row.count++
    row.selfBytes += nodeSelfBytes[node]
  }
  groups.forEach((group, place) => {
    const rows = [...(byType[place]?.values() ?? [])].sort(
      (a, b) => b.count - a.count || b.selfBytes - a.selfBytes || Number(a.type > b.type) - Number(a.type < b.type),
    )
    const left = rows.slice(MEMBER_TYPES_SHOWN)
    group.members = rows.slice(0, MEMBER_TYPES_SHOWN)
    group.membersLeft = {types: left.length, count: left.reduce((sum, {count}) => sum + count, 0)}
  })
}

/** V8 names scopes `system / Context`, in newer versions with more behind it. */
function functionsAndScopes({nodeKind, nodeName, strings}: Snapshot): (node: number) => boolean {
  return node => nodeKind[node] === NodeKind.closure || strings.get(nodeName[node]).startsWith('system / Context')
}

/** The same cycle begun where its pattern reads smallest, so that equal cycles have equal patterns. */
function rotated({nodes, edges}: Cycle, step: (node: number, edge: number) => string) {
  const steps = nodes.map((node, i) => step(node, edges[i]))
  const best = smallestRotation(steps)
  const turn = <T>(list: T[]) => [...list.slice(best), ...list.slice(0, best)]
  return {key: turn(steps).join(' '), nodes: turn(nodes), edges: turn(edges)}
}

/** Two candidates run along side by side; where they differ, the larger one skips all it has run over: linear in time. */
function smallestRotation(steps: string[]): number {
  const count = steps.length
  let a = 0
  let b = 1
  let same = 0
  while (a < count && b < count && same < count) {
    const x = steps[(a + same) % count]
    const y = steps[(b + same) % count]
    if (x === y) {
      same++
      continue
    }
    if (x > y) a += same + 1
    else b += same + 1
    if (a === b) b++
    same = 0
  }
  return Math.min(a, b)
}
