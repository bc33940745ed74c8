/** The heap is settled when all that can go is gone, however many collections that takes. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {runInNewContext} from 'node:vm'
import {collectGarbage, settleHeap} from '../../../src/capture/own/settle.ts'

test('garbage goes, what is held stays, and settled twice nothing changes', async () => {
  const before = await settleHeap()
  const held = Array.from({length: 100_000}, (_, i) => ({i}))
  const buffers = Array.from({length: 20}, () => new ArrayBuffer(1 << 20))
  const with_ = await settleHeap()
  assert.ok(with_.heapUsedBytes - before.heapUsedBytes > 100_000 * 20, 'objects that are held count')
  assert.ok(with_.externalBytes - before.externalBytes >= 19 << 20, 'ArrayBuffers count')
  assert.equal(held.length + buffers.length, 100_020)
  held.length = 0
  buffers.length = 0
  const after = await settleHeap()
  // Code that was compiled meanwhile and its source maps are some hundred kB.
  const rest = after.heapUsedBytes - before.heapUsedBytes
  assert.ok(rest < 1_000_000, String(rest))
  assert.ok(after.externalBytes - before.externalBytes < 1 << 20)
  for (const settled of [before, with_, after]) assert.ok(settled.isStable && settled.rounds <= 20)
})

/** Objects of which each, collected, lets the next one go. A function of its own, so that no register of the test's holds one. */
function chain(length: number): {links: Map<number, object>; last: WeakRef<object>; registry: unknown} {
  const links = new Map<number, object>()
  const registry = new FinalizationRegistry<number>(i => links.delete(i + 1))
  let link = {}
  for (let i = 0; i < length; i++) {
    link = {payload: new Array(100_000).fill(i)}
    registry.register(link, i)
    if (i > 0) links.set(i, link)
  }
  return {links, last: new WeakRef(link), registry}
}

test('what a finalizer lets go of is gone too, link by link', async () => {
  const {links, last, registry} = chain(4)
  assert.equal(links.size, 3)
  await settleHeap()
  assert.equal(links.size, 0)
  assert.equal(last.deref() === undefined, true)
  assert.ok(registry)
})

test('a heap that never rests is said to be unstable', async () => {
  const kept: object[] = []
  const timer = setInterval(() => kept.push(new Array(20_000).fill(0)), 0)
  const busy = setImmediate(function grow() {
    kept.push(new Array(20_000).fill(1))
    if (kept.length < 1000) setImmediate(grow)
  })
  const {isStable, rounds} = await settleHeap({maxRounds: 4})
  clearInterval(timer)
  clearImmediate(busy)
  kept.length = 1000
  assert.equal(isStable, false)
  assert.equal(rounds, 4)
})

test('the program is left without gc of its own', () => {
  collectGarbage()
  assert.equal(typeof (globalThis as {gc?: unknown}).gc, 'undefined')
  assert.equal(runInNewContext('typeof gc'), 'undefined')
})
