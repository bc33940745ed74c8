/** `heapgraph allocations`: who allocates, by a sampled profile. */
import {type Command, Option} from 'commander'
import {
  type AllocationProfile,
  type AllocationsAnswer,
  type AllocationsPictureOptions,
  allocationsJson,
  allocationsPprof,
  allocationsSpeedscope,
  allocationsText,
  allocationsView,
  drawAllocations,
  drawAllocationsPage,
  formatCount,
  forTerminal,
  HeapgraphError,
  plural,
  readAllocationProfile,
  type Snapshot,
} from '../../index.ts'
import {type Context, finish, load, paint} from '../answer.ts'
import type {FormatFor} from '../formats.ts'
import {EXIT} from '../io.ts'
import {fileToOpen, type OpenOptions} from '../open-picture.ts'
import {again, positiveNumber, withOutput} from '../options.ts'
import {checkTableStream, chooseFormat, type OutputOptions, outputFile} from '../output.ts'
import {finishPicture} from './graph-answer.ts'

type AllocationsCommandOptions = OutputOptions &
  OpenOptions &
  AllocationsPictureOptions & {by: 'line' | 'package'; limit: number; with?: string; bare?: boolean}

export function addAllocations(context: Context, command: Command): void {
  withOutput(command, 'profile')
    .argument('<profile>', 'a .heapprofile, of node --heap-prof or of Chrome, or a profile of pprof')
    .argument('[later]', 'a later one: what has changed since')
    .addOption(new Option('--by <what>', 'what rows are of').choices(['line', 'package']).default('line'))
    .option(
      '--with <file>',
      'what of it is still there: a snapshot with allocation stacks, or a profile of what is there',
    )
    .option('--limit <n>', 'rows listed', positiveNumber, 30)
    .action(async (first: string, later: string | undefined, given: AllocationsCommandOptions) => {
      const {io, outcome, program} = context
      const output = fileToOpen(given, 'allocations')
      const options = {...given, ...(output === undefined ? {} : {output})}
      const format = chooseFormat(options, 'profile')
      if (outputFile(options) === undefined) checkTableStream(format, io.stdout)
      const files = later === undefined ? [first] : [first, later]
      const {sourceMaps} = program.opts<{sourceMaps?: string | boolean}>()
      const answer = await allocationsView(await Promise.all(files.map(readAllocationProfile)), {
        by: options.by,
        limit: options.limit,
        ...(options.with === undefined ? {} : {beside: await besideOf(context, options.with)}),
        ...(sourceMaps === false ? {sourceMaps} : {}),
        ...(typeof sourceMaps === 'string' ? {sourceMaps: {folder: sourceMaps}} : {}),
      })
      for (const remark of answer.remarks) io.stderr.write(`${forTerminal(`heapgraph: ${remark}`)}\n`)
      if (answer.view.rows.length === 0) {
        outcome.exitCode = EXIT.nothingFound
        throw new HeapgraphError('NOTHING_FOUND', `${files.join(', ')}: no sample`, 'sample for longer, or more often')
      }
      const next = options.by === 'line' ? `--by package ${files.map(again).join(' ')}` : files.map(again).join(' ')
      await write(context, options, format, answer, `heapgraph allocations ${next}`)
    })
}

/** A profile, or a snapshot: by its name, else by what is in it. */
async function besideOf(context: Context, file: string): Promise<Snapshot | AllocationProfile> {
  if (/\.(?:heapprofile|pb|pprof)(?:\.gz)?$/i.test(file)) return readAllocationProfile(file)
  return load(context, file)
}

async function write(
  context: Context,
  options: AllocationsCommandOptions,
  format: FormatFor<'profile'>,
  answer: AllocationsAnswer,
  next: string,
): Promise<void> {
  const {view, frames} = answer
  if (format === 'text') return finish(context, options, allocationsText(view, paint(context, options)), next)
  if (format === 'json') return finish(context, options, allocationsJson(view), next)
  if (format === 'speedscope') return finish(context, options, allocationsSpeedscope(view.profiles, frames), next)
  if (format === 'pprof') return finish(context, options, [await allocationsPprof(frames)], next)
  const {text, drawn, objects} =
    format === 'html'
      ? await drawAllocationsPage(answer, options).then(({html, carried, ...rest}) => ({
          text: html,
          drawn: carried,
          ...rest,
        }))
      : await drawAllocations(answer, options).then(({svg, ...rest}) => ({text: svg, ...rest}))
  await finishPicture(context, options, format, text, `${formatCount(drawn)} of ${plural(objects, 'call')} drawn`, next)
}
