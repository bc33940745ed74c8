/** The commands that answer with a table. */
import {freemem} from 'node:os'
import {type Command, InvalidArgumentError, Option} from 'commander'
import {
  birthMarks,
  type DetachedOptions,
  detached,
  detachedJson,
  detachedText,
  detachedView,
  GROUPINGS,
  type GroupBy,
  HeapgraphError,
  idLines,
  infoJson,
  infoText,
  infoView,
  isGroupBy,
  type ListOptions,
  list,
  listIds,
  listJson,
  listText,
  listView,
  openHeader,
  parsePropertyPaths,
  readRecording,
  type ShowOptions,
  select,
  show,
  showJson,
  showText,
  showView,
  type TypesOptions,
  types,
  typesJson,
  typesText,
  typesView,
} from '../../index.ts'
import {type Context, finish, load, notFound, paint, sayNothing, selectOrSay} from '../answer.ts'
import {EXIT} from '../io.ts'
import {
  again,
  failOption,
  idArgument,
  positiveNumber,
  type SelectorOptions,
  selectorFrom,
  sizesOption,
  withOutput,
  withSelector,
} from '../options.ts'
import {chooseFormat, type OutputOptions} from '../output.ts'

type TypesCommandOptions = OutputOptions &
  Omit<TypesOptions, 'retained' | 'among'> & {shallow?: boolean; where?: string; marks?: string}
type ListCommandOptions = OutputOptions & SelectorOptions & ListOptions & {ids?: boolean}

export function addInfo(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>', 'file, or - for standard input')
    .action(async (file: string, options: OutputOptions) => {
      const format = chooseFormat(options, 'table')
      const view = infoView(await openHeader(file))
      const text = format === 'json' ? infoJson(view) : infoText(view, freemem(), paint(context, options))
      await finish(context, options, text, `heapgraph types ${again(file)}`)
    })
}

export function addTypes(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<snapshot>')
    .addOption(
      new Option('--sort <key>', 'order of the rows').choices(['retained', 'self', 'off-heap', 'count', 'name']),
    )
    .addOption(
      new Option('--by <what>', 'what a row is; prop.NAME: the value of that property')
        .choices(GROUPINGS)
        .argParser(groupBy)
        .default('type'),
    )
    .option('--marks <recording>', 'with --by born: rows begin at the marks of a recording (heapgraph record)')
    .option('--shallow', 'no retained sizes: much faster')
    .addOption(sizesOption())
    .option('--filter <pattern>', 'only types with this name, or /regex/')
    .option('--where <expression>', "count only objects that pass, such as 'retained>1mb' (docs/where.md)")
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .action(async (file: string, options: TypesCommandOptions) => {
      const format = chooseFormat(options, 'table')
      const {where, marks: recording, ...asked} = options
      const selector = where === undefined ? undefined : await selectorFrom(context.io, file, {where})
      if (recording !== undefined && options.by !== 'born')
        throw new HeapgraphError('USAGE', '--marks says when, and rows are not of that', 'give --by born, too')
      const snapshot = await load(context, file)
      const marks =
        recording === undefined ? undefined : birthMarks(await readRecording(recording, {metric: 'rss'}), file)
      const among = selector && selectOrSay(context, file, snapshot, selector, options)
      if (selector !== undefined && among === undefined) return
      const retained = options.shallow !== true
      const view = typesView(types(snapshot, {...asked, retained, ...(among && {among}), ...(marks && {marks})}))
      if (view.total.types === 0) {
        if (options.filter === undefined) return sayNothing(context, snapshot, 'object that has a size')
        return notFound(context, file, snapshot, {type: options.filter})
      }
      const text = format === 'json' ? typesJson(view) : typesText(view, paint(context, options))
      await finish(context, options, text, `heapgraph backrefs --type TYPE ${again(file)}`)
    })
}

