import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isCurrent, ownWords} from '../../../scripts/make-own-words.mjs'
import {OWN_WORDS} from '../../../src/snapshot/save/own-words.ts'

test('what redaction leaves readable for the rules are the words that they have now', () => {
  assert.ok(isCurrent(), 'stale: node scripts/make-own-words.mjs writes it anew')
  for (const word of ['_events', '_idleNext', 'memoizedState', 'exports']) assert.ok(OWN_WORDS.has(word), word)
  assert.equal(OWN_WORDS.size, ownWords().length)
})
