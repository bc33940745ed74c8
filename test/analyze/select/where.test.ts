/** Which objects an expression means: against a slow twin, and on real snapshots. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {selfSizes} from '../../../src/analyze/facts/self-sizes.ts'
import {distances} from '../../../src/analyze/graph/distances.ts'
import {retainedSizes} from '../../../src/analyze/graph/dominators.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {missingForWhere, wherePredicate} from '../../../src/analyze/select/where.ts'
import {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {runs} from '../../support/runs.ts'
import {nodesOf, type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

/** A text of the language, and what it means, said a second time. */
interface Said {
  text: string
  means: (heap: PlainHeap, snapshot: Snapshot, node: number) => boolean
}

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const texts: [written: string, matches: (text: string) => boolean][] = [
  ['A', text => text === 'A'],
  ['"Object"', text => text === 'Object'],
  ['(array)', text => text === '(array)'],
  ['/^[AB]$/', text => /^[AB]$/.test(text)],
  ['/div/i', text => /div/i.test(text)],
]

const numbers: Record<string, (heap: PlainHeap, snapshot: Snapshot, node: number) => number> = {
  id: (heap, _, node) => heap.nodes[node].id,
  self: (_, snapshot, node) => selfSizes(snapshot, 'devtools')[node],
  retained: (_, snapshot, node) => retainedSizes(snapshot, 'devtools')[node],
  distance: (_, snapshot, node) => (distances(snapshot)[node] === -5 ? 1e9 : distances(snapshot)[node]),
  edges: (heap, _, node) => heap.edges.filter(({source}) => source === node).length,
  retainers: (heap, _, node) => heap.edges.filter(({target}) => target === node).length,
}

function textOf(field: string, heap: PlainHeap, snapshot: Snapshot, node: number): string {
  if (field === 'type') return snapshot.types.names[snapshot.types.ofNode[node]]
  return field === 'name' ? heap.nodes[node].name : field === 'kind' ? heap.nodes[node].kind : ''
}

const textTest = fc
  .tuple(fc.constantFrom('type', 'name', 'kind', 'place'), fc.constantFrom('=', '!=', ' = '), fc.constantFrom(...texts))
  .map(
    ([field, operator, [written, matches]]): Said => ({
      text: `${field}${operator}${written}`,
      means: (heap, snapshot, node) => matches(textOf(field, heap, snapshot, node)) !== (operator === '!='),
    }),
  )

const anyTest = fc.constantFrom(...texts.filter(([written]) => written !== '(array)')).map(
  ([written, matches]): Said => ({
    text: written,
    means: (...node) => matches(textOf('type', ...node)) || matches(textOf('name', ...node)),
  }),
)

const numberTest = fc
  .tuple(
    fc.constantFrom(...Object.keys(numbers)),
    fc.constantFrom(...Object.keys(COMPARE)),
    fc.oneof(fc.nat(8), fc.nat(200)),
  )
  .map(
    ([field, operator, value]): Said => ({
      text: `${field}${operator}${value}`,
      means: (...node) => COMPARE[operator](numbers[field](...node), value),
    }),
  )

const propertyTest = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', '4', '7', '__proto__'), {minLength: 1, maxLength: 2}),
    fc.constantFrom('', '=A'),
  )
  .map(([path, value]): Said => {
    const reaches = (heap: PlainHeap, node: number, rest: string[]): boolean => {
      if (rest.length === 0)
        return value === '' || (heap.nodes[node].kind === 'string' && heap.nodes[node].name === 'A')
      return heap.edges.some(
        ({source, target, kind, name}) =>
          source === node &&
          (kind === 'property' || kind === 'element') &&
          String(name) === rest[0] &&
          reaches(heap, target, rest.slice(1)),
      )
    }
    return {text: `prop.${path.join('.')}${value}`, means: (heap, _, node) => reaches(heap, node, path)}
  })

const {said} = fc.letrec<{said: Said}>(tie => ({
  said: fc.oneof(
    {maxDepth: 3},
    textTest,
    anyTest,
    numberTest,
    propertyTest,
    tie('said').map(
      ({text, means}): Said => ({
        text: `not (${text})`,
        means: (heap, snapshot, node) => !means(heap, snapshot, node),
      }),
    ),
    fc.array(tie('said'), {minLength: 2, maxLength: 3}).map(
      (terms): Said => ({
        text: `(${terms.map(({text}) => text).join(' and ')})`,
        means: (...node) => terms.every(({means}) => means(...node)),
      }),
    ),
    fc.array(tie('said'), {minLength: 2, maxLength: 3}).map(
      (terms): Said => ({
        text: `(${terms.map(({text}) => text).join(' or ')})`,
        means: (...node) => terms.some(({means}) => means(...node)),
      }),
    ),
  ),
}))

