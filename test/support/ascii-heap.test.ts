import assert from 'node:assert/strict'
import {test} from 'node:test'
import {DEFAULT_BYTES, type DrawnHeap, heapOf, heapText} from './ascii-heap.ts'

/** All edges as the drawing would write them. */
function edgesOf(heap: DrawnHeap): string[] {
  const {edgeKinds} = heap.header.schema
  const lines: string[] = []
  for (let node = 0; node < heap.nodeCount; node++) {
    for (let edge = heap.firstEdge[node]; edge < heap.firstEdge[node + 1]; edge++) {
      const kind = edgeKinds[heap.edgeKind[edge]]
      const number = kind === 'element' || kind === 'hidden'
      const name = number ? heap.edgeName[edge] : heap.strings.get(heap.edgeName[edge])
      lines.push(`${heap.label(node)} -${kind}:${name}-> ${heap.label(heap.edgeTarget[edge])}`)
    }
  }
  return lines
}

function nodeOf(heap: DrawnHeap, label: string) {
  const node = heap.node(label)
  return {
    kind: heap.header.schema.nodeKinds[heap.nodeKind[node]],
    name: heap.strings.get(heap.nodeName[node]),
    id: heap.nodeId[node],
    bytes: heap.nodeSelfBytes[node],
    detachedness: heap.nodeDetachedness?.[node],
  }
}

test('a path draws its edges in order, a shared beginning once', async () => {
  const heap = await heapOf(`
    # a comment
    root -> A.x -> B
    root -> A -weak:y-> C
    A [3] -> D
    A[4] -> D -hidden:7-> root
    A -internal:"two words"-> B."a \\"b\\"" -> "odd: label"
  `)
  assert.deepEqual(edgesOf(heap), [
    'root -property:A-> A',
    'A -property:x-> B',
    'A -weak:y-> C',
    'A -element:3-> D',
    'A -element:4-> D',
    'A -internal:two words-> B',
    'B -property:a "b"-> odd: label',
    'D -hidden:7-> root',
  ])
  assert.deepEqual(heap.labels, ['root', 'A', 'B', 'C', 'D', 'odd: label'])
  assert.equal(heap.edge('A', 'C'), 2)
})

test('nodes are objects of the label without digits, unless declared', async () => {
  const heap = await heapOf(`
    late: sliced-string "cut off" 40 @44 attached
    root -> Foo12 -> late
    B: object Buffer 96 detached
  `)
  assert.deepEqual(nodeOf(heap, 'root'), {kind: 'synthetic', name: '', id: 1, bytes: 0, detachedness: 0})
  assert.deepEqual(nodeOf(heap, 'late'), {
    kind: 'sliced string',
    name: 'cut off',
    id: 44,
    bytes: 40,
    detachedness: 1,
  })
  assert.deepEqual(nodeOf(heap, 'Foo12'), {
    kind: 'object',
    name: 'Foo',
    id: 5,
    bytes: DEFAULT_BYTES,
    detachedness: 0,
  })
  assert.deepEqual(nodeOf(heap, 'B'), {kind: 'object', name: 'Buffer', id: 7, bytes: 96, detachedness: 2})
})

test('places in source code', async () => {
  const {locations, ...heap} = await heapOf(`
    root -> f -> g
    g: closure g at 12:3:7
  `)
  assert.equal(heap.nodeCount, 3)
  assert.deepEqual(
    [locations.node, locations.scriptId, locations.line, locations.column].map(column => [...column]),
    [[2], [12], [3], [7]],
  )
})

test('the three examples of the header', async () => {
  const cycle = await heapOf(`
    root -> List.head -> Item1.next -> Item2.next -> Item1
    root -> callback -context:list-> List
    callback: closure callback 64
  `)
  assert.deepEqual(edgesOf(cycle), [
    'root -property:List-> List',
    'root -property:callback-> callback',
    'List -property:head-> Item1',
    'Item1 -property:next-> Item2',
    'Item2 -property:next-> Item1',
    'callback -context:list-> List',
  ])
  const map = await heapOf(`
    root -> gc -internal:"(Handle scope)"-> Map -internal:table-> table [5] -> Key
    gc: synthetic "(GC roots)" 0
    table: array "" 128
    lost: string "who am I" 24
  `)
  assert.deepEqual(edgesOf(map), [
    'root -property:gc-> gc',
    'gc -internal:(Handle scope)-> Map',
    'Map -internal:table-> table',
    'table -element:5-> Key',
  ])
  assert.deepEqual(nodeOf(map, 'lost'), {kind: 'string', name: 'who am I', id: 11, bytes: 24, detachedness: 0})
  const detached = await heapOf(`
    root -> window.onclick -> handler -context:node-> div
    div: native "<div class=\\"row\\">" 120 @44 detached
    handler: closure handler 32 at 12:3:7
  `)
  assert.deepEqual(nodeOf(detached, 'div'), {
    kind: 'native',
    name: '<div class="row">',
    id: 44,
    bytes: 120,
    detachedness: 2,
  })
})

test('the size of all others can be given', async () => {
  const heap = await heapOf('root -> A', {selfBytes: 100})
  assert.equal(nodeOf(heap, 'A').bytes, 100)
  assert.equal(nodeOf(heap, 'root').bytes, 0)
})

test('a line that makes no sense says where', () => {
  assert.throws(() => heapText('A => B'), /A ⟨here: "->"⟩ +=> B/)
  assert.throws(() => heapText('A -> '), /⟨here: a label⟩/)
  assert.throws(() => heapText('A -weird:x-> B'), /one of context, element/)
  assert.throws(() => heapText('A -hidden:x-> B'), /a number before it/)
  assert.throws(() => heapText('A: thing'), /one of hidden, array/)
})
