import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {types} from '../../src/analyze/answers/types.ts'
import {type SizeModel, selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {type GroupBy, groupNodes} from '../../src/analyze/graph/groupings.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {enough, runs} from '../support/runs.ts'
import {type Heap, type HeapEdge, type HeapNode, type Place, randomHeap, snapshotOf, textOf} from './heaps.ts'
import {devToolsNumbers} from './oracle.ts'
import {dominance, movedSizes, retained} from './twin.ts'

/** Section 8, "Plain objects": the names of properties as they are written in braces. */
function written(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name
}

function propertiesOf({edges}: Heap, node: number): string[] {
  return edges.filter(({source, kind}) => source === node && kind === 'property').map(({name}) => String(name))
}

interface Definition {
  text: string
  names: string[]
  count: number
}

/** "Inferring". */
function definitions(heap: Heap, plain: readonly number[]): Definition[] {
  const found: Definition[] = []
  for (const node of plain) {
    let inside = ''
    const names: string[] = []
    for (const name of propertiesOf(heap, node)) {
      if (name === '__proto__') continue
      if (inside !== '' && 1 + inside.length + written(name).length > 120) break
      inside += inside === '' ? written(name) : `, ${written(name)}`
      names.push(name)
    }
    if (names.length === 0) continue
    const same = found.find(({text}) => text === `{${inside}}`)
    if (same === undefined) found.push({text: `{${inside}}`, names, count: 1})
    else same.count++
  }
  const least = Math.max(2, plain.length / 1000)
  return found.sort((a, b) => b.count - a.count).filter(({count}) => count >= least)
}

/** Takes each of `some` off `all`; what is twice in one must be twice in the other. */
function hasAll(all: readonly string[], some: readonly string[]): boolean {
  const left = [...all]
  return some.every(name => left.includes(name) && left.splice(left.indexOf(name), 1).length === 1)
}

/** "Applying". */
function shapeOf(properties: readonly string[], kept: readonly Definition[]): string {
  const fitting = kept.filter(({names}) => hasAll(properties, names))
  const most = Math.max(0, ...fitting.map(({names}) => names.length))
  return fitting.find(({names}) => names.length === most)?.text ?? 'Object'
}

function withoutAttributes(name: string): string {
  return name.replace(/^((?:Detached )?<[^ ]*) .*$/s, '$1>')
}

/** Section 8: the class of each node. */
function classNames(heap: Heap, isDetached: (node: number) => boolean): string[] {
  const isPlain = ({kind, name}: HeapNode) => kind === 'object' && name === 'Object'
  const plain = heap.nodes.flatMap((node, ordinal) => (isPlain(node) ? [ordinal] : []))
  const kept = definitions(heap, plain)
  return heap.nodes.map((node, ordinal) => {
    const {kind, name} = node
    if (isPlain(node)) return shapeOf(propertiesOf(heap, ordinal), kept)
    if (kind === 'object') return withoutAttributes(name)
    if (kind === 'native') return withoutAttributes(isDetached(ordinal) ? `Detached ${name}` : name)
    const ofKind: Record<string, string> = {
      ...{hidden: '(system)', code: '(compiled code)', closure: 'Function', regexp: 'RegExp'},
    }
    return ofKind[kind] ?? `(${kind})`
  })
}

/** `--by shape`: all objects told apart as DevTools tells plain ones, with their class before the shape. */
function namesByShape(heap: Heap, isDetached: (node: number) => boolean): string[] {
  const objects = heap.nodes.flatMap(({kind}, ordinal) => (kind === 'object' ? [ordinal] : []))
  const kept = definitions(heap, objects)
  return classNames(heap, isDetached).map((name, node) => {
    const shape = objects.includes(node) ? shapeOf(propertiesOf(heap, node), kept) : 'Object'
    if (shape === 'Object') return name
    return name.startsWith('{') ? shape : `${name} ${shape}`
  })
}

interface Row {
  count: number
  self: number
  retained: number
  example: number
}

/** Section 8, "Class rows", for any way of grouping nodes. */
function rowsOf(heap: Heap, keys: readonly string[], sizes: readonly number[]): Map<string, Row> {
  const tree = dominance(heap)
  const retainedBytes = retained(tree, sizes)
  const members = new Map<string, number[]>()
  keys.forEach((key, node) => {
    if (sizes[node] > 0) members.set(key, [...(members.get(key) ?? []), node])
  })
  const row = (nodes: number[]): Row => {
    const isShadowed = (node: number) => nodes.some(other => other !== node && tree.dominated[other].has(node))
    return {
      count: nodes.length,
      self: nodes.reduce((sum, node) => sum + sizes[node], 0),
      retained: nodes.filter(node => !isShadowed(node)).reduce((sum, node) => sum + retainedBytes[node], 0),
      example: nodes.reduce((first, node) => (heap.nodes[node].id < heap.nodes[first].id ? node : first)),
    }
  }
  return new Map([...members].map(([key, nodes]) => [key, row(nodes)]))
}

function ourRows(snapshot: Snapshot, by: GroupBy, sizes: SizeModel, withPlace: boolean): Map<string, Row> {
  const {rows, total, heapBytes, emptyCount} = types(snapshot, {by, sizes, limit: Number.POSITIVE_INFINITY})
  const {scriptId, line, column} = snapshot.locations
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  // Nothing is lost and nothing counted twice, whatever the grouping.
  assert.equal(sum(rows.map(({count}) => count)) + emptyCount, snapshot.nodeCount)
  assert.equal(sum(rows.map(({selfBytes}) => selfBytes)), heapBytes)
  assert.equal(heapBytes, sum(Array.from(selfSizes(snapshot, sizes))))
  const counts = {types: rows.length, count: snapshot.nodeCount - emptyCount, selfBytes: heapBytes}
  const {offHeap, ...totals} = total
  assert.deepEqual(totals, counts)
  assert.equal(offHeap.inSelfBytes, offHeap.bytes)
  return new Map(
    rows.map(({type, location: at, count, selfBytes, retainedBytes, example}) => [
      withPlace ? `${at === null ? '' : [scriptId[at], line[at], column[at]]},${type}` : type,
      {count, self: selfBytes, retained: retainedBytes!, example},
    ]),
  )
}

const byText = (rows: Map<string, Row>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1))

