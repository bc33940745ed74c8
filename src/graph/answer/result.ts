/**
 * The result graph: the one form every answer that a person looks at takes, and all that an emitter knows of it.
 * A small graphology MultiDirectedGraph; edges point from the holder to the held, as in the heap.
 */
import {MultiDirectedGraph} from 'graphology'
import type {OffHeapBytes} from '../../analyze/facts/off-heap.ts'
import type {Naming} from '../../explain/code/edge-label.ts'
import type {CodeLine} from '../../explain/places/code-frame.ts'
import type {MadeRow} from '../../explain/words/allocation-words.ts'
import {type AskedQuestion, savedAnswer} from '../../snapshot/columns/answers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {SnapshotView} from './snapshot-view.ts'

export type {CodeLine, OffHeapBytes}

/** What a node is in the answer. */
export type ResultRole =
  | 'target' // what was asked about
  | 'root' // V8's roots and global objects: where retaining begins
  | 'node' // anything between
  | 'more' // stands for what was left out: `type` says in words what, without a leading `…`

/** Bytes and counts are of all objects the node stands for. */
export interface ResultNode {
  /** What the node is to the answer. */
  role: ResultRole
  /** Type of the objects: constructor name, `(string)`, … ; for `more`, what was left out, in words. */
  type: string
  /** What people call a scope, which V8 calls `system / Context`, or an element: `module`, `call of onData()`, `li.row`; not there for others. */
  title?: string
  /** V8's node kind. */
  kind: string
  /** V8's id of the object, or of one example if there are several; null for `more`. */
  id: number | null
  /** How many objects the node stands for. */
  count: number
  /** Sum of the self sizes of these objects. */
  selfBytes: number
  /** Bytes that would be freed with these objects; null where the answer has not computed it. */
  retainedBytes: number | null
  /** Text of a string, name of a function and the like, shortened; '' if there is nothing to say. */
  preview: string
  /** `src/cache.js:12`: where the function, or the object's constructor, is written; '' if the file does not say. */
  place: string
  /** Whose code `place` is; `unknown` if the file does not say, or it differs between the objects. */
  code: 'application' | 'library' | 'runtime' | 'unknown'
  /** Steps from the target, against or along the edges. */
  level: number
  /** What an answer says about this node besides: limits met here, "already shown" and the like. */
  notes: string[]
}

/** What an edge of a result graph has. */
export interface ResultEdge {
  /**
   * The edge as JavaScript would write it, `.cache`, `[3]`, `scope var x`; several names: `.a, .b, … 3 more`. Labels of weak
   * and internal edges say so themselves, `weak ‹x›`, `‹table›`; '' where there is no way to name, as to `more`.
   */
  label: string
  /** What of the label's a cut can name: a reference that code has by one name or index; not there for steps over tables, V8's slots and sums. */
  named?: Naming
  /** V8's edge kind. */
  kind: string
  /** How many edges it stands for. */
  count: number
  /** weak: does not keep alive; ephemeron: keeps alive only together with a second edge; internal: V8's own slot. */
  strength: 'strong' | 'internal' | 'ephemeron' | 'weak'
}

/** One chain of a `path` answer, holder first; `nodes` is one longer than `edges`. Edges that one step stands for are one. */
export interface ResultChain {
  /** Keys of nodes of the graph. */
  nodes: string[]
  /** Keys of edges of the graph. */
  edges: string[]
  /** Of an owner's chain, the edge from the owner to what serves the objects: the one to cut. */
  cut?: string
  /** The chain as JavaScript, with places: `module src/cache.js · byId.get("k1").body`; not there for V8's own edges. */
  code?: string
  /** The parts of `code`. */
  steps?: ResultStep[]
  /** Files that `code` names as modules. */
  modules?: string[]
}

/** One step of a chain in JavaScript. */
export interface ResultStep {
  /** What it adds to the text: `.entries`, ` · scope var users`. */
  text: string
  /** The same without indexes, keys and identities. */
  pattern: string
  /** V8's id of the object that it leads to. */
  id: number
  /** How many of V8's edges it stands for. */
  edges: number
  /** How often it is repeated. */
  times: number
  /** Line of the function that it names; '' if there is none. */
  place: string
  /** False for what the runtime does. */
  inCode: boolean
}

/** One group of equal cycles of a `cycles` answer. */
export interface ResultCycle {
  /** `Parent.child → Child.parent`. */
  pattern: string
  /** How many strongly connected components have this pattern. */
  components: number
  /** Objects in all of them, and their self sizes. */
  nodeCount: number
  /** Sum of the self sizes of these objects. */
  selfBytes: number
  /** Bytes that would be freed with all of them, each counted once; null if not asked for. */
  retainedBytes: number | null
  /** Where components have more members than the example: by type, most first. */
  members: {type: string; count: number; selfBytes: number}[]
  /** Types left out there, and how many objects they have. */
  membersLeft: {types: number; count: number}
  /** The example: a shortest cycle of one of them. `nodes[i]` reaches `nodes[i + 1]` by `edges[i]`, the last the first. */
  nodes: string[]
  /** Keys of the edges of the example, as many as `nodes`. */
  edges: string[]
  /** The edge from outside that holds the example, if one does. */
  heldBy: string | undefined
  /** Who in the code holds the source of that edge, if the edge is an element or one of V8's own slots. */
  holder: {text: string; place: string; id: number} | undefined
}

