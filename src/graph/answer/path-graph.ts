/** Chains of objects as a result graph: every edge of V8's, or one for each step that a person would write. */

import {rootNodes} from '../../analyze/facts/roots.ts'
import type {Path, PathAnswer} from '../../analyze/paths/path.ts'
import {type CodeStep, codePath, codePathText, foldRepeats} from '../../explain/code/code-path.ts'
import {edgeKindName, edgeLabel, edgeNaming, edgeStrength, stepNaming} from '../../explain/code/edge-label.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {info, mergeEdge, mergeNode, namedPart, stepKey, sumSelfBytes} from './graph-parts.ts'
import {createResultGraph, type ResultChain, type ResultGraph, type ResultStep} from './result.ts'

export function pathGraph(answer: PathAnswer, raw: boolean): ResultGraph {
  const {snapshot, target, paths} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'path',
      subject: target.subject,
      direction: 'in',
      count: target.nodes.length,
      selfBytes: sumSelfBytes(snapshot, target.nodes),
      limits: pathLimits(answer),
    }),
  )
  const chains = paths.map(path => (raw ? addPath(graph, snapshot, path) : addCodePath(graph, snapshot, path)))
  graph.setAttribute('chains', chains)
  return graph
}

/** Every edge of V8's. */
export function addPath(graph: ResultGraph, snapshot: Snapshot, path: Path, cut?: number): ResultChain {
  const nodes = path.nodes.map((_, i) => addStation(graph, snapshot, path, i))
  const edges = path.edges.map((edge, i) => {
    const key = mergeEdge(graph, snapshot, edge, nodes[i], nodes[i + 1])
    noteBeside(graph, key, edgeLabel(snapshot, edge), path.parallel[i])
    return key
  })
  return {nodes, edges, ...(cut === undefined ? {} : {cut: edges[cut]})}
}

/** One edge for each step that a person would write. */
export function addCodePath(graph: ResultGraph, snapshot: Snapshot, path: Path, cut = -1): ResultChain {
  const steps = codePath(snapshot, path.nodes[0], path.edges, {unfolded: true})
  const nodes = [addStation(graph, snapshot, path, 0)]
  const edges: string[] = []
  let cutKey: string | undefined
  for (const {firstEdge, endEdge, label, value} of steps) {
    if (endEdge === 0) continue
    const from = nodes[nodes.length - 1]
    nodes.push(addStation(graph, snapshot, path, endEdge))
    const between = path.edges.slice(firstEdge, endEdge)
    const key = mergeStep(graph, snapshot, between, {label, value}, from, nodes[nodes.length - 1])
    if (endEdge - firstEdge === 1) noteBeside(graph, key, label, path.parallel[firstEdge])
    edges.push(key)
    if (firstEdge <= cut && cut < endEdge) cutKey = key
  }
  const folded = foldRepeats(steps)
  return {
    nodes,
    edges,
    ...(cutKey === undefined ? {} : {cut: cutKey}),
    code: codePathText(folded, {places: true}),
    steps: folded.map(step => resultStep(snapshot, step)),
    modules: folded.flatMap(({value}) => (value.kind === 'start' && value.file !== '' ? [value.file] : [])),
  }
}

function addStation(graph: ResultGraph, snapshot: Snapshot, {nodes}: Path, at: number): string {
  const last = nodes.length - 1
  const isRoot = at === 0 && rootNodes(snapshot).has(nodes[0])
  return mergeNode(graph, snapshot, nodes[at], at === last ? 'target' : isRoot ? 'root' : 'node', last - at)
}

function noteBeside(graph: ResultGraph, key: string, label: string, parallel: number): void {
  if (parallel <= 1) return
  graph.setEdgeAttribute(key, 'label', `${label} (+${parallel - 1} more)`)
  graph.removeEdgeAttribute(key, 'named')
}

function resultStep({nodeId}: Snapshot, step: CodeStep): ResultStep {
  const {text, pattern, node, firstEdge, endEdge, times, place, inCode} = step
  return {text, pattern, id: nodeId[node], edges: endEdge - firstEdge, times, place, inCode}
}

/** The edges that one step stands for, as one; it holds no better than the weakest of them. */
function mergeStep(
  graph: ResultGraph,
  snapshot: Snapshot,
  edges: readonly number[],
  {label, value}: Pick<CodeStep, 'label' | 'value'>,
  from: string,
  to: string,
): string {
  const last = edges[edges.length - 1]
  const key = stepKey(edges)
  if (graph.hasEdge(key)) return key
  // Another way that the runtime has to the same thing looks alike: the chains share the edge.
  const alike = graph.findEdge(from, to, (_, attributes) => attributes.label === label)
  if (alike !== undefined) return alike
  const isEphemeron = edges.some(edge => edgeStrength(snapshot, edge) === 'ephemeron')
  const strength = isEphemeron ? 'ephemeron' : edges.length > 1 ? 'strong' : edgeStrength(snapshot, last)
  const kind = edgeKindName(snapshot, snapshot.edgeKind[last])
  const named = namedPart(edges.length === 1 ? edgeNaming(snapshot, last) : stepNaming(value))
  return graph.addEdgeWithKey(key, from, to, {label, ...named, kind, count: 1, strength})
}

function pathLimits({target, from, avoid, through, paths, reached, templates, limitsReached}: PathAnswer): string[] {
  const limits: string[] = []
  const total = target.nodes.length
  const start = from === undefined ? 'the roots' : from.subject
  const without = avoid.length === 0 ? '' : ` without waypoint ${avoid.join(', ')}`
  const lost = total - reached
  if (lost > 0)
    limits.push(
      `${lost === total ? 'no' : `${plural(lost, 'object has', 'objects have')} no`} path from ${start}${without}: unreachable, or held weakly only`,
    )
  if (through !== undefined && paths.length === 0 && reached > 0) {
    const isCertain = limitsReached.crossing === undefined && limitsReached.untried === undefined
    limits.push(`no path from ${start}${without} through ${through} ${isCertain ? 'exists' : 'was found'}`)
  }
  if (limitsReached.crossing !== undefined)
    limits.push(
      `of ${plural(limitsReached.crossing, 'match', 'matches')} of ${through}, the shortest paths to it and from it cross: a further or shorter path through such is not ruled out`,
    )
  if (limitsReached.untried !== undefined)
    limits.push(`${plural(limitsReached.untried, 'farther match', 'farther matches')} of ${through} not tried`)
  const ends = new Set(paths.map(({nodes}) => nodes[nodes.length - 1])).size
  if (reached > ends && through === undefined)
    limits.push(`${plural(reached, 'object')} can be reached; the shortest paths lead to ${ends} of them`)
  if (templates > 0)
    limits.push(
      `${plural(templates, 'prototype or template', 'prototypes and templates')} of code left out: no path ends there`,
    )
  if (limitsReached.count !== undefined)
    limits.push(`there are further paths; --count N shows more than ${limitsReached.count}`)
  if (limitsReached.steps !== undefined)
    limits.push(`the search gave up after ${plural(limitsReached.steps, 'step')}: there may be more paths`)
  return limits
}
