/** Who holds the objects of a set, one step up, merged by words: for tables that have no room for ways. */
import {retainingEdges} from '../analyze/edge-policy.ts'
import {doubleStores} from '../analyze/stores.ts'
import {sourceOf} from '../snapshot/retainers.ts'
import {NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {getOrMake} from '../util/memo.ts'
import {describeWayHolder} from './way-holder.ts'

export interface SetHolder {
  /** `.name of UserRecord`, `scope var log of module`. */
  text: string
  place: string
  /** Objects of the set that it holds, among those looked at. */
  count: number
  exampleId: number
}

/** Objects looked at for the holders of a large set. */
const MOST_LOOKED_AT = 1000
/** Stores of V8's between a value and what people have named. */
const MOST_STEPS = 3

/** Most frequent first. Objects that nothing holds have no holder. */
export function holdersOfSet(snapshot: Snapshot, nodes: ArrayLike<number>, limit = 3): SetHolder[] {
  const found = new Map<string, SetHolder>()
  for (let i = 0; i < Math.min(nodes.length, MOST_LOOKED_AT); i++) {
    const edge = holdingEdge(snapshot, nodes[i])
    if (edge < 0) continue
    const {id, text, place} = describeWayHolder(snapshot, edge)
    const words = text.replace(/^\[\d+\]/, '[…]').replace(/^\d+ of /, 'slot of ')
    getOrMake(found, `${words}\0${place}`, () => ({text: words, place, count: 0, exampleId: id})).count++
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.exampleId - b.exampleId).slice(0, limit)
}

/** The edge by which something with a name holds a node: from V8's own stores, that by which those are held. */
function holdingEdge(snapshot: Snapshot, node: number): number {
  const {nodeKind, retainers} = snapshot
  const retaining = retainingEdges(snapshot)
  const isDouble = doubleStores(snapshot)
  let at = node
  let best = -1
  for (let step = 0; step < MOST_STEPS; step++) {
    let edge = -1
    for (let slot = retainers.first[at]; slot < retainers.first[at + 1]; slot++) {
      const source = retainers.source[slot]
      if (!retaining.has(retainers.edge[slot]) || isDouble(source)) continue
      const isNamed = nodeKind[source] !== NodeKind.array && nodeKind[source] !== NodeKind.synthetic
      if (edge < 0 || isNamed) edge = retainers.edge[slot]
      if (isNamed) break
    }
    if (edge < 0) return best
    best = edge
    at = sourceOf(snapshot.firstEdge, edge)
    if (nodeKind[at] !== NodeKind.array) return best
  }
  return best
}
