/** Questions to several snapshots of one program, and to one by what is demanded of it. */
import {collectGarbage} from '../capture/own/settle.ts'
import {type Assertion, assertView, growthBase} from '../graph/views/assert-view.ts'
import {type GrowthSample, type GrowthViewOptions, growthView, sampleGrowth} from '../graph/views/growth-view.ts'
import {findLeaks, type LeaksSample, sampleLeaks} from '../graph/views/leak-suspects.ts'
import {openSnapshot as loadSnapshot} from '../snapshot/load/load.ts'
import {takeFromEach} from '../snapshot/load/one-at-a-time.ts'
import {
  aFlag,
  aLimit,
  anObject,
  aSize,
  aText,
  type Check,
  checked,
  fitting,
  isObject,
  listOf,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {question, questionLater} from './answers.ts'
import {aSnapshot} from './checks.ts'

/** A file a snapshot: the older ones first. */
function files(least: number): Check {
  return (value, name, all) => {
    listOf(aText)(value, name, all)
    fitting(`an array of at least ${least} paths`, given => (given as unknown[]).length >= least)(value, name, all)
  }
}

const opener = {
  open: (file: string) => loadSnapshot(file),
  letGo: collectGarbage,
}

/**
 * How several snapshots of one program differ, oldest first, two at least: counts and bytes for each, by type, holder or path. One snapshot is in
 * memory at a time. Throws as `openSnapshot`.
 */
export const growth = questionLater(
  'growth',
  [
    ['files', files(2)],
    [
      'options',
      optionsOf<GrowthViewOptions>({
        by: oneOf('type', 'holder', 'path'),
        sort: oneOf('count', 'self', 'retained', 'name'),
        limit: aLimit,
        retained: aFlag,
        fresh: aFlag,
      }),
    ],
  ],
  async (paths: readonly string[], options: GrowthViewOptions = {}) => {
    const samples: GrowthSample[] = []
    const last = await takeFromEach(paths, opener, snapshot => samples.push(sampleGrowth(snapshot, samples, options)))
    return growthView(samples, last, options)
  },
)

/**
 * What leaks, by two or three snapshots of one process: before the work, after it, and when it should be let go of. Who must let go, with the line,
 * counts and bytes; at most `limit` (10). One snapshot is in memory at a time. Throws as `openSnapshot`.
 */
export const leaks = questionLater(
  'leaks',
  [
    ['files', files(2)],
    ['options', optionsOf<{limit?: number}>({limit: aLimit})],
  ],
  async (paths: readonly string[], options: {limit?: number} = {}) => {
    const samples: LeaksSample[] = []
    const last = await takeFromEach(paths, opener, (snapshot, isLast) => {
      if (!isLast) samples.push(sampleLeaks(snapshot))
    })
    return findLeaks(samples, last, options)
  },
)

const PARTS: Record<Assertion['kind'], Record<string, Check>> = {
  max: {type: aText, count: aLimit},
  'max-retained': {type: aText, bytes: aSize},
  'no-growth': {base: anObject},
  'no-path': {from: aText, to: aText},
}

const anAssertion: Check = (value, name, all) => {
  fitting("an object such as {kind: 'max', text, type, count}", isObject)(value, name, all)
  const assertion = value as Record<string, unknown>
  oneOf(...Object.keys(PARTS))(assertion.kind, `kind of ${name}`, all)
  for (const [part, check] of Object.entries({text: aText, ...PARTS[assertion.kind as Assertion['kind']]}))
    check(assertion[part], `${part} of ${name}`, all)
}

/** Whether a snapshot keeps what is demanded of it, one row an assertion: `max` objects of a type, `max-retained` bytes, `no-path`, `no-growth`. */
export const assert = question('assert', [aSnapshot, ['assertions', listOf(anAssertion)]], assertView)

/** What the assertion `no-growth` needs of the older snapshot, which may then be let go of: some 12 bytes a node. */
export const baseOf = checked([aSnapshot], growthBase)
