/** The hash tables of Maps and Sets, by their sizes: V8 writes how large one is, and nothing of how it is laid out. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

const HEADER_SLOTS = 3

/** By the words of a header, the size of a word: with pointers compressed they are half as long. */
const LAYOUTS = [
  {header: 16, word: 8},
  {header: 8, word: 4},
]

export interface TableLayout {
  /** Number of the slot in which the first entry begins. */
  firstSlot: number
  /** Slots of an entry: key, value and chain of a Map's, key and chain of a Set's. */
  entryWords: 2 | 3
  entryBytes: number
  /** Entries that there is room for. */
  capacity: number
}

/**
 * The table has 3 words, one for each bucket (a power of two), and for each of two entries a bucket key, value and chain, or key and
 * chain: from its size follows which, and how many (`src/objects/ordered-hash-table.h`). Undefined for a node that is no such table.
 */
export function tableLayout({nodeSelfBytes}: Snapshot, table: number): TableLayout | undefined {
  for (const {header, word} of LAYOUTS) {
    const words = (nodeSelfBytes[table] - header) / word - HEADER_SLOTS
    for (const entryWords of [3, 2] as const) {
      const buckets = words / (1 + 2 * entryWords)
      if (buckets < 1 || !Number.isInteger(Math.log2(buckets))) continue
      return {firstSlot: HEADER_SLOTS + buckets, entryWords, entryBytes: entryWords * word, capacity: 2 * buckets}
    }
  }
  return undefined
}

/** What a slot of a Map's or Set's table is. */
export function placeInTable(snapshot: Snapshot, table: number, slot: number): 'key' | 'value' | 'member' | undefined {
  const layout = tableLayout(snapshot, table)
  const place = layout === undefined ? -1 : slot - layout.firstSlot
  if (layout === undefined || place < 0) return undefined
  if (layout.entryWords === 2) return place % 2 === 0 ? 'member' : undefined
  return place % 3 === 0 ? 'key' : place % 3 === 1 ? 'value' : undefined
}
