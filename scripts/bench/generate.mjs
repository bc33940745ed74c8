/**
 * Writes a synthetic heap snapshot straight to disk, with a few megabytes of memory whatever its size. `--help` says how.
 *
 * Nothing is kept: every row is a function of the seed and its place, so that a node's row can tell how many edges the third
 * pass will write for it. The heap is a cache, as leaks are: units of eight nodes (an entry, its request, a string, tags,
 * a callback with its context, a number), held from `global` in the way the shape says.
 */
import {closeSync, openSync, rmSync, writeSync} from 'node:fs'
import {resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

/** What tells the shapes apart. `stringBytes`: mean length of a unit's string; `links`: mean number of edges to any other unit. */
export const SHAPES = {
  /** 256 Maps of entries, chains of a hundred. */
  mixed: {holder: 'shards', stringBytes: 30, links: 0.5},
  /** Most of the file is strings. */
  strings: {holder: 'shards', stringBytes: 3000, links: 0},
  /** One linked list: as deep as it is long. */
  list: {holder: 'first', stringBytes: 30, links: 0},
  /** One array holds all entries. */
  wide: {holder: 'array', stringBytes: 30, links: 0},
  /** Everything refers to anything: one huge component, and few objects dominate. */
  crosslinked: {holder: 'shards', stringBytes: 30, links: 8},
}

/** As Node 20 writes it. */
const NODE_KINDS =
  'hidden array string object code closure regexp number native synthetic concatenated-string sliced-string symbol bigint object-shape wasm-object'
    .split(' ')
    .map(kind => kind.replace('-', ' '))
const EDGE_KINDS = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']
const META = {
  node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
  node_types: [NODE_KINDS, 'string', 'number', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [EDGE_KINDS, 'string_or_number', 'node'],
  trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
}
const NODE_FIELDS = META.node_fields.length
const node = Object.fromEntries(NODE_KINDS.map((kind, number) => [kind, number]))
const edge = Object.fromEntries(EDGE_KINDS.map((kind, number) => [kind, number]))

/** Strings that every file has, by name; the units' own come behind them. */
class Names {
  list = ['<dummy>']
  #numbers = new Map()

  of(text) {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.list.push(text) - 1
      this.#numbers.set(text, number)
    }
    return number
  }
}

const SHARDS = 256
const UNIT = 8
const [ENTRY, REQUEST, TEXT, TAGS, CALLBACK, ELEMENTS, CONTEXT, NUMBER] = Array.from(
  {length: UNIT},
  (_, place) => place,
)
const CLASSES = ['CacheEntry', ...Array.from({length: 29}, (_, i) => `Model${i}`)]
const PAGE = 1 << 16

/** Bytes of unsigned decimal numbers and latin1 text, on their way to a file or, without one, only counted. */
class Writer {
  #buffer = Buffer.allocUnsafe(1 << 20)
  #length = 0
  #written = 0
  #fd

  constructor(fd) {
    this.#fd = fd
  }

  get bytes() {
    return this.#written + this.#length
  }

  flush() {
    for (let at = 0; this.#fd !== undefined && at < this.#length; ) {
      at += writeSync(this.#fd, this.#buffer, at, this.#length - at)
    }
    this.#written += this.#length
    this.#length = 0
  }

  text(text) {
    if (this.#length + text.length > this.#buffer.length) this.flush()
    if (text.length > this.#buffer.length) throw new Error('text too long')
    this.#length += this.#buffer.latin1Write(text, this.#length)
  }

  bytesOf(source, start, end) {
    if (this.#length + end - start > this.#buffer.length) this.flush()
    this.#length += source.copy(this.#buffer, this.#length, start, end)
  }

  byte(value) {
    if (this.#length === this.#buffer.length) this.flush()
    this.#buffer[this.#length++] = value
  }

  number(value) {
    if (this.#length + 20 > this.#buffer.length) this.flush()
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    let at = this.#length + digits
    this.#length = at
    do {
      const rest = Math.floor(value / 10)
      this.#buffer[--at] = 48 + (value - rest * 10)
      value = rest
    } while (value > 0)
  }
}

const COMMA = 44
const LINE = 10

class Heap {
  #seed
  #units
  #strings
  #shape
  #links
  #stringBytes
  #names = new Names()
  #word = {}
  /** The nodes before the units: kind, name, size, edges. */
  #fixed = []
  #pool

  constructor({units, shape, strings = units, seed = 1, links, stringBytes}) {
    this.#seed = seed
    this.#units = units
    this.#strings = Math.max(1, strings)
    this.#shape = SHAPES[shape]
    this.#links = links ?? this.#shape.links
    this.#stringBytes = stringBytes ?? this.#shape.stringBytes
    for (const word of 'map req peer previous next tags onExpire url headers length elements context shared code'.split(
      ' ',
    )) {
      this.#word[word] = this.#names.of(word)
    }
    for (const word of [
      'feedback_cell',
      'scope_info',
      'cache',
      'system / Context',
      'heap number',
      '(object elements)',
    ]) {
      this.#word[word] = this.#names.of(word)
    }
    this.#word.classes = CLASSES.map(name => this.#names.of(name))
    this.#word.Object = this.#names.of('Object')
    this.#word.Array = this.#names.of('Array')
    this.#build()
    this.#pool = textPool(seed)
  }

  /** Fixed nodes hold what all units share, and the units. */
  #build() {
    const add = (kind, name, size) => this.#fixed.push({kind, name: this.#names.of(name), size, edges: []}) - 1
    const link = (from, kind, name, to) =>
      this.#fixed[from].edges.push({kind, name: typeof name === 'number' ? name : this.#names.of(name), to})
    const root = add(node.synthetic, '', 0)
    const gcRoots = add(node.synthetic, '(GC roots)', 0)
    const strong = add(node.synthetic, '(Strong roots)', 0)
    const global = add(node.object, 'global', 40)
    const native = add(node.hidden, 'system / NativeContext', 2200)
    link(root, edge.element, 1, gcRoots)
    link(root, edge.shortcut, 'global', global)
    link(gcRoots, edge.element, 1, strong)
    link(strong, edge.element, 1, native)
    link(native, edge.internal, 'global_object', global)
    const hidden = name => {
      const at = add(node.hidden, name, 72)
      link(strong, edge.element, this.#fixed[strong].edges.length + 1, at)
      return at
    }
    const code = add(node.code, '(onExpire code)', 320)
    const shared = add(node.code, 'onExpire', 64)
    link(native, edge.internal, 'code', code)
    link(native, edge.internal, 'shared', shared)
    this.shared = {code, shared, feedback: hidden('system / FeedbackCell'), scope: hidden('system / ScopeInfo')}
    this.shared.maps = Array.from({length: UNIT}, () => hidden('system / Map'))
    this.shared.classMaps = CLASSES.map(() => hidden('system / Map'))
    this.shared.texts = Array.from({length: 50}, (_, i) => {
      const text = add(node.string, `tag${i}`, 24)
      link(text, edge.internal, 'map', this.shared.maps[TEXT])
      link(native, edge.internal, `tag${i}`, text)
      return text
    })
    const cache = add(node.object, 'RequestCache', 32)
    link(global, edge.property, 'cache', cache)
    link(cache, edge.internal, 'map', this.shared.maps[ENTRY])
    this.shared.cache = cache
    this.shared.top = add(node.object, 'system / Context', 40)
    link(this.shared.top, edge.context, 'cache', cache)
    link(native, edge.internal, 'script_context', this.shared.top)
    if (this.#shape.holder === 'first') link(cache, edge.property, 'first', this.#entryLater(0))
    const tables = this.#shape.holder === 'shards' ? SHARDS : this.#shape.holder === 'array' ? 1 : 0
    for (let shard = 0; shard < tables; shard++) {
      const held = Math.ceil((this.#units - shard) / tables)
      const holder = add(node.object, tables === 1 ? 'Array' : 'Map', 32)
      const table = add(node.array, tables === 1 ? '(object elements)' : '', 16 + 8 * Math.max(0, held))
      link(cache, edge.property, tables === 1 ? 'entries' : `shard${shard}`, holder)
      link(holder, edge.internal, tables === 1 ? 'elements' : 'table', table)
      link(table, edge.internal, 'map', this.shared.maps[ELEMENTS])
      Object.assign(this.#fixed[table], {shard, tables})
    }
  }

  /** A unit's node before it is known where the units begin. */
  #entryLater(unit) {
    return {unit}
  }

  #random(unit, salt) {
    let mix =
      Math.imul(unit + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35) ^ Math.imul(this.#seed, 0x27d4eb2f)
    mix = Math.imul(mix ^ (mix >>> 15), 0x2c1b3c6d)
    mix = Math.imul(mix ^ (mix >>> 12), 0x297a2d39)
    return ((mix ^ (mix >>> 15)) >>> 0) / 2 ** 32
  }

  get nodeCount() {
    return this.#fixed.length + UNIT * this.#units
  }

  get fixedCount() {
    return this.#fixed.length
  }

  get stringCount() {
    return this.#names.list.length + this.#strings
  }

  #classOf(unit) {
    // A few classes have most of the objects.
    return Math.floor(CLASSES.length * this.#random(unit, 1) ** 3)
  }

  /** Hands the edges of a fixed node to `sink.edge(kind, nameOrIndex, target)`. */
  fixedEdges(place, sink) {
    const {edges, shard, tables} = this.#fixed[place]
    for (const {kind, name, to} of edges) {
      sink.edge(kind, name, typeof to === 'number' ? to : this.#fixed.length + UNIT * to.unit)
    }
    if (tables === undefined) return
    for (let unit = shard, index = 0; unit < this.#units; unit += tables) {
      sink.edge(edge.element, index++, this.#fixed.length + UNIT * unit)
    }
  }

  unitEdges(unit, place, sink) {
    const word = this.#word
    const {maps, classMaps, code, shared, feedback, scope, texts, cache, top} = this.shared
    const base = this.#fixed.length + UNIT * unit
    if (place === ENTRY) {
      sink.edge(edge.property, word.req, base + REQUEST)
      sink.edge(edge.property, word.tags, base + TAGS)
      sink.edge(edge.property, word.onExpire, base + CALLBACK)
      sink.edge(edge.internal, word.map, classMaps[this.#classOf(unit)])
      if (this.#shape.holder === 'first') {
        if (unit + 1 < this.#units) sink.edge(edge.property, word.next, base + UNIT)
      } else if (unit % 100 > 0) sink.edge(edge.property, word.previous, base - UNIT)
    } else if (place === REQUEST) {
      sink.edge(edge.property, word.url, base + TEXT)
      sink.edge(edge.property, word.headers, texts[unit % texts.length])
      sink.edge(edge.property, word.length, base + NUMBER)
      sink.edge(edge.internal, word.map, maps[REQUEST])
    } else if (place === TEXT) sink.edge(edge.internal, word.map, maps[TEXT])
    else if (place === TAGS) {
      sink.edge(edge.internal, word.elements, base + ELEMENTS)
      sink.edge(edge.internal, word.map, maps[TAGS])
    } else if (place === CALLBACK) {
      sink.edge(edge.internal, word.context, base + CONTEXT)
      sink.edge(edge.internal, word.shared, shared)
      sink.edge(edge.internal, word.feedback_cell, feedback)
      sink.edge(edge.internal, word.code, code)
      sink.edge(edge.internal, word.map, maps[CALLBACK])
    } else if (place === ELEMENTS) {
      sink.edge(edge.internal, word.map, maps[ELEMENTS])
      sink.edge(edge.element, 0, texts[(unit * 7) % texts.length])
      const links = Math.floor(this.#links + this.#random(unit, 2))
      for (let link = 0; link < links; link++) {
        const other = Math.floor(this.#units * this.#random(unit, 10 + link))
        sink.edge(edge.element, 1 + link, this.#fixed.length + UNIT * other)
      }
    } else if (place === CONTEXT) {
      sink.edge(edge.internal, word.scope_info, scope)
      sink.edge(edge.context, word.cache, cache)
      sink.edge(edge.internal, word.previous, top)
    } else sink.edge(edge.internal, word.map, maps[NUMBER])
  }

  fixedRow(place, out, edges) {
    const {kind, name, size} = this.#fixed[place]
    row(out, place, kind, name, size, edges)
  }

  unitRow(unit, place, out, edges) {
    const word = this.#word
    const at = this.#fixed.length + UNIT * unit + place
    if (place === ENTRY) row(out, at, node.object, word.classes[this.#classOf(unit)], 56, edges)
    else if (place === REQUEST) row(out, at, node.object, word.Object, 48, edges)
    else if (place === TEXT) {
      const string = unit % this.#strings
      const size = 16 + 8 * Math.ceil((10 + this.#tokens(string) * TOKEN) / 8)
      row(out, at, node.string, this.#names.list.length + string, size, edges)
    } else if (place === TAGS) row(out, at, node.object, word.Array, 16, edges)
    else if (place === CALLBACK) row(out, at, node.closure, word.onExpire, 64, edges)
    else if (place === ELEMENTS) row(out, at, node.array, word['(object elements)'], 16 + 8 * edges, edges)
    else if (place === CONTEXT) row(out, at, node.object, word['system / Context'], 32, edges)
    else row(out, at, node.number, word['heap number'], 16, edges)
  }

  /** Where the entry's class and the callback are written. */
  locations(unit, out) {
    const base = this.#fixed.length + UNIT * unit
    const type = this.#classOf(unit)
    location(out, base + ENTRY, 100, 10 * type, 6, unit === 0)
    location(out, base + CALLBACK, 100, 400, 20, false)
  }

  fixedStrings(out) {
    out.text(this.#names.list.map(text => JSON.stringify(text)).join(',\n'))
  }

  /** Tokens of the pool in a string. Long ones are rare: an exponential distribution round the mean. */
  #tokens(number) {
    const wanted = -Math.log(1 - 0.999 * this.#random(number, 3)) * Math.max(0, this.#stringBytes - 12)
    return Math.round(wanted / TOKEN)
  }

  string(number, out) {
    const tokens = this.#tokens(number)
    const start = TOKEN * Math.floor((PAGE / 2 / TOKEN) * this.#random(number, 4))
    out.text(',\n"/item/')
    out.number(number)
    out.byte(63)
    for (let left = tokens * TOKEN; left > 0; left -= PAGE / 2) {
      out.bytesOf(this.#pool, start, start + Math.min(left, Math.floor(PAGE / 2 / TOKEN) * TOKEN))
    }
    out.byte(34)
  }

  get units() {
    return this.#units
  }

  get strings() {
    return this.#strings
  }
}

function row(out, ordinal, kind, name, size, edges) {
  if (ordinal > 0) out.byte(COMMA)
  out.number(kind)
  out.byte(COMMA)
  out.number(name)
  out.byte(COMMA)
  out.number(2 * ordinal + 1)
  out.byte(COMMA)
  out.number(size)
  out.byte(COMMA)
  out.number(edges)
  out.text(',0,0\n')
}

function location(out, ordinal, script, line, column, first) {
  if (!first) out.byte(COMMA)
  out.number(ordinal * NODE_FIELDS)
  out.byte(COMMA)
  out.number(script)
  out.byte(COMMA)
  out.number(line)
  out.byte(COMMA)
  out.number(column)
  out.byte(LINE)
}

const TOKEN = 6
/** Text of tokens of six bytes, some of them escapes, which may be cut between any two. */
function textPool(seed) {
  const tokens = [
    'lorem ',
    'ipsum,',
    'dolor ',
    'a=1&b=',
    '0123 5',
    'line\\n',
    '\\"x\\": ',
    '\\u00e9',
    '\\u20ac',
    'xyzzy-',
  ]
  const pool = Buffer.alloc(PAGE)
  let state = seed >>> 0
  for (let at = 0; at < PAGE; at += TOKEN) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // Escapes are the last: as rare as in real strings.
    const token = state >>> 8 > 0xf00000 ? tokens[5 + (state % 5)] : tokens[(state >>> 16) % 5]
    pool.write(token.slice(0, TOKEN).padEnd(TOKEN, ' '), at, 'latin1')
  }
  return pool
}

class Counter {
  count = 0
  edge() {
    this.count++
  }
}

class EdgeRows {
  #out
  #first = true
  constructor(out) {
    this.#out = out
  }
  edge(kind, name, target) {
    const out = this.#out
    if (!this.#first) out.byte(COMMA)
    this.#first = false
    out.number(kind)
    out.byte(COMMA)
    out.number(name)
    out.byte(COMMA)
    out.number(target * NODE_FIELDS)
    out.byte(LINE)
  }
}

/** `each(row)` for every node, fixed ones first. */
function forEachNode(heap, fixed, unit) {
  for (let place = 0; place < heap.fixedCount; place++) fixed(place)
  for (let number = 0; number < heap.units; number++) for (let place = 0; place < UNIT; place++) unit(number, place)
}

function write(heap, out) {
  const counter = new Counter()
  const countFixed = place => {
    counter.count = 0
    heap.fixedEdges(place, counter)
    return counter.count
  }
  const countUnit = (unit, place) => {
    counter.count = 0
    heap.unitEdges(unit, place, counter)
    return counter.count
  }
  let edgeCount = 0
  forEachNode(
    heap,
    place => {
      edgeCount += countFixed(place)
    },
    (unit, place) => {
      edgeCount += countUnit(unit, place)
    },
  )
  const counts = {node_count: heap.nodeCount, edge_count: edgeCount, trace_function_count: 0}
  out.text(`{"snapshot":${JSON.stringify({meta: META, ...counts})},\n"nodes":[`)
  forEachNode(
    heap,
    place => heap.fixedRow(place, out, countFixed(place)),
    (unit, place) => heap.unitRow(unit, place, out, countUnit(unit, place)),
  )
  out.text('],\n"edges":[')
  const rows = new EdgeRows(out)
  forEachNode(
    heap,
    place => heap.fixedEdges(place, rows),
    (unit, place) => heap.unitEdges(unit, place, rows),
  )
  out.text('],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[')
  for (let unit = 0; unit < heap.units; unit++) heap.locations(unit, out)
  out.text('],\n"strings":[')
  heap.fixedStrings(out)
  for (let number = 0; number < heap.strings; number++) heap.string(number, out)
  out.text(']}')
  out.flush()
  return {nodes: heap.nodeCount, edges: edgeCount, strings: heap.stringCount, bytes: out.bytes}
}

const SAMPLES = 300

/** Bytes of a heap of so many units, by the rows of some of them. */
function estimate(options) {
  const heap = new Heap(options)
  const out = new Writer(undefined)
  const rows = new EdgeRows(out)
  const counter = new Counter()
  for (let sample = 0; sample < SAMPLES; sample++) {
    const unit = Math.floor(((sample + 0.5) * heap.units) / SAMPLES)
    for (let place = 0; place < UNIT; place++) {
      counter.count = 0
      heap.unitEdges(unit, place, counter)
      heap.unitRow(unit, place, out, counter.count)
      heap.unitEdges(unit, place, rows)
    }
    if (SHAPES[options.shape].holder !== 'first') rows.edge(edge.element, unit, heap.fixedCount + UNIT * unit)
    heap.locations(unit, out)
  }
  const strings = new Writer(undefined)
  for (let sample = 0; sample < SAMPLES; sample++) {
    heap.string(Math.floor(((sample + 0.5) * heap.strings) / SAMPLES), strings)
  }
  return (out.bytes * heap.units + strings.bytes * heap.strings) / SAMPLES
}

/** Units for a file of so many bytes. */
function unitsFor(bytes, options) {
  let least = 1
  let most = Math.ceil(bytes / 100)
  while (most - least > Math.max(1, most / 1000)) {
    const middle = Math.floor((least + most) / 2)
    if (estimate({...options, units: middle}) > bytes) most = middle
    else least = middle
  }
  return least
}

/**
 * Writes `file`. `bytes`: how large, roughly; or `nodes`, `edges` and `strings`, each of them roughly. Returns the file's counts.
 */
export function generate(file, {bytes, nodes, edges, strings, stringBytes, shape = 'mixed', seed = 1}) {
  const options = {shape, seed, stringBytes, strings}
  const units = bytes === undefined ? Math.max(1, Math.round(nodes / UNIT)) : unitsFor(bytes, options)
  if (edges !== undefined) {
    const counter = new Counter()
    const plain = new Heap({...options, units: Math.min(units, 10_000), links: 0})
    for (let unit = 0; unit < plain.units; unit++) {
      for (let place = 0; place < UNIT; place++) plain.unitEdges(unit, place, counter)
    }
    options.links = Math.max(0, edges / units - counter.count / plain.units - Number(SHAPES[shape].holder !== 'first'))
  }
  const fd = openSync(file, 'w')
  try {
    return write(new Heap({...options, units}), new Writer(fd))
  } catch (error) {
    rmSync(file, {force: true})
    throw error
  } finally {
    closeSync(fd)
  }
}

/** `10mb`, `1.5gb`, `4096`. */
export function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?$/i.exec(text)
  if (match === null) throw new Error(`no size: ${text}`)
  return Math.round(Number(match[1]) * {b: 1, kb: 1e3, mb: 1e6, gb: 1e9}[match[2]?.toLowerCase() ?? 'b'])
}

const USAGE = `usage: node scripts/bench/generate.mjs FILE (--size 100mb | --nodes N [--edges N] [--strings N])
  --shape SHAPE        ${Object.keys(SHAPES).join(', ')} (default: mixed)
  --string-bytes N     mean length of a string
  --seed N             another file of the same kind (default: 1)`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = {type: 'string'}
  const flags = {size: text, nodes: text, edges: text, strings: text, 'string-bytes': text, shape: text, seed: text}
  try {
    const {values, positionals} = parseArgs({options: {...flags, help: {type: 'boolean'}}, allowPositionals: true})
    const number = name => (values[name] === undefined ? undefined : Number(values[name]))
    if (values.help) console.log(USAGE)
    else if (positionals.length !== 1 || (values.size === undefined) === (values.nodes === undefined))
      throw new Error(USAGE)
    else if (SHAPES[values.shape ?? 'mixed'] === undefined) throw new Error(`no such shape: ${values.shape}\n${USAGE}`)
    else {
      const made = generate(resolve(positionals[0]), {
        bytes: values.size === undefined ? undefined : parseSize(values.size),
        nodes: number('nodes'),
        edges: number('edges'),
        strings: number('strings'),
        stringBytes: number('string-bytes'),
        shape: values.shape,
        seed: number('seed'),
      })
      console.log(JSON.stringify(made))
    }
  } catch (error) {
    console.error(error.message)
    process.exitCode = 2
  }
}
