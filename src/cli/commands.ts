/** The commands: what each takes, and which question of the library it asks. */
import {freemem} from 'node:os'
import {type Command, InvalidArgumentError, Option} from 'commander'
import {
  backrefs,
  cycles,
  formatCount,
  type GraphAnswer,
  HeapgraphError,
  infoJson,
  infoText,
  infoView,
  list,
  listJson,
  listText,
  listView,
  nearestTypes,
  openHeader,
  openSnapshot,
  type Paint,
  plural,
  type ResultGraph,
  refs,
  type Selector,
  type Snapshot,
  select,
  shortestPaths,
  show,
  showJson,
  showText,
  showView,
  toDot,
  toGraph,
  toJson,
  toSvg,
  toText,
  types,
  typesJson,
  typesText,
  typesView,
} from '../index.ts'
import {EXIT, type Io} from './io.ts'
import {chooseFormat, type Format, type OutputOptions, writeAnswer} from './output.ts'
import {paintFor} from './paint.ts'
import {progressOn} from './progress.ts'

/** What a command tells the program besides its output. */
export interface Outcome {
  exitCode: number
}

interface SelectorOptions {
  type?: string
  id?: number
  name?: string
}

const TABLE_FORMATS: readonly Format[] = ['text', 'json']
const GRAPH_FORMATS: readonly Format[] = ['text', 'json', 'dot', 'svg']

export function addCommands(program: Command, io: Io, outcome: Outcome): void {
  const context = {program, io, outcome}
  program.addHelpText('after', HELP)
  program.commandsGroup('Commands:')

  withOutput(
    program.command('info').description('who wrote a snapshot and what is in it, without loading it'),
    TABLE_FORMATS,
  )
    .argument('<snapshot>', 'file, or - for standard input')
    .action(async (file: string, options: OutputOptions) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const view = infoView(await openHeader(file))
      const text = format === 'json' ? infoJson(view) : infoText(view, freemem(), paint(context, options))
      await finish(context, options, text, `heapgraph types ${file}`)
    })

  withOutput(program.command('types').description('what fills the heap, by type'), TABLE_FORMATS)
    .argument('<snapshot>')
    .addOption(new Option('--sort <key>', 'order of the rows').choices(['self', 'count', 'name']).default('self'))
    .option('--filter <pattern>', 'only types with this name, or /regex/')
    .option('--limit <n>', 'rows shown', wholeNumber, 30)
    .action(
      async (
        file: string,
        options: OutputOptions & {sort: 'self' | 'count' | 'name'; filter?: string; limit: number},
      ) => {
        const format = chooseFormat(options, TABLE_FORMATS)
        const snapshot = await load(context, file)
        const {sort, filter, limit} = options
        const view = typesView(types(snapshot, {sort, limit, ...(filter === undefined ? {} : {filter})}))
        if (view.total.types === 0) return notFound(context, snapshot, {type: filter ?? ''})
        const text = format === 'json' ? typesJson(view) : typesText(view, paint(context, options))
        await finish(context, options, text, `heapgraph backrefs --type TYPE ${file}`)
      },
    )

  withSelector(withOutput(program.command('list').description('the objects of a type'), TABLE_FORMATS))
    .argument('<snapshot>')
    .addOption(new Option('--sort <key>', 'order of the rows').choices(['self', 'id', 'distance']).default('self'))
    .option('--limit <n>', 'rows shown', wholeNumber, 30)
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {sort: 'self' | 'id' | 'distance'; limit: number},
      ) => {
        const format = chooseFormat(options, TABLE_FORMATS)
        const selector = selectorFrom(options)
        const snapshot = await load(context, file)
        const selection = select(snapshot, selector)
        if (selection.nodes.length === 0) return notFound(context, snapshot, selector)
        const view = listView(list(snapshot, selection, options))
        const text = format === 'json' ? listJson(view) : listText(view, paint(context, options))
        await finish(context, options, text, `heapgraph show @${view.rows[0]?.id} ${file}`)
      },
    )

  withOutput(program.command('show').description('one object: sizes, who holds it, what it holds'), TABLE_FORMATS)
    .argument('<@id>', "V8's id of the object, as other commands print it", idArgument)
    .argument('<snapshot>')
    .option('--limit <n>', 'edges shown each way', wholeNumber, 30)
    .action(async (id: number, file: string, options: OutputOptions & {limit: number}) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const snapshot = await load(context, file)
      const {nodes} = select(snapshot, {id})
      if (nodes.length === 0) return notFound(context, snapshot, {id})
      const view = showView(show(snapshot, nodes[0], options))
      const text = format === 'json' ? showJson(view) : showText(view, paint(context, options))
      await finish(context, options, text, `heapgraph path --id @${id} ${file}`)
    })

  addNeighbors(context, 'backrefs', 'what keeps objects alive: who holds them, merged by type')
  addNeighbors(context, 'refs', 'what objects hold, merged by type')

  withSelector(
    withOutput(program.command('path').description('the shortest chains from a root to an object'), GRAPH_FORMATS),
  )
    .argument('<snapshot>')
    .option('--to <pattern>', 'end the search at objects of this type (or @id) instead of the roots')
    .option('--count <k>', 'chains shown', wholeNumber, 1)
    .option('--avoid <pattern...>', 'do not pass objects of this type, @id, or edges of this name; may be repeated')
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {to?: string; count: number; avoid?: string[]},
      ) => {
        const format = chooseFormat(options, GRAPH_FORMATS)
        const selector = selectorFrom(options)
        const snapshot = await load(context, file)
        const target = select(snapshot, selector)
        if (target.nodes.length === 0) return notFound(context, snapshot, selector)
        const end = options.to === undefined ? undefined : endSelector(options.to)
        const from = end === undefined ? undefined : select(snapshot, end)
        if (end !== undefined && from?.nodes.length === 0) return notFound(context, snapshot, end)
        const {count, avoid = []} = options
        const answer = shortestPaths(snapshot, target, {count, avoid, ...(from === undefined ? {} : {from})})
        if (answer.paths.length === 0) outcome.exitCode = EXIT.nothingFound
        await finishGraph(
          context,
          options,
          format,
          answer,
          `heapgraph path --count 5 ${selectorText(selector)} ${file}`,
        )
      },
    )

  withOutput(program.command('cycles').description('reference cycles, by pattern, and what holds each'), GRAPH_FORMATS)
    .argument('<snapshot>')
    .option('--type <name>', 'only cycles through objects of this type, or /regex/')
    .option('--raw', "also follow V8's own slots: maps, prototypes, code")
    .option('--limit <n>', 'patterns shown', wholeNumber, 30)
    .action(async (file: string, options: OutputOptions & {type?: string; raw?: boolean; limit: number}) => {
      const format = chooseFormat(options, GRAPH_FORMATS)
      const snapshot = await load(context, file)
      const through = options.type === undefined ? undefined : select(snapshot, {type: options.type})
      if (options.type !== undefined && through?.nodes.length === 0)
        return notFound(context, snapshot, {type: options.type})
      const {raw = false, limit} = options
      const answer = cycles(snapshot, {raw, limit, ...(through === undefined ? {} : {through})})
      if (answer.groups.length === 0) outcome.exitCode = EXIT.nothingFound
      const example = answer.groups[0]?.nodes[0]
      const next =
        example === undefined ? `heapgraph types ${file}` : `heapgraph path --id @${snapshot.nodeId[example]} ${file}`
      await finishGraph(context, options, format, answer, next)
    })
}

