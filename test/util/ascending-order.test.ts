import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {ascendingOrder} from '../../src/util/ascending-order.ts'

test('the order of any numbers: as a stable sort has it', () => {
  const number = fc.oneof(fc.nat({max: 5}), fc.nat({max: 5000}), fc.integer({min: 0, max: 0xffffffff}))
  fc.assert(
    fc.property(fc.array(number), values => {
      const expected = values.map((_, place) => place).sort((a, b) => values[a] - values[b])
      assert.deepEqual([...ascendingOrder(Uint32Array.from(values))], expected)
    }),
  )
})
