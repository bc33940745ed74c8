/** How many ways hold objects and by what, in one sentence: each holder is named once. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {OwnersAnswer} from '../../../src/analyze/owners/owners.ts'
import {type OwnerWords, ownersSentence} from '../../../src/explain/owners/owner-words.ts'

/** The sentence on `total` ways, of which those of `holders` are listed. */
function sentence(holders: readonly string[], total = holders.length): string {
  const words = holders.map(holder => ({holder, place: ''}) as OwnerWords)
  const answer = {owners: words, total: {owners: total}, unheld: 0, target: {nodes: [1]}}
  return ownersSentence(answer as unknown as OwnersAnswer, words)
}

test('one holder is named, whatever ways lead to it', () => {
  assert.equal(sentence(['byId']), 'held by byId')
  assert.equal(sentence(['byId', 'byId', 'byId']), 'held 3 ways by byId')
})

test('of several holders three are named, and the ways that are not are counted', () => {
  assert.equal(sentence(['a', 'b', 'c']), 'held 3 ways: by a, b and c')
  assert.equal(sentence(['a', 'b', 'a', 'c', 'd']), 'held 5 ways: by a in 2 ways, b, c and 1 more')
  assert.equal(sentence(['a', 'a'], 9), 'held 9 ways: by a in 2 ways and 7 more')
})
