/** The command that says who made objects beside who keeps them. */
import type {Command} from 'commander'
import {
  drawMakers,
  drawMakersPage,
  formatCount,
  type MakersPictureOptions,
  type MakersView,
  makersJson,
  makersText,
  makersView,
  plural,
} from '../../index.ts'
import {type Context, finish, load, paint, sayNothing, selectOrSay} from '../answer.ts'
import type {FormatFor} from '../formats.ts'
import {fileToOpen, type OpenOptions} from '../open-picture.ts'
import {again, positiveNumber, selectorFrom, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'
import {finishPicture} from './graph-answer.ts'

type MakersCommandOptions = OutputOptions &
  OpenOptions &
  MakersPictureOptions & {limit: number; where?: string; bare?: boolean}

export function addMakers(context: Context, command: Command): void {
  withOutput(command, 'flow')
    .argument('<snapshot>')
    .option('--where <expression>', "only objects that pass, such as 'type=Session' (docs/where.md)")
    .option('--limit <n>', 'makers and owners told apart', positiveNumber, 15)
    .action(async (file: string, given: MakersCommandOptions) => {
      const output = fileToOpen(given, 'makers')
      const options = {...given, ...(output === undefined ? {} : {output})}
      const format = chooseFormat(options, 'flow')
      const {where, limit} = options
      const selector = where === undefined ? undefined : await selectorFrom(context.io, file, {where})
      const snapshot = await load(context, file)
      const among = selector && selectOrSay(context, file, snapshot, selector)
      if (selector !== undefined && among === undefined) return
      const view = makersView(snapshot, {limit, ...(among === undefined ? {} : {among})})
      if (view.makers.length === 0) return sayNothing(context, snapshot, 'allocation stack')
      await write(context, options, format, view, `heapgraph types --by allocated ${again(file)}`)
    })
}

async function write(
  context: Context,
  options: MakersCommandOptions,
  format: FormatFor<'flow'>,
  view: MakersView,
  next: string,
): Promise<void> {
  if (format === 'text') return finish(context, options, makersText(view, paint(context, options)), next)
  if (format === 'json') return finish(context, options, makersJson(view), next)
  const {text, drawn, objects} = await draw(view, format, options)
  await finishPicture(
    context,
    options,
    format,
    text,
    `${formatCount(drawn)} of ${plural(objects, 'object')} drawn`,
    next,
  )
}

async function draw(
  view: MakersView,
  format: Exclude<FormatFor<'flow'>, 'text' | 'json'>,
  options: MakersPictureOptions & {bare?: boolean},
): Promise<{text: string; drawn: number; objects: number}> {
  if (format === 'html') {
    const {html, ...counts} = await drawMakersPage(view, options)
    return {text: html, ...counts}
  }
  const {svg, ...counts} = drawMakers(view, options)
  return {text: svg, ...counts}
}
