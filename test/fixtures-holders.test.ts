/**
 * Whether the truth files say the truth: each snapshot is read again with a plain JSON.parse, and followed edge by edge. None of the
 * project's own code takes part.
 */
import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {SourceMap} from 'node:module'
import {dirname, join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))

interface EdgePattern {
  from: string
  edgeType?: string
  name: string
  to?: string
}

interface Place {
  place: string
  code: string
  /** Where the place is a line of a source that was compiled: the line of the script that ran. */
  compiled?: Place
}

interface Held extends Place {
  name: string
  declared?: Place
  also?: Place[]
  /** The closure that the place is of, by the name that V8 knows: said where a source map is needed. */
  closure?: string
  count: number
  cut: EdgePattern[]
}

interface Holder {
  type: string
  count: number
  /** Where the constructor is. */
  made?: Place
  held: Held[]
}

interface Cuts {
  cut: string[]
  freed: Record<string, number>
}

interface Truth {
  snapshots: string[]
  edges?: (EdgePattern & {count: number})[]
  holders: Holder[]
  cuts?: Cuts[]
  absentTypes?: string[]
  /** Bytes outside of the heap: those of one store are counted once, however many views there are. */
  stores?: {bytes: number; views: string[]}[]
  pool?: {property: string; views: string[]}
}

interface Edge {
  kind: string
  name: string
  source: number
  target: number
}

/** The heap as objects: slow, and plain to see. */
interface Heap {
  kinds: string[]
  names: string[]
  ids: number[]
  selfBytes: number[]
  edges: Edge[][]
  /** Line and column, from 0 on, by node. */
  places: Map<number, {line: number; column: number}>
}

function read(file: string): Heap {
  const text = gunzipSync(readFileSync(`${FIXTURES}snapshots/${file}.heapsnapshot.gz`)).toString()
  const {snapshot, nodes, edges, strings, locations} = JSON.parse(text)
  const {node_fields, node_types, edge_fields, edge_types, location_fields} = snapshot.meta
  const field = (name: string) => node_fields.indexOf(name)
  const heap: Heap = {kinds: [], names: [], ids: [], selfBytes: [], edges: [], places: new Map()}
  let edge = 0
  for (let at = 0; at < nodes.length; at += node_fields.length) {
    heap.kinds.push(node_types[0][nodes[at + field('type')]])
    heap.names.push(strings[nodes[at + field('name')]])
    heap.ids.push(nodes[at + field('id')])
    heap.selfBytes.push(nodes[at + field('self_size')])
    const own: Edge[] = []
    for (let i = 0; i < nodes[at + field('edge_count')]; i++, edge += edge_fields.length) {
      const kind = edge_types[0][edges[edge]]
      const isNumber = kind === 'element' || kind === 'hidden'
      const name = isNumber ? String(edges[edge + 1]) : strings[edges[edge + 1]]
      const target = edges[edge + 2] / node_fields.length
      own.push({kind, name, source: heap.edges.length, target})
    }
    heap.edges.push(own)
  }
  for (let at = 0; at < locations.length; at += location_fields.length) {
    const [node, line, column] = ['object_index', 'line', 'column'].map(
      name => locations[at + location_fields.indexOf(name)],
    )
    heap.places.set(node / node_fields.length, {line, column})
  }
  return heap
}

const EPHEMERON = /^\d+ \/ part of key \(.* @(\d+)\) -> value \(.* @\d+\) pair in WeakMap \(table @(\d+)\)$/s

/** Whether edges of a WeakMap entry lead on: its value is alive if both its key and its table are. */
function reachable(heap: Heap, isCut: (edge: Edge) => boolean): Set<number> {
  const ordinals = new Map(heap.ids.map((id, node) => [id, node]))
  const seen = new Set([0])
  // A set is gone through in the order of its entries, with those that were added meanwhile.
  for (const node of seen) {
    for (const edge of heap.edges[node]) {
      if (edge.kind === 'weak' || isCut(edge)) continue
      const pair = edge.kind === 'internal' ? EPHEMERON.exec(edge.name) : null
      if (pair) {
        // Whichever of the two is met later lets the value in. A cut entry is cut from both sides.
        const [key, table] = [Number(pair[1]), Number(pair[2])].map(id => ordinals.get(id)!)
        if (!seen.has(key) || !seen.has(table)) continue
      }
      seen.add(edge.target)
    }
  }
  return seen
}