/** Place as DevTools' key has it; the last one counts. */
function keyOf({kind, places = []}: HeapNode, name: string): string {
  const place: Place | undefined = kind === 'object' ? places.at(-1) : undefined
  return `${place ?? ''},${name}`
}

const NAMES = ['a', 'b', 'c', 'd', 'e', '__proto__', 'x y', 'a, b', "it's", '"', '{', '}', 'é', 'constructor']
const longName = (letter: string, length: number) => letter.repeat(length)
const propertyName = fc.oneof(
  {weight: 5, arbitrary: fc.constantFrom(...NAMES.slice(0, 5))},
  {weight: 2, arbitrary: fc.constantFrom(...NAMES)},
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('l', 'm', ','), fc.constantFrom(57, 58, 117, 130))
      .map(([letter, length]) => longName(letter, length)),
  },
)

/** Objects of a few recipes, each with a twist: properties in another order, one more, one less, one twice. */
const plainObjects: fc.Arbitrary<Heap> = fc
  .tuple(
    fc.array(fc.array(propertyName, {maxLength: 5}), {minLength: 1, maxLength: 4}),
    fc.array(
      fc.record({
        recipe: fc.nat(),
        twist: fc.constantFrom('none', 'none', 'none', 'reversed', 'more', 'less', 'twice'),
        extra: propertyName,
        proto: fc.boolean(),
        place: fc.option(fc.tuple(fc.constantFrom(7, 8), fc.nat(1), fc.nat(1)), {freq: 4}),
        named: fc.constantFrom('Object', 'Object', 'Object', 'Object', '{a}', 'Foo'),
        selfBytes: fc.nat(5),
        holder: fc.nat(),
      }),
      {minLength: 1, maxLength: 16, size: 'max'},
    ),
  )
  .map(([recipes, objects]) => {
    const root: HeapNode = {kind: 'synthetic', name: '', id: 1, selfBytes: 0}
    const target: HeapNode = {kind: 'string', name: 'x', id: 3, selfBytes: 8}
    const nodes = [
      ...[root, target],
      ...objects.map(({named, selfBytes, place}, index): HeapNode => {
        const places = place === null ? [] : [place]
        return {kind: 'object', name: named, id: 99 - 2 * index, selfBytes, places}
      }),
    ]
    const edges: HeapEdge[] = objects.flatMap(({recipe, twist, extra, proto, holder}, index): HeapEdge[] => {
      const names = twistedNames(recipes[recipe % recipes.length], twist, extra)
      const source = index + 2
      const held: HeapEdge = {source: holder % source, target: source, kind: 'element', name: index}
      const held2 = held.source === 1 ? {...held, source: 0} : held
      const properties = (proto ? ['__proto__', ...names] : names).map(
        (name): HeapEdge => ({source, target: 1, kind: 'property', name}),
      )
      return [held2, ...properties]
    })
    return {nodes, edges: edges.sort((a, b) => a.source - b.source)}
  })

