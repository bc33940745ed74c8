import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoize} from '../../src/util/memo.ts'

test('what is computed is computed once, undefined too', () => {
  for (const value of [undefined, null, 0, 'x']) {
    let times = 0
    const of = memoize((_: object) => {
      times++
      return value
    })
    const key = {}
    assert.deepEqual([of(key), of(key), times], [value, value, 1])
    of({})
    assert.equal(times, 2)
  }
})
