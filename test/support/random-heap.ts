/** Random heaps as plain objects, and a writer of snapshot text that is free in everything JSON leaves free. */
import fc from 'fast-check'
import {EDGE_KINDS, NODE_KINDS} from '../../src/snapshot/columns/schema.ts'
import {unicodeText} from './texts.ts'

export interface RandomHeap {
  nodeTypes: string[]
  edgeTypes: string[]
  /** Names of the fields of a row, in the order of the file; unknown ones among them. */
  nodeFields: string[]
  edgeFields: string[]
  /** Undefined: a file without locations. */
  locationFields: string[] | undefined
  /** Values by field name; the fields of a row that are not here get a number that nobody reads. */
  nodes: Record<string, number>[]
  /** In the order of the file: those of node 0 first. */
  edges: Record<string, number>[]
  locations: Record<string, number>[]
  strings: string[]
  /** Place of the root in `nodes`; undefined: the file does not say. */
  root: number | undefined
}

export interface Format {
  /** Decides everything that is decided anew at each place: white space, escapes, ways to write a number. */
  seed: number
  spacing: 'none' | 'rows' | 'wild'
  lineBreak: string
  byteOrderMark: boolean
  escapes: 'ascii' | 'few' | 'wild'
  /** Whether some characters of strings become bytes that are no UTF-8. */
  invalidUtf8: boolean
  /** Whether some numbers are written as `12e0`, `1.20e+1` or `12.0`. */
  oddNumbers: boolean
  /** Top-level keys in their order; keys that are no section of V8's have odd values. */
  order: string[]
}

const SECTIONS = ['snapshot', 'nodes', 'edges', 'trace_function_infos', 'trace_tree', 'samples', 'locations', 'strings']
const EXTRA_SECTIONS = ['scopes', 'future', 'no\\des', '', 'é"strings']

/** Private-use characters that the writer turns into these bytes; none is UTF-8. */
const INVALID_FROM = 0xe000
const INVALID_UTF8 = [
  [0xff],
  [0x80],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0xf5, 0x80, 0x80, 0x80],
]

const anyString = fc.oneof(
  {weight: 4, arbitrary: fc.string({maxLength: 8})},
  {weight: 3, arbitrary: unicodeText({maxLength: 6})},
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '"',
            '\\',
            '/',
            '\b',
            '\f',
            '\n',
            '\r',
            '\t',
            '\0',
            '\u2028',
            '\ufeff',
            'é',
            '€',
            '😀',
            '[',
            '}',
          ),
          // Halves of surrogate pairs: V8 strings may hold them alone.
          fc.constantFrom('\ud83d', '\ude00', '\udfff', '\ud800'),
          fc.nat(INVALID_UTF8.length - 1).map(index => String.fromCharCode(INVALID_FROM + index)),
        ),
        {maxLength: 6},
      )
      .map(parts => parts.join('')),
  },
)

const anyNumber = fc.oneof(
  {weight: 6, arbitrary: fc.nat(40)},
  {weight: 2, arbitrary: fc.nat(0x7fffffff)},
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      999_999_999,
      1_000_000_000,
      0x7fffffff,
      0x80000000,
      0xfffffffe,
      0xffffffff,
      0x100000000,
      999_999_999_999_999,
      1_000_000_000_000_000,
      Number.MAX_SAFE_INTEGER,
    ),
  },
)
const anyInt32 = fc.oneof(fc.integer({min: -1, max: 300}), fc.constantFrom(-0x80000000, 0x7fffffff, 0xffffffff))

const nodeTypeLists: fc.Arbitrary<string[]> = fc.oneof(
  fc.constant<string[]>(NODE_KINDS.slice(0, 14)),
  fc.constant<string[]>([...NODE_KINDS]),
  // V8 6.2, which writes symbols as number 12 of 12.
  fc.constant<string[]>(NODE_KINDS.slice(0, 12)),
  fc.shuffledSubarray<string>([...NODE_KINDS, 'blob', 'widget'], {minLength: 1}).filter(types => types.length !== 12),
)
const edgeTypeLists: fc.Arbitrary<string[]> = fc.oneof(
  fc.constant<string[]>([...EDGE_KINDS]),
  fc.shuffledSubarray<string>([...EDGE_KINDS, 'rope'], {minLength: 1}),
)

/** The required fields and any of the optional ones, in V8's order or in any. */
function fieldLists(required: string[], optional: string[]): fc.Arbitrary<string[]> {
  return fc.subarray(optional).chain(some => {
    const fields = [...required, ...some]
    return fc.oneof(fc.constant(fields), fc.shuffledSubarray(fields, {minLength: fields.length}))
  })
}

