/** What callers give to the view's methods: keys as ordinals, callbacks; graphology's errors for what is neither. */
import {InvalidArgumentsGraphError, NotFoundGraphError} from 'graphology'
import type {HeapReader} from './heap-reader.ts'

/** The ordinal of a key that a caller gave to `method`. */
export function nodeOf(heap: HeapReader, method: string, key: unknown, what = 'node'): number {
  const node = heap.node(`${key}`)
  if (node >= 0) return node
  throw new NotFoundGraphError(`Graph.${method}: could not find the "${key}" ${what} in the graph.`)
}

export function edgeOf(heap: HeapReader, method: string, key: unknown): number {
  const edge = heap.edge(`${key}`)
  if (edge >= 0) return edge
  throw new NotFoundGraphError(`Graph.${method}: could not find the "${key}" edge in the graph.`)
}

/** The node at the other end of an edge. */
export function oppositeOf(heap: HeapReader, method: string, nodeKey: unknown, key: unknown): number {
  const edge = edgeOf(heap, method, key)
  const node = heap.node(`${nodeKey}`)
  const source = heap.source(edge)
  const target = heap.target(edge)
  if (node === source) return target
  if (node === target) return source
  const ends = `${heap.nodeKey(source)}, ${heap.nodeKey(target)}`
  throw new NotFoundGraphError(`Graph.${method}: the "${nodeKey}" node is not attached to the "${key}" edge (${ends}).`)
}

type Callback = (...args: unknown[]) => unknown

export function asCallback(method: string, callback: unknown): Callback {
  if (typeof callback === 'function') return callback as Callback
  throw new InvalidArgumentsGraphError(`Graph.${method}: expecting a callback.`)
}
