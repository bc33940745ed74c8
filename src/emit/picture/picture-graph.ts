/**
 * What of an answer is drawn: a picture of hundreds of cards is read by nobody. What carries most is kept, all else is counted in cards
 * of its own, so that nothing is lost unsaid.
 */
import type {ResultChain, ResultCycle, ResultEdge, ResultGraph, ResultNode} from '../../graph/answer/result.ts'
import {plural} from '../../util/units.ts'
import {foldRuns} from '../safe/fold.ts'

export interface PictureGraph {
  graph: ResultGraph
  /** Cards that are drawn for objects, and how many of those stand for several. */
  cards: number
  groups: number
  /** Objects that the answer has in all. */
  objects: number
  /** One sentence for each thing left out here. */
  limits: string[]
  /** What the cards stand for that were made here: nodes of the answer, as its runs are folded. */
  leftOut: Map<string, string[]>
}

export const DEFAULT_MAX_NODES = 60

/** Of a stretch of objects without branches, so many are drawn; of a cycle's fewer, since several stand side by side. */
const MAX_STRETCH = 14
const MAX_CYCLE_LENGTH = 4

/** `isFile`: what a file carries, not what is drawn at once: the middles of long cycles, too, if they fit. */
export function pictureGraph(
  answer: ResultGraph,
  maxNodes = DEFAULT_MAX_NODES,
  {isFile = false}: {isFile?: boolean} = {},
): PictureGraph {
  const graph: ResultGraph = foldRuns(answer).copy()
  addOwnerCards(graph)
  const limits: string[] = []
  const leftOut = new Map<string, string[]>()
  if (!isFile || countObjects(graph) > maxNodes) foldCycles(graph, leftOut)
  sayHolders(graph)
  if (countObjects(graph) > maxNodes) {
    foldChains(graph, leftOut)
    dropBeyond(graph, keptNodes(graph, maxNodes), limits, leftOut, isFile ? 'outside: ' : '')
  }
  const drawn = graph.filterNodes((_node, {role}) => role !== 'more')
  return {
    graph,
    cards: drawn.length,
    groups: drawn.filter(node => graph.getNodeAttribute(node, 'count') > 1).length,
    objects: answer.reduceNodes((sum, _node, {role, count}) => sum + (role === 'more' ? 0 : count), 0),
    limits,
    leftOut,
  }
}

/** The beginning of an owner's path, as far as no card of the answer has it. */
function addOwnerCards(graph: ResultGraph): void {
  const numbers = new Map<string, number[]>()
  for (const [i, owner] of (graph.getAttribute('owners')?.list ?? []).entries()) {
    const {entry, count} = owner
    if (entry === undefined || !graph.hasNode(entry.card)) continue
    const key = entry.path === '' ? entry.card : `${OWNER_CARD}${entry.startId} ${entry.start}`
    if (!graph.hasNode(key)) {
      const words = {type: entry.start, title: entry.start, kind: '', preview: '', place: ''}
      const sizes = {count: 1, selfBytes: 0, retainedBytes: null, level: 0}
      graph.addNode(key, {role: 'root', ...words, id: entry.startId, ...sizes, code: owner.code, notes: []})
    }
    numbers.set(key, [...(numbers.get(key) ?? []), i + 1])
    if (entry.path === '') continue
    const label = entry.path
    const same = graph.findEdge(key, entry.card, (_edge, attributes) => attributes.label === label)
    if (same !== undefined) continue
    graph.addDirectedEdgeWithKey(`owner ${i + 1} ${key}`, key, entry.card, {label, kind: '', count, strength: 'strong'})
  }
  for (const [key, owners] of numbers) {
    const note = `${owners.length === 1 ? 'owner' : 'owners'} ${owners.join(', ')}`
    graph.updateNodeAttribute(key, 'notes', (notes = []) => [note, ...notes])
  }
}

const OWNER_CARD = 'owner at @'

function countObjects(graph: ResultGraph): number {
  return graph.filterNodes((_node, {role}) => role !== 'more').length
}

// Stretches without branches.

function foldCycles(graph: ResultGraph, leftOut: Map<string, string[]>): void {
  const cycles = graph.getAttribute('cycles')
  const folded = cycles.map((cycle): ResultCycle => {
    const {nodes, edges} = cycle
    if (nodes.length <= MAX_CYCLE_LENGTH) return cycle
    const isHeld = (node: string) => cycle.heldBy !== undefined && graph.target(cycle.heldBy) === node
    if (nodes.slice(1).some(node => isHeld(node) || !isPlain(graph, node))) return cycle
    return {...cycle, ...withoutMiddle(graph, {nodes, edges}, MAX_CYCLE_LENGTH - 2, nodes.length - 1, leftOut)}
  })
  graph.setAttribute('cycles', folded)
}

