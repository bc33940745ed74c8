/** The command that says who made objects beside who keeps them. */
import type {Command} from 'commander'
import {makersJson, makersText, makersView} from '../../index.ts'
import {type Context, finish, load, paint, sayNothing, selectOrSay} from '../answer.ts'
import {again, positiveNumber, selectorFrom, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

export function addMakers(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--where <expression>', "only objects that pass, such as 'type=Session' (docs/where.md)")
    .option('--limit <n>', 'makers and owners told apart', positiveNumber, 15)
    .action(async (file: string, options: OutputOptions & {limit: number; where?: string}) => {
      const format = chooseFormat(options, 'table')
      const {where, limit} = options
      const selector = where === undefined ? undefined : await selectorFrom(context.io, file, {where})
      const snapshot = await load(context, file)
      const among = selector && selectOrSay(context, file, snapshot, selector)
      if (selector !== undefined && among === undefined) return
      const view = makersView(snapshot, {limit, ...(among === undefined ? {} : {among})})
      if (view.makers.length === 0) return sayNothing(context, snapshot, 'allocation stack')
      const text = format === 'json' ? makersJson(view) : makersText(view, paint(context, options))
      await finish(context, options, text, `heapgraph types --by allocated ${again(file)}`)
    })
}
