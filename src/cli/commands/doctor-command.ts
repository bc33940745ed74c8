/** `heapgraph doctor`: the whole walk from a program to the line that leaks, and one folder with all that was found on it. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Command} from 'commander'
import {
  DOCTOR_FILES,
  type DoctorRun,
  type DoctorView,
  doctor,
  doctorMarkdown,
  doctorText,
  forTerminal,
  HeapgraphError,
  heapName,
  type LeaksAnswer,
  type LeaksView,
  leaksView,
  type ProofView,
  proofJson,
  proofText,
  readRecording,
  type SeriesView,
  seriesView,
  shellWord,
  toPlotSvg,
  trendOfFloors,
} from '../../index.ts'
import {type Context, keepingOptions} from '../answer.ts'
import {again, durationArgument, failOption} from '../options.ts'
import {writeAnswer} from '../output.ts'
import {endAs, untilFirstSignal} from '../signals.ts'
import {sourcesOption, stacksOption} from './capture-command.ts'
import {clear, close, filesThere, MADE, writeLeaks} from './doctor-folder.ts'
import {addPageOptions, doctorOfPage, type PageCommandOptions} from './doctor-page.ts'
import {leaksOf, nextCut} from './growth-commands.ts'
import {prove} from './prove.ts'

interface DoctorCommandOptions extends PageCommandOptions {
  load?: string
  duration?: number
  ready?: string
  warmUp?: number
  prove?: boolean
  stacks?: boolean
}

export function addDoctor(context: Context, command: Command): void {
  command
    .argument('[program...]', 'after --: the program to run; with --url or --scenario what serves the page')
    .option('--load <command>', 'shell command that puts load on it; run three times')
    .option('--duration <time>', 'without --load: time from the first snapshot to the last; 30s', durationArgument)
    .option('--ready <text>', 'begin when the program prints this; by default when it listens on a port, or after 10 s')
    .option('--warm-up <time>', 'before the first snapshot; 5s without a load', durationArgument)
    .option('--settle <time>', 'after the load, before the first and the last snapshot; 2s', durationArgument)
    .option('-o, --folder <folder>', 'output folder', 'heapgraph-doctor')
    .option('--force', 'overwrite an earlier run; continue even if memory or disk seem too small')
    .option(
      '--prove',
      'at the end, make the first cut in the running program and report what was freed (docs/prove.md)',
    )
    .addOption(stacksOption('from the first snapshot on'))
    .addOption(sourcesOption())
    .addOption(failOption())
  addPageOptions(command).action(async (program: string[], options: DoctorCommandOptions) => {
    if (options.load !== undefined && options.duration !== undefined) {
      throw new HeapgraphError('USAGE', 'both --load and --duration were given', 'give one of them')
    }
    if ((options.url ?? options.scenario ?? options.record) !== undefined)
      return doctorOfPage(context, program, options)
    if (program.length === 0) {
      throw new HeapgraphError('USAGE', 'nothing to run', 'name a program after --, or a page with --url')
    }
    const {folder} = options
    clear(folder, options.force === true)
    const found: Found = {}
    const {result, received} = await walk(context, program, options, found)
    await tell(context, program, options, result, found)
    if (received !== undefined) endAs(context, received)
  })
}

/** What was found while the program still lived. */
interface Found {
  answer?: LeaksAnswer
  proof?: ProofView
}

/** Makes what is to be cut of the first leak go in the living program. */
async function proveFirst(
  context: Context,
  url: string,
  of: string,
  files: string[],
  found: Found,
  signal: AbortSignal,
) {
  found.answer = await leaksOf(context, files, {})
  const [first] = leaksView(found.answer).rows
  if (first === undefined) return
  if (first.cuts.length === 0) {
    throw new HeapgraphError('NOTHING_FOUND', `no expression names what is to be cut of ${first.holder}`)
  }
  found.proof = await prove(context, {url}, of, first.cuts, {signal})
}

