/** What fills the heap, by type. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {textPattern} from './select.ts'

export interface TypeRow {
  type: string
  count: number
  selfBytes: number
  /** Ordinal of the object with the smallest id. */
  example: number
}

export interface TypesAnswer {
  snapshot: Snapshot
  /** Sorted, and cut to the limit. */
  rows: TypeRow[]
  /** Over all rows that passed the filter, whether listed or not. */
  total: {types: number; count: number; selfBytes: number}
  limitsReached: {rows?: number}
}

export interface TypesOptions {
  sort?: 'count' | 'self' | 'name'
  /** Exact type name or `/regex/`. */
  filter?: string
  limit?: number
}

/** Objects and bytes of every type; equals are sorted by name. */
export function types(snapshot: Snapshot, {sort = 'self', filter, limit = 30}: TypesOptions = {}): TypesAnswer {
  const {nodeCount, nodeId, nodeSelfBytes, types: table} = snapshot
  const isMeant = filter === undefined ? () => true : textPattern(filter)
  const all = table.names.map(type => ({type, count: 0, selfBytes: 0, example: -1}))
  for (let node = 0; node < nodeCount; node++) {
    const row = all[table.ofNode[node]]
    row.count++
    row.selfBytes += nodeSelfBytes[node]
    if (row.example < 0 || nodeId[node] < nodeId[row.example]) row.example = node
  }
  const rows = all.filter(({type, count}) => count > 0 && isMeant(type)).sort(order(sort))
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
  }
  return {snapshot, rows: rows.slice(0, limit), total, limitsReached: rows.length > limit ? {rows: limit} : {}}
}

function order(sort: 'count' | 'self' | 'name'): (a: TypeRow, b: TypeRow) => number {
  const byName = (a: TypeRow, b: TypeRow) => (a.type < b.type ? -1 : Number(a.type > b.type))
  if (sort === 'name') return byName
  if (sort === 'count') return (a, b) => b.count - a.count || b.selfBytes - a.selfBytes || byName(a, b)
  return (a, b) => b.selfBytes - a.selfBytes || b.count - a.count || byName(a, b)
}
