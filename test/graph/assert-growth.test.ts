/** `assert --no-growth`: new objects are told by their ids where those agree, and it is said where they do not. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {countedObjects, countObjects, grownTypes} from '../../src/analyze/growth/left-behind.ts'
import {grownFindings} from '../../src/explain/owners/left-behind-words.ts'
import {assertView, growthBase, openSnapshot} from '../../src/index.ts'
import {heapgraph} from '../cli/cli.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const fileOf = (name: string) => `${FIXTURES}snapshots/${name}.heapsnapshot.gz`
const planted = (
  JSON.parse(readFileSync(`${FIXTURES}programs/growing.truth.json`, 'utf8')) as {
    leaks: {type: string; perRound: number}[]
  }
).leaks

async function noGrowth(base: string, later: string) {
  const earlier = growthBase(await openSnapshot(fileOf(base)))
  return assertView(await openSnapshot(fileOf(later)), [{kind: 'no-growth', text: base, base: earlier}])
}

const NOTE =
  /^growing\S+: different processes or inspector sessions: only .*; so the youngest of each type that grew are taken/

test('within a process the new objects are those whose ids are new', async () => {
  const {assertions, total, limits} = await noGrowth('growing.node20.base', 'growing.node20.target')
  assert.equal(total.failed, 1)
  assert.ok(!limits.some(text => NOTE.test(text)), limits.join('\n'))
  const details = assertions[0].details.join('\n')
  for (const type of ['Session', 'RequestKey', 'RingNode', 'PollState', 'Subscription']) {
    const {perRound} = planted.find(leak => leak.type === type)!
    assert.match(
      details,
      new RegExp(`^${type} \\d+ → \\d+ .*\\n  held by .*: ${perRound} of ${perRound} new ones$`, 'm'),
    )
  }
  // Of texts some go, too, so that more are new than there are more.
  const [earlier, later] = await Promise.all(
    ['growing.node20.base', 'growing.node20.target'].map(name => openSnapshot(fileOf(name))),
  )
  const texts = grownTypes([countObjects(earlier), countObjects(later)], 3, type => type === '(string)')
  const [{counts, added}] = grownFindings(later, texts, countedObjects(earlier), 3).findings
  assert.ok(added > counts[1] - counts[0], `${counts} ${added}`)
})

test('between two processes the youngest stand in for the new ones, and it is said', async () => {
  const {assertions, limits} = await noGrowth('growing.node20.base', 'growing-again.node20.target')
  assert.equal(limits.filter(text => NOTE.test(text)).length, 1, limits.join('\n'))
  assert.match(
    assertions[0].details.join('\n'),
    /^Session 50 → 100 .*\n {2}held by sessions\.get\(…\) .*: 50 of 50 new ones$/m,
  )
  const same = await noGrowth('growing.node20.target', 'growing-again.node20.target')
  assert.deepEqual(same.total, {passed: 1, failed: 0})
  assert.match(same.limits[0], NOTE)
  const {code, stdout} = await heapgraph([
    'assert',
    '--no-growth',
    fileOf('growing.node20.target'),
    fileOf('growing-again.node20.target'),
  ])
  assert.equal(code, 0)
  assert.match(stdout, /^note: \S*growing\.node20\.target\S*: different processes or inspector sessions: /m)
})

test('what leaks nothing passes, in one process', async () => {
  const {total, limits} = await noGrowth('growing-control.node20.base', 'growing-control.node20.target')
  assert.deepEqual([total, limits], [{passed: 1, failed: 0}, []])
})
