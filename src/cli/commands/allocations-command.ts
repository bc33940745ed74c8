/** `heapgraph allocations`: who allocates, by a sampled profile. */
import {type Command, Option} from 'commander'
import {
  allocationsJson,
  allocationsSpeedscope,
  allocationsText,
  allocationsView,
  forTerminal,
  HeapgraphError,
  readAllocationProfile,
} from '../../index.ts'
import {type Context, finish, paint} from '../answer.ts'
import {EXIT} from '../io.ts'
import {again, positiveNumber, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

type AllocationsCommandOptions = OutputOptions & {by: 'line' | 'package'; limit: number}

export function addAllocations(context: Context, command: Command): void {
  withOutput(command, 'profile')
    .argument('<profile>', 'a .heapprofile, of node --heap-prof or of Chrome')
    .argument('[later]', 'a later one: what has changed since')
    .addOption(new Option('--by <what>', 'what rows are of').choices(['line', 'package']).default('line'))
    .option('--limit <n>', 'rows listed', positiveNumber, 30)
    .action(async (first: string, later: string | undefined, options: AllocationsCommandOptions) => {
      const {io, outcome, program} = context
      const format = chooseFormat(options, 'profile')
      const files = later === undefined ? [first] : [first, later]
      const {sourceMaps} = program.opts<{sourceMaps?: string | boolean}>()
      const {view, frames, remarks} = await allocationsView(files.map(readAllocationProfile), {
        by: options.by,
        limit: options.limit,
        ...(sourceMaps === false ? {sourceMaps} : {}),
        ...(typeof sourceMaps === 'string' ? {sourceMaps: {folder: sourceMaps}} : {}),
      })
      for (const remark of remarks) io.stderr.write(`${forTerminal(`heapgraph: ${remark}`)}\n`)
      if (view.rows.length === 0) {
        outcome.exitCode = EXIT.nothingFound
        throw new HeapgraphError('NOTHING_FOUND', `${files.join(', ')}: no sample`, 'sample for longer, or more often')
      }
      const text =
        format === 'json'
          ? allocationsJson(view)
          : format === 'speedscope'
            ? allocationsSpeedscope(files[files.length - 1], frames)
            : allocationsText(view, paint(context, options))
      const next = options.by === 'line' ? `--by package ${files.map(again).join(' ')}` : files.map(again).join(' ')
      await finish(context, options, text, `heapgraph allocations ${next}`)
    })
}