export function addList(context: Context, command: Command): void {
  withSelector(withOutput(command, 'table'))
    .argument('<snapshot>')
    .addOption(
      new Option('--sort <key>', 'order of the rows')
        .choices(['retained', 'self', 'off-heap', 'id', 'distance'])
        .default('retained'),
    )
    .addOption(sizesOption())
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .addOption(
      new Option('--columns <names>', 'also the values of these properties: id,user.name (docs/where.md)').argParser(
        propertyNames,
      ),
    )
    .option('--histogram', 'also how many of all of them retain how much')
    .addOption(
      new Option('--ids', 'only ids, one a line, all of them without --limit: for --id - of another command').conflicts(
        ['format', 'json'],
      ),
    )
    .action(async (file: string, options: ListCommandOptions) => {
      const format = options.ids ? 'text' : chooseFormat(options, 'table')
      const selector = await selectorFrom(context.io, file, options)
      const snapshot = await load(context, file)
      const selection = selectOrSay(context, file, snapshot, selector, options)
      if (selection === undefined) return
      if (options.ids) {
        const ids = listIds(list(snapshot, selection, idsOptions(command, options)))
        return finish(context, options, idLines(ids), `heapgraph show @${ids[0]} ${again(file)}`)
      }
      const view = listView(list(snapshot, selection, {...options, isLast: isLastOf(context)}))
      const text = format === 'json' ? listJson(view) : listText(view, paint(context, options))
      await finish(context, options, text, `heapgraph show @${view.rows[0].id} ${again(file)}`)
    })
}

export function addShow(context: Context, command: Command): void {
  withOutput(command, 'table')
    .argument('<@id>', "V8's id of the object, as other commands print it", idArgument)
    .argument('<snapshot>')
    .option('--limit <n>', 'edges shown each way', positiveNumber, 30)
    .addOption(sizesOption())
    .action(async (id: number, file: string, options: OutputOptions & ShowOptions) => {
      const format = chooseFormat(options, 'table')
      const snapshot = await load(context, file)
      const {nodes} = select(snapshot, {id})
      if (nodes.length === 0) return notFound(context, file, snapshot, {id})
      const view = showView(show(snapshot, nodes[0], {...options, isLast: isLastOf(context)}))
      const text = format === 'json' ? showJson(view) : showText(view, paint(context, options))
      await finish(context, options, text, `heapgraph path --id @${id} ${again(file)}`)
    })
}

export function addDetached(context: Context, command: Command): void {
  const {outcome} = context
  withOutput(command, 'table')
    .argument('<snapshot>')
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .addOption(sizesOption())
    .addOption(failOption())
    .action(async (file: string, options: OutputOptions & DetachedOptions) => {
      const format = chooseFormat(options, 'table')
      const snapshot = await load(context, file)
      const view = detachedView(detached(snapshot, options))
      if (view.rows.length === 0) {
        outcome.exitCode = EXIT.nothingFound
        if (format === 'text') return sayNothing(context, snapshot, 'detached DOM tree')
      }
      const text = format === 'json' ? detachedJson(view) : detachedText(view, paint(context, options))
      await finish(context, options, text, `heapgraph path --id @${view.rows[0]?.exampleId ?? 1} ${again(file)}`)
    })
}

function groupBy(text: string): GroupBy {
  if (isGroupBy(text)) return text
  throw new InvalidArgumentError(`Allowed choices are ${GROUPINGS.join(', ')}, prop.NAME.`)
}

function propertyNames(text: string): string[] {
  return parsePropertyPaths(text).map(path => path.text)
}

/** Ids alone need no sizes, and a pipe has room for all, unless it was told otherwise. */
function idsOptions(command: Command, {sort, limit, sizes}: ListCommandOptions): ListOptions {
  const isAsked = (option: string) => command.getOptionValueSource(option) !== 'default'
  return {
    sort: isAsked('sort') && sort !== undefined ? sort : 'id',
    limit: isAsked('limit') && limit !== undefined ? limit : Number.POSITIVE_INFINITY,
    ...(sizes === undefined ? {} : {sizes}),
  }
}

/** Whether nothing else will be asked of a snapshot: not of one that is kept open for the next command line. */
function isLastOf({open}: Context): boolean {
  return open === undefined
}
