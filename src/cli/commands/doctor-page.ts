/** `heapgraph doctor --url`: the walk of `doctor` on a page. */
import {basename, join} from 'node:path'
import type {Command} from 'commander'
import {
  type DoctorPageView,
  doctorPageMarkdown,
  doctorPageText,
  forTerminal,
  HeapgraphError,
  type LeaksAnswer,
  type LoadedScenario,
  leaksView,
  loadScenario,
  type PageRun,
  recordScenario,
  type Sources,
  walkPage,
  withServer,
} from '../../index.ts'
import {type Context, keepingOptions} from '../answer.ts'
import {again, positiveNumber} from '../options.ts'
import {writeAnswer} from '../output.ts'
import {endAs, untilFirstSignal} from '../signals.ts'
import {clear, close, filesThere, MADE, writeLeaks} from './doctor-folder.ts'
import {leaksOf, nextCut} from './growth-commands.ts'

export interface PageCommandOptions {
  folder: string
  url?: string
  scenario?: string
  record?: string
  repeat?: number
  browser?: string
  port?: number
  headed?: boolean
  storageState?: string
  settle?: number
  force?: boolean
  sources?: Sources
}

/** What a page has no use for. */
const OF_PROGRAMS = ['load', 'duration', 'ready', 'warmUp', 'prove', 'stacks']

export function addPageOptions(command: Command): Command {
  return command
    .option('--url <address>', 'a page, walked in a browser of this machine (docs/pages.md)')
    .option('--scenario <file>', 'module that drives the page: url, setup, action, back; memlab scenarios work too')
    .option('--record <file>', 'write a scenario from what you do in a window, then run it; not with --scenario')
    .option('--repeat <n>', 'rounds between two snapshots of a page; 7', positiveNumber)
    .option('--browser <program>', 'path of Chrome, Chromium or Edge; default: the first one found')
    .option('--port <n>', 'connect to a browser started with --remote-debugging-port', positiveNumber)
    .option('--headed', 'show the browser window')
    .option('--storage-state <file>', "cookies and local storage to start with, in Playwright's format")
}

export async function doctorOfPage(context: Context, program: string[], options: PageCommandOptions): Promise<void> {
  for (const name of OF_PROGRAMS) {
    if (!(name in options)) continue
    const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    throw new HeapgraphError(
      'USAGE',
      `${option} is for programs, not for pages`,
      'docs/pages.md lists the options for pages',
    )
  }
  const {record} = options
  if (record !== undefined && options.scenario !== undefined) {
    throw new HeapgraphError('USAGE', 'both --record and --scenario were given', 'give one of them')
  }
  const scenario = options.scenario === undefined ? undefined : await loadScenario(options.scenario)
  clear(options.folder, options.force === true)
  const {result, received} = await walk(context, program, options, scenario)
  if (result !== undefined) await tell(context, {...options, ...(record !== undefined && {scenario: record})}, result)
  if (received !== undefined) endAs(context, received)
}

/** No result if the signal came while the person still recorded. */
function walk(
  {io}: Context,
  program: string[],
  {folder, url, record, repeat, browser, port, headed, storageState, settle, sources}: PageCommandOptions,
  given: LoadedScenario | undefined,
): Promise<{result: PageRun | undefined; received: NodeJS.Signals | undefined}> {
  const onNote = (text: string) => void io.stderr.write(`heapgraph: ${forTerminal(text)}\n`)
  const common = {
    ...(browser !== undefined && {browser}),
    ...(port !== undefined && {port}),
    ...(storageState !== undefined && {storageState}),
    onNote,
  }
  const take = async (signal: AbortSignal) => {
    const scenario = record === undefined ? given : await recorded(record, url, {...common, signal})
    if (signal.aborted) return undefined
    return walkPage({
      ...common,
      folder,
      ...(url !== undefined && {url}),
      ...(scenario && {scenario}),
      ...(repeat !== undefined && {repeat}),
      ...(headed && {headed}),
      ...(settle !== undefined && {settleMs: Math.round(settle)}),
      ...(sources !== undefined && {sources}),
      signal,
    })
  }
  const address = url ?? given?.url
  return untilFirstSignal(signal =>
    program.length === 0 || address === undefined
      ? take(signal)
      : withServer({command: program, folder, url: address, signal, onNote}, () => take(signal)),
  )
}

