/** Cycles as a result graph: of each pattern one, and the edge from outside that holds it. */
import type {CyclesAnswer} from '../../analyze/cycles/cycles.ts'
import {rootNodes} from '../../analyze/facts/roots.ts'
import {abstractLabel} from '../../explain/code/pattern-label.ts'
import {describePathHolder} from '../../explain/owners/path-holder.ts'
import {typeTitle} from '../../explain/words/dom-words.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatCount, plural} from '../../util/units.ts'
import {info, mergeEdge, mergeNode} from './graph-parts.ts'
import {createResultGraph, type ResultCycle, type ResultGraph} from './result.ts'

export function cyclesGraph(answer: CyclesAnswer): ResultGraph {
  const {snapshot, through, groups, total} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'cycles',
      subject: through === undefined ? 'objects on cycles' : `cycles through ${through.subject}`,
      direction: 'out',
      count: total.nodeCount,
      selfBytes: total.selfBytes,
      limits: cycleLimits(answer),
    }),
  )
  const cycles = groups.map((group): ResultCycle => {
    const nodes = group.nodes.map(node => mergeNode(graph, snapshot, node, 'node', 0))
    const edges = group.edges.map((edge, i) =>
      mergeEdge(graph, snapshot, edge, nodes[i], nodes[(i + 1) % nodes.length]),
    )
    const {components, nodeCount, selfBytes, members, membersLeft} = group
    const retainedBytes = group.retainedBytes ?? null
    const pattern = group.isScopeOnly ? 'functions and their scopes' : patternText(snapshot, group.nodes, group.edges)
    const heldBy = group.heldBy === undefined ? undefined : addHolder(graph, snapshot, group.heldBy)
    const holder = group.holder === undefined ? undefined : describePathHolder(snapshot, group.holder.edge)
    const sizes = {components, nodeCount, selfBytes, retainedBytes}
    return {pattern, ...sizes, members, membersLeft, nodes, edges, heldBy, holder}
  })
  graph.setAttribute('cycles', cycles)
  return graph
}

function addHolder(graph: ResultGraph, snapshot: Snapshot, edge: number): string {
  const source = sourceOf(snapshot.firstEdge, edge)
  const from = mergeNode(graph, snapshot, source, rootNodes(snapshot).has(source) ? 'root' : 'node', 1)
  const to = mergeNode(graph, snapshot, snapshot.edgeTarget[edge], 'node', 0)
  return mergeEdge(graph, snapshot, edge, from, to)
}

/** `Parent.child → Child.parent`. */
function patternText(snapshot: Snapshot, nodes: number[], edges: number[]): string {
  const {types} = snapshot
  return nodes
    .map((node, i) => typeTitle(types.names[types.ofNode[node]]) + abstractLabel(snapshot, edges[i]))
    .join(' → ')
}

function cycleLimits({groups, raw, minLength, maxLength, limitsReached, total}: CyclesAnswer): string[] {
  const limits: string[] = []
  if (groups.length > 0) {
    limits.push(
      'a cycle alone is not a leak: V8 frees cycles that nothing holds from outside; what holds each must let go',
    )
  }
  if (minLength > 1 || maxLength < Number.POSITIVE_INFINITY) {
    const most = maxLength < Number.POSITIVE_INFINITY ? ` to ${formatCount(maxLength)}` : ' or more'
    limits.push(`only cycles of ${formatCount(minLength)}${most} objects, by the shortest cycle of each component`)
  }
  if (!raw) limits.push('maps, prototypes, constructors, code and other V8 internals are left out; --raw keeps them')
  if (limitsReached.groups !== undefined) {
    limits.push(`${plural(groups.length, 'pattern')} of ${total.groups} are shown; --limit N shows more`)
  }
  if (limitsReached.searched !== undefined) {
    limits.push(
      `in ${plural(limitsReached.searched, 'large component')} the shortest cycle was looked for from some members only`,
    )
  }
  return limits
}
