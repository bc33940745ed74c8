/** The commands that compare snapshots. */
import {type Command, Option} from 'commander'
import {
  type GrowthTake,
  type GrowthViewOptions,
  growthJson,
  growthText,
  growthView,
  HeapgraphError,
  type LeaksTake,
  leaksJson,
  leaksText,
  leaksView,
  type Snapshot,
  takeGrowth,
  takeLeaks,
} from '../index.ts'
import {type Context, finish, load, paint} from './answer.ts'
import {EXIT} from './io.ts'
import {again, positiveNumber, TABLE_FORMATS, withOutput} from './options.ts'
import {chooseFormat, type OutputOptions} from './output.ts'

type GrowthCommandOptions = OutputOptions &
  Omit<GrowthViewOptions, 'retained' | 'fresh'> & {shallow?: boolean; new?: boolean}
type LeaksCommandOptions = OutputOptions & {limit?: number}

export function addGrowth(context: Context, command: Command): void {
  withOutput(command, TABLE_FORMATS)
    .argument('<older snapshot>')
    .argument('<newer snapshot>')
    .argument('[newer snapshots...]')
    .addOption(
      new Option('--by <what>', 'what a row is: holder and path compare across processes')
        .choices(['type', 'holder', 'path'])
        .default('type'),
    )
    .addOption(
      new Option('--sort <key>', 'order of the rows, by change')
        .choices(['self', 'count', 'retained', 'name'])
        .default('self'),
    )
    .option('--new', 'also list the objects that only the last snapshot has')
    .option('--shallow', 'no retained sizes: much faster')
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .action(async (older: string, newer: string, more: string[], options: GrowthCommandOptions) => {
      const files = [older, newer, ...more]
      const format = chooseFormat(options, TABLE_FORMATS)
      checkFiles(files)
      const asked: GrowthViewOptions = {...options, retained: options.shallow !== true, fresh: options.new === true}
      const takes: GrowthTake[] = []
      const last = await each(context, files, snapshot => takes.push(takeGrowth(snapshot, takes, asked)))
      const view = growthView(takes, last, asked)
      if (view.total.grew === 0) context.outcome.exitCode = EXIT.nothingFound
      const text = format === 'json' ? growthJson(view) : growthText(view, paint(context, options))
      await finish(context, options, text, `heapgraph leaks ${files.slice(-3).map(again).join(' ')}`)
    })
}

export function addLeaks(context: Context, command: Command): void {
  withOutput(command, TABLE_FORMATS)
    .argument('<base snapshot>', 'before the work')
    .argument('<target snapshot>', 'when it has been done')
    .argument('[final snapshot]', 'when it should be let go of')
    .option('--limit <n>', 'suspects shown', positiveNumber, 10)
    .action(async (base: string, target: string, final: string | undefined, options: LeaksCommandOptions) => {
      const files = [base, target, ...(final === undefined ? [] : [final])]
      const format = chooseFormat(options, TABLE_FORMATS)
      checkFiles(files)
      const takes: LeaksTake[] = []
      const last = await each(context, files, (snapshot, isLast) => {
        if (!isLast) takes.push(takeLeaks(snapshot))
      })
      const view = leaksView(takes, last, options)
      if (view.total.rows === 0) context.outcome.exitCode = EXIT.nothingFound
      const text = format === 'json' ? leaksJson(view) : leaksText(view, paint(context, options))
      const file = again(files[files.length - 1])
      const [first] = view.rows
      const next = first === undefined ? `growth ${files.map(again).join(' ')}` : `why @${first.exampleId} ${file}`
      await finish(context, options, text, `heapgraph ${next}`)
    })
}

/** Takes from each snapshot what is wanted of it and lets go of all but the last, so that one is in memory at a time. */
async function each(
  context: Context,
  files: readonly string[],
  take: (snapshot: Snapshot, isLast: boolean) => void,
): Promise<Snapshot> {
  for (const file of files.slice(0, -1)) {
    take(await load(context, file), false)
    context.loaded.pop()
  }
  const last = await load(context, files[files.length - 1])
  take(last, true)
  return last
}

function checkFiles(files: readonly string[]): void {
  if (files.filter(file => file === '-').length > 1) {
    throw new HeapgraphError('USAGE', 'two snapshots cannot both be on standard input', 'name the files')
  }
}
