import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {BitSet} from '../../src/util/bit-set.ts'
import {GrowableUint32} from '../../src/util/growable.ts'
import {NumberColumn, reserve} from '../../src/util/number-column.ts'
import {runs} from '../support/runs.ts'

const whole = fc.oneof(
  {weight: 9, arbitrary: fc.nat(0xffffffff)},
  {weight: 1, arbitrary: fc.constantFrom(0, 0xffffffff, 0x100000000, Number.MAX_SAFE_INTEGER)},
)

test('a column keeps what is appended, in 32 bits as long as all fit', () => {
  const blocks = fc.array(fc.array(whole, {maxLength: 20}), {maxLength: 6})
  const property = fc.property(
    blocks,
    fc.nat(30),
    fc.integer({min: 1, max: 4}),
    fc.boolean(),
    (blocks, capacity, stride, one) => {
      const column = new NumberColumn(capacity)
      for (const block of blocks) {
        if (one) for (const value of block) column.push(value)
        else {
          // The field stands last in its row, behind values that must not be read.
          const rows = Float64Array.from(block.flatMap(value => [...Array<number>(stride - 1).fill(-1), value]))
          assert.equal(column.append(rows, stride - 1, stride, block.length), -1)
        }
      }
      const values = blocks.flat()
      const data = column.finish()
      assert.deepEqual([...data], values)
      assert.equal(data instanceof Uint32Array, !values.some(value => value > 0xffffffff))
    },
  )
  fc.assert(property, {seed: 3, numRuns: runs(500)})
})

test('append names the first row that is no whole number', () => {
  for (const bad of [-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 40)]) {
    for (const large of [1, 2 ** 40]) {
      const column = new NumberColumn(2)
      assert.equal(column.append(Float64Array.of(0, large, 0, bad, 0, -7), 1, 2, 3), 1)
    }
  }
})

test('reserve keeps what is used and at least doubles', () => {
  const data = Uint8Array.of(1, 2, 3)
  assert.equal(reserve(data, 3, 3), data)
  const larger = reserve(data, 2, 4)
  assert.deepEqual([...larger.subarray(0, 4)], [1, 2, 0, 0])
  assert.ok(reserve(data, 3, 100_000).length >= 100_000)
  const huge = reserve(new Float64Array(10_000), 0, 10_001)
  assert.ok(huge instanceof Float64Array && huge.length >= 20_000)
})

test('a set of small integers', () => {
  const step = fc.tuple(fc.boolean(), fc.nat(99))
  const property = fc.property(fc.array(step), steps => {
    const [set, twin] = [new BitSet(100), new Set<number>()]
    for (const [add, index] of steps) {
      if (add) {
        set.add(index)
        twin.add(index)
      } else {
        set.delete(index)
        twin.delete(index)
      }
    }
    for (let index = 0; index < 100; index++) assert.equal(set.has(index), twin.has(index))
  })
  fc.assert(property, {seed: 4})
})

test('a growable array keeps what is pushed, from any first capacity', () => {
  for (const capacity of [0, 1, 16]) {
    const array = new GrowableUint32(capacity)
    for (let value = 0; value < 100; value++) array.push(value * 40_000_000)
    assert.equal(array.length, 100)
    assert.deepEqual(
      [...array.view()],
      Array.from({length: 100}, (_, value) => value * 40_000_000),
    )
    assert.equal(array.get(99), 99 * 40_000_000)
  }
})
