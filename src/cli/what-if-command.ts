/** The command that asks what letting go would free. */
import type {Command} from 'commander'
import {select, type WhatIfOptions, whatIf, whatIfJson, whatIfText, whatIfView} from '../index.ts'
import {type Context, finish, load, notFound, paint} from './answer.ts'
import {again, collect, positiveNumber, sizesOption, TABLE_FORMATS, withOutput} from './options.ts'
import {chooseFormat, type OutputOptions} from './output.ts'

export function addWhatIf(context: Context, command: Command): void {
  withOutput(command, TABLE_FORMATS)
    .argument('<snapshot>')
    .option(
      '--cut <edges>',
      "what is let go of: 'Type.property', 'Type[]', 'Map(name)', 'scope var name', 'a.b.c', 'on \"event\"', @id, '@id -> @id'; may be repeated",
      collect,
    )
    .option('--type <name>', 'only objects of this type, or /regex/')
    .option('--limit <n>', 'types shown', positiveNumber, 30)
    .addOption(sizesOption())
    .action(async (file: string, options: OutputOptions & WhatIfOptions & {cut?: string[]}) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const {cut = [], type} = options
      const snapshot = await load(context, file)
      if (type !== undefined && select(snapshot, {type}).nodes.length === 0)
        return notFound(context, file, snapshot, {type})
      const view = whatIfView(whatIf(snapshot, cut, options))
      const text = format === 'json' ? whatIfJson(view) : whatIfText(view, paint(context, options))
      const staying = view.meant.find(({stays}) => stays > 0)
      const next =
        staying === undefined
          ? `heapgraph types ${again(file)}`
          : `heapgraph path --id @${staying.exampleId} --count 5 ${again(file)}`
      await finish(context, options, text, next)
    })
}
