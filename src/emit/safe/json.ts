/**
 * Answers for programs. Names are exact, nothing is shortened; what could steer a terminal is written `\uXXXX`, which
 * is the same string to a JSON parser.
 *
 *     {
 *       "schema": "heapgraph/result/2",
 *       "question", "subject", "direction", "snapshot": {"name", "nodeCount", "edgeCount", "root"}, "count", "selfBytes", "offHeap" or
 *       null, "heapBytes",
 *       "nodes":  [{"key", "role", "type", "kind", "id", "count", "selfBytes", "retainedBytes", "preview", "place", "level", "notes"}],
 *       "edges":  [{"key", "source", "target", "label", "kind", "count", "strength"}],
 *       "chains": [{"nodes", "edges", "code" or null, "steps": [{"text", "pattern", "id", "edges", "times", "place", "inCode"}]}],
 *       "cycles": [{"pattern", "components", "nodeCount", "selfBytes", "retainedBytes" or null, "members": [{"type", "count", "selfBytes"}],
 *                   "membersLeft": {"types", "count"}, "nodes", "edges", "heldBy" or null, "holder": {"text", "place", "id"} or null}],
 *       "owners": null or {"summary", "verdict", "cuts": [text], "total", "shared", "unheld", "retainedBytes", "retainedOffHeapBytes",
 *                          "list": [{"path", "pattern", "holder", "place", "cuts": [text], "code", "count", "alone", "selfBytes", "retainedBytes",
 *                                    "retainedOffHeapBytes", "exampleId", "fingerprint"}]},
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
  ResultOwner,
  ResultOwners,
  ResultStep,
} from '../../graph/answer/result.ts'
import {forJson} from './clean.ts'

export function toJson(graph: ResultGraph): string {
  const {
    question,
    subject,
    direction,
    snapshot,
    count,
    selfBytes,
    offHeap,
    heapBytes,
    chains,
    cycles,
    frames,
    owners,
    limits,
  } = graph.getAttributes()
  // Typed by all that an answer has, so that a field added there cannot be forgotten here.
  const fields: Record<keyof ResultInfo | 'nodes' | 'edges', unknown> = {
    question,
    subject,
    direction,
    snapshot: snapshotFields(snapshot),
    count,
    selfBytes,
    offHeap: offHeap === null ? null : {...offHeap},
    heapBytes,
    nodes: graph.mapNodes((key, node) => ({key, ...nodeFields(node)})),
    edges: graph.mapEdges((key, edge, source, target) => ({key, source, target, ...edgeFields(edge)})),
    chains: chains.map(chainFields),
    cycles: cycles.map(cycleFields),
    frames,
    owners: owners === null ? null : ownersFields(owners),
    limits,
  }
  return tableToJson('result', fields, 2)
}

/** Any other answer: its name, its version, and its fields in the order given. */
export function tableToJson(name: string, fields: object, version = 1): string {
  return `${forJson(JSON.stringify({schema: `heapgraph/${name}/${version}`, ...fields}, undefined, 2))}\n`
}

function snapshotFields({name, nodeCount, edgeCount, root}: ResultInfo['snapshot']): ResultInfo['snapshot'] {
  return {name, nodeCount, edgeCount, root}
}

function nodeFields(node: ResultNode): ResultNode {
  const {role, type, title, kind, id, count, selfBytes, retainedBytes, preview, place, code, level, notes} = node
  return {
    role,
    type,
    ...(title === undefined ? {} : {title}),
    kind,
    id,
    count,
    selfBytes,
    retainedBytes,
    preview,
    place,
    code,
    level,
    notes,
  }
}

function edgeFields({label, kind, count, strength}: ResultEdge): ResultEdge {
  return {label, kind, count, strength}
}

function chainFields({
  nodes,
  edges,
  cut,
  code,
  steps = [],
}: ResultChain): Record<keyof Omit<ResultChain, 'modules'>, unknown> {
  return {nodes, edges, cut: cut ?? null, code: code ?? null, steps: steps.map(stepFields)}
}

function stepFields({text, pattern, id, edges, times, place, inCode}: ResultStep): ResultStep {
  return {text, pattern, id, edges, times, place, inCode}
}

function ownersFields(owners: ResultOwners): ResultOwners {
  const {summary, verdict, cuts, allocated, total, shared, unheld, retainedBytes, retainedOffHeapBytes, list} = owners
  const bytes = {retainedBytes, retainedOffHeapBytes}
  return {summary, verdict, cuts, allocated, total, shared, unheld, ...bytes, list: list.map(ownerFields)}
}

function ownerFields(owner: ResultOwner): ResultOwner {
  const {path, pattern, holder, place, codeLines, cuts, code, count, alone, exampleId, fingerprint} = owner
  const {selfBytes, retainedBytes, retainedOffHeapBytes} = owner
  const bytes = {selfBytes, retainedBytes, retainedOffHeapBytes}
  return {path, pattern, holder, place, codeLines, cuts, code, count, alone, ...bytes, exampleId, fingerprint}
}

/** JSON leaves out what is undefined, but a reader should find the field: null. */
function cycleFields(cycle: ResultCycle): Record<keyof ResultCycle, unknown> {
  const {pattern, components, nodeCount, selfBytes, retainedBytes, members, membersLeft, nodes, edges} = cycle
  const sizes = {pattern, components, nodeCount, selfBytes, retainedBytes}
  const held = {heldBy: cycle.heldBy ?? null, holder: holderFields(cycle.holder)}
  return {...sizes, members, membersLeft, nodes, edges, ...held}
}

function holderFields(holder: ResultCycle['holder']): ResultCycle['holder'] | null {
  if (holder === undefined) return null
  const {text, place, id} = holder
  return {text, place, id}
}