test('an expression means what it says, on random heaps', async () => {
  let found = 0
  let total = 0
  await fc.assert(
    fc.asyncProperty(randomHeap(), said, async (heap, {text, means}) => {
      const snapshot = await snapshotOf(heap)
      const expected = nodesOf(snapshot, node => means(heap, snapshot, node))
      assert.deepEqual(nodesOf(snapshot, wherePredicate(snapshot, text)), expected, text)
      const byId = expected.toSorted((a, b) => heap.nodes[a].id - heap.nodes[b].id)
      assert.deepEqual([...select(snapshot, {where: text}).nodes], byId)
      const isOfType = (node: number) => textOf('type', heap, snapshot, node) === 'A'
      const among = select(snapshot, {where: text, among: {type: 'A'}})
      assert.deepEqual([...among.nodes], byId.filter(isOfType))
      found += expected.length
      total += heap.nodes.length
    }),
    {seed: 51, numRuns: runs(1500)},
  )
  // Neither nothing nor everything.
  assert.ok(found > total / 5 && found < (4 * total) / 5, `${found} of ${total}`)
})

test('ids of a pipe: those there are, once each, ascending', async () => {
  const heap = await heapOf('root -> A -> B -> C')
  assert.deepEqual([...select(heap, {ids: [5, 3, 5, 99]}).nodes], [heap.node('A'), heap.node('B')])
  assert.equal(select(heap, {ids: []}).nodes.length, 0)
})

const VALUES = `
  root -> S1 -> yes
  S1.open -> yes
  S2.open -> no
  S3.open -> nameless
  S1.url -> url
  S2.url -> rope
  S3.url -> part
  S1.size -> n42
  S2.size -> half
  S3.size -> mute
  S1.next -> S2.next -> S3
  S2."two words" -> url
  S3 [7] -> url
  root -> S2
  root -> S3
  yes: hidden true 0
  no: native false 0
  nameless: hidden "system / Oddball" 40
  nameless -hidden:0-> truth
  truth: string true
  url: string "/index.html"
  rope: concatenated-string "(concatenated string)"
  rope -internal:first-> left
  rope -internal:second-> right
  left: string "/ind"
  right: string "ex.html"
  part: sliced-string "(sliced string)"
  n42: number "smi number" 0
  n42 -internal:value-> t42
  t42: string "42"
  half: number "heap number" 16
  half -internal:value-> t15
  t15: string "1.5"
  mute: number "heap number" 16
`

test('values of properties', async () => {
  const heap = await heapOf(VALUES)
  const found = (text: string) =>
    ['S1', 'S2', 'S3'].filter(label => wherePredicate(heap, text)(heap.node(label))).join(' ')
  const answers: [text: string, labels: string][] = [
    ['prop.open', 'S1 S2 S3'],
    ['prop.open=true', 'S1 S3'],
    ['prop.open=false', 'S2'],
    ['prop.open!=true', 'S2'],
    ['prop.open="true"', ''],
    ['prop.missing=true', ''],
    ['prop.missing!=true', 'S1 S2 S3'],
    ['prop.url=/index.html', ''],
    ['prop.url="/index.html"', 'S1 S2'],
    ['prop.url~html$', 'S1 S2'],
    ['prop.url=/^\\/ind/', 'S1 S2'],
    ['prop.url=(sliced string)', ''],
    ['prop.size=42', 'S1'],
    ['prop.size="42"', ''],
    ['prop.size<2', 'S2'],
    ['prop.size>1', 'S1 S2'],
    ['prop.size!=42', 'S2 S3'],
    ['prop.next.open=false', 'S1'],
    ['prop.next.next.size', 'S1'],
    [`prop.next=@${heap.nodeId[heap.node('S3')]}`, 'S2'],
    ['prop."two words"="/index.html"', 'S2'],
    ['prop.7', 'S3'],
  ]
  for (const [text, labels] of answers) {
    if (text === 'prop.url=/index.html') assert.throws(() => found(text), /has no end; quote a path/)
    else assert.equal(found(text), labels, text)
  }
  assert.equal(missingForWhere(heap, 'prop.size>100'), undefined)
  const plain = await heapOf('root -> A.n -> x\n x: number "heap number" 16')
  assert.equal(missingForWhere(plain, 'type=A and (B or not prop.n=1)'), 'numbers')
  assert.equal(missingForWhere(plain, 'prop.n'), undefined)
})

