/** The command that looks for captured variables that nobody uses. */
import type {Command} from 'commander'
import {closuresJson, closuresText, closuresView, plural, unusedVariables} from '../../index.ts'
import {type Context, finish, load, paint, sayNothing} from '../answer.ts'
import {again, positiveNumber, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

export function addClosures(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--limit <n>', 'variables shown', positiveNumber, 20)
    .action(async (file: string, options: OutputOptions & {limit: number}) => {
      const format = chooseFormat(options, 'table')
      const snapshot = await load(context, file)
      const view = closuresView(unusedVariables(snapshot, options.limit))
      if (view.rows.length === 0) {
        const scopes = `${plural(view.judged, 'scope')} ${view.judged === 1 ? 'was' : 'were'} judged`
        return sayNothing(context, snapshot, 'captured variable that nobody uses', [scopes, ...view.limits].join('; '))
      }
      const text = format === 'json' ? closuresJson(view) : closuresText(view, paint(context, options))
      await finish(
        context,
        options,
        text,
        `heapgraph why @${view.rows[0].keepers.list[0]?.id ?? view.rows[0].value.id} ${again(file)}`,
      )
    })
}
