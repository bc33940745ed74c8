/** Sets of owners against plain sets, and what is kept of too many. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {MAX_OWNERS, OwnerSets} from '../../../src/analyze/owners/owner-sets.ts'

const withoutListeners = () => new OwnerSets(() => -1)

/** The set of some owners without a function. */
function setOf(sets: OwnerSets, patterns: Iterable<number>): number {
  let set = 0
  for (const pattern of patterns) set = sets.union(set, sets.single(sets.owner(pattern)))
  return set
}

const patternsOf = (sets: OwnerSets, set: number) => Array.from(sets.of(set), owner => sets.key(owner).pattern)

test('unions are those of plain sets, and equal sets have equal numbers', () => {
  const few = fc.array(fc.integer({min: 1, max: 7}), {maxLength: 6})
  fc.assert(
    fc.property(few, few, (a, b) => {
      const sets = withoutListeners()
      const both = sets.union(setOf(sets, a), setOf(sets, b))
      assert.deepEqual(patternsOf(sets, both).sort(), [...new Set([...a, ...b])].sort())
      assert.equal(both, setOf(sets, [...b, ...a]))
      assert.equal(sets.isCut(both), false)
    }),
  )
})

test('of too many owners the first are kept, and the set says that there were more', () => {
  const sets = withoutListeners()
  const near = setOf(sets, [100, 101, 102])
  const far = setOf(sets, [1, 2, 3, 4, 5, 6, 7])
  const both = sets.union(near, far)
  assert.equal(sets.of(both).length, MAX_OWNERS)
  assert.ok([100, 101, 102].every(pattern => patternsOf(sets, both).includes(pattern)))
  assert.equal(sets.isCut(both), true)
  assert.equal(sets.isCut(sets.union(sets.single(sets.owner(1)), both)), true)
  assert.equal(sets.isCut(near), false)
})

test('a function stands between its objects and an owner with listeners, the one next to the owner', () => {
  // Owner 1 is a part of 9, which has listeners; 2 has none.
  const sets = new OwnerSets(pattern => (pattern === 1 || pattern === 9 ? 9 : -1))
  const set = sets.union(sets.single(sets.owner(1)), sets.single(sets.owner(2)))
  const behind = sets.through(sets.through(set, 50), 51)
  assert.deepEqual(
    Array.from(sets.of(behind), owner => sets.key(owner)),
    [
      {pattern: 2, through: -1},
      {pattern: 9, through: 50},
    ],
  )
  assert.equal(sets.through(0, 50), 0)
})
