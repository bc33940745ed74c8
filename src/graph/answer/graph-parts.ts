/** What all answers share on their way into a result graph: the totals, single objects, single edges. */

import {startValue} from '../../explain/code/code-nodes.ts'
import {edgeKindName, edgeLabel, edgeNaming, edgeStrength, type Naming} from '../../explain/code/edge-label.ts'
import {type Description, describe} from '../../explain/words/describe.ts'
import {aroundWords} from '../../explain/words/dom-words.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {ResultEdge, ResultGraph, ResultInfo, ResultNode, ResultRole} from './result.ts'
import {snapshotView} from './snapshot-view.ts'

export function info(
  snapshot: Snapshot,
  fields: Omit<ResultInfo, 'snapshot' | 'chains' | 'cycles' | 'frames' | 'owners' | 'offHeap' | 'heapBytes'>,
): ResultInfo {
  const none = {offHeap: null, heapBytes: null, chains: [], cycles: [], owners: null}
  return {...fields, snapshot: snapshotView(snapshot), ...none}
}

export function sumSelfBytes({nodeSelfBytes}: Snapshot, nodes: Uint32Array): number {
  return nodes.reduce((sum, node) => sum + nodeSelfBytes[node], 0)
}

/** graphology's own keys count the graphs of the process: the same question would not give the same JSON twice. */
export function addEdge(graph: ResultGraph, from: string, to: string, attributes: ResultEdge): void {
  graph.addEdgeWithKey(`e${graph.size}`, from, to, attributes)
}

/** The key of a step along edges of the heap, by ordinal: it names the first and the last. */
export function stepKey(edges: readonly number[] | Uint32Array): string {
  const last = edges[edges.length - 1]
  return edges.length === 1 ? `e${last}` : `e${edges[0]}-${last}`
}

export function isKeyOfOneEdge(key: string): boolean {
  return !key.includes('-')
}

const keysOf = new WeakMap<ResultGraph, {ofNode: Map<number, string>; taken: Set<string>}>()

/** The key of a single object in a graph: `@id`, with a mark for a further object of the same id. */
export function nodeKey(graph: ResultGraph, {nodeId}: Snapshot, node: number): string {
  const keys = keysOf.get(graph) ?? {ofNode: new Map(), taken: new Set()}
  keysOf.set(graph, keys)
  const known = keys.ofNode.get(node)
  if (known !== undefined) return known
  let key = `@${nodeId[node]}`
  if (keys.taken.has(key)) key += `'${node}`
  keys.taken.add(key)
  keys.ofNode.set(node, key)
  return key
}

/** Adds a single object, or finds it where another chain has been through it. */
export function mergeNode(
  graph: ResultGraph,
  snapshot: Snapshot,
  node: number,
  role: ResultRole,
  level: number,
): string {
  const key = nodeKey(graph, snapshot, node)
  if (graph.hasNode(key)) {
    if (role === 'target') graph.setNodeAttribute(key, 'role', role)
    return key
  }
  const selfBytes = snapshot.nodeSelfBytes[node]
  return graph.addNode(key, {
    role,
    ...described(snapshot, node),
    code: codeOf(snapshot, node),
    count: 1,
    selfBytes,
    retainedBytes: null,
    level,
    notes: [],
  })
}

/** The words of a node; where it has a title, that stands for its type, and the elements around an element are told besides. */
export function described(snapshot: Snapshot, node: number): Description {
  const words = describe(snapshot, node)
  if (words.title !== undefined) return {...words, preview: aroundWords(snapshot, node)}
  const {of, words: title} = startValue(snapshot, node)
  if (!STARTS.has(of)) return words
  return {...words, title, ...(of === 'exports' ? {} : {preview: ''})}
}

/** Of the kinds of things that a path may begin with, those that have a name of their own: `window`, `module src/cache.js`. */
const STARTS: ReadonlySet<string> = new Set(['global', 'module', 'exports'])

export function mergeEdge(graph: ResultGraph, snapshot: Snapshot, edge: number, from: string, to: string): string {
  const key = `e${edge}`
  if (graph.hasEdge(key)) return key
  const attributes = {
    label: edgeLabel(snapshot, edge),
    ...namedPart(edgeNaming(snapshot, edge)),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    count: 1,
    strength: edgeStrength(snapshot, edge),
  }
  return graph.addEdgeWithKey(key, from, to, attributes)
}

export function namedPart(named: Naming | undefined): Pick<ResultEdge, 'named'> {
  return named === undefined ? {} : {named}
}

/** A card for what was left out: `type` says in words what. */
export function leftOutNode(
  type: string,
  fields: Pick<ResultNode, 'count' | 'level'> & Partial<Pick<ResultNode, 'retainedBytes'>>,
): ResultNode {
  return {
    role: 'more',
    type,
    kind: '',
    id: null,
    selfBytes: 0,
    retainedBytes: null,
    preview: '',
    place: '',
    code: 'unknown',
    notes: [],
    ...fields,
  }
}
