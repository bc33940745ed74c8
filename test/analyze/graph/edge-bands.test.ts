import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {addPair, edgeBands, sortBand} from '../../../src/analyze/graph/edge-bands.ts'
import {runs} from '../../support/runs.ts'

/** All pairs by their second number, as a table of arrays has them: the slow twin. */
function byMap(pairs: readonly [number, number][]): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const [from, to] of pairs) found.set(to, [...(found.get(to) ?? []), from])
  return found
}

/** What the bands say of every number below `limit` that has pairs, from the last band to the first as the dominators ask. */
function byBands(limit: number, pairs: readonly [number, number][]): Map<number, number[]> {
  const bands = edgeBands(limit, pairs.length)
  for (const [from, to] of pairs) addPair(bands, from, to)
  const found = new Map<number, number[]>()
  for (let band = bands.next.length - 1; band >= 0; band--) {
    sortBand(bands, band)
    for (let i = 0; i <= bands.mask; i++) {
      const sources = [...bands.sorted.subarray(bands.first[i], bands.first[i + 1])]
      if (sources.length > 0) found.set(band * (bands.mask + 1) + i, sources)
    }
  }
  return found
}

const sorted = (found: Map<number, number[]>) =>
  [...found].map(([to, sources]) => [to, sources.sort((a, b) => a - b)] as const).sort(([a], [b]) => a - b)

test('pairs come back by their second number, whatever band they are of', () => {
  const limits = [1, 2, 16_383, 16_384, 16_385, 50_000]
  const input = fc.constantFrom(...limits).chain(limit => {
    const number = fc.nat(limit - 1)
    return fc.tuple(fc.constant(limit), fc.array(fc.tuple(number, number), {maxLength: 200}))
  })
  fc.assert(
    fc.property(input, ([limit, pairs]) => {
      assert.deepEqual(sorted(byBands(limit, pairs)), sorted(byMap(pairs)))
    }),
    {numRuns: runs(50)},
  )
})

test('a band with more pairs than a chunk holds, filled in turn with others', () => {
  const hub = 20_000
  for (const count of [1023, 1024, 1025, 2048, 5000]) {
    const pairs = Array.from({length: count}, (_, i): [number, number][] => [
      [i, hub],
      [i, (i * 7919) % 60_000],
    ]).flat()
    assert.deepEqual(sorted(byBands(60_000, pairs)), sorted(byMap(pairs)), `${count} pairs to one number`)
  }
})

test('wide bands where there are many numbers', () => {
  const limit = 2 ** 23
  const pairs = [0, 1, 65_535, 65_536, limit / 2, limit - 1].map((to, from): [number, number] => [from, to])
  const bands = edgeBands(limit, pairs.length)
  assert.ok(bands.next.length <= 256)
  assert.deepEqual(sorted(byBands(limit, pairs)), sorted(byMap(pairs)))
})
