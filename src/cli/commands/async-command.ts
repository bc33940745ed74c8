/** The command that says what waits. */
import type {Command} from 'commander'
import {asyncCensus, asyncJson, asyncText, asyncView} from '../../index.ts'
import {type Context, finish, load, paint, sayNothing} from '../answer.ts'
import {again, positiveNumber, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

export function addAsync(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--limit <n>', 'rows of each kind', positiveNumber, 10)
    .action(async (file: string, options: OutputOptions & {limit: number}) => {
      const format = chooseFormat(options, 'table')
      const snapshot = await load(context, file)
      const view = asyncView(asyncCensus(snapshot, options))
      const first = view.sections.find(({rows}) => rows.length > 0)?.rows[0]
      if (first === undefined) return sayNothing(context, snapshot, 'promise, timer, listener or handle that waits')
      const text = format === 'json' ? asyncJson(view) : asyncText(view, paint(context, options))
      await finish(context, options, text, `heapgraph why @${first.oldestId} ${again(file)}`)
    })
}
