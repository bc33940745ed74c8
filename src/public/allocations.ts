/** Sampled profiles of allocations, which are no snapshots. */
import {type AllocationsAnswer, allocationsView} from '../graph/views/allocations-view.ts'
import {readAllocationProfile} from '../read/read-allocation-profile.ts'
import {Snapshot} from '../snapshot/columns/snapshot.ts'
import {aLimit, aText, fitting, oneOf, optionsOf} from '../util/arguments.ts'
import {questionLater} from './answers.ts'

/** What is asked of a profile. */
export interface AllocationsFileOptions {
  /** A later profile: rows have what changed since, most growth first. */
  later?: string
  /** `line`: the application's functions; `package`: whose code allocates. */
  by?: 'line' | 'package'
  /** Rows in the view; 30 unless given. */
  limit?: number
  /** What says how much is still there: a snapshot with allocation stacks, or the path of a profile of what is there. */
  beside?: Snapshot | string
}

const aBeside = fitting('a snapshot or a path', value => typeof value === 'string' || value instanceof Snapshot)

/**
 * Who allocates, by the path of a sampled profile (`.heapprofile`, or pprof): `view` has rows, bytes as V8 estimates them, `frames` all calls with what they call. Throws UNREADABLE for a file
 * that is no such profile, USAGE for a snapshot without allocation stacks.
 */
export const allocations = questionLater(
  'allocations',
  [
    ['profile', aText],
    [
      'options',
      optionsOf<AllocationsFileOptions>({later: aText, by: oneOf('line', 'package'), limit: aLimit, beside: aBeside}),
    ],
  ],
  async (profile: string, {later, beside, by, limit}: AllocationsFileOptions = {}): Promise<AllocationsAnswer> => {
    const paths = later === undefined ? [profile] : [profile, later]
    const there = typeof beside === 'string' ? await readAllocationProfile(beside) : beside
    return allocationsView(await Promise.all(paths.map(readAllocationProfile)), {
      ...(by === undefined ? {} : {by}),
      ...(limit === undefined ? {} : {limit}),
      ...(there === undefined ? {} : {beside: there}),
    })
  },
)
