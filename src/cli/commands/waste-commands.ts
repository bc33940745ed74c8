/** The commands that look for memory that is wasted. */
import type {Command} from 'commander'
import {strings, stringsJson, stringsText, stringsView, waste, wasteJson, wasteText, wasteView} from '../../index.ts'
import {type Context, finish, load, paint, sayNothing} from '../answer.ts'
import {again, positiveNumber, sizeArgument, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

export function addStrings(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--match <text>', 'only strings that contain this, or match /regex/; unique ones too')
    .option('--min-size <bytes>', 'smallest size listed, such as 10kB', sizeArgument, 0)
    .option('--limit <n>', 'rows of each list', positiveNumber, 20)
    .action(async (file: string, options: OutputOptions & {match?: string; minSize: number; limit: number}) => {
      const format = chooseFormat(options, 'table')
      const {match, minSize, limit} = options
      const snapshot = await load(context, file)
      const asked = {minBytes: minSize, limit, ...(match === undefined ? {} : {match})}
      const view = stringsView(strings(snapshot, asked))
      if (view.same.length + view.slices.length + view.ropes.length === 0) {
        const size = minSize > 0 ? ` of ${minSize} bytes or more` : ''
        const what =
          match === undefined ? `equal, sliced or concatenated strings${size}` : `string that matches ${match}${size}`
        return sayNothing(context, snapshot, what)
      }
      const [first] = [...view.same, ...view.slices, ...view.ropes]
      const id = 'exampleId' in first ? first.exampleId : first.parentId
      const text = format === 'json' ? stringsJson(view) : stringsText(view, paint(context, options))
      await finish(context, options, text, `heapgraph why @${id} ${again(file)}`)
    })
}

export function addWaste(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--limit <n>', 'rows of each list', positiveNumber, 5)
    .action(async (file: string, options: OutputOptions & {limit: number}) => {
      const format = chooseFormat(options, 'table')
      const snapshot = await load(context, file)
      const view = wasteView(waste(snapshot), options)
      if (view.total.count === 0) return sayNothing(context, snapshot, 'waste that a snapshot can show')
      const largest = view.categories.reduce((a, b) => (b.wastedBytes > a.wastedBytes ? b : a))
      const text = format === 'json' ? wasteJson(view) : wasteText(view, paint(context, options))
      await finish(context, options, text, `heapgraph why @${largest.rows[0].exampleId} ${again(file)}`)
    })
}
