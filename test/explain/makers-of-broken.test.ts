/** Allocation stacks of broken files: whatever bytes are changed, the file is refused in a sentence, or every answer adds up. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  makersText,
  makersView,
  openSnapshot,
  show,
  showText,
  showView,
  types,
  typesText,
  typesView,
} from '../../src/index.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {enough, runs} from '../support/runs.ts'
import {tracedText} from '../support/traces.ts'

const TEXT = new TextDecoder().decode(
  tracedText('root -> A -> B -> C', {
    functions: [
      [0, '(root)', '', 0, 0, 0],
      [11, 'makeOne', '/app/src/pool.js', 7, 31, 5],
      [13, 'handle', '/app/node_modules/x/server.js', 8, 4, 1],
    ],
    tree: [1, 0, 0, 0, [2, 2, 3, 40, [3, 1, 5, 240, []], 4, 1, 1, 8, []]],
    samples: [0, 3, 50_000, 5, 90_000, 6],
    ofNode: {3: 3, 5: 2, 7: 4},
  }),
)
const FROM = TEXT.indexOf('"trace_function_infos"')
const TO = TEXT.indexOf('"locations"')

/** A part between the first and the last trace section, replaced. */
const change = fc.record({
  at: fc.integer({min: FROM, max: TO - 1}),
  length: fc.nat(3),
  by: fc.constantFrom(
    '',
    '0',
    '1',
    '9',
    '-',
    ',',
    '[',
    ']',
    '[]',
    ',[],',
    '4294967296',
    '9007199254740993',
    '1e3',
    'null',
    '"x"',
    '{}',
  ),
})

test('changed bytes in the sections of stacks and samples', async () => {
  const met = {refused: 0, leftOut: 0, whole: 0}
  const property = fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 3}), async changes => {
    let text = TEXT
    for (const {at, length, by} of changes) text = text.slice(0, at) + by + text.slice(at + length)
    let snapshot: Awaited<ReturnType<typeof openSnapshot>>
    try {
      snapshot = await openSnapshot(new TextEncoder().encode(text))
    } catch (error) {
      assert.ok(error instanceof HeapgraphError, String(error))
      met.refused++
      return
    }
    met[snapshot.remarks.length > 0 ? 'leftOut' : 'whole']++
    const total = types(snapshot).total.count
    for (const by of ['allocated', 'born'] as const) {
      const answer = types(snapshot, {by})
      assert.equal(
        answer.rows.reduce((sum, {count}) => sum + count, 0),
        total,
      )
      assert.ok(typesText(typesView(answer)).length > 0)
    }
    const view = makersView(snapshot)
    const sum = view.cells.reduce((sum, {count}) => sum + count, 0)
    assert.ok(sum === total || view.makers.length === 0)
    assert.ok(makersText(view).length > 0)
    for (let node = 0; node < snapshot.nodeCount; node++) assert.ok(showText(showView(show(snapshot, node))).length > 0)
  })
  await fc.assert(property, {seed: 21, numRuns: runs(400)})
  assert.ok(
    Object.values(met).every(count => count >= enough(20)),
    JSON.stringify(met),
  )
})