/** `*` in a name stands for anything. */
function matcher(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true
  if (!pattern.includes('*')) return text => text === pattern
  const quoted = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const regex = new RegExp(`^${quoted.join('.*')}$`, 's')
  return text => regex.test(text)
}

function edgesLike(heap: Heap, {from, edgeType, name, to}: EdgePattern): Edge[] {
  const [isFrom, isName, isTo] = [from, name, to].map(matcher)
  return heap.edges
    .filter((_, node) => isFrom(heap.names[node]))
    .flat()
    .filter(
      edge => (edgeType === undefined || edge.kind === edgeType) && isName(edge.name) && isTo(heap.names[edge.target]),
    )
}

/** V8 writes a property twice: from the object, and from the array, dictionary or cell where it keeps the value. */
function withTwins(heap: Heap, edge: Edge): Edge[] {
  if (edge.kind !== 'property' && edge.kind !== 'element') return [edge]
  const stores = heap.edges[edge.source]
    .filter(({kind, name}) => kind === 'internal' && (name === 'properties' || name === 'elements'))
    .flatMap(({target}) => heap.edges[target])
  const cells = stores
    .filter(({target}) => heap.names[target] === 'system / PropertyCell')
    .flatMap(({target}) => heap.edges[target])
  return [edge, ...[...stores, ...cells].filter(({target}) => target === edge.target)]
}

const cutBy = (heap: Heap, helds: Held[]) =>
  new Set(
    helds.flatMap(({name, cut}) => {
      const edges = cut.flatMap(pattern => edgesLike(heap, pattern))
      assert.ok(edges.length > 0, `nothing to cut for ${name}`)
      return edges.flatMap(edge => withTwins(heap, edge))
    }),
  )

function instances(heap: Heap, type: string): number[] {
  const isType = matcher(type)
  // With a `*` it is the text of strings.
  const kinds = type.includes('*') ? ['string'] : ['object', 'native']
  return [...heap.names.keys()].filter(node => kinds.includes(heap.kinds[node]) && isType(heap.names[node]))
}

/** A line is said right if the text on it is still what the truth file quotes. */
function checkPlace({place, code, compiled}: Place): void {
  if (compiled) checkPlace(compiled)
  const [, file, line] = /^(.+):(\d+)$/.exec(place)!
  const text = readFileSync(`${FIXTURES}programs/${file}`, 'utf8').split('\n')[Number(line) - 1]
  assert.equal(text?.trim(), code, place)
}

function checkHolder(heap: Heap, {type, count, held}: Holder): void {
  const nodes = instances(heap, type)
  assert.equal(nodes.length, count, type)
  const left = (cut: Held[]) => {
    const edges = cutBy(heap, cut)
    const alive = reachable(heap, edge => edges.has(edge))
    return nodes.filter(node => alive.has(node)).length
  }
  assert.equal(left([]), count, `${type} is held`)
  assert.equal(left(held), 0, `${type} is held by nothing else`)
  for (const one of held) {
    const others = held.filter(other => other !== one)
    assert.equal(left(others), one.count, `${type} is held by ${one.name} alone`)
  }
}

/** The lines that the source map gives for the places in the file. */
function originalPlaces(heap: Heap, compiled: string, nodes: number[]): string[] {
  const script = compiled.replace(/:\d+$/, '')
  const map = JSON.parse(readFileSync(`${FIXTURES}programs/${script}.map`, 'utf8'))
  const sourceMap = new SourceMap(map)
  const places = nodes.map(node => {
    const {line, column} = heap.places.get(node)!
    const {originalSource, originalLine} = sourceMap.findEntry(line, column) as {
      originalSource: string
      originalLine: number
    }
    return `${join(dirname(script), originalSource)}:${originalLine + 1}`
  })
  return [...new Set(places)]
}

/** Columns matter in a script of one line, so the lines are asked of the source map. */
function checkSourceMaps(heap: Heap, {type, made, held}: Holder): void {
  if (made?.compiled) {
    assert.deepEqual(originalPlaces(heap, made.compiled.place, instances(heap, type)), [made.place], type)
  }
  for (const {compiled, place, closure} of held) {
    if (!compiled || !closure) continue
    const isOne = (node: number) => heap.kinds[node] === 'closure' && heap.names[node] === closure
    const nodes = [...heap.names.keys()].filter(isOne)
    assert.deepEqual(originalPlaces(heap, compiled.place, nodes), [place], closure)
  }
}