function twistedNames(names: readonly string[], twist: string, extra: string): string[] {
  if (twist === 'reversed') return [...names].reverse()
  if (twist === 'more') return [...names, extra]
  if (twist === 'less') return names.slice(1)
  return twist === 'twice' ? [...names, ...names.slice(0, 1)] : [...names]
}

test('classes and their rows: the naive rules find the same, on random heaps', async () => {
  const met = {elements: 0, detached: 0, shadowed: 0, places: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const snapshot = await snapshotOf(heap)
      const isDetached = (node: number) => snapshot.detachedness[node] === 2
      const names = classNames(heap, isDetached)
      assert.deepEqual(
        Array.from(snapshot.types.ofNode, type => snapshot.types.names[type]),
        names,
      )
      const keys = names.map((name, node) => keyOf(heap.nodes[node], name))
      const expected = rowsOf(heap, keys, movedSizes(heap, isDetached))
      assert.deepEqual(byText(ourRows(snapshot, 'type', 'devtools', true)), byText(expected))
      met.elements += Number(names.some(name => name.startsWith('<')))
      met.detached += Number(names.some(name => name.startsWith('Detached ')))
      met.shadowed += Number([...expected.values()].some(row => row.count > 1))
      met.places += Number([...expected.keys()].some(key => !key.startsWith(',')))
    }),
    {seed: 21, numRuns: runs(600)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(50)),
    JSON.stringify(met),
  )
})