function walk(
  context: Context,
  program: string[],
  {folder, load, duration, ready, warmUp, settle, force, sources, stacks, prove}: DoctorCommandOptions,
  found: Found,
): Promise<{result: DoctorRun; received: NodeJS.Signals | undefined}> {
  return untilFirstSignal(signal =>
    doctor({
      command: program,
      folder,
      ...(load === undefined ? {} : {load}),
      ...(duration === undefined ? {} : {durationMs: Math.round(duration)}),
      ...(ready === undefined ? {} : {ready}),
      ...(warmUp === undefined ? {} : {warmUpMs: Math.round(warmUp)}),
      ...(settle === undefined ? {} : {settleMs: Math.round(settle)}),
      ...(force ? {force} : {}),
      ...(sources === undefined ? {} : {sources}),
      ...(stacks ? {stacks} : {}),
      ...(prove && {
        beforeStop: ({url, heap, snapshots}) => {
          const files = snapshots.map(({path}) => path)
          return proveFirst(context, url, heapName(heap), files, found, signal)
        },
      }),
      signal,
      onNote: text => context.io.stderr.write(`heapgraph: ${forTerminal(text)}\n`),
    }),
  )
}

/** Everything that can be said of what there is: into the folder, and in short on stdout. */
async function tell(
  context: Context,
  program: string[],
  {folder, load}: DoctorCommandOptions,
  run: DoctorRun,
  {answer: known, proof}: Found,
): Promise<void> {
  const {io, colors} = context
  const {snapshots, recording, heap, heaps, problem, before, isInterrupted} = run
  const lastWords = lastLines(problem?.log)
  const notes = [...recording.notes]
  const write = async (file: string, text: string) => void (await writeAnswer(io, {output: join(folder, file)}, text))

  const answer =
    known !== undefined || snapshots.length < 2
      ? known
      : await leaksOf(
          context,
          snapshots.map(({path}) => path),
          {},
        )
  const leaks = answer === undefined ? undefined : leaksView(answer)
  const isLeaking = leaks?.rows.some(({confidence}) => confidence === 'high') === true
  const memory = await memoryOf(join(folder, DOCTOR_FILES.recording), snapshots[0]?.seconds, run, isLeaking)
  if (memory[0] !== undefined) await write(MADE.memory, toPlotSvg(memory[0]))
  if (answer !== undefined && leaks !== undefined) await writeLeaks(write, answer, leaks, notes)

  if (proof !== undefined) {
    await write(MADE.proofText, proofText(proof))
    await write(MADE.proofJson, proofJson(proof))
  }

  const next = nextLines(
    folder,
    snapshots.map(({path}) => path),
    leaks,
  ).map(line => keepingOptions(context, line))
  const view: DoctorView = {
    command: program.map(shellWord).join(' '),
    load,
    startedAt: run.startedAt.toISOString(),
    seconds: recording.seconds,
    folder,
    heap: heap === undefined ? undefined : {name: heapName(heap), of: heaps},
    snapshots: snapshots.map(({role, bytes, seconds}) => ({file: DOCTOR_FILES[role], bytes, seconds})),
    problem: isInterrupted ? `it was interrupted before ${before}` : problem?.message,
    lastWords,
    memory,
    peakRssBytes: recording.peakRssBytes,
    leaks,
    proof,
    files: filesThere(folder),
    notes,
    next,
  }
  await write(MADE.report, doctorMarkdown(view))
  io.stdout.write(doctorText(view, colors))
  close(context, {notes, complaint: complaintOf(problem, lastWords), next: next[0], isClean: leaks?.total.rows === 0})
}

