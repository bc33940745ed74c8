/** The command that asks what letting go would free. */
import type {Command} from 'commander'
import {select, type WhatIfOptions, whatIf, whatIfGraph, whatIfJson, whatIfText, whatIfView} from '../index.ts'
import {type Context, finish, load, notFound, paint} from './answer.ts'
import {finishResultGraph, type PictureOptions} from './graph-answer.ts'
import {again, collect, positiveNumber, sizesOption, withOutput} from './options.ts'
import {chooseFormat, type Format, type OutputOptions} from './output.ts'

/** Pictures and tables; what graphs of other programs there are is of single objects. */
const WHAT_IF_FORMATS: readonly Format[] = ['text', 'json', 'dot', 'svg', 'png', 'html', 'mermaid']

export function addWhatIf(context: Context, command: Command): void {
  withOutput(command, WHAT_IF_FORMATS)
    .argument('<snapshot>')
    .option(
      '--cut <edges>',
      "what is let go of: 'Type.property', 'Type[]', 'Map(name)', 'scope var name', 'a.b.c', 'on \"event\"', @id, '@id -> @id'; may be repeated",
      collect,
    )
    .option('--type <name>', 'only objects of this type, or /regex/')
    .option('--limit <n>', 'types shown', positiveNumber, 30)
    .addOption(sizesOption())
    .action(async (file: string, options: OutputOptions & PictureOptions & WhatIfOptions & {cut?: string[]}) => {
      const format = chooseFormat(options, WHAT_IF_FORMATS)
      const {cut = [], type} = options
      const snapshot = await load(context, file)
      if (type !== undefined && select(snapshot, {type}).nodes.length === 0)
        return notFound(context, file, snapshot, {type})
      const answer = whatIf(snapshot, cut, options)
      const view = whatIfView(answer)
      const staying = view.meant.find(({stays}) => stays > 0)
      const next =
        staying === undefined
          ? `heapgraph types ${again(file)}`
          : `heapgraph path --id @${staying.exampleId} --count 5 ${again(file)}`
      if (format !== 'json' && format !== 'text') {
        return await finishResultGraph(context, options, format, whatIfGraph(answer), next)
      }
      const text = format === 'json' ? whatIfJson(view) : whatIfText(view, paint(context, options))
      await finish(context, options, text, next)
    })
}
