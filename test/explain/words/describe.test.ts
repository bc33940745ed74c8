import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {functionName} from '../../../src/explain/code/code-nodes.ts'
import {sourcePlace} from '../../../src/explain/places/source-place.ts'
import {describe} from '../../../src/explain/words/describe.ts'
import {openSnapshot, type Snapshot, select} from '../../../src/index.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'

const preview = (heap: DrawnHeap, label: string) => describe(heap, heap.node(label)).preview

test('what an object is called', async () => {
  const heap = await heapOf(`
    root -> gc
    gc: synthetic "(GC roots)" 0
    nameless: synthetic "" 0 @9
    Cache: object Cache 8 @33
    plain: object Object
    plain.url -> a
    plain.__proto__ -> b
    plain [0] -> c
    plain.body -> d
    big: object Object
    ${Array.from({length: 9}, (_, i) => `big.p${i} -> a`).join('\n')}
    empty: object Object
    f: closure f
    anonymous: closure ""
    regexp: regexp "a+/b"
    text: string "two\\nlines \\"quoted\\""
    long: string "${'x'.repeat(500)}"
    sliced: sliced-string "(sliced string)"
    named: sliced-string "abc"
    div: native "<div id=\\"a\\" class=\\"row\\">"
    code: code "(code for f)"
  `)
  const previews = {
    ...{root: '', gc: '', Cache: '', plain: '{url, body}', empty: '{}', f: 'f()', anonymous: '(anonymous)()'},
    ...{big: '{p0, p1, p2, p3, p4, p5, … 3 more}', regexp: 'a+/b', text: '"two\\nlines \\"quoted\\""'},
    ...{
      long: `"${'x'.repeat(200)}"`,
      sliced: '',
      named: '"abc"',
      div: 'div#a.row',
      code: '(code for f)',
    },
  }
  for (const [label, text] of Object.entries(previews)) assert.equal(preview(heap, label), text, label)
  const types = ['root', 'gc', 'nameless', 'Cache', 'f', 'text', 'div', 'code'].map(
    label => describe(heap, heap.node(label)).type,
  )
  assert.deepEqual(types, [
    '(root)',
    '(GC roots)',
    '(synthetic)',
    'Cache',
    'Function',
    '(string)',
    '<div>',
    '(compiled code)',
  ])
  const {id, kind, place} = describe(heap, heap.node('Cache'))
  assert.deepEqual([id, kind, place], [33, 'object', ''])
})

//  rope ─first▶ left ─first▶ "Hello", ─second▶ ", "
//      └second▶ "world"
test('ropes are read from left to right', async () => {
  const heap = await heapOf(`
    rope -internal:second-> world
    rope -internal:first-> left
    left -internal:first-> hello
    left -internal:second-> comma
    left -property:first-> world
    rope: concatenated-string "(concatenated string)"
    left: concatenated-string "(concatenated string)"
    hello: string Hello
    comma: string ", "
    world: string world
    half -internal:second-> part
    half: concatenated-string ""
    part: sliced-string "(sliced string)"
    none: concatenated-string ""
  `)
  assert.equal(preview(heap, 'rope'), '"Hello, world"')
  assert.equal(preview(heap, 'half'), '"…"')
  assert.equal(preview(heap, 'none'), '""')
})

//  a ─first▶ a, ─second▶ b ─first▶ a …      no such rope is written by V8
test('ropes that hold themselves, and very deep ones, come to an end', async () => {
  const ring = await heapOf(`
    a -internal:first-> a
    a -internal:second-> x
    b -internal:first-> x
    b -internal:second-> b
    a: concatenated-string ""
    b: concatenated-string ""
    x: string x
  `)
  assert.equal(preview(ring, 'a'), '""')
  assert.match(preview(ring, 'b'), /^"x{64,300}"$/)
  const links = Array.from({length: 5000}, (_, i) => `r${i} -internal:first-> r${i + 1}\n r${i} -internal:second-> x`)
  const ropes = Array.from({length: 5000}, (_, i) => `r${i}: concatenated-string ""`)
  const deep = await heapOf([...links, ...ropes, 'r5000: string y', 'x: string x'].join('\n'))
  assert.equal(preview(deep, 'r0'), '""')
  assert.equal(preview(deep, 'r4990'), '"yxxxxxxxxxx"')
})

