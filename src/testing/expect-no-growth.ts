/** An assertion for tests: that a piece of work, done again and again, leaves no objects behind. */
import {AssertionError} from 'node:assert'
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {writeHeapSnapshot} from 'node:v8'
import type {Worker} from 'node:worker_threads'
import {takeOwn} from '../capture/inspect/prepare.ts'
import {type Tracking, trackAllocations} from '../capture/inspect/track-allocations.ts'
import {makeTemporaryFolder} from '../files/abandoned.ts'
import {openWorker} from '../threads/open-worker.ts'
import {
  aCount,
  aFlag,
  aFunction,
  aLimit,
  aText,
  type Check,
  checkArguments,
  fitting,
  listOf,
  optionsOf,
} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'
import type {Answer, Seen, Task} from './protocol.ts'
import {settle} from './settle.ts'

/** What `expectNoGrowth` runs, how often, and what counts as growth. */
export interface NoGrowthOptions {
  /** How often the work is done between two snapshots; 10 by default. */
  iterations?: number
  /** Snapshots taken after the first one, 2 to 20: a type must grow in each to count; 3 by default. */
  rounds?: number
  /** How often the work is done before the first snapshot: caches fill, code is compiled. As `iterations` by default. */
  warmup?: number
  /** Only these types, exact or `/regex/`; all by default. */
  types?: readonly string[]
  /** Objects of a type that may stay for each iteration: 0.5 by default, so that one for every second is too many. */
  perIteration?: number
  /** V8 notes the stacks of allocations between the snapshots, and the message says who made what is left. The work takes many times as long where it allocates. */
  stacks?: boolean
}

/** Whatever the options: a round may leave so many objects of a type, as runners of tests do. */
const MIN_OBJECTS = 3

/**
 * Does the work again and again, with snapshots of this process between, and rejects with an AssertionError if the objects of a type
 * grow more every time: its message says who holds them, with file and line. Snapshots go to a private folder of the system's
 * temporary files and are gone afterwards. Throws a HeapgraphError USAGE for options that make no sense, and where there is no Node; what `work` throws
 * is passed on.
 */
export async function expectNoGrowth(work: () => unknown, options: NoGrowthOptions = {}): Promise<void> {
  checkRuntime(process.versions)
  const asked = checked(work, options)
  // Two at a time would each see what the other does.
  const before = running
  let done = () => {}
  running = new Promise<void>(resolve => {
    done = resolve
  })
  await before
  try {
    await watch(work, asked)
  } finally {
    done()
  }
}

/** A test that cannot see anything must not pass. */
export function checkRuntime({bun, deno}: NodeJS.ProcessVersions): void {
  const other = bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : undefined
  if (other === undefined) return
  throw new HeapgraphError('USAGE', `expectNoGrowth needs Node, and this is ${other}: whose snapshots differ`)
}

let running: Promise<void> = Promise.resolve()

interface Asked {
  iterations: number
  rounds: number
  warmup: number
  types: string[] | undefined
  least: number
  stacks: boolean
}

const CHECKS: [string, Check][] = [
  ['work', aFunction],
  [
    'options',
    optionsOf<NoGrowthOptions>({
      iterations: aCount,
      rounds: fitting('a whole number from 2 to 20', value => Number.isInteger(value) && isBetween(value, 2, 20)),
      warmup: aLimit,
      types: listOf(aText),
      stacks: aFlag,
      perIteration: fitting('a number above 0', value => isBetween(value, Number.MIN_VALUE, Number.MAX_VALUE)),
    }),
  ],
]

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

function checked(work: unknown, options: NoGrowthOptions): Asked {
  checkArguments(CHECKS, [work, options])
  const {iterations = 10, rounds = 3, warmup = iterations, types, perIteration = 0.5, stacks = false} = options
  const least = Math.max(MIN_OBJECTS, Math.ceil(perIteration * iterations))
  return {iterations, rounds, warmup, least, stacks, types: types === undefined ? undefined : [...types]}
}

async function watch(work: () => unknown, asked: Asked): Promise<void> {
  const {iterations, rounds, warmup, stacks} = asked
  const folder = makeTemporaryFolder()
  const watcher = new Watcher(folder, asked)
  let tracking: Tracking | undefined
  try {
    for (let i = 0; i < warmup; i++) await work()
    await watcher.look()
    if (stacks) tracking = trackAllocations()
    for (let round = 1; round <= rounds; round++) {
      for (let i = 0; i < iterations; i++) await work()
      const {grown, message} = await watcher.look()
      // A type must grow in every round.
      if (grown === 0) return
      // By another operator Jest would show a comparison.
      if (message !== undefined) throw new AssertionError({message, stackStartFn: expectNoGrowth, operator: 'fail'})
    }
  } finally {
    tracking?.stop()
    await watcher.end()
    rmSync(folder, {recursive: true, force: true})
  }
}

/** Takes snapshots and has the other thread read them. */
class Watcher {
  readonly #folder: string
  readonly #asked: Asked
  readonly #thread: Worker
  #answer: (answer: Answer) => void = () => {}
  #taken = 0

  constructor(folder: string, asked: Asked) {
    this.#folder = folder
    this.#asked = asked
    this.#thread = openWorker(new URL('./watcher.js', import.meta.url))
    this.#thread.on('message', (answer: Answer) => this.#answer(answer))
    this.#thread.on('error', error => this.#answer({error: String(error)}))
    this.#thread.on('exit', () => this.#answer({error: 'it ended early'}))
  }

  async look(): Promise<Seen> {
    const {least, types, iterations, rounds} = this.#asked
    await settle()
    const file = join(this.#folder, `${this.#taken}.heapsnapshot`)
    // Lines are told of the last one alone.
    const sources = this.#taken++ === rounds ? undefined : 'none'
    // Written for its owner only (node/src/heap_utils.cc).
    takeOwn(sources, () => writeHeapSnapshot(file))
    const answer = await new Promise<Answer>(resolve => {
      this.#answer = resolve
      this.#thread.postMessage({file, least, types, iterations, rounds} satisfies Task)
    })
    rmSync(file, {force: true})
    if ('seen' in answer) return answer.seen
    throw new Error(`heapgraph could not read the test's own snapshot: ${answer.error}`)
  }

  async end(): Promise<void> {
    this.#thread.removeAllListeners('exit')
    await this.#thread.terminate()
  }
}