/** Who in the code holds what holds a cycle, on its card. */
function sayHolders(graph: ResultGraph): void {
  for (const {heldBy, holder} of graph.getAttribute('cycles')) {
    if (heldBy === undefined || holder === undefined) continue
    const note = `held by ${holder.text}${holder.place === '' ? '' : ` ${holder.place}`}`
    graph.updateNodeAttribute(graph.source(heldBy), 'notes', (notes = []) =>
      notes.includes(note) ? notes : [...notes, note],
    )
  }
}

function foldChains(graph: ResultGraph, leftOut: Map<string, string[]>): void {
  const chains = graph.getAttribute('chains')
  const folded: ResultChain[] = []
  for (const chain of chains) {
    let {nodes, edges} = chain
    // Earlier chains may have taken stations of this one away.
    nodes = nodes.filter(node => graph.hasNode(node))
    edges = edges.filter(edge => graph.hasEdge(edge))
    let end = nodes.length - 1
    while (end > 0) {
      let start = end
      while (start > 1 && isPlain(graph, nodes[start - 1]) && edges[start - 1] !== chain.cut) start--
      if (end - start > MAX_STRETCH && nodes.length === edges.length + 1) {
        const half = MAX_STRETCH / 2
        const rest = withoutMiddle(graph, {nodes, edges}, start + half, end - half, leftOut)
        nodes = rest.nodes
        edges = rest.edges
      }
      end = start - 1
    }
    folded.push({...chain, nodes, edges})
  }
  graph.setAttribute('chains', folded)
}

/** Whether a node has one way in, one way out, and nothing else to say. */
function isPlain(graph: ResultGraph, node: string): boolean {
  const {role} = graph.getNodeAttributes(node)
  return role === 'node' && graph.inDegree(node) === 1 && graph.outDegree(node) === 1
}

/** Puts one card in the place of `nodes[start]` to `nodes[end - 1]`. */
function withoutMiddle(
  graph: ResultGraph,
  {nodes, edges}: Pick<ResultChain, 'nodes' | 'edges'>,
  start: number,
  end: number,
  leftOut: Map<string, string[]>,
): Pick<ResultChain, 'nodes' | 'edges'> {
  const middle = nodes.slice(start, end)
  const [into, outOf] = [edges[start - 1], edges[end - 1]]
  const [from, to] = [nodes[start - 1], nodes[end % nodes.length]]
  const [first, last] = [graph.getEdgeAttributes(into), graph.getEdgeAttributes(outOf)]
  const selfBytes = middle.reduce((sum, node) => sum + graph.getNodeAttribute(node, 'selfBytes'), 0)
  for (const node of middle) graph.dropNode(node)
  const more = addMore(graph, `middle of ${into}`, plural(middle.length, 'more step'), middle.length, selfBytes)
  leftOut.set(more, middle)
  graph.addDirectedEdgeWithKey(into, from, more, first)
  graph.addDirectedEdgeWithKey(outOf, more, to, last)
  return {
    nodes: [...nodes.slice(0, start), more, ...nodes.slice(end)],
    edges: [...edges.slice(0, start), ...edges.slice(end - 1)],
  }
}

// The budget.

/** Cycles and chains in their order, as far as they fit whole, then what hangs from them, most first. */
function keptNodes(graph: ResultGraph, maxNodes: number): Set<string> {
  const kept = new Set<string>()
  let room = maxNodes
  const keep = (nodes: string[]) => {
    const fresh = new Set(nodes.filter(node => !kept.has(node)))
    const cost = [...fresh].filter(node => graph.getNodeAttribute(node, 'role') !== 'more').length
    if (cost > room && kept.size > 0) return
    // One that alone is too large is begun.
    for (const node of [...fresh].slice(0, Math.max(room, 1))) kept.add(node)
    room -= Math.min(cost, room)
  }
  for (const {nodes, heldBy} of graph.getAttribute('cycles')) {
    keep(heldBy === undefined ? nodes : [...nodes, graph.source(heldBy), graph.target(heldBy)])
  }
  for (const {nodes} of graph.getAttribute('chains')) keep(nodes)
  if (kept.size === 0) for (const node of graph.filterNodes((_node, {role}) => role === 'target')) keep([node])
  for (const node of graph.filterNodes(node => node.startsWith(OWNER_CARD))) keep([node, ...graph.outNeighbors(node)])
  if (graph.getAttribute('cycles').length === 0) keepHeaviest(graph, kept, room)
  return kept
}

/** The frontier's heaviest, again and again. Whatever nothing leads to comes last, by weight too. */
function keepHeaviest(graph: ResultGraph, kept: Set<string>, room: number): void {
  const isObject = (node: string) => graph.getNodeAttribute(node, 'role') !== 'more'
  const all = graph.nodes().filter(isObject)
  const referencesTo = new Map(all.map(node => [node, references(graph, node)]))
  const byWeight = all.sort((a, b) => weightOrder(graph, referencesTo, a, b))
  for (let left = room; left > 0; left--) {
    const touches = (node: string) => !kept.has(node) && graph.someNeighbor(node, neighbor => kept.has(neighbor))
    const next = byWeight.find(touches) ?? byWeight.find(node => !kept.has(node))
    if (next === undefined) return
    kept.add(next)
  }
}

