/** The commands that compare snapshots. */
import {writeFile} from 'node:fs/promises'
import {type Command, Option} from 'commander'
import {
  findLeaks,
  forTerminal,
  type GrowthSample,
  type GrowthViewOptions,
  growthBaseline,
  growthJson,
  growthMarkdown,
  growthText,
  growthView,
  HeapgraphError,
  isThere,
  type LeaksAnswer,
  type LeaksSample,
  type LeaksView,
  leaksGraph,
  leaksJson,
  leaksMarkdown,
  leaksText,
  leaksView,
  leakTest,
  notWritable,
  type Snapshot,
  type SuspectsOptions,
  sampleGrowth,
  sampleLeaks,
  shellWord,
  suspectFindings,
  suspectsJson,
  suspectsText,
  suspectsView,
  TEST_RUNNERS,
  type TestRunner,
} from '../../index.ts'
import {type Context, finish, load, paint} from '../answer.ts'
import {allowedGrowth, type BaselineOptions, baselineOption, writeBaseline} from '../baseline-file.ts'
import {findingsText, isFindingsFormat} from '../findings-formats.ts'
import type {Format} from '../formats.ts'
import {EXIT} from '../io.ts'
import {type KnownOptions, knownOption, knownToday, updateKnown, updateKnownOption} from '../known-file.ts'
import {again, failOption, positiveNumber, shareOption, withOutput} from '../options.ts'
import {checkOutput, chooseFormat, type OutputOptions} from '../output.ts'
import {checkFiles, each} from '../several-snapshots.ts'
import {finishResultGraph, type PictureOptions} from './graph-answer.ts'

type GrowthCommandOptions = OutputOptions &
  PictureOptions &
  Omit<GrowthViewOptions, 'retained' | 'fresh'> &
  BaselineOptions & {shallow?: boolean; new?: boolean}
type LeaksCommandOptions = OutputOptions &
  PictureOptions &
  KnownOptions & {
    limit?: number
    blame?: boolean
    writeTest?: string
    runner?: TestRunner
    work?: string
  }

export function addGrowth(context: Context, command: Command): void {
  withOutput(command, 'comparison')
    .argument('<older snapshot>')
    .argument('<newer snapshot>')
    .argument('[newer snapshots...]')
    .addOption(
      new Option('--by <what>', 'what a row is: holder and path compare across processes')
        .choices(['type', 'holder', 'path'])
        .default('type'),
    )
    .addOption(
      new Option('--sort <key>', 'what rows are sorted by: the change of it')
        .choices(['self', 'count', 'retained', 'name'])
        .default('self'),
    )
    .option('--new', 'also list the objects that only the last snapshot has')
    .option('--shallow', 'no retained sizes: much faster')
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .addOption(baselineOption())
    .option('--update-baseline', 'write what grew to the file of --baseline')
    .addOption(shareOption('--tolerance <percent>', 'how much more than in the baseline a row may grow by', 10))
    .addOption(failOption())
    .action(async (older: string, newer: string, more: string[], options: GrowthCommandOptions) => {
      const files = [older, newer, ...more]
      const format = chooseFormat(options, 'comparison')
      checkFiles(files)
      const allowed = allowedGrowth(options, isPicture(format))
      const next = `heapgraph leaks ${files.slice(-3).map(again).join(' ')}`
      if (isPicture(format)) return drawNew(context, files, format, options, next)
      const asked: GrowthViewOptions = {...options, retained: options.shallow !== true, fresh: options.new === true}
      const samples: GrowthSample[] = []
      const last = await each(context, files, snapshot => samples.push(sampleGrowth(snapshot, samples, asked)))
      const view = growthView(samples, last, asked, allowed)
      if (options.updateBaseline) await writeBaseline(context, options, growthBaseline(samples, last, asked))
      if (view.total.grew === 0) context.outcome.exitCode = EXIT.nothingFound
      const text =
        format === 'json'
          ? growthJson(view)
          : format === 'md'
            ? growthMarkdown(view)
            : growthText(view, paint(context, options))
      await finish(context, options, text, next)
    })
}

export function addLeaks(context: Context, command: Command): void {
  withOutput(command, 'leaks')
    .argument('<base snapshot>', 'before the work')
    .argument('<target snapshot>', 'when it has been done')
    .argument('[final snapshot]', 'when it should be free again')
    .option('--limit <n>', 'suspects shown', positiveNumber, 10)
    .addOption(knownOption())
    .addOption(updateKnownOption())
    .option('--blame', "when the line of each owner was changed last, by this folder's git")
    .option('--write-test <file>', 'write a test that fails until the suspects are gone (docs/testing.md)')
    .addOption(new Option('--runner <name>', 'with --write-test: who runs it').choices([...TEST_RUNNERS]))
    .option('--work <module>', 'with --write-test: its default export does once what leaks; ./work.mjs unless given')
    .addOption(failOption())
    .action(async (base: string, target: string, final: string | undefined, options: LeaksCommandOptions) => {
      const files = [base, target, ...(final === undefined ? [] : [final])]
      const format = chooseFormat(options, 'leaks')
      checkLeakOptions(options, format)
      checkFiles(files)
      const notes = knownToday(context, options)
      const answer = await leaksOf(context, files, options)
      const file = files[files.length - 1]
      if (isPicture(format)) {
        const graph = leaksGraph(answer, 'leaks', notes)
        if (graph.getAttribute('chains').length === 0) context.outcome.exitCode = EXIT.nothingFound
        return finishResultGraph(context, options, format, graph, `heapgraph leaks ${files.map(again).join(' ')}`)
      }
      const view = leaksView(answer, notes)
      await updateKnown(context, options, view.rows)
      if (options.blame) await addChanges(view, answer.snapshot)
      if (options.writeTest !== undefined) await writeLeakTest(context, view, options)
      if (view.rows.length === 0) context.outcome.exitCode = EXIT.nothingFound
      const text = isFindingsFormat(format)
        ? findingsText(format, suspectFindings(answer.snapshot, view), file)
        : format === 'json'
          ? leaksJson(view)
          : format === 'md'
            ? leaksMarkdown(view)
            : leaksText(view, paint(context, options))
      const next =
        view.rows[0] === undefined ? `heapgraph growth ${files.map(again).join(' ')}` : nextCut(view.rows[0], file)
      await finish(context, options, text, next)
    })
}

