/** `heapgraph/capture`: snapshots of this process, and of others that run. Files are private to the user, packed if the name ends in `.gz`, and whole or not there. */
import {cutSteps as planSteps} from '../analyze/cuts/cut-steps.ts'
import {proofOf as compareProof} from '../analyze/cuts/proof.ts'
import {type DoctorOptions, doctor as runDoctor} from '../capture/doctor/doctor.ts'
import {markRecording as mark} from '../capture/files/record-mark.ts'
import {openLiving as connect, type LivingOptions} from '../capture/inspect/living.ts'
import {captureRemote as captureOther, type RemoteOptions, type RemoteSource} from '../capture/inspect/remote.ts'
import {type SamplingOptions, sampleRemote as sampleOther} from '../capture/inspect/sample-allocations.ts'
import {trackAllocations as track} from '../capture/inspect/track-allocations.ts'
import {
  type CaptureOptions,
  capture as captureThis,
  type Measured,
  type MeasureOptions,
  measure as measureMemory,
} from '../capture/own/own.ts'
import {type SettleOptions, settleHeap as settle} from '../capture/own/settle.ts'
import {type PageWalkOptions, walkPage as walk} from '../capture/page/page-walk.ts'
import {type RecordScenarioOptions, recordScenario as writeScenario} from '../capture/page/record-scenario.ts'
import {loadScenario as readScenario} from '../capture/page/scenario.ts'
import {
  aCount,
  aFlag,
  aFunction,
  anObject,
  aSignal,
  aSize,
  aText,
  type Check,
  checkArguments,
  checked,
  checkedLater,
  fitting,
  isObject,
  listOf,
  neededOptions,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'
import {aWhatIf} from './answers.ts'
import {aCommand, aSnapshot} from './checks.ts'

const sources = oneOf('none', 'full')

/**
 * Writes a snapshot of this thread's heap. The thread stands still meanwhile, and needs about as much memory again as its heap. Ids mean the same
 * objects in all snapshots of a process taken so. Throws UNREADABLE if the file cannot be written.
 */
export const capture = checkedLater(
  [
    ['path', aText],
    ['options', optionsOf<CaptureOptions>({internals: aFlag, numeric: aFlag, sources})],
  ],
  captureThis,
)

/**
 * From now on V8 notes on which stack each object of this thread is made, and snapshots of it have the stacks, until `stop()`, which takes as long as a snapshot.
 * Code that only allocates takes many times as long meanwhile: for tests, not for production. Throws UNREADABLE where there is no inspector.
 */
export const trackAllocations = checked([], track)

/**
 * Notes a moment in the recording that this process runs under (`heapgraph record`): plots show it, and `types --by born --marks` says what was made from it on.
 * Does nothing where nobody records.
 */
export const markRecording = checked([['text', aText]], mark)

const aCut = fitting('a cut of an answer of whatIf', value => {
  return isObject(value) && typeof value.text === 'string' && value.edges instanceof Uint32Array
})

const SOURCE_CHECKS: Record<string, Check> = {pid: aCount, url: aText, port: aCount}

const aSource: Check = (value, name, all) => {
  const [[word, given], ...more] = isObject(value) ? Object.entries(value) : [['', undefined]]
  if (more.length > 0 || !(word in SOURCE_CHECKS)) {
    throw new HeapgraphError('USAGE', `${name} names no process`, 'give one of {pid}, {url} and {port}')
  }
  SOURCE_CHECKS[word](given, word, all)
}

/**
 * Takes snapshots of a running Node (`pid`: its inspector is opened, and closed again), or of what is at the address of an inspector: Node, Deno, a
 * page of Chrome. Throws USAGE if it is not clear what to capture, UNREADABLE if it cannot be.
 */
export const captureRemote: (
  source: RemoteSource,
  path: string,
  options?: RemoteOptions,
) => ReturnType<typeof captureOther> = checkedLater(
  [
    ['source', aSource],
    ['path', aText],
    [
      'options',
      optionsOf<RemoteOptions>({
        target: aText,
        count: aCount,
        between: aFunction,
        internals: aFlag,
        numeric: aFlag,
        sources,
        stacks: aFlag,
        allowRemote: aFlag,
        allowSignal: aFlag,
        onProgress: aFunction,
        onWritten: aFunction,
        silenceMs: aSize,
        timeoutMs: aSize,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  captureOther,
)

/**
 * Samples the allocations of a running process until `until` is done, and writes a `.heapprofile`: bytes by stack, as V8 estimates them. For production: it costs
 * little. Throws as `captureRemote`.
 */
export const sampleRemote: (
  source: RemoteSource,
  path: string,
  options: SamplingOptions,
) => ReturnType<typeof sampleOther> = checkedLater(
  [
    ['source', aSource],
    ['path', aText],
    [
      'options',
      neededOptions<SamplingOptions>(['until'], {
        until: aFunction,
        intervalBytes: aSize,
        stillThere: aFlag,
        target: aText,
        allowRemote: aFlag,
        allowSignal: aFlag,
        silenceMs: aSize,
        timeoutMs: aSize,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  sampleOther,
)

const measureChecks: [string, Check][] = [
  ['fn', aFunction],
  ['options', optionsOf<MeasureOptions>({intervalMs: aSize, stacks: aText})],
]

/** Runs `fn` and says what memory it took, in bytes: peak, increment, and what is retained after garbage collection. What `fn` throws is passed on. */
export async function measure<T>(fn: () => T | Promise<T>, options: MeasureOptions = {}): Promise<Measured<T>> {
  checkArguments(measureChecks, [fn, options])
  return await measureMemory(fn, options)
}

/**
 * Collects garbage until the heap does not get smaller, at most `maxRounds` (20) times, and says what is alive, in bytes. Throws USAGE where this process
 * does not let its garbage be collected.
 */
export const settleHeap = checkedLater([['options', optionsOf<SettleOptions>({maxRounds: aCount})]], settle)

/** Connects to a process on this machine, which can then be told to write snapshots and to cut edges; `close()` ends it. Throws as `captureRemote`. */
export const openLiving = checkedLater(
  [
    ['source', aSource],
    [
      'options',
      optionsOf<LivingOptions>({
        target: aText,
        signal: aSignal,
        silenceMs: aSize,
        timeoutMs: aSize,
        allowSignal: aFlag,
        onProgress: aFunction,
        onNote: aFunction,
      }),
    ],
  ],
  connect,
)

/** How the cuts of an answer of `whatIf` are made in a living process, in steps for `cut()` of `openLiving`. Linear in the edges of the cuts. */
export const cutSteps = checked([aSnapshot, ['cuts', listOf(aCut)]], planSteps)

/** What went of what `whatIf` said would be freed, by a snapshot of the same process after the cuts: counts and bytes. */
export const proofOf = checked(
  [
    ['answer', aWhatIf],
    ['later', aSnapshot[1]],
  ],
  compareProof,
)

/**
 * Starts a program, puts load on it, takes three snapshots and stops it (docs/doctor.md). Throws UNREADABLE, and leaves nothing, if it cannot be started or
 * the folder not be written; whatever goes wrong later is told in `problem`, with what there was until then.
 */
export const doctor = checkedLater(
  [
    [
      'options',
      neededOptions<DoctorOptions>(['command', 'folder'], {
        command: aCommand,
        folder: aText,
        load: aText,
        durationMs: aSize,
        ready: aText,
        warmUpMs: aSize,
        settleMs: aSize,
        graceMs: aSize,
        force: aFlag,
        sources,
        stacks: aFlag,
        env: anObject,
        beforeStop: aFunction,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  runDoctor,
)

const aScenario = fitting('a scenario of loadScenario', value => isObject(value) && Array.isArray(value.round))

/** Reads what is done on a page from a module of the person's, or one written for memlab (docs/pages.md). Throws UNREADABLE if it cannot be loaded, USAGE if it is no scenario. */
export const loadScenario = checkedLater([['path', aText]], readScenario)

/**
 * Opens a page in a window, and writes a scenario from what a person does there until they close it (docs/pages.md). Needs playwright-core. Throws USAGE if the
 * file is there, UNREADABLE if there is no browser or the page cannot be opened, NOTHING_FOUND if nothing was done that can be repeated.
 */
export const recordScenario = checkedLater(
  [
    [
      'options',
      neededOptions<RecordScenarioOptions>(['url', 'path'], {
        url: aText,
        path: aText,
        browser: aText,
        port: aCount,
        headed: aFlag,
        storageState: aText,
        onPage: aFunction,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  writeScenario,
)

/**
 * Opens a page in a browser of this machine, repeats what a scenario does, and takes three snapshots between the rounds (docs/pages.md). Needs playwright-core.
 * Throws USAGE if no page is named, UNREADABLE if there is no browser; whatever goes wrong later is told in `problem`, with what there was until then.
 */
export const walkPage = checkedLater(
  [
    [
      'options',
      neededOptions<PageWalkOptions>(['folder'], {
        folder: aText,
        url: aText,
        scenario: aScenario,
        repeat: aCount,
        browser: aText,
        port: aCount,
        headed: aFlag,
        storageState: aText,
        sources,
        settleMs: aSize,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  walk,
)

// The types in the signatures above

export type {CutPlan, Unfit} from '../analyze/cuts/cut-steps.ts'
export type {Proof, ProofRow, Sum} from '../analyze/cuts/proof.ts'
export type {LiveHeap, Weight} from '../capture/agent/snapshot-taker.ts'
export type {DoctorOptions, DoctorRun, TakenSnapshot} from '../capture/doctor/doctor.ts'
export type {Written} from '../capture/files/part-file.ts'
export type {LivingHeap, LivingOptions} from '../capture/inspect/living.ts'
export type {Patience} from '../capture/inspect/patience.ts'
export type {Sources} from '../capture/inspect/prepare.ts'
export type {RemoteOptions, RemoteSource} from '../capture/inspect/remote.ts'
export type {SamplingOptions} from '../capture/inspect/sample-allocations.ts'
export type {Tracking} from '../capture/inspect/track-allocations.ts'
export type {Captured, CaptureOptions, Measured, MeasureOptions} from '../capture/own/own.ts'
export type {SettledHeap, SettleOptions} from '../capture/own/settle.ts'
export type {BrowserOptions} from '../capture/page/browser.ts'
export type {
  PageMetrics,
  PageRun,
  PageSnapshot,
  PageWalkOptions,
  StepChange,
  WorkerHeap,
} from '../capture/page/page-walk.ts'
export type {RecordedScenario, RecordScenarioOptions} from '../capture/page/record-scenario.ts'
export type {LoadedScenario, Scenario, Step} from '../capture/page/scenario.ts'
export type {RecordResult} from '../capture/record/record.ts'
export type {CutKey, CutOutcome, CutStep} from '../util/cut-step.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