// f ─shared▶ info ─script▶ script ─name▶ "file:///app/a.js"
test('places, drawn', async () => {
  const heap = await heapOf(`
    f -internal:shared-> info -internal:script_or_debug_info-> script -internal:name-> path
    f: closure f 8 at 5:11:3
    g: closure g 8 at 5:0:0
    other: closure other 8 at 6:1:1
    unknown: object Unknown 8 at 5:4294967295:0
    Thing: object Thing 8 at 5:41:7
    info: code info
    script: code script
    path: string "file:///app/a.js"
  `)
  const place = (label: string) => sourcePlace(heap, heap.node(label))
  assert.deepEqual(['f', 'g', 'Thing', 'other', 'info', 'unknown'].map(place), [
    'a.js:12',
    'a.js:1',
    'a.js:42',
    '',
    '',
    'a.js',
  ])
})

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const FILES = [
  ...['closure.node20', 'weakmap.node20', 'listener.node20', 'timer.node20', 'promise.node20', 'cycles.node20'],
  ...['buffer-cache.node20', 'buffer-cache.node12', 'long-list.node20', 'tracked.node20', 'page.chromium'],
  ...['node12', 'node16', 'node18', 'node20', 'node22', 'node24', 'node26', 'deno'].map(
    version => `types-zoo.${version}`,
  ),
]

/** Closures with a name of their own, and where their program says they are. */
function namedClosures(snapshot: Snapshot, program: string): {name: string; line: number}[] {
  const found: {name: string; line: number}[] = []
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (snapshot.nodeKind[node] !== NodeKind.closure) continue
    const match = /^(?:src\/)(.*):(\d+)$/.exec(sourcePlace(snapshot, node))
    // A bound function has the name and the line of what it calls.
    const name = functionName(snapshot, node).replace(/^bound /, '')
    if (match?.[1] === program && name !== '') found.push({name, line: Number(match[2])})
  }
  return found
}

for (const file of FILES) {
  test(`places of ${file}: each function is on its line of the program`, async () => {
    const snapshot = await openSnapshot(`${FIXTURES}snapshots/${file}.heapsnapshot.gz`)
    const program = file.replace(/\..*/, file.startsWith('page') ? '.html' : '.cjs')
    const lines = readFileSync(`${FIXTURES}programs/${program}`, 'utf8').split('\n')
    const closures = namedClosures(snapshot, program)
    assert.ok(closures.length > 0)
    for (const {name, line} of closures) {
      const text = lines[line - 1]
      // A class is where its constructor is written, if it has one; a method is not preceded by `function`.
      const isThere = text.includes(name.replace(/^.*[.#]/, '')) || /\bconstructor\(/.test(text)
      assert.ok(isThere, `${name} at ${line}: ${text}`)
    }
  })
}

test('an object is where its class is written', async () => {
  const classes: [string, string, RegExp][] = [
    ['closure.node20', 'BigPayload', /class BigPayload|constructor\(generation\)/],
    ['timer.node20', 'PollState', /class PollState|constructor\(url\)/],
    ['weakmap.node20', 'SessionMeta', /class SessionMeta|constructor\(note\)/],
    ['weakmap.node20', 'SessionKey', /class SessionKey|constructor\(id\)/],
    ['cycles.node20', 'Child', /class Child/],
    ['cycles.node20', 'RingC', /class RingC/],
    ['types-zoo.deno', 'Derived', /class Derived/],
    ['types-zoo.node26', 'Specimen', /class Specimen/],
  ]
  for (const [file, type, written] of classes) {
    const snapshot = await openSnapshot(`${FIXTURES}snapshots/${file}.heapsnapshot.gz`)
    const program = file.replace(/\..*/, '.cjs')
    const lines = readFileSync(`${FIXTURES}programs/${program}`, 'utf8').split('\n')
    const places = new Set([...select(snapshot, {type}).nodes].map(node => sourcePlace(snapshot, node)))
    assert.equal(places.size, 1, `${[...places]}`)
    const match = /^src\/(.*):(\d+)$/.exec([...places][0])
    assert.equal(match?.[1], program)
    // Of a class that has a constructor, the line of that; the class stands right above it.
    const line = Number(match?.[2])
    assert.match(`${lines[line - 2]}\n${lines[line - 1]}`, written)
  }
})