test('plain objects: the naive rules and DevTools find the same', async () => {
  const met = {shapes: 0, unmatched: 0, quoted: 0, long: 0, larger: 0, twice: 0, other: 0}
  await fc.assert(
    fc.asyncProperty(plainObjects, fc.subarray(['a', 'b', '__proto__', 'Object']), async (heap, twice) => {
      const text = textOf(heap, {twice})
      const snapshot = await openSnapshot(Buffer.from(text))
      const names = classNames(heap, () => false)
      assert.deepEqual(
        Array.from(snapshot.types.ofNode, type => snapshot.types.names[type]),
        names,
      )
      const {className} = await devToolsNumbers(text)
      assert.deepEqual(className, names)
      const keys = names.map((name, node) => keyOf(heap.nodes[node], name))
      const expected = rowsOf(
        heap,
        keys,
        heap.nodes.map(({selfBytes}) => selfBytes),
      )
      assert.deepEqual(byText(ourRows(snapshot, 'type', 'raw', true)), byText(expected))
      const shapes = names.filter((name, node) => name.startsWith('{') && heap.nodes[node].name === 'Object')
      met.shapes += Number(shapes.length > 0)
      met.unmatched += Number(names.includes('Object'))
      met.quoted += Number(shapes.some(name => name.includes('"')))
      met.long += Number(shapes.some(name => name.length > 120))
      names.forEach((name, node) => {
        const properties =
          heap.nodes[node].name === 'Object' ? propertiesOf(heap, node).filter(p => p !== '__proto__') : []
        const own = `{${properties.map(written).join(', ')}}`
        if (name === 'Object' || own === name || properties.length === 0) return
        met.larger++
        met.twice += Number(new Set(properties).size < properties.length)
        met.other += Number(properties.length > 0 && own.length === name.length)
      })
    }),
    {seed: 22, numRuns: runs(800)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(50)),
    JSON.stringify(met),
  )
})

test('by kind, shape and script: rows of the groups, and sums equal the totals', async () => {
  const heaps = fc.oneof(randomHeap, plainObjects)
  await fc.assert(
    fc.asyncProperty(heaps, fc.constantFrom<SizeModel>('raw', 'devtools'), async (heap, model) => {
      const snapshot = await snapshotOf(heap)
      const sizes = Array.from(selfSizes(snapshot, model))
      for (const by of ['kind', 'shape', 'script'] as const) {
        const {names, ofNode} = groupNodes(snapshot, by)
        const keys = Array.from(ofNode, group => names[group])
        assert.deepEqual(byText(ourRows(snapshot, by, model, false)), byText(rowsOf(heap, keys, sizes)), by)
      }
      const shapes = groupNodes(snapshot, 'shape')
      assert.deepEqual(
        Array.from(shapes.ofNode, group => shapes.names[group]),
        namesByShape(heap, node => snapshot.detachedness[node] === 2),
      )
      const kinds = groupNodes(snapshot, 'kind')
      assert.deepEqual(
        Array.from(kinds.ofNode, group => kinds.names[group]),
        heap.nodes.map(({kind}) => kind),
      )
    }),
    {seed: 23, numRuns: runs(400)},
  )
})

function objectsOf(lists: readonly (readonly string[])[]): Heap {
  const root: HeapNode = {kind: 'synthetic', name: '', id: 1, selfBytes: 0}
  const objects = lists.map((_, i): HeapNode => ({kind: 'object', name: 'Object', id: 2 * i + 3, selfBytes: 10}))
  const held = lists.map((_, i): HeapEdge => ({source: 0, target: i + 1, kind: 'element', name: i}))
  const properties = lists.flatMap((names, i) =>
    names.map((name): HeapEdge => ({source: i + 1, target: 0, kind: 'property', name})),
  )
  return {nodes: [root, ...objects], edges: [...held, ...properties]}
}

async function shapesOf(lists: readonly (readonly string[])[]): Promise<string[]> {
  const heap = objectsOf(lists)
  const {types} = await snapshotOf(heap)
  const names = Array.from(types.ofNode, type => types.names[type]).slice(1)
  assert.deepEqual((await devToolsNumbers(textOf(heap))).className.slice(1), names)
  return names
}

