/** What is reached and what a set retains, found the slow and obvious way. */
import type {PlainEdge, PlainHeap} from './plain-heap.ts'

/**
 * The twin: the edges that are left, again and again, until nothing more is reached. An entry of a WeakMap counts when its key and
 * its table are reached; one whose other half the heap does not have is the key's.
 */
export function reachedByHand({edges}: PlainHeap, isCut: (edge: number) => boolean): Set<number> {
  const isStrong = ({source, target, kind}: PlainEdge) =>
    kind !== 'weak' && source !== target && (kind !== 'shortcut' || source === 0)
  const reached = new Set([0])
  for (let grown = true; grown; ) {
    grown = false
    edges.forEach((edge, number) => {
      if (isCut(number) || !reached.has(edge.source) || reached.has(edge.target)) return
      if (edge.half === 'table') return
      const tables = edges.map((other, at) => ({other, at})).filter(({other}) => isOtherHalf(edge, other))
      const held = edge.half === 'key' && tables.length > 0 && tables.every(({other}) => other.target === edge.target)
      if (held && !tables.some(({other, at}) => !isCut(at) && reached.has(other.source))) return
      if (!held && !isStrong(edge)) return
      reached.add(edge.target)
      grown = true
    })
  }
  return reached
}

const isOtherHalf = (edge: PlainEdge, other: PlainEdge) => other.half === 'table' && other.entry === edge.entry

/** Ordinals of what the root reaches now, and no longer without the edges into `members`; all of it without the root. */
export function freedByHand(heap: PlainHeap, members: ReadonlySet<number>): number[] {
  const now = reachedByHand(heap, () => false)
  const then = members.has(0) ? new Set<number>() : reachedByHand(heap, edge => members.has(heap.edges[edge].target))
  return [...now].filter(node => !then.has(node)).sort((a, b) => a - b)
}
