/**
 * What each string of a file stands for, found without keeping the heap: from the nodes three columns (9 bytes a node), from the strings the few
 * that are V8's words for parts of code, then from the edges a set of bits for each string.
 */
import type {NestedSink, SectionPlan} from '../../read/json-scanner.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {reserve} from '../../util/number-column.ts'
import {isCodePart} from '../code/code-parts.ts'
import {NAME_FIELDS, SOURCE_FIELD} from '../code/script-fields.ts'
import {TEXT_KINDS} from '../code/text.ts'
import {EdgeKind, type Header, type NODE_KINDS, NodeKind, optionalLayout} from '../columns/schema.ts'
import {RowError} from '../load/columns.ts'

/** What a string is used as: bits. */
export const Use = {
  /** The text of a string, a number's digits, and the name of what only other producers have. */
  value: 1,
  /** The name of a function, a class, a variable, as code has it. */
  code: 2,
  /** The name of a node that V8 or who embeds it makes: kinds of parts, elements of a page. */
  word: 4,
  /** The name of a property. */
  property: 8,
  /** The name of an edge that V8 or who embeds it makes. */
  edge: 16,
  /** The name of a script. */
  path: 32,
  /** The text of a script. */
  source: 64,
  /** A pattern of a regular expression. */
  pattern: 128,
  /** Held by what code is compiled to: names and literals that it has. */
  compiled: 256,
  /** Digits that V8's own fields hold: places in code and lengths. */
  field: 512,
} as const

/** Which use the name of a node is, by its kind; other kinds are values. */
const OF_NODE: Partial<Record<(typeof NODE_KINDS)[number], number>> = {
  object: Use.code,
  closure: Use.code,
  hidden: Use.word,
  array: Use.word,
  code: Use.word,
  native: Use.word,
  synthetic: Use.word,
  'object shape': Use.word,
  'wasm object': Use.word,
  regexp: Use.pattern,
}

const VALUE_FIELD = 'value'
/** An object's elements stand for keys, not places, if they are as many and reach as far: it is a dictionary to V8, too. */
const SPARSE_RATIO = 8
const SPARSE_FROM = 1024

/** Columns of the nodes: what is needed of the source of an edge. */
export class NodeNames {
  /** A number of `schema.nodeKinds` by node. */
  kind = new Uint8Array(0)
  /** A string index by node. */
  name = new Uint32Array(0)
  edges = new Uint32Array(0)
  count = 0
  readonly #header: Header

  constructor(header: Header) {
    this.#header = header
  }

  /** Takes rows of the section; kinds and names are checked as far as they are used. */
  append(values: Float64Array, rows: number): void {
    const {node, nodeKindOfRaw} = this.#header.schema
    const {at, length} = node
    const kinds = nodeKindOfRaw.length
    const end = this.count + rows
    this.kind = reserve(this.kind, this.count, end)
    this.name = reserve(this.name, this.count, end)
    this.edges = reserve(this.edges, this.count, end)
    for (let row = 0, k = 0; row < rows; row++, k += length) {
      const to = this.count + row
      const type = values[k + at.type]
      if (!(type >= 0 && type < nodeKindOfRaw.length))
        this.#fail('type', to, `type ${type} is none of the ${kinds} types (0 to ${kinds - 1})`)
      this.kind[to] = nodeKindOfRaw[type]
      this.name[to] = values[k + at.name]
      if (this.name[to] !== values[k + at.name])
        this.#fail('name', to, `name is ${values[k + at.name]}, which cannot be`)
      this.edges[to] = values[k + at.edge_count]
      if (this.edges[to] !== values[k + at.edge_count])
        this.#fail('edge_count', to, `edge_count is ${values[k + at.edge_count]}, which cannot be`)
    }
    this.count = end
  }

  #fail(field: 'type' | 'name' | 'edge_count', row: number, message: string): never {
    const {at, length} = this.#header.schema.node
    throw new RowError('nodes', row, row * length + at[field], message)
  }
}

/** The strings that are V8's words, by index: known once the strings have been read. */
export interface Words {
  source: BitSet
  path: BitSet
  value: BitSet
  compiled: BitSet
}

/** Finds them, a string at a time. */
export class WordFinder {
  readonly #found = {
    source: new GrowableUint32(),
    path: new GrowableUint32(),
    value: new GrowableUint32(),
    compiled: new GrowableUint32(),
  }
  #count = 0

  take(text: string): void {
    const index = this.#count++
    if (text === SOURCE_FIELD) this.#found.source.push(index)
    else if (NAME_FIELDS.some(field => field === text)) this.#found.path.push(index)
    else if (text === VALUE_FIELD) this.#found.value.push(index)
    else if (isCodePart(text)) this.#found.compiled.push(index)
  }

  get count(): number {
    return this.#count
  }

  finish(): Words {
    const set = (indexes: GrowableUint32) => BitSet.of(this.#count, indexes.view())
    const {source, path, value, compiled} = this.#found
    return {source: set(source), path: set(path), value: set(value), compiled: set(compiled)}
  }
}

