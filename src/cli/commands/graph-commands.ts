/** The commands that answer with a graph. */
import {type Command, Option} from 'commander'
import {
  type AskedQuestion,
  answerOfFew,
  backrefs,
  type CyclesOptions,
  cycles,
  type DominatorsAnswer,
  type DominatorsOptions,
  dominators,
  drawAreaPage,
  drawAreas,
  FLAME_LIMITS,
  flameView,
  formatCount,
  HeapgraphError,
  importGraph,
  owners,
  plural,
  type ResultGraph,
  refs,
  type Selector,
  type Snapshot,
  savedAnswer,
  savedGraph,
  select,
  shortestPaths,
  toGraph,
  toSpeedscope,
} from '../../index.ts'
import {type Context, finish, load, notFound, selectOrSay} from '../answer.ts'
import type {Format} from '../formats.ts'
import {EXIT} from '../io.ts'
import {
  again,
  collect,
  isSelecting,
  positiveNumber,
  type SelectorOptions,
  selectorArgument,
  selectorFrom,
  selectorText,
  shareOption,
  sizesOption,
  startAndFile,
  wholeNumber,
  withOutput,
  withSelector,
} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'
import {finishGraph, finishPicture, type PictureOptions} from './graph-answer.ts'

/** How dominators are drawn. */
const VIEWS = ['tree', 'treemap', 'flame'] as const

type DominatorsCommandOptions = OutputOptions &
  PictureOptions &
  Required<DominatorsOptions> & {min: number; view?: (typeof VIEWS)[number]}

type CyclesCommandOptions = OutputOptions &
  Pick<SelectorOptions, 'type' | 'where'> &
  Omit<CyclesOptions, 'through' | 'retained'> & {shallow?: boolean}

export function addBackrefs(context: Context, command: Command): void {
  addNeighbors(context, command, 'backrefs')
}

export function addRefs(context: Context, command: Command): void {
  addNeighbors(context, command, 'refs')
}

export function addDominators(context: Context, command: Command): void {
  withOutput(command, 'dominators')
    .usage('[options] [@id] <snapshot>')
    .argument('<@id|snapshot>', 'object to begin at instead of the root, then the file; or only the file')
    .argument('[snapshot]')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'objects shown below each one', positiveNumber, 10)
    .addOption(shareOption('--min <percent>', 'leave out what retains a smaller share of the heap'))
    .addOption(sizesOption())
    .addOption(new Option('--view <form>', 'pictures: cards and lines, or areas by retained size; tree').choices(VIEWS))
    .action(async (first: string, second: string | undefined, options: DominatorsCommandOptions) => {
      const format = chooseFormat(options, 'dominators')
      const view = viewOf(options, format)
      const {id, file} = startAndFile(first, second)
      const snapshot = await load(context, file)
      const node = id === undefined ? snapshot.root : select(snapshot, {id}).nodes[0]
      if (node === undefined) return notFound(context, file, snapshot, {id: id ?? 0})
      const isWhole = format === 'speedscope' || view !== 'tree'
      const limits = isWhole ? flameLimits(command, options) : {...options, minShare: options.min}
      const leftTypes = view === 'tree' ? 0 : 20
      const asked = {...limits, sizes: options.sizes, node, leftTypes}
      const nextOf = (id: number) => `heapgraph path --id @${id} ${again(file)}`
      if (format === 'speedscope') {
        const answer = dominators(snapshot, asked)
        return finish(context, options, toSpeedscope(flameView(answer)), nextOf(snapshot.nodeId[largestOf(answer)]))
      }
      if (view === 'tree') {
        const {depth, fan, minShare, sizes} = asked
        const saved = savedAnswer(
          snapshot,
          {question: 'dominators', options: {depth, fan, minShare, sizes, node}, of: []},
          () => {
            const answer = dominators(snapshot, asked)
            return {graph: toGraph(answer).export(), largest: snapshot.nodeId[largestOf(answer)]}
          },
        )
        return finishGraph(context, options, format, importGraph(saved.graph), nextOf(saved.largest), file)
      }
      const answer = dominators(snapshot, asked)
      const next = nextOf(snapshot.nodeId[largestOf(answer)])
      const areas = flameView(answer)
      const {text, drawn, objects} =
        format === 'html'
          ? await drawAreaPage(areas, {...options, view}).then(({html, carried, ...rest}) => ({
              text: html,
              drawn: carried,
              ...rest,
            }))
          : await drawAreas(areas, {...options, view}).then(({svg, ...rest}) => ({text: svg, ...rest}))
      const size = `${formatCount(drawn)} of ${plural(objects, 'object')} drawn`
      await finishPicture(context, options, format, text, size, next)
    })
}

