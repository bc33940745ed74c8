/** Ids that are used twice: V8 writes none, but a file may have them, and is answered all the same. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  backrefs,
  cycles,
  dominators,
  openSnapshot,
  owners,
  select,
  shortestPaths,
  toDot,
  toGraph,
  toJson,
  toText,
  whatIf,
  whatIfGraph,
} from '../../src/index.ts'
import {heapText} from '../support/ascii-heap.ts'

/** A ring of two, held by a cache, all with one id, and a third by itself. */
async function heap() {
  const drawn = JSON.parse(
    Buffer.from(
      heapText('root -> cache -> A -> B -> A\ncache -> C\nA: object Item\nB: object Item\nC: object Item'),
    ).toString(),
  )
  const {node_fields: fields} = drawn.snapshot.meta
  const at = fields.indexOf('id')
  const nameAt = fields.indexOf('name')
  for (let i = 0; i < drawn.nodes.length; i += fields.length) {
    if (drawn.strings[drawn.nodes[i + nameAt]] === 'Item') drawn.nodes[i + at] = 4001
  }
  return openSnapshot(Buffer.from(JSON.stringify(drawn)))
}

test('all objects of an id are meant by it, and each has its card', async () => {
  const snapshot = await heap()
  const selection = select(snapshot, {id: 4001})
  assert.equal(selection.nodes.length, 3)
  const tree = toGraph(dominators(snapshot, {depth: 5, minShare: 0}))
  const cards = tree.filterNodes((_, {type}) => type === 'Item')
  assert.deepEqual(cards.length, 3)
  assert.equal(new Set(tree.mapNodes((_, {id}) => id)).size, tree.order - 2)
  for (const answer of [
    backrefs(snapshot, selection),
    shortestPaths(snapshot, selection, {count: 5}),
    cycles(snapshot),
    owners(snapshot, selection),
  ]) {
    const graph = toGraph(answer)
    for (const text of [toText(graph), toJson(graph), toDot(graph)]) assert.ok(text.includes('4001'), text)
  }
})

test('a cut by id is of all objects that have it', async () => {
  const snapshot = await heap()
  const cacheId =
    snapshot.nodeId[
      [...snapshot.nodeId].findIndex((_, node) => snapshot.types.names[snapshot.types.ofNode[node]] === 'cache')
    ]
  const into = whatIf(snapshot, ['@4001'])
  assert.equal(into.cuts[0].edges.length, 4)
  const between = whatIf(snapshot, [`@${cacheId} -> @4001`])
  assert.equal(between.cuts[0].edges.length, 2)
  assert.ok(whatIfGraph(between).order > 0)
  assert.equal(whatIf(snapshot, ['@4001 -> @4001']).cuts[0].edges.length, 2)
})