async function addChanges({rows}: LeaksView, snapshot: Snapshot): Promise<void> {
  const {lastChange} = await import('../blame.ts')
  for (const row of rows) row.change = (await lastChange(row.place, snapshot)) ?? null
}

/** What can be known to go wrong is told before the snapshots are read, and what would be of no use is refused. */
function checkLeakOptions(
  {writeTest: file, runner, work, blame, updateKnown}: LeaksCommandOptions,
  format: Format,
): void {
  const ofRows = {'--write-test': file !== undefined, '--update-known': updateKnown, '--blame': blame}
  const [useless] = Object.entries(ofRows).filter(([, isGiven]) => isGiven && isPicture(format))
  if (useless !== undefined)
    throw new HeapgraphError('USAGE', `${useless[0]} goes with no picture`, 'ask for text or JSON')
  if (file === undefined && (runner !== undefined || work !== undefined))
    throw new HeapgraphError('USAGE', '--runner and --work are of --write-test', 'name a file for the test with it')
  if (file === undefined) return
  if (isThere(file)) throw new HeapgraphError('USAGE', `${file}: there is a file already`, 'name another, or delete it')
  checkOutput({output: file}, [])
}

async function writeLeakTest({io}: Context, view: LeaksView, options: LeaksCommandOptions): Promise<void> {
  const {writeTest: file = '', runner = 'node', work = runner === 'jest' ? './work.cjs' : './work.mjs'} = options
  if (view.rows.length === 0) return
  try {
    await writeFile(file, leakTest(view, {runner, work}), {flag: 'wx'})
  } catch (error) {
    throw notWritable(file, error)
  }
  io.stderr.write(
    `${forTerminal(`test written to ${file}; ${work} is to export a function that does once what leaks`)}\n`,
  )
}

export function addSuspects(context: Context, command: Command): void {
  withOutput(command, 'findings')
    .argument('<snapshot>')
    .addOption(shareOption('--min-share <percent>', 'smallest share of the heap that is listed', 10))
    .addOption(knownOption())
    .addOption(updateKnownOption())
    .addOption(failOption())
    .action(async (file: string, options: OutputOptions & SuspectsOptions & KnownOptions) => {
      const format = chooseFormat(options, 'findings')
      const notes = knownToday(context, options)
      const snapshot = await load(context, file)
      const view = suspectsView(snapshot, {...options, notes})
      await updateKnown(context, options, view.rows)
      const [first] = view.rows
      if (first === undefined) context.outcome.exitCode = EXIT.nothingFound
      const text = isFindingsFormat(format)
        ? findingsText(format, suspectFindings(snapshot, view), file)
        : format === 'json'
          ? suspectsJson(view)
          : suspectsText(view, paint(context, options))
      const next = first === undefined ? `heapgraph types ${again(file)}` : nextCut(first, file)
      await finish(context, options, text, next)
    })
}

/** Asks what it would free to do what was said, or, where no expression says it, who holds the example. */
export function nextCut({cuts, exampleId}: {cuts: string[]; exampleId: number}, file: string): string {
  if (cuts.length === 0) return `heapgraph why @${exampleId} ${again(file)}`
  return `heapgraph what-if ${cuts.map(cut => `--cut ${shellWord(cut)}`).join(' ')} ${again(file)}`
}

function isPicture(format: Format): boolean {
  return !['text', 'json', 'md'].includes(format) && !isFindingsFormat(format)
}

/** What growth draws: who holds the objects that the first snapshot does not have. */
async function drawNew(
  context: Context,
  files: readonly string[],
  format: Format,
  options: GrowthCommandOptions,
  next: string,
): Promise<void> {
  const answer = await leaksOf(context, [files[0], files[files.length - 1]], options)
  if (answer.suspects.length === 0) context.outcome.exitCode = EXIT.nothingFound
  await finishResultGraph(context, options, format, leaksGraph(answer, 'growth'), next)
}

export async function leaksOf(
  context: Context,
  files: readonly string[],
  options: {limit?: number},
): Promise<LeaksAnswer> {
  const samples: LeaksSample[] = []
  const last = await each(context, files, (snapshot, isLast) => {
    if (!isLast) samples.push(sampleLeaks(snapshot))
  })
  return findLeaks(samples, last, options)
}