const shape = fc.record({
  nodeTypes: nodeTypeLists,
  edgeTypes: edgeTypeLists,
  nodeFields: fieldLists(
    ['type', 'name', 'id', 'self_size', 'edge_count'],
    ['trace_node_id', 'detachedness', 'extra', 'more'],
  ),
  edgeFields: fieldLists(['type', 'name_or_index', 'to_node'], ['extra']),
  locationFields: fc.option(fieldLists(['object_index', 'script_id', 'line', 'column'], ['script_object_index']), {
    nil: undefined,
  }),
  root: fc.option(fc.nat(), {nil: undefined}),
  strings: fc.array(anyString, {minLength: 1, maxLength: 12}),
})

/** `nodes`: the most there may be. */
export function randomHeap(nodes = 12): fc.Arbitrary<RandomHeap> {
  const node = fc.record({
    type: fc.nat(),
    name: fc.nat(),
    id: anyNumber,
    self_size: anyNumber,
    trace_node_id: fc.oneof(fc.constant(0), anyNumber),
    detachedness: fc.nat(2),
    edges: fc.array(fc.record({type: fc.nat(), name: anyNumber, to: fc.nat()}), {maxLength: 4}),
  })
  const location = fc.record({node: fc.nat(), script_id: anyInt32, line: anyInt32, column: anyInt32})
  return fc
    .tuple(shape, fc.array(node, {minLength: 1, maxLength: nodes}), fc.array(location, {maxLength: 4}))
    .map(([{root, ...shape}, nodes, locations]) => {
      const typeCount = shape.nodeTypes.length === 12 ? 13 : shape.nodeTypes.length
      return {
        ...shape,
        root: root === undefined ? undefined : root % nodes.length,
        nodes: nodes.map(({edges, ...node}) => ({
          ...node,
          type: node.type % typeCount,
          name: node.name % shape.strings.length,
          edge_count: edges.length,
        })),
        edges: nodes.flatMap(({edges}) =>
          edges.map(({type, name, to}) => {
            const raw = type % shape.edgeTypes.length
            const numbered = ['element', 'hidden'].includes(shape.edgeTypes[raw])
            return {
              type: raw,
              // Indexes above 2^31 - 1 are negative in files of Node 24 and later.
              name_or_index: numbered
                ? name % 3 === 0 && name < 2 ** 32
                  ? name | 0
                  : name
                : name % shape.strings.length,
              to_node: (to % nodes.length) * shape.nodeFields.length,
            }
          }),
        ),
        locations: locations.map(({node, ...place}) => ({
          ...place,
          object_index: (node % nodes.length) * shape.nodeFields.length,
        })),
      }
    })
}

export const randomFormat: fc.Arbitrary<Format> = fc.record({
  seed: fc.integer(),
  spacing: fc.constantFrom('none', 'rows', 'wild'),
  lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  byteOrderMark: fc.boolean(),
  escapes: fc.constantFrom('ascii', 'few', 'wild'),
  invalidUtf8: fc.boolean(),
  oddNumbers: fc.boolean(),
  order: fc.oneof(
    fc.constant(SECTIONS),
    fc.shuffledSubarray([...SECTIONS, ...EXTRA_SECTIONS], {minLength: SECTIONS.length + EXTRA_SECTIONS.length}),
  ),
})

/** As V8 writes: ASCII, its own order, line breaks between rows. */
export const PLAIN_FORMAT: Format = {
  seed: 1,
  spacing: 'rows',
  lineBreak: '\n',
  byteOrderMark: false,
  escapes: 'ascii',
  invalidUtf8: false,
  oddNumbers: false,
  order: SECTIONS,
}

/** The heap as a `.heapsnapshot` file. */
export function writeHeap(heap: RandomHeap, format: Format): Uint8Array {
  return new HeapWriter(heap, format).bytes()
}

