/** What callers who have no types may give. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openSnapshot, type SnapshotInput} from '../../../src/index.ts'
import {heapText} from '../../support/ascii-heap.ts'

const bytes = heapText('root -> A')

test('wrong arguments are told in a sentence', async () => {
  const open = openSnapshot as (...args: unknown[]) => Promise<unknown>
  for (const input of [undefined, null, 5, {}, []])
    await assert.rejects(open(input), {code: 'USAGE', message: /^the snapshot is .*, not a path, bytes or a stream/})
  for (const options of [null, 5, 'x'])
    await assert.rejects(open(bytes, options), {code: 'USAGE', message: /^options are .*, not an object$/})
  for (const [name, value] of [
    ['threads', 0],
    ['threads', 'many'],
    ['threads', 1.5],
    ['parallelFromBytes', Number.NaN],
    ['onProgress', 5],
    ['onRemark', {}],
    ['index', true],
    ['signal', {}],
  ] as const) {
    await assert.rejects(open(bytes, {[name]: value}), {code: 'USAGE', message: new RegExp(`^${name} is `)})
  }
  await assert.rejects(open(bytes, {thread: 1}), {
    code: 'USAGE',
    message: 'no option is called "thread"',
    hint: /threads/,
  })
})

test('a signal ends it, before and in the middle, and a snapshot can be closed twice', async () => {
  await assert.rejects(openSnapshot(bytes, {signal: AbortSignal.abort(new Error('enough'))}), /enough/)
  const controller = new AbortController()
  async function* pieces() {
    yield bytes.subarray(0, 600)
    controller.abort(new Error('in the middle'))
    yield bytes.subarray(600)
  }
  await assert.rejects(openSnapshot(pieces() as SnapshotInput, {signal: controller.signal}), /in the middle/)
  const snapshot = await openSnapshot(bytes, {signal: new AbortController().signal})
  snapshot.close()
  snapshot[Symbol.dispose]()
  assert.equal(snapshot.nodeCount, 2)
})
