/**
 * What `why`, `leaks` and `what-if` say of living programs, proved in them on this Node: `npm run prove -- 20 22 24 26` has all programs on
 * several versions.
 */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HANG_MS} from '../support/limits.ts'
import {PROOFS} from './cases.ts'
import {isShared, isThere, provesOf} from './proofs.ts'

/** What making a cut leaves behind itself, such as arguments, answers and texts of calls by the inspector, and what the program did meanwhile. */
const OWN_BYTES = 2_000
const LIMIT = {timeout: HANG_MS}

for (const proof of PROOFS) {
  const skip = isThere(proof) ? false : `${proof.program} is not there`
  test(`${proof.program}: what was said to go goes, and what was said to stay stays`, {...LIMIT, skip}, async t => {
    const results = await provesOf(proof, process.execPath)
    for (const [i, {asked, cuts, meant, view, problem}] of results.entries()) {
      const told = `${asked} ✂ ${cuts.join(' ✂ ')}`
      if (view === undefined) {
        // Of programs whose answer is not known to be right yet.
        assert.ok(isShared(proof), `${told}: ${problem}`)
        t.diagnostic(`${told}: nothing to prove: ${problem}`)
        continue
      }
      for (const {reason, edges} of view.uncut) t.diagnostic(`${told}: not cut: ${edges} edges, ${reason}`)
      if (view.edges.cut < view.edges.named) assert.ok(view.uncut.length > 0, 'what is not cut has a reason')
      if (view.edges.cut === view.edges.named && !isShared(proof)) {
        const stayed = view.rows.filter(({stayed}) => stayed > 0)
        assert.deepEqual(stayed, [], `${told}: not an object that was said to go stays`)
        const {besides} = view
        assert.ok(besides.selfBytes < OWN_BYTES, `${told}: went besides: ${JSON.stringify(besides)}`)
      }
      if (view.edges.cut === view.edges.named) assert.ok(view.holds, `${told}: ${JSON.stringify(view, undefined, 1)}`)
      else assert.ok(isShared(proof), `${told}: ${JSON.stringify(view.uncut)}`)
      const frees = proof.asks[i]?.frees
      if (isShared(proof) || meant === undefined) continue
      assert.equal(meant.predicted, frees ?? meant.predicted, told)
      assert.equal(meant.gone, meant.predicted, told)
      if (frees !== 0) assert.ok(meant.gone > 0, `${told} frees nothing`)
    }
  })
}
