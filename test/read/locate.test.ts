import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {offsetOfNumber} from '../../src/read/locate.ts'
import {chunksOf} from '../support/chunks.ts'
import {runs} from '../support/runs.ts'

test('the place of each number of an array, whatever the chunks', async () => {
  const space = fc.constantFrom('', '', ' ', '\n', '\r\n ')
  const items = fc.array(fc.tuple(fc.integer(), space, space), {maxLength: 12})
  const sizes = fc.array(fc.integer({min: 1, max: 20}), {minLength: 1, maxLength: 3})
  const property = fc.asyncProperty(items, fc.string(), sizes, async (items, before, sizes) => {
    let text = `{"x${before.replace(/["\\]/g, '')},1[,":[`
    const arrayOffset = Buffer.byteLength(text) - 1
    const places: number[] = []
    items.forEach(([number, left, right], index) => {
      text += `${index > 0 ? ',' : ''}${left}`
      places.push(Buffer.byteLength(text))
      text += number + right
    })
    const bytes = Buffer.from(`${text} ],"y":[7,8,9,10]}`)
    for (let index = 0; index < places.length; index++) {
      assert.equal(await offsetOfNumber(chunksOf(bytes, sizes), arrayOffset, index), places[index])
    }
    assert.equal(await offsetOfNumber(chunksOf(bytes, sizes), arrayOffset, places.length), undefined)
  })
  await fc.assert(property, {seed: 11, numRuns: runs(300)})
})

test('an array that the input does not reach has no places', async () => {
  assert.equal(await offsetOfNumber(chunksOf(Buffer.from('[1,2'), [2]), 0, 2), undefined)
  assert.equal(await offsetOfNumber(chunksOf(Buffer.from('[1,2'), [2]), 9, 0), undefined)
})