/** The scenario that the person makes now. */
async function recorded(
  path: string,
  url: string | undefined,
  options: Omit<Parameters<typeof recordScenario>[0], 'url' | 'path'>,
): Promise<LoadedScenario> {
  if (url === undefined) throw new HeapgraphError('USAGE', '--record without a page', 'name it with --url')
  await recordScenario({...options, url, path})
  return loadScenario(path)
}

/** Everything that can be said of what there is: into the folder, and in short on stdout. */
async function tell(context: Context, {folder, scenario}: PageCommandOptions, run: PageRun): Promise<void> {
  const {io, colors} = context
  const {snapshots, problem, before, isInterrupted} = run
  const files = snapshots.map(({path}) => path)
  const write = async (file: string, text: string) => void (await writeAnswer(io, {output: join(folder, file)}, text))
  const notes = [...run.notes]
  const {program} = context
  const {sourceMaps: asked} = program.opts<{sourceMaps?: string | boolean}>()
  const useMaps = (folder: string | undefined) => {
    if (asked === undefined) program.setOptionValue('sourceMaps', folder)
  }
  useMaps(run.maps)
  const answer: LeaksAnswer | undefined = files.length < 2 ? undefined : await leaksOf(context, files, {})
  const leaks = answer && leaksView(answer)
  if (answer !== undefined && leaks !== undefined) await writeLeaks(write, answer, leaks, notes)
  const others = await othersOf(context, 'worker', run.workers)
  for (const frame of run.frames) {
    // Scripts of another site's are not those of the page, whatever they are called.
    useMaps(frame.maps)
    others.push(...(await othersOf(context, 'frame', [frame])))
  }
  useMaps(run.maps)
  const last = files[files.length - 1]
  const keeping = (line: string) => keepingOptions(context, line)
  const next =
    last === undefined
      ? []
      : [
          ...[...new Set((leaks?.rows ?? []).map(row => nextCut(row, last)))].map(keeping),
          ...others.flatMap(({next}) => next),
          ...[`heapgraph detached ${again(last)}`, `heapgraph types ${again(last)}`].map(keeping),
        ]
  const view: DoctorPageView = {
    url: run.url,
    scenario,
    browser: run.browser,
    startedAt: run.startedAt.toISOString(),
    seconds: run.seconds,
    folder,
    steps: run.steps,
    repeat: run.repeat,
    snapshots: snapshots.map(({path, bytes, rounds, metrics}) => ({file: basename(path), bytes, rounds, ...metrics})),
    changes: run.changes,
    problem: isInterrupted ? `it was interrupted before ${before}` : problem,
    leaks,
    others,
    files: filesThere(folder),
    notes,
    next,
  }
  await write(MADE.report, doctorPageMarkdown(view))
  io.stdout.write(doctorPageText(view, colors))
  const complaint = problem === undefined ? [] : [`heapgraph: ${problem}`]
  close(context, {
    notes,
    complaint,
    next: next[0],
    isClean: [leaks, ...others.map(({leaks}) => leaks)].every(found => found?.total.rows === 0),
  })
}

/** What leaks in the heaps of workers and frames, each judged by itself, and the command lines that say more of it. */
async function othersOf(
  context: Context,
  kind: 'worker' | 'frame',
  heaps: PageRun['workers'],
): Promise<(DoctorPageView['others'][number] & {next: string[]})[]> {
  const found = []
  for (const {address, snapshots} of heaps.filter(({snapshots}) => snapshots.length > 1)) {
    const leaks = leaksView(await leaksOf(context, snapshots, {}))
    const line = keepingOptions(context, `heapgraph leaks ${snapshots.map(again).join(' ')}`)
    found.push({kind, address, leaks, next: leaks.total.rows > 0 ? [line] : []})
  }
  return found
}