function weightOrder(graph: ResultGraph, referencesTo: Map<string, number>, a: string, b: string): number {
  const [x, y] = [graph.getNodeAttributes(a), graph.getNodeAttributes(b)]
  return (
    (y.retainedBytes ?? 0) - (x.retainedBytes ?? 0) ||
    referencesTo.get(b)! - referencesTo.get(a)! ||
    y.selfBytes - x.selfBytes ||
    (x.id ?? 0) - (y.id ?? 0)
  )
}

function references(graph: ResultGraph, node: string): number {
  return graph.reduceEdges(node, (sum, _edge, {count}) => sum + count, 0)
}

/** What was dropped behind a card that is drawn, on one side of it. */
interface Dropped {
  beside: string
  holds: boolean
  nodes: string[]
  objects: number
  selfBytes: number
  references: number
}

/** Drops all but `kept` and counts it in cards beside the drawn ones that lead there. */
function dropBeyond(
  graph: ResultGraph,
  kept: Set<string>,
  limits: string[],
  leftOut: Map<string, string[]>,
  prefix: string,
): void {
  const dropped = new Map<string, Dropped>()
  const seen = new Set(kept)
  const remark = {nodes: 0, objects: 0}
  let front: {node: string; from: Dropped}[] = []
  for (const node of kept) {
    graph.forEachEdge(node, (edge, {count}, source) => {
      const other = graph.opposite(node, edge)
      if (kept.has(other)) return
      // What the answer itself counts stays a card.
      if (graph.getNodeAttribute(other, 'role') === 'more') {
        seen.add(other)
        return
      }
      const holds = source === other
      const key = `${prefix}more ${holds ? 'into' : 'out of'} ${node}`
      const from = dropped.get(key) ?? {beside: node, holds, nodes: [], objects: 0, selfBytes: 0, references: 0}
      from.references += count
      if (!seen.has(other)) front.push({node: other, from})
      if (!seen.has(other)) dropped.set(key, from)
      seen.add(other)
    })
  }
  while (front.length > 0) {
    const next: typeof front = []
    for (const {node, from} of front) {
      const {role, count, selfBytes} = graph.getNodeAttributes(node)
      if (role !== 'more') {
        from.nodes.push(node)
        from.objects += count
        from.selfBytes += selfBytes
      }
      graph.forEachNeighbor(node, neighbor => {
        if (seen.has(neighbor)) return
        seen.add(neighbor)
        next.push({node: neighbor, from})
      })
    }
    front = next
  }
  const isCounted = (node: string) =>
    graph.getNodeAttribute(node, 'role') === 'more' && graph.someNeighbor(node, neighbor => kept.has(neighbor))
  for (const node of graph.nodes()) {
    if (kept.has(node) || isCounted(node)) continue
    const {role, count} = graph.getNodeAttributes(node)
    if (role !== 'more') {
      remark.nodes++
      remark.objects += count
    }
  }
  for (const node of graph.nodes()) if (!kept.has(node) && !isCounted(node)) graph.dropNode(node)
  for (const [key, {beside, holds, nodes, objects, selfBytes, references}] of dropped) {
    const what = `${plural(nodes.length, 'more card')} of ${plural(objects, 'object')}, not drawn`
    const more = addMore(graph, key, what, objects, selfBytes)
    leftOut.set(more, nodes)
    const line: ResultEdge = {label: '', kind: '', count: references, strength: 'strong'}
    graph.addDirectedEdgeWithKey(`to ${key}`, holds ? more : beside, holds ? beside : more, line)
  }
  if (remark.nodes > 0) {
    limits.push(`${plural(remark.nodes, 'card')} of ${plural(remark.objects, 'object')} not drawn: those with most are`)
  }
  const {chains, cycles} = graph.getAttributes()
  const isWhole = ({nodes}: Pick<ResultChain, 'nodes'>) => nodes.every(node => graph.hasNode(node))
  for (const [items, word] of [
    [chains, 'chain'],
    [cycles, 'pattern of cycles'],
  ] as const) {
    const left = items.filter(item => !isWhole(item)).length
    const words = word === 'chain' ? plural(left, 'chain') : plural(left, 'pattern of cycles', 'patterns of cycles')
    if (left > 0) limits.push(`${words} of ${items.length} not drawn`)
  }
  graph.setAttribute('chains', chains.filter(isWhole))
  graph.setAttribute('cycles', cycles.filter(isWhole))
}

function addMore(graph: ResultGraph, key: string, type: string, count: number, selfBytes: number): string {
  const more: ResultNode = {
    role: 'more',
    type,
    kind: '',
    id: null,
    count,
    selfBytes,
    retainedBytes: null,
    preview: '',
    place: '',
    code: 'unknown',
    level: 0,
    notes: [],
  }
  return graph.addNode(key, more)
}
