/**
 * Answers for programs. Names are exact, nothing is shortened; what could steer a terminal is written `\uXXXX`, which
 * is the same string to a JSON parser.
 *
 *     {
 *       "schema": "heapgraph/result/1",
 *       "question", "subject", "direction", "snapshot": {"name", "nodeCount", "edgeCount", "root"}, "count", "selfBytes", "heapBytes",
 *       "nodes":  [{"key", "role", "type", "kind", "id", "count", "selfBytes", "retainedBytes", "preview", "place", "level", "notes"}],
 *       "edges":  [{"key", "source", "target", "label", "kind", "count", "strength"}],
 *       "chains": [{"nodes", "edges", "code" or null, "steps": [{"text", "pattern", "id", "edges", "times", "place", "inCode"}]}],
 *       "cycles": [{"pattern", "components", "nodeCount", "selfBytes", "nodes", "edges", "heldBy" or null}],
 *       "limits": [sentence]
 *     }
 *
 * The number at the end of `schema` goes up when a field changes its meaning or goes away; new fields may come any time.
 */
import type {
  ResultChain,
  ResultCycle,
  ResultEdge,
  ResultGraph,
  ResultInfo,
  ResultNode,
  ResultStep,
} from '../graph/result.ts'
import {forJson} from './clean.ts'

export function toJson(graph: ResultGraph): string {
  const {question, subject, direction, snapshot, count, selfBytes, heapBytes, chains, cycles, limits} =
    graph.getAttributes()
  // Typed by all that an answer has, so that a field added there cannot be forgotten here.
  const fields: Record<keyof ResultInfo | 'nodes' | 'edges', unknown> = {
    question,
    subject,
    direction,
    snapshot: snapshotFields(snapshot),
    count,
    selfBytes,
    heapBytes,
    nodes: graph.mapNodes((key, node) => ({key, ...nodeFields(node)})),
    edges: graph.mapEdges((key, edge, source, target) => ({key, source, target, ...edgeFields(edge)})),
    chains: chains.map(chainFields),
    cycles: cycles.map(cycleFields),
    limits,
  }
  return tableToJson('result', fields)
}

/** Any other answer: its name, version 1, and its fields in the order given. */
export function tableToJson(name: string, fields: object): string {
  return `${forJson(JSON.stringify({schema: `heapgraph/${name}/1`, ...fields}, undefined, 2))}\n`
}

function snapshotFields({name, nodeCount, edgeCount, root}: ResultInfo['snapshot']): ResultInfo['snapshot'] {
  return {name, nodeCount, edgeCount, root}
}

function nodeFields(node: ResultNode): ResultNode {
  const {role, type, kind, id, count, selfBytes, retainedBytes, preview, place, level, notes} = node
  return {role, type, kind, id, count, selfBytes, retainedBytes, preview, place, level, notes}
}

function edgeFields({label, kind, count, strength}: ResultEdge): ResultEdge {
  return {label, kind, count, strength}
}

function chainFields({nodes, edges, code, steps = []}: ResultChain): Record<keyof ResultChain, unknown> {
  return {nodes, edges, code: code ?? null, steps: steps.map(stepFields)}
}

function stepFields({text, pattern, id, edges, times, place, inCode}: ResultStep): ResultStep {
  return {text, pattern, id, edges, times, place, inCode}
}

/** JSON leaves out what is undefined, but a reader should find the field: null. */
function cycleFields(cycle: ResultCycle): Record<keyof ResultCycle, unknown> {
  const {pattern, components, nodeCount, selfBytes, nodes, edges, heldBy} = cycle
  return {pattern, components, nodeCount, selfBytes, nodes, edges, heldBy: heldBy ?? null}
}
