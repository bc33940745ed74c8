/** Questions to several snapshots of one program, and to one by what is demanded of it. */
import {collectGarbage} from '../capture/own/settle.ts'
import {type Assertion, assertView, growthBase} from '../graph/views/assert-view.ts'
import {type GrowthBaseline, isGrowthBaseline} from '../graph/views/growth-baseline.ts'
import {
  growthBaseline as baselineOf,
  type GrowthSample,
  type GrowthViewOptions,
  growthView,
  sampleGrowth,
} from '../graph/views/growth-view.ts'
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
  checkedLater,
  fitting,
  isObject,
  listOf,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'
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

/** What is compared, and what may grow. */
export interface GrowthOptions extends GrowthViewOptions {
  /** Rows and collections that grew no more than this are counted, and not listed: of `growthBaseline`, or the file of `growth --baseline`, parsed. By the same `by`. */
  baseline?: GrowthBaseline
  /** How much more than in the baseline a row may grow by, as a share of one; 0.1 unless given. */
  tolerance?: number
}

const by = oneOf('type', 'holder', 'path')
const aBaseline = fitting('a baseline, as growthBaseline gives it', isGrowthBaseline)
/** As the command's. */
const TOLERANCE = 0.1

/**
 * How several snapshots of one program differ, oldest first, two at least: counts and bytes for each, by type, holder or path. One snapshot is in
 * memory at a time. Throws as `openSnapshot`, and USAGE for a baseline by something else.
 */
export const growth = questionLater(
  'growth',
  [
    ['files', files(2)],
    [
      'options',
      optionsOf<GrowthOptions>({
        by,
        sort: oneOf('count', 'self', 'retained', 'name'),
        limit: aLimit,
        retained: aFlag,
        fresh: aFlag,
        baseline: aBaseline,
        tolerance: aSize,
      }),
    ],
  ],
  async (paths: readonly string[], {baseline, tolerance = TOLERANCE, ...options}: GrowthOptions = {}) => {
    if (baseline !== undefined && baseline.by !== (options.by ?? 'type'))
      throw new HeapgraphError('USAGE', `the baseline is by ${baseline.by}`, `ask by '${baseline.by}'`)
    const {samples, last} = await sampled(paths, options)
    return growthView(samples, last, options, baseline && {baseline, tolerance})
  },
)

async function sampled(paths: readonly string[], options: GrowthViewOptions) {
  const samples: GrowthSample[] = []
  const last = await takeFromEach(paths, opener, snapshot => samples.push(sampleGrowth(snapshot, samples, options)))
  return {samples, last}
}

/**
 * What grew from the first to the last of the snapshots, as plain data to keep as JSON: what `growth` may leave out as known, in other processes and builds, too.
 * Throws as `openSnapshot`.
 */
export const growthBaseline = checkedLater(
  [
    ['files', files(2)],
    ['options', optionsOf<Pick<GrowthOptions, 'by'>>({by})],
  ],
  async (paths: readonly string[], options: Pick<GrowthOptions, 'by'> = {}) => {
    const asked = {...options, retained: false}
    const {samples, last} = await sampled(paths, asked)
    return baselineOf(samples, last, asked)
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
