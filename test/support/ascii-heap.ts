/**
 * Draws small heaps. `heapText` turns a drawing into the text of a `.heapsnapshot` file, so that the reader takes part
 * in every test; `heapOf` reads it back.
 *
 * A line is a path, a declaration, or a comment (`# ...`):
 *
 *     root -> A.next -> B        the root points at A, A at B by the property `next`
 *     A -weak:w-> C              an edge of another kind: context, internal, hidden, shortcut, weak
 *     A [3] -> D                 an element; also A[3] -> D
 *     B: string hello 96         B is no plain object
 *
 * Path: `NODE ARROW NODE ARROW NODE ...`. A property is `.name` behind the source or `-property:name->`; a bare `->` is a
 * property that bears the label of its target. Hidden edges have a number: `-hidden:4->`. An edge that is drawn twice
 * (same ends, kind and name) is one edge: paths may share their beginning. Edges keep the order of the drawing.
 *
 * Declaration: `LABEL: KIND [NAME] [SIZE] [@ID] [attached | detached] [at SCRIPT:LINE:COLUMN]`. KIND is one of V8's, with
 * `-` for a blank (`sliced-string`). Without a declaration a node is an object of DEFAULT_BYTES whose class is its label
 * without trailing digits: `Foo12` is a Foo. A declaration may stand before or behind the paths.
 *
 * What is no plain word stands in double quotes, as in JSON: `A."two words" -> B`, `T: synthetic "(GC roots)"`.
 * `root` is there from the start: synthetic, no name, id 1, size 0. The others get the ids 3, 5, 7, ... as they appear.
 *
 * Example 1, a cycle and a closure's variable:
 *
 *     root -> List.head -> Item1.next -> Item2.next -> Item1
 *     root -> callback -context:list-> List
 *     callback: closure callback 64
 *
 * Example 2, a map under the roots, and a node that nothing reaches:
 *
 *     root -> gc -internal:"(Handle scope)"-> Map -internal:table-> table [5] -> Key
 *     gc: synthetic "(GC roots)" 0
 *     table: array "" 128
 *     lost: string "who am I" 24
 *
 * Example 3, a detached element, kept alive by a listener; its class stands at line 3, column 7 of script 12:
 *
 *     root -> window.onclick -> handler -context:node-> div
 *     div: native "<div class=\"row\">" 120 @44 detached
 *     handler: closure handler 32 at 12:3:7
 */