test('plain objects, by hand', async () => {
  // Too rare for a shape of their own, objects stand under the largest one that they have all properties of.
  assert.deepEqual(await shapesOf([['a', 'b'], ['a', 'b'], ['c', 'b', 'a'], ['a'], []]), [
    '{a, b}',
    '{a, b}',
    '{a, b}',
    'Object',
    'Object',
  ])
  // Of two orders the more frequent, or else the earlier, stands for both.
  assert.deepEqual(
    await shapesOf([
      ['b', 'a'],
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
      ['a', 'b'],
    ]),
    Array(5).fill('{a, b}'),
  )
  assert.deepEqual(
    await shapesOf([
      ['b', 'a'],
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ]),
    Array(4).fill('{b, a}'),
  )
  // A name that is there twice (two symbols of one description) must be there twice.
  const twice = ['<symbol s>', '<symbol s>']
  assert.deepEqual(await shapesOf([twice, twice, ['<symbol s>'], [...twice, ...twice]]), [
    ...['{<symbol s>, <symbol s>}', '{<symbol s>, <symbol s>}', 'Object', '{<symbol s>, <symbol s>}'],
  ])
  // No prototype, and names that would be misread in quotes.
  const odd = ['__proto__', "it's", 'b']
  assert.deepEqual(await shapesOf([odd, odd]), Array(2).fill(`{"it's", b}`))
  // An empty name, which V8 writes as an internal edge, leaves no comma behind.
  assert.deepEqual(
    await shapesOf([
      ['', 'b', 'c'],
      ['', 'b', 'c'],
      ['b', 'c'],
    ]),
    ['{b, c}', '{b, c}', 'Object'],
  )
})

test('a shape ends before the name that would make it longer than 120', async () => {
  const x = longName('x', 60)
  const fits = [x, longName('y', 59), 'z']
  assert.deepEqual(await shapesOf([fits, fits]), Array(2).fill(`{${x}, ${fits[1]}}`))
  const tooLong = [x, longName('y', 60), 'z']
  assert.deepEqual(await shapesOf([tooLong, tooLong]), Array(2).fill(`{${x}}`))
  const first = [longName('x', 500), 'y']
  assert.deepEqual(await shapesOf([first, first]), Array(2).fill(`{${first[0]}}`))
})

test('a shape needs one in a thousand', async () => {
  const many = (count: number, names: string[]) => Array.from({length: count}, () => names)
  const enough = await shapesOf([...many(2997, ['a']), ...many(3, ['b'])])
  assert.deepEqual(enough.slice(-3), ['{b}', '{b}', '{b}'])
  const tooFew = await shapesOf([...many(2998, ['a']), ...many(3, ['b'])])
  assert.deepEqual(tooFew.slice(-3), ['Object', 'Object', 'Object'])
})

// closure ─shared▶ ─script_or_debug_info▶ ─name▶ "…/types-zoo.cjs" is the only way from a script's id to its name, as one walk over all edges
test('by script: objects by the file of their constructor', async () => {
  const file = fileURLToPath(new URL('../../fixtures/snapshots/types-zoo.node20.heapsnapshot.gz', import.meta.url))
  const snapshot = await openSnapshot(file)
  const {firstEdge, edgeName, edgeTarget, nodeName, strings, locations} = snapshot
  const follow = (node: number, ...names: string[]) =>
    names.reduce((at, name) => {
      for (let edge = firstEdge[at]; edge < firstEdge[at + 1]; edge++) {
        if (strings.get(edgeName[edge]) === name) return edgeTarget[edge]
      }
      return 0
    }, node)
  const closures = snapshot.types.names.indexOf('Function')
  const row = locations.node.findIndex((node, row) => {
    if (snapshot.types.ofNode[node] !== closures || locations.scriptId[row] <= 0) return false
    return strings.get(nodeName[follow(node, 'shared', 'script_or_debug_info', 'name')]).endsWith('/types-zoo.cjs')
  })
  assert.ok(row >= 0)
  const count = locations.scriptId.filter((id, other) => {
    const hasSize = selfSizes(snapshot, 'devtools')[locations.node[other]] > 0
    return id === locations.scriptId[row] && hasSize
  }).length
  const rows = types(snapshot, {by: 'script', limit: Number.POSITIVE_INFINITY}).rows
  assert.deepEqual(
    rows.filter(({type}) => type.endsWith('/types-zoo.cjs')).map(row => row.count),
    [count],
  )
  assert.ok(count > 20, `${count}`)
})
