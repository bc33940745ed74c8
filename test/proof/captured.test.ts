/**
 * What `closures` says, acted upon in a living program on this Node: each of its variables goes when it is set by the inspector and by the mends
 * that it names, with as many bytes as it says; what it does not name is used. `npm run prove -- 20 22 24 26 captured` has several versions.
 */
import assert from 'node:assert/strict'
import {before, test} from 'node:test'
import {HANG_MS} from '../support/limits.ts'
import {type CapturedProof, INSPECTOR, provesCaptured} from './captured.ts'

/** Of the bytes promised: what the program does meanwhile, such as compiling, is beside them. */
const TOLERANCE = 0.02
/** For breakpoints V8 copies the code of the functions that it stops in. */
const INSPECTOR_TOLERANCE = 0.1
/** Nothing sets the `this` of a call. */
const NOT_BY_INSPECTOR = new Set(['this'])

let proof: CapturedProof

before(
  async () => {
    proof = await provesCaptured(process.execPath)
  },
  {timeout: HANG_MS},
)

test('exactly the variables that nobody can use are named', () => {
  const named = proof.view.rows.map(({variable}) => variable)
  assert.deepEqual(named.toSorted(), Object.keys(proof.mends).toSorted())
  // The functions with an eval further inside, and what is around these.
  assert.deepEqual(Object.keys(proof.view.undecided), ['eval'])
})

test('what is not named is used: its function gives it back after all the rest is gone', () => {
  assert.deepEqual(proof.said, Object.fromEntries(proof.live.map(name => [name, name])))
})

test('acted upon as it says, the variable goes with the bytes that it says', () => {
  for (const [variable, mends] of Object.entries(proof.mends)) {
    for (const mend of mends) {
      const acted = proof.acted.find(act => act.variable === variable && act.mend === mend)
      assert.ok(acted, `${variable}, ${mend}`)
      const {predictedBytes, freedBytes, before, after} = acted
      const told = `${variable}, ${mend}: ${predictedBytes} predicted, ${freedBytes} freed`
      assert.ok(Math.abs(freedBytes - predictedBytes) < TOLERANCE * predictedBytes, told)
      assert.ok(before > 0, told)
      assert.equal(after, livesOn(variable), told)
    }
  }
})

/** The last of a chain is in use. */
function livesOn(variable: string): number {
  return variable === 'deadOriginal' ? 1 : 0
}

test('set by the inspector alone, in the program as it was written, it goes too', () => {
  const acted = proof.acted.filter(({mend}) => mend === INSPECTOR)
  let predicted = 0
  let freed = 0
  for (const {variable, failed, after, predictedBytes, freedBytes} of acted) {
    if (NOT_BY_INSPECTOR.has(variable)) {
      assert.equal(failed.length, 1, variable)
      continue
    }
    assert.deepEqual(failed, [], variable)
    assert.equal(after, livesOn(variable), variable)
    predicted += predictedBytes
    freed += freedBytes
  }
  const told = `${predicted} predicted, ${freed} freed`
  assert.ok(Math.abs(freed - predicted) < INSPECTOR_TOLERANCE * predicted, told)
})

test('mended, nothing is named any more, and what a mend names is one of those tried', () => {
  assert.deepEqual(
    proof.mended.rows.map(({variable}) => variable),
    [],
  )
  const words: Record<string, RegExp> = {
    nulled: /set (?:it to null|\w+ = null)/,
    split: /make .* in a function of its own/,
    moved: /move \w+ /,
    removed: /remove it/,
  }
  for (const {variable, mend} of proof.view.rows) {
    for (const tried of proof.mends[variable]) assert.match(mend, words[tried], `${variable}: ${mend}`)
  }
})
