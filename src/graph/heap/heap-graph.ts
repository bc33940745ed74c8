/** The type of a whole heap as a graph, and of the attributes of its nodes and edges. */
import type {AbstractGraph} from 'graphology-types'

/** What graphology has of a node of the heap. */
export interface HeapNodeAttributes {
  /** V8's id. */
  id: number
  /** What `--type` takes: constructor name, `(string)`, … */
  type: string
  /** V8's node kind. */
  kind: string
  /** V8's name of the node: for a string its text, for a function its name. */
  name: string
  /** Bytes of the node alone. */
  selfBytes: number
  /** 0 unknown, 1 attached, 2 detached. */
  detachedness: number
}

/** What graphology has of an edge of the heap. */
export interface HeapEdgeAttributes {
  /** V8's edge kind. */
  kind: string
  /** A number for element and hidden edges. */
  name: string | number
}

/** The type of the view, and of every copy made from it. */
export type HeapGraph = AbstractGraph<HeapNodeAttributes, HeapEdgeAttributes>