const lineOf = (place: string) => Number(/\d+$/.exec(place))

/** V8 tells the line of a closure, and for an object that of its constructor. */
function checkLines(heap: Heap, {type, made, held}: Holder): void {
  const linesOf = (nodes: number[]) => new Set(nodes.map(node => heap.places.get(node)!.line + 1))
  if (made) assert.deepEqual([...linesOf(instances(heap, type))], [lineOf((made.compiled ?? made).place)], type)
  for (const {name, place, code} of held) {
    if (!code.includes(`function ${name}(`)) continue
    const closures = [...heap.names.keys()].filter(
      node => heap.kinds[node] === 'closure' && heap.names[node] === name && heap.places.has(node),
    )
    assert.ok(linesOf(closures).has(lineOf(place)), `${name} is at ${place}`)
  }
}

function retainers(heap: Heap, node: number, name: string): Edge[] {
  return heap.edges.flat().filter(edge => edge.target === node && edge.name === name)
}

function checkBytes(heap: Heap, {stores = [], pool}: Truth): void {
  const viewsOf = (store: number) =>
    retainers(heap, store, 'backing_store')
      .flatMap(({source}) => retainers(heap, source, 'buffer'))
      .filter(({kind}) => kind === 'internal')
      .map(({source}) => heap.names[source])
      .sort()
  for (const {bytes, views} of stores) {
    const isStore = (node: number) =>
      heap.names[node] === 'system / JSArrayBufferData' && heap.selfBytes[node] === bytes
    const found = [...heap.names.keys()].filter(isStore)
    assert.deepEqual(found.map(viewsOf), [views], `${bytes} bytes`)
  }
  if (!pool) return
  const [array] = edgesLike(heap, {from: 'Object', edgeType: 'property', name: pool.property, to: 'Array'})
  const members = heap.edges[array.target].filter(({kind}) => kind === 'element').map(({target}) => target)
  assert.deepEqual(
    members.map(node => heap.names[node]),
    pool.views,
  )
  const buffers = members.flatMap(node => heap.edges[node].filter(({name}) => name === 'buffer'))
  assert.equal(new Set(buffers.map(({target}) => target)).size, 1, 'one pool')
}

const truths = readdirSync(`${FIXTURES}programs`)
  .filter(file => file.endsWith('.truth.json'))
  .map(file => [file, JSON.parse(readFileSync(`${FIXTURES}programs/${file}`, 'utf8')) as Truth] as const)
  .filter(([, truth]) => truth.holders !== undefined)

for (const [file, truth] of truths) {
  test(`${file}: the lines are those of the programs`, () => {
    for (const {made, held} of truth.holders) {
      const places = held.flatMap(({declared, also = [], ...place}) => [place, declared, ...also])
      for (const place of [made, ...places]) if (place) checkPlace(place)
    }
    for (const name of truth.snapshots) assert.ok(existsSync(`${FIXTURES}snapshots/${name}.heapsnapshot.gz`), name)
  })

  for (const name of truth.snapshots) {
    test(`${name}: what is planted is held as said, by nothing else`, () => {
      const heap = read(name)
      for (const {count, ...pattern} of truth.edges ?? []) {
        assert.equal(edgesLike(heap, pattern).length, count, `${pattern.from}.${pattern.name}`)
      }
      for (const holder of truth.holders) {
        checkHolder(heap, holder)
        checkLines(heap, holder)
        checkSourceMaps(heap, holder)
      }
      checkBytes(heap, truth)
      for (const type of truth.absentTypes ?? []) assert.deepEqual(instances(heap, type), [], type)
      for (const {cut, freed} of truth.cuts ?? []) {
        const held = truth.holders.flatMap(holder => holder.held.filter(({name}) => cut.includes(name)))
        const edges = cutBy(heap, held)
        const alive = reachable(heap, edge => edges.has(edge))
        for (const [type, count] of Object.entries(freed)) {
          const dead = instances(heap, type).filter(node => !alive.has(node))
          assert.equal(dead.length, count, `${type} freed by cutting ${cut.join(' and ')}`)
        }
      }
    })
  }
}
