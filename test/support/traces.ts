/** Heaps with allocation stacks, drawn and read the slow way: JSON.parse, recursion, a Map. */
import {heapText} from './ascii-heap.ts'

/** A function that calls others; `id`: V8's number of the place in the tree of calls. */
export type Call = [id: number, functionIndex: number, count: number, size: number, children: unknown[]]

export interface TraceSections {
  /** Rows of six: id, name, script, script id, line, column; names as texts. */
  functions: [number, string, string, number, number, number][]
  tree: unknown
  samples: unknown
  /** Trace ids by V8's id of the node. */
  ofNode?: Record<number, number>
}

/** A snapshot as JSON.parse has it. */
export interface RawHeap {
  snapshot: {meta: {trace_node_fields: string[]; trace_function_info_fields?: string[]}; trace_function_count: number}
  nodes: number[]
  strings: string[]
  trace_function_infos: unknown[]
  trace_tree: unknown
  samples: unknown
}

/** The text of a drawn heap with these sections. `change`: of the object before it becomes text. */
export function tracedText(
  drawing: string,
  {functions, tree, samples, ofNode = {}}: TraceSections,
  change: (heap: RawHeap) => void = () => {},
): Uint8Array {
  const heap = JSON.parse(new TextDecoder().decode(heapText(drawing)))
  const {node_fields: fields} = heap.snapshot.meta
  const string = (text: string) => {
    if (!heap.strings.includes(text)) heap.strings.push(text)
    return heap.strings.indexOf(text)
  }
  heap.snapshot.trace_function_count = functions.length
  heap.trace_function_infos = functions.flatMap(([id, name, script, ...rest]) => [
    id,
    string(name),
    string(script),
    ...rest,
  ])
  heap.trace_tree = tree
  heap.samples = samples
  for (let at = 0; at < heap.nodes.length; at += fields.length) {
    heap.nodes[at + fields.indexOf('trace_node_id')] = ofNode[heap.nodes[at + fields.indexOf('id')]] ?? 0
  }
  change(heap)
  return new TextEncoder().encode(JSON.stringify(heap))
}

/** What the tree of a parsed snapshot says of each id: the functions on the stack, innermost first, and what was allocated there. */
export function stacksOf(
  heap: Pick<RawHeap, 'trace_tree'>,
): Map<number, {functions: number[]; count: number; size: number}> {
  const found = new Map<number, {functions: number[]; count: number; size: number}>()
  const walk = (rows: unknown[], above: number[]) => {
    for (let at = 0; at < rows.length; at += 5) {
      const [id, of, count, size, children] = rows.slice(at, at + 5) as Call
      const functions = [of, ...above]
      found.set(id, {functions, count, size})
      walk(children, functions)
    }
  }
  walk(heap.trace_tree as unknown[], [])
  return found
}