interface Context {
  program: Command
  io: Io
  outcome: Outcome
}

function addNeighbors(context: Context, question: 'backrefs' | 'refs', description: string): void {
  withSelector(withOutput(context.program.command(question).description(description), GRAPH_FORMATS))
    .argument('<snapshot>')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'kinds of neighbours shown for each line', wholeNumber, 10)
    .option('--min-share <percent>', 'do not follow what touches a smaller share of the objects', percentage, 0.01)
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {depth: number; fan: number; minShare: number},
      ) => {
        const format = chooseFormat(options, GRAPH_FORMATS)
        const selector = selectorFrom(options)
        const snapshot = await load(context, file)
        const target = select(snapshot, selector)
        if (target.nodes.length === 0) return notFound(context, snapshot, selector)
        const answer = (question === 'backrefs' ? backrefs : refs)(snapshot, target, options)
        await finishGraph(context, options, format, answer, `heapgraph path ${selectorText(selector)} ${file}`)
      },
    )
}

function withOutput(command: Command, formats: readonly Format[]): Command {
  return command
    .option('-o, --output <file>', `write to a file; its ending chooses the form`)
    .addOption(new Option('--format <form>', 'form of the answer').choices(formats))
    .option('--json', 'the same as --format json')
}

function withSelector(command: Command): Command {
  return command
    .option('--type <name>', 'objects of this type (constructor name), or /regex/')
    .option('--id <@id>', "the object with this id of V8's", idArgument)
    .option('--name <text>', 'objects with this name: a string by its text, a function by its name; or /regex/')
}

