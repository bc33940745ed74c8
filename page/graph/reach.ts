/** What the carried graph says when edges are taken as gone. Nodes and edges are by their places in the data. */
import type {GraphPageData} from '../../src/emit/page/page-data.ts'

/**
 * Where holding begins in what the file has: roots, what nothing in it holds, and what stands for others. Circles that nothing here holds begin in
 * themselves, so that only a cut can free anything.
 */
function beginnings({nodes, edges}: GraphPageData): number[] {
  const isHeld = new Set(edges.filter(({keeps, from, to}) => keeps && from !== to).map(({to}) => to))
  const starts = nodes.flatMap(({role}, i) => (role === 'root' || !isHeld.has(i) ? [i] : []))
  const reached = spread(edges, starts, new Set())
  for (const i of nodes.keys()) {
    if (reached.has(i)) continue
    starts.push(i)
    for (const node of spread(edges, [i], new Set(), reached)) reached.add(node)
  }
  return starts
}

function spread(
  edges: GraphPageData['edges'],
  starts: readonly number[],
  cuts: ReadonlySet<number>,
  known: ReadonlySet<number> = new Set(),
): Set<number> {
  const out = new Map<number, number[]>()
  for (const [i, {from, to, keeps}] of edges.entries()) {
    if (keeps && !cuts.has(i)) out.set(from, [...(out.get(from) ?? []), to])
  }
  const reached = new Set(starts)
  const front = [...starts]
  for (let node = front.pop(); node !== undefined; node = front.pop()) {
    for (const next of out.get(node) ?? []) {
      if (reached.has(next) || known.has(next)) continue
      reached.add(next)
      front.push(next)
    }
  }
  return reached
}

/** Nodes that nothing in the file holds any more without these edges. */
export function freedBy(data: GraphPageData, cuts: ReadonlySet<number>): Set<number> {
  if (cuts.size === 0) return new Set()
  const reached = spread(data.edges, beginnings(data), cuts)
  return new Set(data.nodes.flatMap(({leftOut}, i) => (reached.has(i) || leftOut !== undefined ? [] : [i])))
}

/** Edges of a shortest path to a node from where holding begins; none if it begins there. */
export function pathTo(data: GraphPageData, node: number): number[] {
  const cameBy = new Map<number, number>()
  const out = new Map<number, number[]>()
  for (const [i, {from, keeps}] of data.edges.entries()) if (keeps) out.set(from, [...(out.get(from) ?? []), i])
  let front = beginnings(data)
  const seen = new Set(front)
  while (front.length > 0 && !seen.has(node)) {
    const next: number[] = []
    for (const at of front) {
      for (const edge of out.get(at) ?? []) {
        const {to} = data.edges[edge]
        if (seen.has(to)) continue
        seen.add(to)
        cameBy.set(to, edge)
        next.push(to)
      }
    }
    front = next
  }
  const path: number[] = []
  for (let edge = cameBy.get(node); edge !== undefined; edge = cameBy.get(data.edges[edge].from)) path.unshift(edge)
  return path
}

/** `RequestCache.entries[0].body`, in the file's own labels. */
export function codesTo(data: GraphPageData, node: number): string[] {
  const {codes, role} = data.nodes[node]
  if (codes !== undefined) return codes
  const path = role === 'more' ? [] : pathTo(data, node)
  if (path.length === 0) return []
  const first = data.nodes[data.edges[path[0]].from].name
  const code = path.reduce((text, edge) => {
    const {label, to} = data.edges[edge]
    const step = label === '' ? `→ ${data.nodes[to].name}` : label
    return /^[.[]/.test(step) ? text + step : `${text} · ${step}`
  }, first)
  return [code]
}
