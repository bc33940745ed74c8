/** Objects found again in a later snapshot: not whatever has inherited the id of one that died. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type KnownObjects, knownObjects, knownTest} from '../../../src/analyze/facts/known-objects.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {programs} from '../../support/programs.ts'

const {run} = programs()

test('what has the id of an object that died is another object, by kind or by class', async () => {
  const earlier = await heapOf(`
    root -> a
    root -> b
    root -> c
    root -> text
    root -> div
    root -> f
    a: object Session 16 @11
    b: object Session 16 @13
    c: object Session 16 @15
    text: concatenated-string joined 32 @17
    div: native "<div>" 80 @19
    f: closure handler 64 @21
  `)
  const later = await heapOf(`
    root -> a
    root -> b
    root -> c
    root -> text
    root -> div
    root -> f
    root -> g
    a: object Session 16 @11
    b: code "(function body)" 16 @13
    c: object Other 16 @15
    text: string "joined and flat by now" 32 @17
    div: native "Detached <div>" 80 @19 detached
    f: closure handler 64 @21
    g: closure handler 64 @23
  `)
  const isKnown = knownTest(knownObjects(earlier), later)
  const known = [...later.nodeId].filter((_, node) => isKnown(node))
  assert.deepEqual(known, [1, 11, 17, 19, 21])
})

test('in a living program ids are inherited, and no dead object passes for alive', async () => {
  const files = run(
    'inherited.cjs',
    `class Held { constructor() { this.rows = new Array(50).fill(1.5) } }
     const held = new Map()
     const made = []
     let rounds = 0
     function round() {
       if (rounds++ === 0) for (let i = 0; i < 5000; i++) held.set(i, new Held())
       else {
         held.clear()
         globalThis.gc()
         for (let i = 0; i < 300; i++) {
           const run = new Function('a', 'b', 'return a + b * ' + i + ' + "key' + i + '"')
           run(1, 2)
           made.push(run, JSON.parse('{"key' + i + '": ' + i + '}'), Symbol.for('symbol ' + i))
         }
       }
     }`,
    2,
  )
  const [first, last] = await Promise.all(files.map(file => openSnapshot(file, {index: 'off'})))
  const kindOf = new Map(Array.from(first.nodeId, (id, node) => [id, first.nodeKind[node]]))
  const isKnown = knownTest(knownObjects(first), last)
  let inherited = 0
  for (let node = 0; node < last.nodeCount; node++) {
    const before = kindOf.get(last.nodeId[node])
    if (before === undefined) assert.ok(!isKnown(node))
    else if (before !== last.nodeKind[node] && !isKnown(node)) inherited++
  }
  assert.ok(inherited > 0, 'the program shows what it is for')
  const ofHeld: KnownObjects = knownObjects(first, node => first.types.names[first.types.ofNode[node]] === 'Held')
  assert.equal(ofHeld.ids.length, 5000)
  const isHeld = knownTest(ofHeld, last)
  assert.equal([...last.nodeId.keys()].filter(isHeld).length, 0)
})
