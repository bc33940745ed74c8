import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoize, REMEMBERED} from '../../src/util/memo.ts'

test('what is computed is computed once, undefined too', () => {
  for (const make of [() => ({}), () => ({[REMEMBERED]: []})]) {
    for (const value of [undefined, null, 0, 'x']) {
      let times = 0
      const of = memoize((_: object) => {
        times++
        return value
      })
      const key = make()
      assert.deepEqual([of(key), of(key), times], [value, value, 1])
      of(make())
      assert.equal(times, 2)
    }
  }
})

test('of one object several things are remembered apart', () => {
  const [a, b] = [memoize((_: object) => 'a'), memoize((_: object) => 'b')]
  for (const key of [{}, {[REMEMBERED]: []}]) assert.deepEqual([a(key), b(key), a(key), b(key)], ['a', 'b', 'a', 'b'])
})
