/** What the view has of attributes, of a node, an edge, and the nodes at the ends of an edge. */
import {UsageGraphError} from 'graphology'
import type {Attributes} from 'graphology-types'
import {edgeOf, nodeOf, oppositeOf} from './heap-arguments.ts'
import type {HeapEdgeAttributes, HeapNodeAttributes} from './heap-graph.ts'
import type {Define} from './heap-methods.ts'
import type {HeapReader} from './heap-reader.ts'

export function defineAttributes(define: Define): void {
  defineFamily(define, 'Node', 1, (heap, method, [node]) => heap.nodeAttributes(nodeOf(heap, method, node)))
  defineFamily(define, 'Source', 1, (heap, method, [edge]) =>
    heap.nodeAttributes(heap.source(edgeOf(heap, method, edge))),
  )
  defineFamily(define, 'Target', 1, (heap, method, [edge]) =>
    heap.nodeAttributes(heap.target(edgeOf(heap, method, edge))),
  )
  defineFamily(define, 'Opposite', 2, (heap, method, [node, edge]) =>
    heap.nodeAttributes(oppositeOf(heap, method, node, edge)),
  )

  for (const type of ['', 'Directed', 'Undirected']) {
    defineFamily(define, `${type}Edge`, 1, (heap, method, args) => {
      const named = method.endsWith('Attribute') ? 1 : 0
      const problem = edgeArgumentsProblem(type, args.length - named)
      if (problem !== undefined) throw new UsageGraphError(`Graph.${method}: ${problem}`)
      return heap.edgeAttributes(edgeOf(heap, method, args[0]))
    })
  }
}

/** `get…Attributes`, `get…Attribute` and `has…Attribute`; `ends` is how many arguments say whose, before the name. */
function defineFamily(
  define: Define,
  of: string,
  ends: number,
  attributesOf: (heap: HeapReader, method: string, args: unknown[]) => HeapNodeAttributes | HeapEdgeAttributes,
): void {
  const getAll = `get${of}Attributes`
  define(getAll, function (...args) {
    return attributesOf(this.heap, getAll, args)
  })
  const get = `get${of}Attribute`
  define(get, function (...args) {
    const attributes: Attributes = attributesOf(this.heap, get, args)
    return attributes[`${args[ends]}`]
  })
  const has = `has${of}Attribute`
  define(has, function (...args) {
    return Object.hasOwn(attributesOf(this.heap, has, args), `${args[ends]}`)
  })
}

/** graphology finds an edge's attributes by its key alone in a multigraph, and by nothing if the method names a type. */
function edgeArgumentsProblem(type: string, ends: number): string | undefined {
  if (type === 'Undirected') return 'cannot find this type of edges in your directed graph.'
  if (ends > 1) {
    return "cannot use a {source,target} combo when asking about an edge's attributes in a MultiGraph since we cannot infer the one you want information about."
  }
  if (type === '') return undefined
  return 'calling this method with only a key (vs. a source and target) does not make sense since an edge with this key could have the other type.'
}
