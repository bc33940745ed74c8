/** Snapshots that are larger than a number of 32 bits, or an array of V8's. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {errorOf, headerText} from '../texts.ts'

/** As many rows as asked for, without ever holding their text: `row` at a time repeated into pieces. */
async function* repeated(row: string, count: number): AsyncGenerator<Uint8Array> {
  const perPiece = 1 << 16
  const piece = Buffer.from(row.repeat(perPiece))
  let left = count
  for (; left > perPiece; left -= perPiece) yield piece
  yield Buffer.from(row.repeat(left).slice(0, -1))
}

test('17 million nodes and edges, more than an array of V8 or a Map takes', async () => {
  const count = 17_000_000
  async function* text() {
    yield Buffer.from(`{${headerText(count, count)},"nodes":[`)
    yield* repeated('1,0,7,16,1,', count)
    yield Buffer.from('],"edges":[')
    yield* repeated(`0,3,${(count - 1) * 5},`, count)
    yield Buffer.from('],"strings":["x"]}')
  }
  const snapshot = await openSnapshot(text())
  assert.deepEqual([snapshot.nodeCount, snapshot.edgeCount, snapshot.firstEdge.length], [count, count, count + 1])
  const last = count - 1
  assert.deepEqual(
    [snapshot.nodeKind, snapshot.nodeId, snapshot.nodeSelfBytes, snapshot.edgeTarget].map(column => column[last]),
    [snapshot.header.schema.nodeKinds.indexOf('object'), 7, 16, last],
  )
  assert.deepEqual([snapshot.firstEdge[last], snapshot.firstEdge[count]], [last, count])
})

test('offsets beyond 4 GiB are exact', async () => {
  const spaces = Buffer.alloc(64 << 20, ' ')
  const turns = 65
  const head = `{${headerText(1, 0)},"nodes":[0,0,1,0,0],`
  async function* text() {
    yield Buffer.from(head)
    for (let turn = 0; turn < turns; turn++) yield spaces
    yield Buffer.from('"edges":[],"strings":["x",7]}')
  }
  const {message} = await errorOf(openSnapshot(text()))
  const offset = head.length + turns * spaces.length + '"edges":[],"strings":["x",'.length
  assert.ok(offset > 2 ** 32)
  assert.ok(message.includes(`section "strings", byte ${offset}: `), message)
})