function largestOf({rows, node}: DominatorsAnswer): number {
  return rows[1]?.node ?? node
}

export function addCycles(context: Context, command: Command): void {
  const {outcome} = context
  withOutput(command, 'graph')
    .argument('<snapshot>')
    .option('--type <name>', 'only cycles through objects of this type, or /regex/')
    .option('--where <expression>', 'only cycles through objects that pass (docs/where.md)')
    .option('--raw', "also follow V8's own slots: maps, prototypes, code")
    .option('--min-length <n>', 'only cycles of at least so many objects', positiveNumber)
    .option('--max-length <n>', 'only cycles of at most so many objects', positiveNumber)
    .option('--shallow', 'no retained sizes: faster')
    .option('--limit <n>', 'patterns shown', positiveNumber, 30)
    .action(async (file: string, options: CyclesCommandOptions) => {
      const format = chooseFormat(options, 'graph')
      const selector = isSelecting(options) ? await selectorFrom(context.io, file, options) : undefined
      const snapshot = await load(context, file)
      const through = selector && selectOrSay(context, file, snapshot, selector)
      if (selector !== undefined && through === undefined) return
      const {type: _, where: __, shallow = false, ...rest} = options
      const answer = cycles(snapshot, {...rest, retained: !shallow, ...(through === undefined ? {} : {through})})
      if (answer.groups.length === 0) outcome.exitCode = EXIT.nothingFound
      const example = answer.groups[0]?.nodes[0]
      const next =
        example === undefined
          ? `heapgraph types ${again(file)}`
          : `heapgraph path --id @${snapshot.nodeId[example]} ${again(file)}`
      await finishGraph(context, options, format, toGraph(answer, options), next, file)
    })
}

export function addWhy(context: Context, command: Command): void {
  withSelector(withOutput(command, 'graph'))
    .usage('[options] [@id] <snapshot>')
    .argument('<@id|snapshot>', 'the object, then the file; or only the file, with --type or --name')
    .argument('[snapshot]')
    .addOption(ownersOption())
    .option('--raw', 'every edge as V8 has it, not as JavaScript')
    .action(
      async (
        first: string,
        second: string | undefined,
        options: OutputOptions & SelectorOptions & {owners: number; raw?: boolean},
      ) => {
        const format = chooseFormat(options, 'graph')
        const {id, file} = startAndFile(first, second)
        const selector = await selectorFrom(context.io, file, id === undefined ? options : {...options, id})
        const snapshot = await load(context, file)
        const target = selectOrSay(context, file, snapshot, selector)
        if (target === undefined) return
        const {owners: limit, raw} = options
        const asked = {question: 'why', options: {limit, raw}, of: [target], isOfFew: false}
        const graph = graphOf(snapshot, asked, snapshot => toGraph(owners(snapshot, target, {limit}), options))
        const next = `heapgraph path ${selectorText(selector)} ${again(file)}`
        await finishGraph(context, options, format, graph, next, file)
      },
    )
}

type PathCommandOptions = OutputOptions &
  SelectorOptions & {from?: string; to?: string; count: number; avoid?: string[]; through?: string; raw?: boolean}

export function addPath(context: Context, command: Command): void {
  const {outcome} = context
  withSelector(withOutput(command, 'graph'))
    .argument('<snapshot>')
    .option(
      '--from <objects>',
      'begin at objects of this type, @id or /regex/, or that pass an expression, not at a root',
    )
    .option('--to <objects>', 'end at such objects; beside --type and its like, the same as --from')
    .option('--count <k>', 'chains shown', positiveNumber, 1)
    .option(
      '--avoid <pattern>',
      'avoid objects of this type, @id, edges of this name, or what an expression matches; may be repeated',
      collect,
    )
    .option('--through <pattern>', 'pass through such an object or edge; each further chain through another')
    .option('--raw', 'every edge as V8 has it, not as JavaScript')
    .action(async (file: string, options: PathCommandOptions) => {
      const format = chooseFormat(options, 'graph')
      const {count, avoid = [], through} = options
      const {end, start} = await endsOfPath(context, file, options)
      for (const pattern of through === undefined ? avoid : [...avoid, through]) selectorArgument(pattern)
      const snapshot = await load(context, file)
      const target = selectOrSay(context, file, snapshot, end)
      const from = target && start && selectOrSay(context, file, snapshot, start)
      if (target === undefined || (start !== undefined && from === undefined)) return
      const ends = {...(from === undefined ? {} : {from}), ...(through === undefined ? {} : {through})}
      const {raw} = options
      const of = from === undefined ? [target] : [target, from]
      const asked = {question: 'path', options: {count, avoid, through, raw}, of}
      const graph = graphOf(snapshot, {...asked, isOfFew: true}, snapshot =>
        toGraph(shortestPaths(snapshot, target, {count, avoid, ...ends}), options),
      )
      if (graph.getAttribute('chains').length === 0) outcome.exitCode = EXIT.nothingFound
      const next = `heapgraph path --count ${Math.max(5, 2 * count)} ${selectorText(end)} ${again(file)}`
      await finishGraph(context, options, format, graph, next, file)
    })
}

