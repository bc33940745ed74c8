/** The commands that answer with a graph. */
import type {Command} from 'commander'
import {
  backrefs,
  cycles,
  type DominatorsOptions,
  dominators,
  FLAME_LIMITS,
  flameView,
  refs,
  select,
  shortestPaths,
  toSpeedscope,
} from '../index.ts'
import {type Context, finish, finishGraph, load, notFound} from './answer.ts'
import {EXIT} from './io.ts'
import {
  again,
  collect,
  endSelector,
  GRAPH_FORMATS,
  positiveNumber,
  type SelectorOptions,
  selectorFrom,
  selectorText,
  shareOption,
  sizesOption,
  startAndFile,
  wholeNumber,
  withOutput,
  withSelector,
} from './options.ts'
import {chooseFormat, type Format, type OutputOptions} from './output.ts'

const DOMINATORS_FORMATS: readonly Format[] = [...GRAPH_FORMATS, 'speedscope']

type DominatorsCommandOptions = OutputOptions & Required<DominatorsOptions> & {min: number}

export function addGraphCommands(context: Context): void {
  const {program, outcome} = context
  addNeighbors(context, 'backrefs', 'what keeps objects alive: who holds them, merged by type')

  addNeighbors(context, 'refs', 'what objects hold, merged by type')

  withSelector(
    withOutput(program.command('path').description('the shortest chains from a root to an object'), GRAPH_FORMATS),
  )
    .argument('<snapshot>')
    .option('--to <pattern>', 'end the search at objects of this type (or @id) instead of the roots')
    .option('--count <k>', 'chains shown', positiveNumber, 1)
    .option(
      '--avoid <pattern>',
      'do not pass objects of this type, @id, or edges of this name; may be repeated',
      collect,
    )
    .option('--raw', 'every edge as V8 has it, not as JavaScript')
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {to?: string; count: number; avoid?: string[]; raw?: boolean},
      ) => {
        const format = chooseFormat(options, GRAPH_FORMATS)
        const selector = selectorFrom(options)
        const snapshot = await load(context, file)
        const target = select(snapshot, selector)
        if (target.nodes.length === 0) return notFound(context, file, snapshot, selector)
        const end = options.to === undefined ? undefined : endSelector(options.to)
        const from = end === undefined ? undefined : select(snapshot, end)
        if (end !== undefined && from?.nodes.length === 0) return notFound(context, file, snapshot, end)
        const {count, avoid = []} = options
        const answer = shortestPaths(snapshot, target, {count, avoid, ...(from === undefined ? {} : {from})})
        if (answer.paths.length === 0) outcome.exitCode = EXIT.nothingFound
        await finishGraph(
          context,
          options,
          format,
          answer,
          `heapgraph path --count ${Math.max(5, 2 * count)} ${selectorText(selector)} ${again(file)}`,
        )
      },
    )

  withOutput(
    program.command('dominators').description('where the memory is: the largest retained objects, as a tree'),
    DOMINATORS_FORMATS,
  )
    .usage('[options] [@id] <snapshot>')
    .argument('<@id|snapshot>', 'an object to begin at instead of the root, then the file; or the file alone')
    .argument('[snapshot]')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'objects shown below each one', positiveNumber, 10)
    .addOption(shareOption('--min <percent>', 'leave out what retains a smaller share of the heap'))
    .addOption(sizesOption())
    .action(async (first: string, second: string | undefined, options: DominatorsCommandOptions, command: Command) => {
      const format = chooseFormat(options, DOMINATORS_FORMATS)
      const {id, file} = startAndFile(first, second)
      const snapshot = await load(context, file)
      const node = id === undefined ? snapshot.root : select(snapshot, {id}).nodes[0]
      if (node === undefined) return notFound(context, file, snapshot, {id: id ?? 0})
      const limits = format === 'speedscope' ? flameLimits(command, options) : {...options, minShare: options.min}
      const answer = dominators(snapshot, {...limits, sizes: options.sizes, node})
      const largest = answer.rows[1]?.node ?? node
      const next = `heapgraph path --id @${snapshot.nodeId[largest]} ${again(file)}`
      if (format === 'speedscope') await finish(context, options, toSpeedscope(flameView(answer)), next)
      else await finishGraph(context, options, format, answer, next)
    })

  withOutput(program.command('cycles').description('reference cycles, by pattern, and what holds each'), GRAPH_FORMATS)
    .argument('<snapshot>')
    .option('--type <name>', 'only cycles through objects of this type, or /regex/')
    .option('--raw', "also follow V8's own slots: maps, prototypes, code")
    .option('--limit <n>', 'patterns shown', positiveNumber, 30)
    .action(async (file: string, options: OutputOptions & {type?: string; raw?: boolean; limit: number}) => {
      const format = chooseFormat(options, GRAPH_FORMATS)
      const snapshot = await load(context, file)
      const through = options.type === undefined ? undefined : select(snapshot, {type: options.type})
      if (options.type !== undefined && through?.nodes.length === 0)
        return notFound(context, file, snapshot, {type: options.type})
      const {raw = false, limit} = options
      const answer = cycles(snapshot, {raw, limit, ...(through === undefined ? {} : {through})})
      if (answer.groups.length === 0) outcome.exitCode = EXIT.nothingFound
      const example = answer.groups[0]?.nodes[0]
      const next =
        example === undefined
          ? `heapgraph types ${again(file)}`
          : `heapgraph path --id @${snapshot.nodeId[example]} ${again(file)}`
      await finishGraph(context, options, format, answer, next)
    })
}

function addNeighbors(context: Context, question: 'backrefs' | 'refs', description: string): void {
  withSelector(withOutput(context.program.command(question).description(description), GRAPH_FORMATS))
    .argument('<snapshot>')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'kinds of neighbours shown for each line', wholeNumber, 10)
    .addOption(shareOption('--min-share <percent>', 'do not follow what touches a smaller share of the objects'))
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {depth: number; fan: number; minShare: number},
      ) => {
        const format = chooseFormat(options, GRAPH_FORMATS)
        const selector = selectorFrom(options)
        const snapshot = await load(context, file)
        const target = select(snapshot, selector)
        if (target.nodes.length === 0) return notFound(context, file, snapshot, selector)
        const answer = (question === 'backrefs' ? backrefs : refs)(snapshot, target, options)
        await finishGraph(context, options, format, answer, `heapgraph path ${selectorText(selector)} ${again(file)}`)
      },
    )
}

/** A flame graph has room for more than a page, unless it was told how much to show. */
function flameLimits(command: Command, {depth, fan, min}: DominatorsCommandOptions): DominatorsOptions {
  const isAsked = (option: string) => command.getOptionValueSource(option) !== 'default'
  return {
    depth: isAsked('depth') ? depth : FLAME_LIMITS.depth,
    fan: isAsked('fan') ? fan : FLAME_LIMITS.fan,
    minShare: isAsked('min') ? min : FLAME_LIMITS.minShare,
  }
}