function selectorFrom({type, id, name}: SelectorOptions): Selector {
  const given = [type, id, name].filter(value => value !== undefined)
  if (given.length !== 1) {
    throw new HeapgraphError(
      'USAGE',
      `${given.length === 0 ? 'nothing was' : 'more than one thing was'} asked about`,
      'give one of --type, --id, --name',
    )
  }
  if (type !== undefined) return {type}
  return id !== undefined ? {id} : {name: name ?? ''}
}

function endSelector(text: string): Selector {
  return /^@\d+$/.test(text) ? {id: Number(text.slice(1))} : {type: text}
}

/** The options that select the same again, safe to paste into a shell. */
function selectorText(selector: Selector): string {
  if ('id' in selector) return `--id @${selector.id}`
  const [option, value] = 'type' in selector ? ['--type', selector.type] : ['--name', selector.name]
  return `${option} ${shellWord(value)}`
}

function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function percentage(text: string): number {
  const value = Number(text.replace(/%$/, ''))
  if (text === '' || !(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be a number from 0 to 100.')
  return value / 100
}

function idArgument(text: string): number {
  const id = /^@?(\d+)$/.exec(text)
  if (id === null) throw new InvalidArgumentError('It must look like @12345.')
  return Number(id[1])
}

async function load({io}: Context, file: string): Promise<Snapshot> {
  const progress = progressOn(io)
  try {
    return await openSnapshot(file, {onProgress: progress.listener})
  } finally {
    progress.done()
  }
}

function paint({io, program}: Context, {output}: OutputOptions): Paint {
  const toFile = output !== undefined && output !== '-'
  return paintFor(toFile ? {write() {}} : io.stdout, io, program.opts().color !== false)
}

/** Writes the answer and, for a person at a terminal, what to ask next. */
async function finish({io}: Context, options: OutputOptions, text: string, next: string): Promise<void> {
  const toFile = await writeAnswer(io, options, text)
  if (toFile) io.stderr.write(`written to ${options.output}\n`)
  io.stderr.write(`next: ${next}\n`)
}

async function finishGraph(
  context: Context,
  options: OutputOptions,
  format: Format,
  answer: GraphAnswer,
  next: string,
): Promise<void> {
  const graph = toGraph(answer)
  const text = await graphText(context, options, format, graph)
  const toFile = await writeAnswer(context.io, options, text)
  if (toFile) {
    const what = format === 'svg' ? 'picture' : format === 'dot' ? 'graph' : 'answer'
    context.io.stderr.write(
      `${what} written to ${options.output} (${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')})\n`,
    )
  }
  context.io.stderr.write(`next: ${next}\n`)
}

function graphText(
  context: Context,
  options: OutputOptions,
  format: Format,
  graph: ResultGraph,
): string | Promise<string> {
  if (format === 'json') return toJson(graph)
  if (format === 'dot') return toDot(graph)
  if (format === 'svg') return toSvg(graph)
  const {columns} = context.io.stdout
  return toText(graph, {paint: paint(context, options), ...(columns === undefined ? {} : {width: columns})})
}

/** Nothing is silently empty: says what was searched and what came near. */
function notFound({io, outcome}: Context, snapshot: Snapshot, selector: Selector): void {
  outcome.exitCode = EXIT.nothingFound
  const searched = `${formatCount(snapshot.nodeCount)} objects of ${plural(snapshot.types.names.length, 'type')} searched`
  if ('id' in selector) {
    io.stderr.write(
      `heapgraph: no object @${selector.id} in ${snapshot.name} (${searched}); ids are of one process only\n`,
    )
    return
  }
  const wanted = 'type' in selector ? `of type ${selector.type}` : `named ${selector.name}`
  const near = 'type' in selector ? nearestTypes(snapshot, selector.type) : []
  const hint = near.length === 0 ? `heapgraph types ${snapshot.name} lists them` : `near: ${near.join(', ')}`
  io.stderr.write(`heapgraph: no object ${wanted} in ${snapshot.name} (${searched}); ${hint}\n`)
}

const HELP = `
Examples:
  heapgraph info app.heapsnapshot                          what is this file?
  heapgraph types app.heapsnapshot                         what fills the heap?
  heapgraph backrefs --type Buffer app.heapsnapshot        who keeps the Buffers alive?
  heapgraph backrefs --type Buffer -o why.svg app.heapsnapshot
  heapgraph path --type Buffer --count 3 app.heapsnapshot  from the roots to a Buffer
  heapgraph cycles app.heapsnapshot                        which objects refer to each other?

Exit codes: 0 answered, 1 nothing found, 2 misuse or unreadable input.
`