/** mulberry32: small, and good enough to choose between white space and none. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

class HeapWriter {
  readonly #heap: RandomHeap
  readonly #format: Format
  readonly #random: () => number
  #text = ''

  constructor(heap: RandomHeap, format: Format) {
    this.#heap = heap
    this.#format = format
    this.#random = randomNumbers(format.seed)
  }

  bytes(): Uint8Array {
    const {order, byteOrderMark} = this.#format
    const sections = order.filter(key => key !== 'locations' || this.#heap.locationFields !== undefined)
    this.#space()
    // A byte order mark stands before everything, white space too.
    this.#text = byteOrderMark ? `\ufeff${this.#text}{` : `${this.#text}{`
    sections.forEach((key, index) => {
      if (index > 0) this.#token(',')
      this.#space()
      this.#string(key)
      this.#token(':')
      this.#space()
      this.#section(key)
    })
    this.#token('}')
    this.#space()
    return this.#encoded()
  }

  #section(key: string): void {
    const heap = this.#heap
    if (key === 'snapshot') this.#value(headerOf(heap))
    else if (key === 'nodes') this.#rows(heap.nodes, heap.nodeFields)
    else if (key === 'edges') this.#rows(heap.edges, heap.edgeFields)
    else if (key === 'locations') this.#rows(heap.locations, heap.locationFields!)
    else if (key === 'strings') this.#list(heap.strings.map(text => () => this.#string(text)))
    else if (SECTIONS.includes(key)) this.#value([])
    else this.#value({nodes: [1, {strings: ['x', '"]']}], a: [[], {}, [{}]], b: [true, false, null, -1.5e-7]})
  }

  #rows(rows: Record<string, number>[], fields: string[]): void {
    const numbers = rows.flatMap((row, index) => fields.map((field, place) => row[field] ?? -index - place / 4))
    this.#list(
      numbers.map((number, index) => () => {
        if (this.#format.spacing === 'rows' && index > 0 && index % fields.length === 0) {
          this.#text += this.#format.lineBreak
        }
        this.#number(number)
      }),
    )
  }

  #value(value: unknown): void {
    if (typeof value === 'string') this.#string(value)
    else if (typeof value === 'number') this.#number(value)
    else if (Array.isArray(value)) this.#list(value.map(item => () => this.#value(item)))
    else if (typeof value === 'object' && value !== null) {
      this.#text += '{'
      Object.entries(value).forEach(([key, item], index) => {
        if (index > 0) this.#token(',')
        this.#space()
        this.#string(key)
        this.#token(':')
        this.#space()
        this.#value(item)
      })
      this.#token('}')
    } else this.#text += String(value)
  }

  #list(writers: (() => void)[]): void {
    this.#text += '['
    writers.forEach((write, index) => {
      if (index > 0) this.#token(',')
      this.#space()
      write()
    })
    this.#token(']')
  }

  #token(text: string): void {
    this.#space()
    this.#text += text
  }

  #space(): void {
    if (this.#format.spacing !== 'wild') return
    while (this.#random() < 0.4) {
      const choice = Math.floor(this.#random() * 3)
      this.#text += [' ', '\t', this.#format.lineBreak][choice]
    }
  }

  #number(value: number): void {
    const plain = Number.isInteger(value) && Math.abs(value) < 1e16
    const choice = this.#format.oddNumbers && plain ? this.#random() : 1
    if (choice < 0.1) this.#text += `${value}.0`
    else if (choice < 0.2) this.#text += `${value}e0`
    else if (choice < 0.3) this.#text += value.toExponential().replace('e', 'E')
    else this.#text += String(Object.is(value, -0) ? '-0' : value)
  }

  #string(text: string): void {
    this.#text += '"'
    for (let i = 0; i < text.length; i++) this.#text += this.#character(text[i])
    this.#text += '"'
  }

  /** One UTF-16 unit: itself, a short escape or `\uXXXX`. */
  #character(unit: string): string {
    const code = unit.charCodeAt(0)
    const {escapes, invalidUtf8} = this.#format
    if (invalidUtf8 && code >= INVALID_FROM && code < INVALID_FROM + INVALID_UTF8.length) return unit
    const must = code < 0x20 || unit === '"' || unit === '\\' || (escapes === 'ascii' && code > 0x7e)
    const may = escapes === 'wild' && this.#random() < 0.5
    if (!must && !may) return unit
    const short = {'"': '"', '\\': '\\', '/': '/', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}[unit]
    if (short !== undefined && (escapes !== 'wild' || this.#random() < 0.5)) return `\\${short}`
    const digits = code.toString(16).padStart(4, '0')
    return `\\u${this.#random() < 0.5 ? digits : digits.toUpperCase()}`
  }

  #encoded(): Uint8Array {
    if (!this.#format.invalidUtf8) return new TextEncoder().encode(this.#text)
    const last = INVALID_FROM + INVALID_UTF8.length - 1
    const marks = new RegExp(`([\\u${INVALID_FROM.toString(16)}-\\u${last.toString(16)}])`)
    const parts = this.#text
      .split(marks)
      .map((part, index) =>
        index % 2 === 0 ? Buffer.from(part) : Buffer.from(INVALID_UTF8[part.charCodeAt(0) - INVALID_FROM]),
      )
    return Buffer.concat(parts)
  }
}

function headerOf(heap: RandomHeap) {
  return {
    meta: {
      node_fields: heap.nodeFields,
      // The list stands where the field `type` does.
      node_types: heap.nodeFields.map(field => (field === 'type' ? heap.nodeTypes : 'number')),
      edge_fields: heap.edgeFields,
      edge_types: heap.edgeFields.map(field => (field === 'type' ? heap.edgeTypes : 'node')),
      ...(heap.locationFields === undefined ? {} : {location_fields: heap.locationFields}),
    },
    ...(heap.root === undefined ? {} : {root_index: heap.root * heap.nodeFields.length}),
    node_count: heap.nodes.length,
    edge_count: heap.edges.length,
    trace_function_count: 0,
  }
}