const PLACES = `
  root -> f -internal:shared-> info -internal:script-> script -internal:name-> path
  root -> Own
  root -> g -internal:shared-> info2 -internal:script-> script2 -internal:name-> path2
  root -> Placeless
  f: closure f 32 at 7:11:0
  Own: object Own 16 at 7:2:5
  g: closure g 32 at 9:0:0
  info: code info
  script: code script
  path: string "file:///app/src/a.js"
  info2: code info
  script2: code script
  path2: string "/app/node_modules/pkg/index.js"
`

test('places match as a whole, and from behind each slash on', async () => {
  const heap = await heapOf(PLACES)
  const found = (text: string) =>
    ['f', 'Own', 'g', 'Placeless'].filter(label => wherePredicate(heap, text)(heap.node(label))).join(' ')
  const answers: [text: string, labels: string][] = [
    ['place="/app/src/a.js:12"', 'f'],
    ['place="/app/src/a.js"', 'f Own'],
    ['place=src/a.js:3', 'Own'],
    ['place=a.js', 'f Own'],
    ['place=.js', ''],
    ['place~^src', 'f Own'],
    ['place~^node_modules', 'g'],
    ['/^node_modules/', 'g'],
    ['not /^node_modules/', 'f Own Placeless'],
    ['src/a.js', 'f Own'],
    ['place=""', 'Placeless'],
    ['place!=""', 'f Own g'],
    ['/^$/', ''],
  ]
  for (const [text, labels] of answers) assert.equal(found(text), labels, text)
})

test('a column that the expression does not name is never computed, nor one that cheaper tests make needless', async () => {
  const heap = await heapOf('root -> A -> B')
  const asked = new Set<string>()
  const watched = new Proxy(new Snapshot(heap.name, heap.header, heap, heap.strings), {
    get(target, key) {
      if (['types', 'retainers', 'detachedness', 'ephemerons'].includes(String(key))) asked.add(String(key))
      return Reflect.get(target, key, target)
    },
  })
  const run = (text: string) => {
    asked.clear()
    const passes = wherePredicate(watched, text)
    nodesOf(watched, passes)
    return [...asked].sort()
  }
  assert.deepEqual(run('edges>1 and retainers>0 and id<100 and kind=object and prop.x'), [])
  assert.deepEqual(run('name=nobody and type=A'), [])
  assert.deepEqual(run('retained>0 and kind=nobody'), [])
  assert.deepEqual(run('distance>0 and edges>100'), [])
  assert.deepEqual(run('edges<100 or retained>0'), [])
  assert.deepEqual(run('type=A'), ['types'])
  assert.ok(run('retained>0').includes('ephemerons'))
})

test('detached nodes, and flags and numbers of real snapshots', async () => {
  const page = await openSnapshot('fixtures/snapshots/page.chromium.heapsnapshot.gz')
  const detached = select(page, {where: 'detached and type~^Detached'}).nodes
  assert.deepEqual([...detached], [...select(page, {where: 'detached', among: {type: '/^Detached/'}}).nodes])
  assert.ok(detached.length > 0)
  const zoo = await openSnapshot('fixtures/snapshots/types-zoo.node20-internals.heapsnapshot.gz')
  const plain = await openSnapshot('fixtures/snapshots/types-zoo.node20.heapsnapshot.gz')
  const types = ({types}: Snapshot, nodes: Uint32Array) => [...nodes].map(node => types.names[types.ofNode[node]])
  assert.deepEqual(types(zoo, select(zoo, {where: 'prop.plain.a=1 and prop.bound'}).nodes), ['Zoo'])
  assert.deepEqual(types(plain, select(plain, {where: 'prop.plain.b.c and prop.specimen'}).nodes), ['Zoo'])
  assert.equal(select(plain, {where: 'prop.plain.a=1'}).nodes.length, 0)
  assert.equal(missingForWhere(plain, 'prop.plain.a=1'), 'numbers')
  const flags = ['true', 'false', 'null', 'undefined'].map(
    value => select(plain, {where: `prop.enumerable=${value} or prop.writable=${value}`}).nodes.length,
  )
  assert.ok(flags[0] > 0 || flags[1] > 0, `${flags}`)
})
