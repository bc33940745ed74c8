import assert from 'node:assert/strict'
import {test} from 'node:test'
import {formatBytes, formatCount, formatPercent, parseDuration, plural} from '../../src/util/units.ts'

test('bytes go by thousands, as in DevTools', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [96, '96 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9600, '9.6 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [12_400_000, '12.4 MB'],
    [3_900_000_000, '3.9 GB'],
    [Number.MAX_SAFE_INTEGER, '9.0 PB'],
    [-2048, '-2.0 kB'],
  ]
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text)
})

test('counts have separators, nouns their number', () => {
  assert.equal(formatCount(0), '0')
  assert.equal(formatCount(999), '999')
  assert.equal(formatCount(1_234_567), '1,234,567')
  assert.equal(formatCount(-1234), '-1,234')
  assert.equal(plural(1, 'object'), '1 object')
  assert.equal(plural(41_032, 'object'), '41,032 objects')
  assert.equal(plural(0, 'entry', 'entries'), '0 entries')
})

test('a part that is something never reads as nothing, nor a part as the whole', () => {
  const cases: [number, number, string][] = [
    [0, 10, '0 %'],
    [1, 0, '0 %'],
    [1, 1_000_000, '<0.1 %'],
    [4, 1000, '0.4 %'],
    [91, 100, '91 %'],
    [999_999, 1_000_000, '>99 %'],
    [5, 5, '100 %'],
  ]
  for (const [part, whole, text] of cases) assert.equal(formatPercent(part, whole), text)
})

test('a time is read with its unit, in seconds without one', () => {
  const times = {'500ms': 500, '30': 30_000, '1.5 h': 5_400_000, '2min': 120_000, '1d': 86_400_000}
  for (const [text, ms] of Object.entries(times)) assert.equal(parseDuration(text), ms, text)
  for (const text of ['', '0s', 'soon', '-1s', '1w', '1e9s', '1  s']) assert.equal(parseDuration(text), undefined, text)
})
