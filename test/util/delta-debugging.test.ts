import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {minimized} from '../../src/util/delta-debugging.ts'
import {wordsOfLine} from '../../src/util/shell-word.ts'
import {runs} from '../support/runs.ts'

test('what is needed is all that is left, wherever it stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({min: 1, max: 200}), fc.array(fc.nat(199), {maxLength: 8}), async (count, places) => {
      const needed = new Set(places.map(place => place % count))
      const {items} = await minimized(
        Uint32Array.from({length: count}, (_, i) => i),
        10_000,
        async some => {
          const has = new Set(some)
          return [...needed].every(item => has.has(item)) ? some : undefined
        },
      )
      assert.deepEqual(
        [...items],
        [...needed].sort((a, b) => a - b),
      )
    }),
    {numRuns: runs(200)},
  )
})

test('as many are tried as may be, and what is left still holds', async () => {
  let asked = 0
  const {items, tries} = await minimized(
    Uint32Array.from({length: 1000}, (_, i) => i),
    20,
    async some => {
      asked++
      return some.includes(17) ? some : undefined
    },
  )
  assert.equal(asked, 20)
  assert.equal(tries, 20)
  assert.ok(items.includes(17) && items.length < 500)
})

test('words of a command line are those of a shell', () => {
  assert.deepEqual(wordsOfLine(`why --type Session`), ['why', '--type', 'Session'])
  assert.deepEqual(wordsOfLine(`list --where 'type=A and self>9' --name "it's \\"x\\""  a\\ b`), [
    'list',
    '--where',
    'type=A and self>9',
    '--name',
    `it's "x"`,
    'a b',
  ])
  assert.deepEqual(wordsOfLine(''), [])
})
