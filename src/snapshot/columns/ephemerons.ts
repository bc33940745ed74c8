/**
 * WeakMap entries. V8 (since 8.4) writes an entry as two internal edges to the value, one from the key and one from the
 * table, both named `N / part of key (KEY @id) -> value (VALUE @id) pair in WeakMap (table @id)`
 * (`V8HeapExplorer::ExtractEphemeronHashTableReferences`, heap-snapshot-generator.cc). The value lives as long as both do.
 */
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {type NumberArray, NumberColumn} from '../../util/number-column.ts'
import type {Heap} from './heap.ts'
import {sourceOf} from './retainers.ts'
import {EdgeKind} from './schema.ts'

/**
 * The two ends of DevTools' pattern (`tryParseWeakMapEdgeName`), but for names with line breaks, which it does not take for
 * entries. Matched one by one: as one pattern, a name made for the purpose takes time that grows with its square.
 */
const ENTRY_KEY = /^\d+ \/ part of key \(.*? @(\d+)\) -> value \(/s
const ENTRY_VALUE = / @(\d+)\) pair in WeakMap \(table @(\d+)\)$/

export interface EphemeronName {
  keyId: number
  valueId: number
  tableId: number
}

/** What an edge's name says, if it is that of a WeakMap entry; should the key's own name look like more of it, its first id counts. */
export function parseEphemeronName(name: string): EphemeronName | undefined {
  const key = ENTRY_KEY.exec(name)
  const value = key === null ? null : ENTRY_VALUE.exec(name)
  if (key === null || value === null) return undefined
  return {keyId: Number(key[1]), valueId: Number(value[1]), tableId: Number(value[2])}
}

/** The name of a WeakMap entry with other words for its key and value, which may be texts of the program; undefined for all other names. */
export function renamedEntry(name: string, rename: (name: string) => string): string | undefined {
  const key = ENTRY_KEY.exec(name)
  const value = key === null ? null : ENTRY_VALUE.exec(name)
  if (key === null || value === null) return undefined
  const keyFrom = key[0].indexOf('(') + 1
  const keyTo = key[0].length - ` @${key[1]}) -> value (`.length
  const [keyName, valueName] = [name.slice(keyFrom, keyTo), name.slice(key[0].length, value.index)]
  return name.slice(0, keyFrom) + rename(keyName) + name.slice(keyTo, key[0].length) + rename(valueName) + value[0]
}

/** The edges that stand for WeakMap entries, and what their names say. */
export interface EphemeronEdges {
  /** Ordinals of the edges, ascending. */
  edge: Uint32Array
  /** Uint8Array, 1 where the edge leaves the table, 0 where it leaves the key. */
  fromTable: Uint8Array
  /** The two edges of one entry have the same number here, below `pairCount`. */
  pair: Uint32Array
  pairCount: number
}

const CLOSING_PARENTHESIS = 0x29

export function findEphemeronEdges(heap: Heap): EphemeronEdges {
  const {edgeKind, edgeName, edgeCount, firstEdge, nodeId, strings} = heap
  const isOther = new BitSet(strings.count)
  const edges = new GrowableUint32()
  const fromTable = new GrowableUint32()
  const ids = {table: new NumberColumn(16), key: new NumberColumn(16), value: new NumberColumn(16)}
  for (let edge = 0; edge < edgeCount; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal) continue
    const name = edgeName[edge]
    if (isOther.has(name)) continue
    const entry = strings.lastByte(name) === CLOSING_PARENTHESIS ? parseEphemeronName(strings.get(name)) : undefined
    if (entry === undefined) {
      isOther.add(name)
      continue
    }
    edges.push(edge)
    fromTable.push(Number(nodeId[sourceOf(firstEdge, edge)] === entry.tableId))
    ids.table.push(entry.tableId)
    ids.key.push(entry.keyId)
    ids.value.push(entry.valueId)
  }
  const {pair, pairCount} = numberPairs(ids.table.finish(), ids.key.finish(), ids.value.finish())
  return {edge: edges.view(), fromTable: Uint8Array.from(fromTable.view()), pair, pairCount}
}

/** Equal triples get equal numbers. */
function numberPairs(table: NumberArray, key: NumberArray, value: NumberArray): {pair: Uint32Array; pairCount: number} {
  const compare = (a: number, b: number) => table[a] - table[b] || key[a] - key[b] || value[a] - value[b]
  const order = Uint32Array.from(table, (_, index) => index).sort(compare)
  const pair = new Uint32Array(table.length)
  let pairCount = 0
  for (let i = 0; i < order.length; i++) {
    if (i === 0 || compare(order[i - 1], order[i]) !== 0) pairCount++
    pair[order[i]] = pairCount - 1
  }
  return {pair, pairCount}
}