import {EDGE_KINDS, type KnownEdgeKind, type KnownNodeKind, NODE_KINDS} from '../../src/snapshot/columns/schema.ts'
import {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'

/** Size of a node without a declaration, and of one whose declaration gives none. */
export const DEFAULT_BYTES = 16

export interface DrawingOptions {
  /** Instead of DEFAULT_BYTES. */
  selfBytes?: number
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness']
const EDGE_FIELDS = ['type', 'name_or_index', 'to_node']
const LOCATION_FIELDS = ['object_index', 'script_id', 'line', 'column']

interface DrawnEdge {
  kind: KnownEdgeKind
  /** A number for element and hidden edges. */
  name: string | number
  target: DrawnNode
}

interface DrawnNode {
  label: string
  ordinal: number
  kind: KnownNodeKind
  name: string
  id: number
  selfBytes: number
  detachedness: number
  location: number[] | undefined
  edges: DrawnEdge[]
}

/** The text of a heap snapshot that holds the drawing. */
export function heapText(drawing: string, options: DrawingOptions = {}): Uint8Array {
  return textOf(readDrawing(drawing, options))
}

/** The drawn heap, read by the reader, with lookups by label. */
export async function heapOf(drawing: string, options: DrawingOptions = {}): Promise<DrawnHeap> {
  const nodes = readDrawing(drawing, options)
  return new DrawnHeap(
    await openSnapshot(textOf(nodes)),
    nodes.map(node => node.label),
  )
}

export class DrawnHeap extends Snapshot {
  /** Labels by ordinal. */
  readonly labels: readonly string[]

  constructor(snapshot: Snapshot, labels: readonly string[]) {
    super(snapshot.name, snapshot.header, snapshot, snapshot.strings)
    this.labels = labels
  }

  /** Ordinal of the node with this label. */
  node(label: string): number {
    const ordinal = this.labels.indexOf(label)
    if (ordinal < 0) throw new Error(`the drawing has no node ${label}`)
    return ordinal
  }

  label(node: number): string {
    return this.labels[node]
  }

  /** Ordinal of the first edge from one node to another. */
  edge(from: string, to: string): number {
    const source = this.node(from)
    const target = this.node(to)
    for (let edge = this.firstEdge[source]; edge < this.firstEdge[source + 1]; edge++) {
      if (this.edgeTarget[edge] === target) return edge
    }
    throw new Error(`the drawing has no edge from ${from} to ${to}`)
  }
}

class Drawing {
  readonly nodes: DrawnNode[] = []
  readonly #byLabel = new Map<string, DrawnNode>()
  readonly #selfBytes: number

  constructor(selfBytes: number) {
    this.#selfBytes = selfBytes
    Object.assign(this.node('root'), {kind: 'synthetic', name: '', selfBytes: 0})
  }

  /** The node with this label: made, if it is the first time that it appears. */
  node(label: string): DrawnNode {
    let node = this.#byLabel.get(label)
    if (node === undefined) {
      const ordinal = this.nodes.length
      node = {
        label,
        ordinal,
        kind: 'object',
        name: label.replace(/(?<=.)\d+$/, ''),
        id: 2 * ordinal + 1,
        selfBytes: this.#selfBytes,
        detachedness: 0,
        location: undefined,
        edges: [],
      }
      this.#byLabel.set(label, node)
      this.nodes.push(node)
    }
    return node
  }
}

function readDrawing(text: string, {selfBytes = DEFAULT_BYTES}: DrawingOptions): DrawnNode[] {
  const drawing = new Drawing(selfBytes)
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const reader = new LineReader(line)
    const label = reader.word('a label')
    if (reader.take(/:/y) !== undefined) readDeclaration(reader, drawing.node(label))
    else readPath(reader, drawing, label)
  }
  return drawing.nodes
}

function readPath(reader: LineReader, drawing: Drawing, first: string): void {
  let source = drawing.node(first)
  do {
    const step = readStep(reader)
    const target = drawing.node(reader.word('a label'))
    addEdge(source, {kind: step.kind, name: step.name ?? target.label, target})
    source = target
  } while (!reader.done)
}

/** From behind a source's label up to the target's: `.x ->`, `[3] ->`, `-weak:w->` or `->`. */
function readStep(reader: LineReader): {kind: KnownEdgeKind; name: string | number | undefined} {
  if (reader.take(/\./y) !== undefined) {
    const name = reader.word('the name of a property')
    reader.arrow()
    return {kind: 'property', name}
  }
  const index = reader.take(/\s*\[(\d+)\]/y)
  if (index !== undefined) {
    reader.arrow()
    return {kind: 'element', name: Number(index)}
  }
  const named = reader.take(/\s*-([a-z]+):(?!>)/y)
  if (named === undefined) {
    reader.arrow()
    return {kind: 'property', name: undefined}
  }
  const kind = EDGE_KINDS.find(known => known === named) ?? reader.fail(`one of ${EDGE_KINDS.join(', ')} before it`)
  const name = reader.word('the name of an edge')
  if (reader.take(/->/y) === undefined) reader.fail('"->"')
  const numbered = kind === 'element' || kind === 'hidden'
  if (numbered && !/^\d+$/.test(name)) reader.fail('a number before it')
  return {kind, name: numbered ? Number(name) : name}
}

function addEdge(source: DrawnNode, edge: DrawnEdge): void {
  const drawn = source.edges.some(
    other => other.kind === edge.kind && other.name === edge.name && other.target === edge.target,
  )
  if (!drawn) source.edges.push(edge)
}

function readDeclaration(reader: LineReader, node: DrawnNode): void {
  const kind = reader.word('a kind').replaceAll('-', ' ')
  node.kind = NODE_KINDS.find(known => known === kind) ?? reader.fail(`one of ${NODE_KINDS.join(', ')} before it`)
  while (!reader.done) {
    const id = reader.take(/\s*@(\d+)/y)
    const size = id ?? reader.take(/\s+(\d+)(?=\s|$)/y)
    const place = size ?? reader.take(/\s+at\s+(\d+:\d+:\d+)(?=\s|$)/y)
    const state = place ?? reader.take(/\s+(attached|detached)(?=\s|$)/y)
    if (id !== undefined) node.id = Number(id)
    else if (size !== undefined) node.selfBytes = Number(size)
    else if (place !== undefined) node.location = place.split(':').map(Number)
    else if (state !== undefined) node.detachedness = state === 'attached' ? 1 : 2
    else node.name = reader.word('a name, a size, an id, attached, detached or "at 1:2:3"')
  }
}

/** Takes one line apart from left to right. */
class LineReader {
  readonly #line: string
  #at = 0

  constructor(line: string) {
    this.#line = line
  }

  get done(): boolean {
    return this.#at === this.#line.length
  }

  /** If the (sticky) pattern fits here, moves behind it and returns its group, or else all of it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#line)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[1] ?? match[0]
  }

  /** A plain word or a JSON string; plain words may hold `-`, `/`, `<` and so on, but nothing that a step begins with. */
  word(what: string): string {
    const quoted = this.take(/\s*("(?:[^"\\]|\\.)*")/y)
    if (quoted !== undefined) return JSON.parse(quoted)
    return this.take(/\s*((?:(?!->|-[a-z]+:)[^\s."[\]:@])+)/y) ?? this.fail(what)
  }

  arrow(): void {
    if (this.take(/\s*->/y) === undefined) this.fail('"->"')
  }

  fail(wanted: string): never {
    throw new Error(`drawing: ${this.#line.slice(0, this.#at)} ⟨here: ${wanted}⟩ ${this.#line.slice(this.#at)}`)
  }
}

function textOf(nodes: readonly DrawnNode[]): Uint8Array {
  const numberOfString = new Map([['<dummy>', 0]])
  const stringNumber = (text: string) => {
    const number = numberOfString.get(text) ?? numberOfString.size
    numberOfString.set(text, number)
    return number
  }
  const nodeRows: number[] = []
  const edgeRows: number[] = []
  const locations: number[] = []
  for (const node of nodes) {
    const name = stringNumber(node.name)
    const place = node.ordinal * NODE_FIELDS.length
    nodeRows.push(NODE_KINDS.indexOf(node.kind), name, node.id, node.selfBytes, node.edges.length, 0, node.detachedness)
    if (node.location !== undefined) locations.push(place, ...node.location)
    for (const {kind, name, target} of node.edges) {
      edgeRows.push(
        EDGE_KINDS.indexOf(kind),
        typeof name === 'number' ? name : stringNumber(name),
        target.ordinal * NODE_FIELDS.length,
      )
    }
  }
  const text = JSON.stringify({
    snapshot: {
      meta: {
        node_fields: NODE_FIELDS,
        node_types: [NODE_KINDS, 'string', 'number', 'number', 'number', 'number', 'number'],
        edge_fields: EDGE_FIELDS,
        edge_types: [EDGE_KINDS, 'string_or_number', 'node'],
        trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
        trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
        sample_fields: ['timestamp_us', 'last_assigned_id'],
        location_fields: LOCATION_FIELDS,
      },
      node_count: nodes.length,
      edge_count: edgeRows.length / EDGE_FIELDS.length,
      trace_function_count: 0,
    },
    nodes: nodeRows,
    edges: edgeRows,
    trace_function_infos: [],
    trace_tree: [],
    samples: [],
    locations,
    strings: [...numberOfString.keys()],
  })
  return new TextEncoder().encode(text)
}
