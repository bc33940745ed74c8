/**
 * Sections 5 and 6 of "How DevTools computes a heap snapshot", written down as slowly and plainly as they are said: who owns the
 * private parts, which edges count, and whom one dominates: what becomes unreachable without it.
 */
import type {Heap, HeapEdge} from './heaps.ts'

const ROOT = 0

export interface Dominance {
  /** By ordinal. */
  dominator: number[]
  /** Ordinals of all nodes that each node dominates, itself included. */
  dominated: Set<number>[]
}

export function isUserRoot({nodes}: Heap, node: number): boolean {
  return nodes[node].kind !== 'synthetic' || nodes[node].name === '(Document DOM trees)'
}

/** Everything that `start` leads to over `edges`, itself included, not passing `without`. */
export function reachable(start: number, edges: readonly HeapEdge[], without?: number): Set<number> {
  const reached = new Set<number>([start])
  const targets = new Map<number, number[]>()
  for (const {source, target} of edges) targets.set(source, [...(targets.get(source) ?? []), target])
  for (const node of reached) {
    for (const target of targets.get(node) ?? []) if (target !== without) reached.add(target)
  }
  return reached
}

/** Section 6: the edges that retain their target. */
export function essentialEdges(heap: Heap): HeapEdge[] {
  const page = pageNodes(heap)
  return heap.edges.filter(({source, target, kind, half}) => {
    if (half === 'table' || kind === 'weak' || source === target) return false
    if (source === ROOT) return true
    return kind !== 'shortcut' && (page.has(source) || !page.has(target))
  })
}

/** Section 4: what page code reaches. */
function pageNodes({nodes, edges}: Heap): Set<number> {
  const strong = edges.filter(({kind}) => kind !== 'weak')
  const seeds = edges.filter(({source, target, kind}) => {
    if (source !== ROOT) return false
    const {kind: nodeKind, name} = nodes[target]
    return kind === 'shortcut' || (kind === 'element' && nodeKind === 'synthetic' && name === '(Document DOM trees)')
  })
  return new Set(seeds.flatMap(({target}) => [...reachable(target, strong)]))
}

/** Section 6, with its steps 2 and 3 for what the root does not reach. */
export function dominance(heap: Heap): Dominance {
  const all = heap.nodes.map((_, node) => node)
  let edges = essentialEdges(heap)
  const entered = new Set(edges.map(({target}) => target))
  const orphans = all.filter(node => node !== ROOT && !entered.has(node))
  edges = [...edges, ...orphans.map((target): HeapEdge => ({source: ROOT, target, kind: 'internal', name: ''}))]
  const reached = reachable(ROOT, edges)
  const lost = all.filter(node => !reached.has(node))
  const dominated = all.map(node => {
    if (node === ROOT) return new Set(all)
    if (!reached.has(node)) return new Set([node])
    const left = reachable(ROOT, edges, node)
    return new Set(all.filter(other => reached.has(other) && !left.has(other)))
  })
  const dominator = all.map(node => {
    if (node === ROOT || lost.includes(node)) return ROOT
    // The nearest of the others that dominate it dominates the fewest.
    const above = all.filter(other => other !== node && dominated[other].has(node))
    return above.reduce((nearest, other) => (dominated[other].size < dominated[nearest].size ? other : nearest))
  })
  return {dominator, dominated}
}

/** Section 5: sizes of private parts count as those of their only owner. `isDetached`: by section 4, where the file has the field. */
export function movedSizes(heap: Heap, isDetached: (node: number) => boolean = () => false): number[] {
  const {nodes, edges} = heap
  const sizes = nodes.map(({selfBytes}) => selfBytes)
  const children = edges.filter(({source}) => source === ROOT).map(({target}) => target)
  if (!children.some(node => isUserRoot(heap, node))) return sizes
  const isPart = (node: number) => {
    const {kind, name} = nodes[node]
    // A detached node has another name by now.
    const isText = kind === 'native' && name === 'system / ExternalStringData' && !isDetached(node)
    return kind === 'hidden' || kind === 'array' || isText
  }
  const owners = nodes.map(() => new Set<number>())
  nodes.forEach((_, owner) => {
    if (isPart(owner)) return
    const inward = edges.filter(({target, kind}) => kind !== 'weak' && isPart(target))
    for (const node of reachable(owner, inward)) owners[node].add(owner)
  })
  owners.forEach((ownersOfNode, node) => {
    const [owner] = ownersOfNode
    if (!isPart(node) || ownersOfNode.size !== 1 || owner === ROOT || nodes[owner].kind === 'synthetic') return
    sizes[owner] += sizes[node]
    sizes[node] = 0
  })
  return sizes
}

export function retained({dominated}: Dominance, sizes: readonly number[]): number[] {
  return dominated.map(nodes => [...nodes].reduce((sum, node) => sum + sizes[node], 0))
}