/**
 * Where chains end and begin. What `--type` and its like select is their end, as in every command that looks for holders; `--to`
 * alone is the end, too, and beside them says how far up the holders are followed.
 */
async function endsOfPath(
  {io}: Context,
  file: string,
  options: PathCommandOptions,
): Promise<{end: Selector; start: Selector | undefined}> {
  const from = options.from === undefined ? undefined : selectorArgument(options.from)
  const to = options.to === undefined ? undefined : selectorArgument(options.to)
  if (to === undefined || isSelecting(options)) {
    if (to !== undefined && from !== undefined) {
      const what = 'the end of the paths was given twice, with --to and another option'
      throw new HeapgraphError('USAGE', what, 'leave --to out, or --type, --id, --name and --where')
    }
    return {end: await selectorFrom(io, file, options), start: from ?? to}
  }
  return {end: to, start: from}
}

/** So many objects are few: what has to be looked at for an answer is likely to be little, too. */
const FEW = 16

/** An answer about some objects as a graph; `ask` does nothing but compute it. */
function graphOf(
  snapshot: Snapshot,
  {isOfFew, ...asked}: AskedQuestion & {isOfFew: boolean},
  ask: (snapshot: Snapshot) => ResultGraph,
): ResultGraph {
  const [{nodes}] = asked.of
  return savedGraph(snapshot, asked, () =>
    isOfFew && nodes.length <= FEW ? answerOfFew(snapshot, ask) : ask(snapshot),
  )
}

function addNeighbors(context: Context, command: Command, question: 'backrefs' | 'refs'): void {
  withSelector(withOutput(command, 'graph'))
  if (question === 'backrefs') command.addOption(ownersOption())
  command
    .argument('<snapshot>')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'kinds of neighbors shown for each line', wholeNumber, 10)
    .option('--raw', 'also V8 internals: maps, code, stores, tables of Maps')
    .addOption(shareOption('--min-share <percent>', 'do not follow what touches a smaller share of the objects'))
    .action(
      async (
        file: string,
        options: OutputOptions &
          SelectorOptions & {depth: number; fan: number; minShare: number; owners?: number; raw?: boolean},
      ) => {
        const format = chooseFormat(options, 'graph')
        const selector = await selectorFrom(context.io, file, options)
        const snapshot = await load(context, file)
        const target = selectOrSay(context, file, snapshot, selector)
        if (target === undefined) return
        const ask = (snapshot: Snapshot) => {
          // Owners first, since they have another thread compute what both need.
          const by = options.owners === undefined ? {} : {by: owners(snapshot, target, {limit: options.owners})}
          return toGraph((question === 'backrefs' ? backrefs : refs)(snapshot, target, options), {...options, ...by})
        }
        const {depth, fan, minShare, owners: most, raw} = options
        const asked = {question, options: {depth, fan, minShare, most, raw}, of: [target]}
        const graph = graphOf(snapshot, {...asked, isOfFew: question === 'refs'}, ask)
        const example = snapshot.nodeId[target.nodes[0]]
        const isOne = 'id' in selector || 'ids' in selector
        const next =
          question === 'backrefs'
            ? `why ${isOne ? `@${example}` : selectorText(selector)}`
            : `path ${selectorText(selector)}`
        await finishGraph(context, options, format, graph, `heapgraph ${next} ${again(file)}`, file)
      },
    )
}

function ownersOption(): Option {
  return new Option('--owners <n>', 'owners shown').argParser(positiveNumber).default(10)
}

function viewOf({view = 'tree'}: DominatorsCommandOptions, format: Format): (typeof VIEWS)[number] {
  if (view === 'tree' || ['svg', 'png', 'html'].includes(format)) return view
  throw new HeapgraphError(
    'USAGE',
    `--view ${view} is drawn as svg, png or html, not ${format}`,
    'write it with -o to .svg, .png or .html',
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
