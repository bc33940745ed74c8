/** How what a cut frees hangs together, by type: for pictures, where single objects would be too many. */
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {WhatIfAnswer} from './what-if.ts'

/** All edges from freed objects of one type to freed objects of another. */
export interface FreedLink {
  /** Types, as numbers. */
  from: number
  to: number
  edges: number
  /** Ordinal of one of the edges: the first in the file. */
  example: number
}

/**
 * Paths from the types in `starts` to those in `ends`: each type is reached by one link, on a shortest path and there by the most edges. Types
 * that only lead on are passed. Linear in the edges of what is freed.
 */
export function freedLinks({snapshot, before, after}: WhatIfAnswer, starts: number[], ends: number[]): FreedLink[] {
  const {edgeKind, edgeTarget, firstEdge, nodeCount, types} = snapshot
  const typeCount = types.names.length
  const links = new Map<number, FreedLink>()
  for (let node = 0; node < nodeCount; node++) {
    if (!before.has(node) || after.has(node)) continue
    const from = types.ofNode[node]
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      const to = types.ofNode[target]
      if (to === from || edgeKind[edge] === EdgeKind.weak || !before.has(target) || after.has(target)) continue
      const link = links.get(from * typeCount + to)
      if (link === undefined) links.set(from * typeCount + to, {from, to, edges: 1, example: edge})
      else link.edges++
    }
  }
  const by = shortestLinks([...links.values()], starts)
  const used = new Set<FreedLink>()
  for (const end of ends) {
    for (let link = by.get(end); link !== undefined && !used.has(link); link = by.get(link.from)) used.add(link)
  }
  return [...used]
}

/** The link that each type is reached by first. */
function shortestLinks(links: FreedLink[], starts: number[]): Map<number, FreedLink> {
  const by = new Map<number, FreedLink>()
  const seen = new Set(starts)
  const sorted = links.sort((a, b) => b.edges - a.edges || a.example - b.example)
  for (let front = new Set(starts); front.size > 0; ) {
    const next = new Set<number>()
    for (const link of sorted) {
      if (!front.has(link.from) || seen.has(link.to)) continue
      seen.add(link.to)
      by.set(link.to, link)
      next.add(link.to)
    }
    front = next
  }
  return by
}

/** For each of the types that stay though something freed holds them, the type that would be freed that has most edges to it. */
export function linksToStaying({snapshot, before, after}: WhatIfAnswer, staying: number[]): FreedLink[] {
  const {edgeKind, edgeTarget, firstEdge, nodeCount, types} = snapshot
  const asked = new Set(staying)
  const links = new Map<number, FreedLink>()
  for (let node = 0; node < nodeCount && asked.size > 0; node++) {
    if (!before.has(node) || after.has(node)) continue
    const from = types.ofNode[node]
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const to = types.ofNode[edgeTarget[edge]]
      if (!asked.has(to) || !after.has(edgeTarget[edge]) || edgeKind[edge] === EdgeKind.weak) continue
      const key = from * types.names.length + to
      const link = links.get(key)
      if (link === undefined) links.set(key, {from, to, edges: 1, example: edge})
      else link.edges++
    }
  }
  const sorted = [...links.values()].sort((a, b) => b.edges - a.edges || a.example - b.example)
  return staying.flatMap(type => sorted.find(({to}) => to === type) ?? [])
}