/** Follows the edges, which stand in the order of their nodes. */
class EdgeWalk {
  /** The node that the next edge leaves. */
  source = -1
  #left = 0
  readonly #nodes: NodeNames

  constructor(nodes: NodeNames) {
    this.#nodes = nodes
  }

  /** Moves on by an edge; returns the node that it leaves. */
  next(): number {
    const {edges, count} = this.#nodes
    while (this.#left === 0) {
      if (++this.source >= count)
        throw new RowError(
          'edges',
          undefined,
          undefined,
          `there are more edges than the nodes' edge_count fields add up to`,
        )
      this.#left = edges[this.source]
    }
    this.#left--
    return this.source
  }
}

/** Collects the uses while the edges and the sections of traces and scopes are read. */
export class UseFinder {
  /** Bits of `Use` by string. */
  readonly uses: Uint16Array
  /** Nodes whose elements stand for keys. */
  readonly sparse: BitSet
  readonly #header: Header
  readonly #nodes: NodeNames
  readonly #words: Words
  readonly #walk: EdgeWalk
  /** Nodes of numbers that V8's own fields hold. */
  readonly #fields: BitSet
  /** Pairs: a number's node, and the string of its digits. */
  readonly #digits = new GrowableUint32()
  readonly #script: ScriptTexts
  #elementsOf = -1
  #elements = 0
  #furthest = 0

  constructor(header: Header, nodes: NodeNames, words: Words, stringCount: number) {
    this.#header = header
    this.#nodes = nodes
    this.#words = words
    this.#walk = new EdgeWalk(nodes)
    this.uses = new Uint16Array(stringCount)
    this.#script = new ScriptTexts(this.uses)
    this.sparse = new BitSet(nodes.count)
    this.#fields = new BitSet(nodes.count)
    const ofKind = header.schema.nodeKinds.map(kind => OF_NODE[kind as (typeof NODE_KINDS)[number]] ?? Use.value)
    const {at, length} = header.schema.node
    for (let node = 0; node < nodes.count; node++) {
      const name = nodes.name[node]
      if (name >= stringCount)
        throw new RowError('nodes', node, node * length + at.name, outsideStrings('name', name, stringCount))
      this.uses[name] |= ofKind[nodes.kind[node]]
    }
  }

