import assert from 'node:assert/strict'
import {test} from 'node:test'

const {merged} = await import(new URL('../../scripts/bench/pieces.mjs', import.meta.url).href)

const wall = (median: number) => ({min: median, median, max: median})
const piece = (files: object[], results: object[], rest: object = {}) => ({
  machines: ['one'],
  loads: ['0.1 and 0.2'],
  versions: ['heapgraph 1'],
  rules: ['5 rounds'],
  files,
  results,
  stages: [],
  ...rest,
})
const small = {label: 'mixed 5mb', bytes: 5, edges: 1}
const large = {label: 'mixed 1gb', bytes: 1000, edges: 9}

test('pieces of a benchmark become one: by size, each figure once, the last that was measured', () => {
  const types = {file: 'mixed 1gb', tool: 'heapgraph', question: 'types'}
  const one = piece([large], [{...types, wall: wall(3)}])
  const two = piece([small], [{file: 'mixed 5mb', tool: 'heapgraph', question: 'types', wall: wall(1)}])
  const again = piece([large], [{...types, wall: wall(2)}], {machines: ['two']})
  const broken = piece([large], [{...types, failure: 'no answer in 1 s'}])
  const all = merged([one, two, again, broken])
  assert.deepEqual(
    all.files.map(({label}: {label: string}) => label),
    ['mixed 5mb', 'mixed 1gb'],
  )
  assert.deepEqual(
    all.results.map((result: {wall: {median: number}}) => result.wall.median),
    [1, 2],
  )
  assert.deepEqual(all.machines, ['one', 'two'])
  assert.equal(all.loads.length, 4)
})

test('a failure is told where nothing else was measured, and files of one name must be the same', () => {
  const failed = {file: 'mixed 5mb', tool: 'memlab', question: 'types', failure: 'not installed'}
  assert.equal(merged([piece([small], [failed])]).results[0].failure, 'not installed')
  assert.throws(
    () => merged([piece([small], []), piece([{...small, edges: 2}], [])]),
    /two pieces have different files/,
  )
})