/** What went wrong, below the last lines of the log that may say why. */
function complaintOf(problem: DoctorRun['problem'], lastWords: readonly string[]): string[] {
  if (problem === undefined) return []
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`
  return [
    ...(lastWords.length > 0 ? [`${problem.log} ends with`] : []),
    ...lastWords.map(line => `  ${forTerminal(line, WIDEST_LINE)}`),
    `heapgraph: ${problem.message}${hint}`,
  ]
}

/** What is resident is of every process, and the rest of those that are Node. Until `warm`, caches fill: that is no trend. */
async function memoryOf(
  file: string,
  warm: number | undefined,
  run: DoctorRun,
  isLeaking: boolean,
): Promise<SeriesView[]> {
  const views = new Map<JudgedMetric, SeriesView>()
  for (const metric of Object.keys(FLOORS) as JudgedMetric[]) {
    const recording = await readRecording(file, {metric})
    if (recording.threads.length === 0) continue
    const view = seriesView([recording])
    views.set(metric, view)
    if (warm === undefined) continue
    const later = seriesView([await readRecording(file, {metric, from: warm})], {limit: Number.POSITIVE_INFINITY})
    const trends = new Map(later.lines.map(({label, trend}) => [label, trend]))
    for (const line of view.lines) line.trend = trends.get(line.label) ?? line.trend
    judgeByFloors(view, metric, run, isLeaking)
  }
  const growing = MAX_TELLING.find(metric => views.get(metric)?.lines[0]?.trend.verdict === 'growing')
  const order = [...new Set<JudgedMetric>([...(growing === undefined ? [] : [growing]), 'heapUsed', 'rss'])]
  return order.flatMap(metric => views.get(metric) ?? [])
}

/** By metric what of a snapshot's floor is its value. */
const FLOORS = {heapUsed: 'heapBytes', external: 'externalBytes', rss: 'rssBytes'} as const
type JudgedMetric = keyof typeof FLOORS
/** The first of them that grew is told first: what is resident grows with the others, and for many other reasons. */
const MAX_TELLING: readonly JudgedMetric[] = ['heapUsed', 'external', 'rss']

/** The heap that was looked into stands first, and is judged by what was left at its three snapshots. */
function judgeByFloors(view: SeriesView, metric: JudgedMetric, {heap, snapshots}: DoctorRun, isLeaking: boolean): void {
  // What is resident is the process's.
  const thread = metric === 'rss' ? 0 : heap?.thread
  const at = view.lines.findIndex(line => line.pid === heap?.pid && line.thread === thread)
  if (at < 0) return
  const [line] = view.lines.splice(at, 1)
  view.lines.unshift(line)
  if (snapshots.length < 3) return
  const times = Float64Array.from(snapshots, ({seconds}) => seconds)
  const values = Float64Array.from(snapshots, ({floor}) => floor[FLOORS[metric]])
  line.trend = trendOfFloors({times, values}, {isResident: metric === 'rss', isLeaking})
}

/** Lines of a log that are shown. */
const LAST_LINES = 12
const LOG_BYTES = 16 << 10
const WIDEST_LINE = 200

/** What a log ends with. */
function lastLines(path: string | undefined): string[] {
  if (path === undefined) return []
  const bytes = readFileSync(path)
  const lines = bytes
    .subarray(Math.max(0, bytes.length - LOG_BYTES))
    .toString('utf8')
    .split(/\r?\n/)
  return lines.filter(line => line.trim() !== '').slice(-LAST_LINES)
}

function nextLines(folder: string, snapshots: readonly string[], leaks: LeaksView | undefined): string[] {
  const last = snapshots[snapshots.length - 1]
  const recording = again(join(folder, DOCTOR_FILES.recording))
  if (last === undefined) return [`heapgraph plot ${recording}`]
  if (leaks === undefined) return [`heapgraph types ${again(last)}`, `heapgraph plot ${recording}`]
  return [
    ...new Set(leaks.rows.map(row => nextCut(row, last))),
    `heapgraph growth --by holder ${again(snapshots[0])} ${again(last)}`,
    `heapgraph plot ${recording} --metric rss`,
  ]
}
