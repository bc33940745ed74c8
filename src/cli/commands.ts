/** The commands: what each takes, and which question of the library it asks. */
import {freemem} from 'node:os'
import {type Command, InvalidArgumentError, Option} from 'commander'
import {
  backrefs,
  cycles,
  type DetachedOptions,
  type DominatorsOptions,
  detached,
  detachedJson,
  detachedText,
  detachedView,
  dominators,
  forTerminal,
  type GraphAnswer,
  HeapgraphError,
  infoJson,
  infoText,
  infoView,
  type ListOptions,
  list,
  listJson,
  listText,
  listView,
  nearestTypes,
  openHeader,
  openSnapshot,
  type Paint,
  plainPaint,
  plural,
  type ResultGraph,
  refs,
  type Selector,
  type ShowOptions,
  type Snapshot,
  select,
  shortestPaths,
  show,
  showJson,
  showText,
  showView,
  type TypesOptions,
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
import {addExamples} from './help.ts'
import {EXIT, type Io} from './io.ts'
import {checkOutput, chooseFormat, type Format, type OutputOptions, outputFile, writeAnswer} from './output.ts'
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
  program.commandsGroup('Commands:')
  program.hook('preAction', (_, command) => checkOutput(command.opts(), command.args))

  withOutput(
    program.command('info').description('who wrote a snapshot and what is in it, without loading it'),
    TABLE_FORMATS,
  )
    .argument('<snapshot>', 'file, or - for standard input')
    .action(async (file: string, options: OutputOptions) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const view = infoView(await openHeader(file))
      const text = format === 'json' ? infoJson(view) : infoText(view, freemem(), paint(context, options))
      await finish(context, options, text, `heapgraph types ${again(file)}`)
    })

  withOutput(program.command('types').description('what fills the heap, by type'), TABLE_FORMATS)
    .argument('<snapshot>')
    .addOption(new Option('--sort <key>', 'order of the rows').choices(['retained', 'self', 'count', 'name']))
    .addOption(new Option('--by <what>', 'what a row is').choices(['type', 'kind', 'shape', 'script']).default('type'))
    .option('--shallow', 'no retained sizes: much faster')
    .addOption(sizesOption())
    .option('--filter <pattern>', 'only types with this name, or /regex/')
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .action(async (file: string, options: OutputOptions & Omit<TypesOptions, 'retained'> & {shallow?: boolean}) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const snapshot = await load(context, file)
      const view = typesView(types(snapshot, {...options, retained: options.shallow !== true}))
      if (view.total.types === 0) {
        if (options.filter === undefined) return sayNothing(context, snapshot, 'object that has a size')
        return notFound(context, file, snapshot, {type: options.filter})
      }
      const text = format === 'json' ? typesJson(view) : typesText(view, paint(context, options))
      await finish(context, options, text, `heapgraph backrefs --type TYPE ${again(file)}`)
    })

  withSelector(withOutput(program.command('list').description('the objects of a type'), TABLE_FORMATS))
    .argument('<snapshot>')
    .addOption(
      new Option('--sort <key>', 'order of the rows')
        .choices(['retained', 'self', 'id', 'distance'])
        .default('retained'),
    )
    .addOption(sizesOption())
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .action(async (file: string, options: OutputOptions & SelectorOptions & ListOptions) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const selector = selectorFrom(options)
      const snapshot = await load(context, file)
      const selection = select(snapshot, selector)
      if (selection.nodes.length === 0) return notFound(context, file, snapshot, selector)
      const view = listView(list(snapshot, selection, options))
      const text = format === 'json' ? listJson(view) : listText(view, paint(context, options))
      await finish(context, options, text, `heapgraph show @${view.rows[0].id} ${again(file)}`)
    })

  withOutput(program.command('show').description('one object: sizes, who holds it, what it holds'), TABLE_FORMATS)
    .argument('<@id>', "V8's id of the object, as other commands print it", idArgument)
    .argument('<snapshot>')
    .option('--limit <n>', 'edges shown each way', positiveNumber, 30)
    .addOption(sizesOption())
    .action(async (id: number, file: string, options: OutputOptions & ShowOptions) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const snapshot = await load(context, file)
      const {nodes} = select(snapshot, {id})
      if (nodes.length === 0) return notFound(context, file, snapshot, {id})
      const view = showView(show(snapshot, nodes[0], options))
      const text = format === 'json' ? showJson(view) : showText(view, paint(context, options))
      await finish(context, options, text, `heapgraph path --id @${id} ${again(file)}`)
    })

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
    .action(
      async (
        file: string,
        options: OutputOptions & SelectorOptions & {to?: string; count: number; avoid?: string[]},
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
    GRAPH_FORMATS,
  )
    .usage('[options] [@id] <snapshot>')
    .argument('<@id|snapshot>', 'an object to begin at instead of the root, then the file; or the file alone')
    .argument('[snapshot]')
    .option('--depth <n>', 'levels shown', wholeNumber, 3)
    .option('--fan <n>', 'objects shown below each one', positiveNumber, 10)
    .addOption(shareOption('--min <percent>', 'leave out what retains a smaller share of the heap'))
    .addOption(sizesOption())
    .action(
      async (first: string, second: string | undefined, options: OutputOptions & DominatorsOptions & {min: number}) => {
        const format = chooseFormat(options, GRAPH_FORMATS)
        const {id, file} = startAndFile(first, second)
        const snapshot = await load(context, file)
        const node = id === undefined ? snapshot.root : select(snapshot, {id}).nodes[0]
        if (node === undefined) return notFound(context, file, snapshot, {id: id ?? 0})
        const answer = dominators(snapshot, {...options, node, minShare: options.min})
        const largest = answer.rows[1]?.node ?? node
        await finishGraph(
          context,
          options,
          format,
          answer,
          `heapgraph path --id @${snapshot.nodeId[largest]} ${again(file)}`,
        )
      },
    )

  withOutput(program.command('detached').description('DOM trees that are in no document and yet alive'), TABLE_FORMATS)
    .argument('<snapshot>')
    .option('--limit <n>', 'rows shown', positiveNumber, 30)
    .addOption(sizesOption())
    .action(async (file: string, options: OutputOptions & DetachedOptions) => {
      const format = chooseFormat(options, TABLE_FORMATS)
      const snapshot = await load(context, file)
      const view = detachedView(detached(snapshot, options))
      if (view.rows.length === 0) {
        outcome.exitCode = EXIT.nothingFound
        if (format === 'text') return sayNothing(context, snapshot, 'detached DOM tree')
      }
      const text = format === 'json' ? detachedJson(view) : detachedText(view, paint(context, options))
      await finish(context, options, text, `heapgraph path --id @${view.rows[0]?.exampleId ?? 1} ${again(file)}`)
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

  addExamples(program)
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

function withOutput(command: Command, formats: readonly Format[]): Command {
  return command
    .option('-o, --output <file>', `write to a file; its ending chooses the form`)
    .addOption(new Option('--format <form>', 'form of the answer').choices(formats))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
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

/** Of `dominators [@id] <snapshot>`: the optional one stands first. */
function startAndFile(first: string, second: string | undefined): {id?: number; file: string} {
  const id = /^@?(\d+)$/.exec(first)
  if (second === undefined) {
    if (!first.startsWith('@') || id === null) return {file: first}
    throw new HeapgraphError('USAGE', `only ${first} was given`, 'name the snapshot behind it')
  }
  if (id === null) throw new HeapgraphError('USAGE', `${first} is no id`, 'it must look like @12345')
  return {id: Number(id[1]), file: second}
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

/** The snapshot's file as the next command names it; what came through a pipe has to come again. */
function again(file: string): string {
  return file === '-' ? 'SNAPSHOT' : shellWord(file)
}

function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function sizesOption(): Option {
  const description = 'self sizes as Chrome DevTools shows them, or as the file has them'
  return new Option('--sizes <model>', description).choices(['devtools', 'raw']).default('devtools')
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** Rows and chains: with none of them, an answer would look like one that found nothing. */
function positiveNumber(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0 || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return Number(text)
}

/** Given in percent, kept as a share of one: the help must show the former. */
function shareOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(percentage).default(0.01, '1 %')
}

/** Of an option that may be repeated. Not commander's own `<pattern...>`: that would take the snapshot's file too. */
function collect(text: string, earlier: string[] = []): string[] {
  return [...earlier, text]
}

function percentage(text: string): number {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be a number from 0 to 100.')
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

/** A file is for programs, editors and other people's terminals. */
function paint({io, program}: Context, options: OutputOptions): Paint {
  return outputFile(options) === undefined ? paintFor(io, program.opts().color !== false) : plainPaint
}

/** Writes the answer and, for a person at a terminal, what to ask next. */
async function finish({io}: Context, options: OutputOptions, text: string, next: string): Promise<void> {
  const toFile = await writeAnswer(io, options, text)
  if (toFile) io.stderr.write(`${forTerminal(`written to ${options.output}`)}\n`)
  sayNext(io, next)
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
    const size = `${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')}`
    context.io.stderr.write(`${forTerminal(`${what} written to ${options.output} (${size})`)}\n`)
  }
  sayNext(context.io, next)
}

/** Types and file names may hold anything. */
function sayNext({stderr}: Io, command: string): void {
  stderr.write(`next: ${forTerminal(command)}\n`)
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
  // A file must not depend on how wide the window was.
  const columns = outputFile(options) === undefined ? context.io.stdout.columns : undefined
  return toText(graph, {paint: paint(context, options), ...(columns === undefined ? {} : {width: columns})})
}

/** Nothing is silently empty: says what was searched and what came near. */
function notFound(context: Context, file: string, snapshot: Snapshot, selector: Selector): void {
  const [wanted, hint] = wantedAndHint(file, snapshot, selector)
  sayNothing(context, snapshot, `object ${wanted}`, hint)
}

function sayNothing({io, outcome}: Context, snapshot: Snapshot, what: string, hint = ''): void {
  outcome.exitCode = EXIT.nothingFound
  const {name, nodeCount, types} = snapshot
  const searched = `${plural(nodeCount, 'object')} of ${plural(types.names.length, 'type')} searched`
  const sentence = `no ${what} in ${name} (${searched})${hint === '' ? '' : `; ${hint}`}`
  // Types come out of the heap.
  io.stderr.write(`heapgraph: ${forTerminal(sentence)}\n`)
}

function wantedAndHint(file: string, snapshot: Snapshot, selector: Selector): [wanted: string, hint: string] {
  if ('id' in selector) return [`@${selector.id}`, 'ids are of one process only']
  const lists = `heapgraph types ${again(file)} lists the types`
  if ('name' in selector) return [`named ${selector.name}`, lists]
  const near = nearestTypes(snapshot, selector.type)
  return [`of type ${selector.type}`, near.length === 0 ? lists : `near: ${near.join(', ')}`]
}
