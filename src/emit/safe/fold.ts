/** Long chains for people: equal steps in a row become one, alike in text and picture. JSON keeps them all. */
import type {ResultChain, ResultGraph} from '../../graph/answer/result.ts'
import {formatCount} from '../../util/units.ts'

/** Fewer equal steps than this in a row are left as they are. */
const MIN_RUN_LENGTH = 3

/**
 * The same answer with each run of equal steps (a linked list) as one node and one edge that count them. Only nodes
 * that no other edge of the answer meets are folded, so all chains that pass a run agree on it, and no branch is lost.
 */
export function foldRuns(graph: ResultGraph): ResultGraph {
  const chains = graph.getAttribute('chains')
  const runs = new Map<string, ResultChain>()
  for (const chain of chains) for (const run of runsOf(graph, chain)) runs.set(run.nodes[0], run)
  if (runs.size === 0) return graph
  const folded: ResultGraph = graph.copy()
  for (const run of runs.values()) foldRun(folded, run)
  const left = chains.map(({nodes, edges, ...rest}) => ({
    ...rest,
    nodes: nodes.filter(node => folded.hasNode(node)),
    edges: edges.filter(edge => folded.hasEdge(edge)),
  }))
  folded.setAttribute('chains', left)
  return folded
}

/** The runs of a chain: `nodes[i]` is reached by `edges[i]`. */
function runsOf(graph: ResultGraph, chain: ResultChain): ResultChain[] {
  const runs: ResultChain[] = []
  for (let step = 0; step < chain.edges.length; ) {
    const end = endOfRun(graph, chain, step)
    if (end - step >= MIN_RUN_LENGTH) {
      runs.push({nodes: chain.nodes.slice(step + 1, end + 1), edges: chain.edges.slice(step, end)})
    }
    step = end
  }
  return runs
}

function endOfRun(graph: ResultGraph, chain: ResultChain, start: number): number {
  const pattern = stepPattern(graph, chain, start)
  let end = start + 1
  while (pattern !== undefined && end < chain.edges.length && stepPattern(graph, chain, end) === pattern) end++
  return end
}

/** What makes two steps look alike; undefined for a step that must be seen. */
function stepPattern(graph: ResultGraph, chain: ResultChain, step: number): string | undefined {
  const key = chain.nodes[step + 1]
  const {role, notes, count, type, kind, place} = graph.getNodeAttributes(key)
  const edge = graph.getEdgeAttributes(chain.edges[step])
  if (chain.edges[step] === chain.cut) return undefined
  if (role !== 'node' || notes.length > 0 || count !== 1 || edge.count !== 1) return undefined
  if (graph.inDegree(key) !== 1 || graph.outDegree(key) !== 1) return undefined
  return JSON.stringify([labelPattern(edge.label), edge.strength, edge.kind, type, kind, place])
}

/** `[3]` and `[17]` are the same way. */
function labelPattern(label: string): string {
  return label.replace(/\[\d+\]/g, '[…]')
}

function foldRun(graph: ResultGraph, {nodes, edges}: ResultChain): void {
  const first = nodes[0]
  const last = nodes[nodes.length - 1]
  const ids = `@${graph.getNodeAttribute(first, 'id')} … @${graph.getNodeAttribute(last, 'id')}`
  const labels = edges.map(edge => graph.getEdgeAttribute(edge, 'label'))
  const [onward] = graph.outEdges(last)
  const [onwardTo, onwardAttributes] = [graph.target(onward), graph.getEdgeAttributes(onward)]
  graph.mergeNodeAttributes(first, {
    count: nodes.length,
    selfBytes: nodes.reduce((sum, node) => sum + graph.getNodeAttribute(node, 'selfBytes'), 0),
    preview: '',
    notes: [`${formatCount(nodes.length)} equal steps in one: ${ids}`],
  })
  graph.mergeEdgeAttributes(edges[0], {
    label: labels.every(label => label === labels[0]) ? labels[0] : labelPattern(labels[0]),
    count: nodes.length,
  })
  for (const node of nodes.slice(1)) graph.dropNode(node)
  graph.addDirectedEdgeWithKey(onward, first, onwardTo, onwardAttributes)
}
