/** The way of every command: load the file, write the answer, say what was not found and what to ask next. */
import type {Command} from 'commander'
import {
  forTerminal,
  type GraphAnswer,
  type GraphOptions,
  nearestTypes,
  openSnapshot,
  type Paint,
  plainPaint,
  plural,
  type ResultGraph,
  type Selector,
  type Snapshot,
  toDot,
  toGexf,
  toGraph,
  toGraphml,
  toJson,
  toSvg,
  toText,
} from '../index.ts'
import {indexOptions} from './index-options.ts'
import {EXIT, type Io} from './io.ts'
import {again} from './options.ts'
import {type Format, type OutputOptions, outputFile, writeAnswer} from './output.ts'
import {paintFor} from './paint.ts'
import {progressOn} from './progress.ts'
import {applySourceMaps} from './source-map-options.ts'

/** What a command tells the program besides its output. */
export interface Outcome {
  exitCode: number
}

export interface Context {
  program: Command
  io: Io
  outcome: Outcome
  /** Snapshots that have been loaded: once the answer is written, their indexes are. */
  loaded: Snapshot[]
}

export async function load(context: Context, file: string): Promise<Snapshot> {
  const progress = progressOn(context.io)
  try {
    const snapshot = await openSnapshot(file, {onProgress: progress.listener, ...indexOptions(context)})
    context.loaded.push(snapshot)
    await applySourceMaps(context, file, snapshot)
    return snapshot
  } finally {
    progress.done()
  }
}

/** A file is for programs, editors and other people's terminals. */
export function paint({io, program}: Context, options: OutputOptions): Paint {
  return outputFile(options) === undefined ? paintFor(io, program.opts().color !== false) : plainPaint
}

/** Writes the answer and, for a person at a terminal, what to ask next. */
export async function finish({io}: Context, options: OutputOptions, text: string, next: string): Promise<void> {
  const toFile = await writeAnswer(io, options, text)
  if (toFile) io.stderr.write(`${forTerminal(`written to ${options.output}`)}\n`)
  sayNext(io, next)
}

export async function finishGraph(
  context: Context,
  options: OutputOptions & GraphOptions,
  format: Format,
  answer: GraphAnswer,
  next: string,
): Promise<void> {
  const graph = toGraph(answer, options)
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
export function sayNext({stderr}: Io, command: string): void {
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
  if (format === 'gexf') return toGexf(graph)
  if (format === 'graphml') return toGraphml(graph)
  // A file must not depend on how wide the window was.
  const columns = outputFile(options) === undefined ? context.io.stdout.columns : undefined
  return toText(graph, {paint: paint(context, options), ...(columns === undefined ? {} : {width: columns})})
}

/** Nothing is silently empty: says what was searched and what came near. */
export function notFound(context: Context, file: string, snapshot: Snapshot, selector: Selector): void {
  const [wanted, hint] = wantedAndHint(file, snapshot, selector)
  sayNothing(context, snapshot, `object ${wanted}`, hint)
}

export function sayNothing({io, outcome}: Context, snapshot: Snapshot, what: string, hint = ''): void {
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