/** One way of being held, of all the objects held so. */
export interface ResultOwner {
  /** `module src/cache.js · byId.get("u1")`: the path to the example. */
  path: string
  /** The same with indexes, keys and identities left out, and places of functions: what all have in common. */
  pattern: string
  /** What must let go, in a few words, and a line of it; '' if the file does not say. */
  holder: string
  /** Where what must let go is written, `src/cache.js:12`; '' if the file does not say. */
  place: string
  /** The code there, where it is known. */
  codeLines: CodeLine[]
  /** What to give to `what-if` to cut it; none where the verdict does not need it, and where no expression names it. */
  cuts: string[]
  /** Whose code the path begins in. */
  code: 'application' | 'library' | 'runtime'
  /** Objects held so; of those, how many nothing else holds. */
  count: number
  /** Objects that nothing else holds. */
  alone: number
  /** Sum of the self sizes of the objects held so. */
  selfBytes: number
  /** Bytes that would be freed if all of them were dropped; of these, bytes of backing stores. */
  retainedBytes: number
  /** Of `retainedBytes`, bytes of backing stores. */
  retainedOffHeapBytes: number
  /** V8's id of one of the objects: that which `path` leads to. */
  exampleId: number
  /** What the owner is called in every process and build: a suspect with this holder answers to it, too. */
  fingerprint: string
  /** Of an answer that draws holders: the card that its path comes by first, and what it is up to there; `path` is '' if that is its beginning. */
  entry?: {card: string; start: string; startId: number; path: string}
}

/** The owners told besides an answer. */
export interface ResultOwners {
  /** `held 3 ways: by …`. */
  summary: string
  /** What must let go; '' if nothing holds the objects. */
  verdict: string
  /** What to give to `what-if` for what the verdict promises; none if no expression names it. */
  cuts: string[]
  /** The functions of the application that made most of the objects, by their allocation stacks; none if the file has none of them. */
  allocated: MadeRow[]
  /** The owners shown, as many as was asked for. */
  list: ResultOwner[]
  /** Owners in all; objects that several hold; objects that nothing holds. */
  total: number
  /** Objects that several owners hold. */
  shared: number
  /** Objects that nothing holds. */
  unheld: number
  /** As an owner's, of all objects asked about. */
  retainedBytes: number
  /** Of `retainedBytes`, bytes of backing stores. */
  retainedOffHeapBytes: number
}

/** What the answer as a whole says. */
export interface ResultInfo {
  /** `backrefs`, `refs`, `why`, `path`, `cycles`, `dominators` or `what-if`. */
  question: string
  /** What was asked about, in words: `Buffer`, `@123`, `/^Req/`. */
  subject: string
  /** Which way a reader follows the edges from a target: `in` for holders, `out` for what is reached. */
  direction: 'in' | 'out'
  /** The file that was asked. */
  snapshot: SnapshotView
  /** Totals over all that was asked about. */
  count: number
  /** Sum of the self sizes of all that was asked about. */
  selfBytes: number
  /** What the objects asked about have off the heap, besides `selfBytes`; null where the answer has not computed it. */
  offHeap: OffHeapBytes | null
  /** Self sizes of the whole heap: what shares are of; null where the answer has not computed it. */
  heapBytes: number | null
  /** Of `path`, `why` and `leaks`, the paths; empty for other questions. */
  chains: ResultChain[]
  /** Of `cycles`, the groups; empty for other questions. */
  cycles: ResultCycle[]
  /** Nodes that belong together, and what they are. */
  frames?: {title: string; nodes: string[]}[]
  /** Who must let go of the objects asked about; null where the answer has not asked. */
  owners: ResultOwners | null
  /** One sentence for each thing the answer left out or decided: shown by every emitter. */
  limits: string[]
}

/** An answer as a graphology graph. */
export type ResultGraph = MultiDirectedGraph<ResultNode, ResultEdge, ResultInfo>

export function createResultGraph(info: ResultInfo): ResultGraph {
  const graph: ResultGraph = new MultiDirectedGraph()
  graph.replaceAttributes(info)
  return graph
}

/** An answer as a graph, unless it is known since the same was asked of the same file (`savedAnswer`). */
export function savedGraph(snapshot: Snapshot, asked: AskedQuestion, compute: () => ResultGraph): ResultGraph {
  return importGraph(savedAnswer(snapshot, asked, () => compute().export()))
}

/** A graph of what graphology has exported. */
export function importGraph(exported: ReturnType<ResultGraph['export']>): ResultGraph {
  const graph: ResultGraph = new MultiDirectedGraph()
  return graph.import(exported)
}
