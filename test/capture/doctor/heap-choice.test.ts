import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {LiveHeap, Weighing} from '../../../src/capture/agent/snapshot-taker.ts'
import {firstAtWork, grownFarMore, growths, heapName, type Weights} from '../../../src/capture/doctor/heap-choice.ts'

const heap = (name: string, pid: number) => ({name, pid, thread: 0}) as LiveHeap
const [npm, server, worker] = [heap('npm', 1), heap('server.js', 2), heap('worker.js', 3)]

function weights(...rows: [LiveHeap, kB: number, activeMs: number][]): Weights {
  return new Map(
    rows.map(([of, kB, ms]): [LiveHeap, Weighing] => [
      of,
      {heapBytes: kB << 10, externalBytes: 0, activeMs: {asked: ms, answered: ms}} as Weighing,
    ]),
  )
}

test('the heap that grew most of those at work is taken, not one that only waits for another', () => {
  const before = weights([npm, 9000, 400], [server, 4000, 300], [worker, 4000, 300])
  const rows = growths(weights([npm, 9900, 410], [server, 4500, 1300], [worker, 4100, 1300]), before)
  assert.deepEqual(
    rows.map(({heap, growth}) => [heapName(heap), growth >> 10]),
    [
      ['npm 1', 900],
      ['server.js 2', 500],
      ['worker.js 3', 100],
    ],
  )
  assert.equal(firstAtWork(rows)?.heap, server)
  assert.equal(firstAtWork([]), undefined)
})

test('another heap takes its place if it has grown at least 64 kB and twice as much', () => {
  const before = weights([server, 4000, 0], [worker, 4000, 0])
  const other = (serverKb: number, workerKb: number) =>
    grownFarMore(growths(weights([server, serverKb, 0], [worker, workerKb, 0]), before), server)
  assert.equal(other(4040, 4063), undefined)
  assert.equal(other(4000, 4064)?.heap, worker)
  assert.equal(other(4040, 4079), undefined)
  assert.deepEqual(other(4040, 4080), {heap: worker, growth: 80 << 10, own: 40 << 10})
  assert.equal(grownFarMore([], server), undefined)
})