  edges(values: Float64Array, rows: number): void {
    const {schema} = this.#header
    const {at, length} = schema.edge
    const {kind, name} = this.#nodes
    const words = this.#words
    for (let row = 0, k = 0; row < rows; row++, k += length) {
      const source = this.#walk.next()
      const type = values[k + at.type]
      if (!(type >= 0 && type < schema.edgeKindOfRaw.length))
        throw new RowError(
          'edges',
          undefined,
          undefined,
          `type ${type} is none of the ${schema.edgeKindOfRaw.length} types`,
        )
      const edgeKind = schema.edgeKindOfRaw[type]
      const label = values[k + at.name_or_index]
      if (edgeKind === EdgeKind.element) this.#element(source, label)
      if (edgeKind === EdgeKind.element || (edgeKind === EdgeKind.hidden && kind[source] !== NodeKind.code)) continue
      const target = Math.floor(values[k + at.to_node] / schema.node.length)
      if (!(target >= 0 && target < this.#nodes.count))
        throw new RowError('edges', undefined, undefined, `to_node ${values[k + at.to_node]} points outside the nodes`)
      if (edgeKind === EdgeKind.hidden) {
        if (isTextKind(kind[target])) this.#script.take(source, name[target], 'path')
        continue
      }
      if (edgeKind === EdgeKind.property) {
        this.#mark(label, Use.property)
        continue
      }
      this.#mark(label, edgeKind === EdgeKind.context ? Use.code : Use.edge)
      const sourceKind = kind[source]
      if (edgeKind !== EdgeKind.internal) continue
      if (isTextKind(kind[target])) {
        if (words.compiled.has(name[source])) this.uses[name[target]] |= Use.compiled
        if (sourceKind === NodeKind.code) this.#script.take(source, name[target], fieldOf(words, label))
        if (words.value.has(label) && sourceKind === NodeKind.number) {
          this.#digits.push(source)
          this.#digits.push(name[target])
        }
      } else if (kind[target] === NodeKind.number && isOfV8(sourceKind)) this.#fields.add(target)
    }
  }

  #element(source: number, index: number): void {
    if (source !== this.#elementsOf) {
      this.#finishElements()
      this.#elementsOf = source
    }
    this.#elements++
    this.#furthest = Math.max(this.#furthest, index < 0 ? index >>> 0 : index)
  }

  #finishElements(): void {
    if (this.#furthest > SPARSE_FROM + SPARSE_RATIO * this.#elements) this.sparse.add(this.#elementsOf)
    this.#elements = 0
    this.#furthest = 0
  }

  /** Rows of `trace_function_infos`: functions and their scripts. */
  functions(): NestedSink | undefined {
    const layout = optionalLayout(this.#header, 'trace_function_info_fields', ['name', 'script_name'])
    if (layout === undefined) return undefined
    let place = 0
    return {
      open() {},
      close() {},
      other() {},
      number: value => {
        const field = place++ % layout.length
        if (!(value >= 0 && value < this.uses.length)) return
        if (field === layout.at.name) this.uses[value] |= Use.code
        else if (field === layout.at.script_name) this.uses[value] |= Use.path
      },
    }
  }

  /** Rows of `scope_context_vars`: names of variables. */
  variables(): SectionPlan | undefined {
    const layout = optionalLayout(this.#header, 'scope_context_var_fields', ['name'])
    if (layout === undefined) return undefined
    let place = 0
    return {
      kind: 'numbers',
      rowLength: 1,
      rows: (values, count) => {
        for (let i = 0; i < count; i++) {
          if (place++ % layout.length === layout.at.name && values[i] >= 0 && values[i] < this.uses.length)
            this.uses[values[i]] |= Use.code
        }
      },
    }
  }

  finish(): void {
    this.#finishElements()
    this.#script.commit()
    const digits = this.#digits.view()
    for (let i = 0; i < digits.length; i += 2) if (this.#fields.has(digits[i])) this.uses[digits[i + 1]] |= Use.field
  }

  /** Notes what the name of an edge is used as. */
  #mark(string: number, use: number): void {
    const {length} = this.uses
    if (!(string >= 0 && string < length))
      throw new RowError('edges', undefined, undefined, outsideStrings('name_or_index', string, length))
    this.uses[string] |= use
  }
}

function outsideStrings(field: string, string: number, stringCount: number): string {
  return `${field} ${string} points outside the ${stringCount} strings`
}

function isTextKind(kind: number): boolean {
  return TEXT_KINDS.includes(kind)
}

type ScriptField = 'source' | 'path' | 'other'

function fieldOf(words: Words, label: number): ScriptField {
  return words.source.has(label) ? 'source' : words.path.has(label) ? 'path' : 'other'
}

/** The texts of a node of code, which are a script's if it has a source: before V8 named all its fields, some names have edges without one. */
class ScriptTexts {
  readonly #uses: Uint16Array
  #node = -1
  #source = -1
  readonly #paths = new GrowableUint32()

  constructor(uses: Uint16Array) {
    this.#uses = uses
  }

  take(node: number, string: number, field: ScriptField): void {
    if (node !== this.#node) this.commit()
    this.#node = node
    if (field === 'source') this.#source = string
    else if (field === 'path') this.#paths.push(string)
  }

  commit(): void {
    const isScript = this.#source >= 0
    if (isScript) this.#uses[this.#source] |= Use.source
    for (let path = this.#paths.pop(); path !== undefined; path = this.#paths.pop())
      if (isScript) this.#uses[path] |= Use.path
    this.#source = -1
  }
}

/** Kinds whose numbers are V8's: places, lengths, sizes. Contexts, tables and cells hold people's. */
function isOfV8(kind: number): boolean {
  return kind === NodeKind.code || kind === NodeKind['object shape'] || kind === NodeKind.closure || isTextKind(kind)
}

/** Numbers elements anew where they stand for keys: 0, 1, 2 in their order. */
export class ElementNumbers {
  readonly #walk: EdgeWalk
  readonly #sparse: BitSet
  readonly #header: Header
  #of = -1
  #next = 0

  constructor(header: Header, nodes: NodeNames, sparse: BitSet) {
    this.#header = header
    this.#walk = new EdgeWalk(nodes)
    this.#sparse = sparse
  }

  /** Changes the rows in place; returns how many numbers were changed. */
  renumber(values: Float64Array, rows: number): number {
    const {edge, edgeKindOfRaw} = this.#header.schema
    let changed = 0
    for (let row = 0, k = 0; row < rows; row++, k += edge.length) {
      const source = this.#walk.next()
      if (!this.#sparse.has(source) || edgeKindOfRaw[values[k + edge.at.type]] !== EdgeKind.element) continue
      if (source !== this.#of) {
        this.#of = source
        this.#next = 0
      }
      values[k + edge.at.name_or_index] = this.#next++
      changed++
    }
    return changed
  }
}
