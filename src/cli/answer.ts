/** The way of every command: load the file, write the answer, say what was not found and what to ask next. */
import type {Command} from 'commander'
import {
  formatCount,
  forTerminal,
  type MissingForWhere,
  missingForWhere,
  nearestTypes,
  openSnapshot,
  type Paint,
  plainPaint,
  plural,
  regexParts,
  type Selection,
  type Selector,
  type Snapshot,
  select,
  shellWord,
  type WhereOptions,
} from '../index.ts'
import {compileFor} from './compiling.ts'
import {fileLink} from './file-link.ts'
import {indexOptions} from './index-options.ts'
import {EXIT, type Io} from './io.ts'
import {again} from './options.ts'
import {type AnswerText, type OutputOptions, outputFile, writeAnswer} from './output.ts'
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
  /** For standard output. */
  colors: Paint
  /** Snapshots that have been loaded: once the answer is written, their indexes are. */
  loaded: Snapshot[]
  /** How snapshots are opened, if not as usual: who answers many command lines keeps one open. */
  open?: typeof openSnapshot
  /** Runs another command line, for a command that ends with the question of another; returns its exit code. */
  run: (args: readonly string[], io: Io, open?: Context['open']) => Promise<number>
}

export async function load(context: Context, file: string): Promise<Snapshot> {
  const progress = progressOn(context.io)
  compileFor(file)
  try {
    const {threads} = context.program.opts<{threads?: number}>()
    const asked = {...indexOptions(context), ...(threads === undefined ? {} : {threads})}
    const snapshot = await (context.open ?? openSnapshot)(file, {
      onProgress: progress.listener,
      onRemark: sentence => void context.io.stderr.write(`${forTerminal(`heapgraph: ${sentence}`)}\n`),
      ...asked,
    })
    context.loaded.push(snapshot)
    for (const remark of snapshot.remarks)
      context.io.stderr.write(`${forTerminal(`heapgraph: ${snapshot.name}: ${remark}`)}\n`)
    await applySourceMaps(context, file, snapshot)
    return snapshot
  } finally {
    progress.done()
  }
}

/** A file is for programs, editors and other people's terminals. */
export function paint({colors}: Context, options: OutputOptions): Paint {
  return outputFile(options) === undefined ? colors : plainPaint
}

/** `picture written to x.svg (60 cards)`; on terminals that can, the name is a link. */
export function sayWritten({io, program}: Context, {output = ''}: OutputOptions, what: string, facts: string): void {
  const name = fileLink(io, output, program.opts().color !== false)
  const [before, behind] = [what === '' ? '' : `${what} `, facts === '' ? '' : ` (${facts})`]
  io.stderr.write(`${forTerminal(before)}written to ${name}${forTerminal(behind)}\n`)
}

/** Writes the answer and, for a person at a terminal, what to ask next. */
export async function finish(context: Context, options: OutputOptions, text: AnswerText, next: string): Promise<void> {
  const {io} = context
  if (await writeAnswer(io, options, text)) sayWritten(context, options, '', '')
  sayNext(io, keepingOptions(context, next))
}

/** A command line with the options of this one that change what places, and so the names in cuts, are. */
export function keepingOptions(context: Pick<Context, 'program'>, command: string): string {
  return command + keptOptions(context)
}

/** Those options, with a space before them; '' if there are none. */
export function keptOptions({program}: Pick<Context, 'program'>): string {
  const {sourceMaps} = program.opts<{sourceMaps?: string | boolean}>()
  if (sourceMaps === false) return ' --no-source-maps'
  return typeof sourceMaps === 'string' ? ` --source-maps ${shellWord(sourceMaps)}` : ''
}

/** Longer than any that a person would paste: a name out of the heap may have megabytes. */
const LONGEST_COMMAND = 4096

/** Types and file names may hold anything. */
export function sayNext({stderr}: Io, command: string): void {
  if (command.length <= LONGEST_COMMAND) {
    stderr.write(`next: ${forTerminal(command)}\n`)
    return
  }
  const length = formatCount(command.length)
  const begins = command.slice(0, SHOWN_BEGINNING)
  stderr.write(
    `next: left out, a command of ${length} characters (${forTerminal(begins)}…); give an @id instead of the name\n`,
  )
}

/** So much of a command that is left out is shown: which question it is. */
const SHOWN_BEGINNING = 60

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
  if ('id' in selector) return [`@${selector.id}`, 'ids are valid only within one process']
  if ('ids' in selector) {
    const {length} = selector.ids
    const hint = length === 0 ? 'no ids on standard input' : `ids are valid only within one process`
    return [`with ${length === 1 ? 'the id' : `one of ${plural(length, 'id')}`} on standard input`, hint]
  }
  if ('where' in selector) return whereAndHint(file, snapshot, selector)
  const lists = `heapgraph types ${again(file)} lists the types`
  if ('name' in selector) return [`named ${selector.name}`, lists]
  if (/^\/.*\/[a-z]+$/s.test(selector.type) && regexParts(selector.type) === undefined) {
    return [`of type ${selector.type}`, 'invalid regular expression: flags are dgimsuvy, and a / inside is written \\/']
  }
  if (isFunctionName(snapshot, selector.type)) {
    return [
      `of type ${selector.type}`,
      `there are functions of that name: --name ${shellWord(selector.type)} finds them`,
    ]
  }
  const near = nearestTypes(snapshot, selector.type)
  return [`of type ${selector.type}`, near.length === 0 ? lists : `near: ${near.join(', ')}`]
}

const MISSING: Record<MissingForWhere, string> = {
  numbers: 'the file has no numeric property values: write it with {exposeNumericValues: true}',
  stacks: 'the file has no allocation stacks: take it while allocations are tracked',
  times: 'the file has no times of allocations: take it while objects are tracked',
}

function whereAndHint(
  file: string,
  snapshot: Snapshot,
  {where, among}: Extract<Selector, {where: string}>,
): [wanted: string, hint: string] {
  const {nodes} = among === undefined ? {nodes: undefined} : select(snapshot, among)
  if (among !== undefined && nodes?.length === 0) return wantedAndHint(file, snapshot, among)
  const wanted = among === undefined ? '' : `${wantedAndHint(file, snapshot, among)[0]} `
  const missing = missingForWhere(snapshot, where)
  if (missing !== undefined) return [`${wanted}where ${where}`, MISSING[missing]]
  if (nodes === undefined) return [`where ${where}`, '']
  return [
    `${wanted}where ${where}`,
    `${plural(nodes.length, 'object')} ${wanted}${nodes.length === 1 ? 'does' : 'do'} not pass`,
  ]
}

/** The objects asked about; undefined, and said so, if there are none. Ids that are of none are told. */
export function selectOrSay(
  context: Context,
  file: string,
  snapshot: Snapshot,
  selector: Selector,
  options: WhereOptions = {},
): Selection | undefined {
  const selection = select(snapshot, selector, options)
  if (selection.nodes.length === 0) {
    notFound(context, file, snapshot, selector)
    return undefined
  }
  const given = 'ids' in selector ? new Set(Array.from(selector.ids)).size : 0
  if (given > selection.nodes.length) {
    const missing = given - selection.nodes.length
    context.io.stderr.write(
      `note: ${missing} of ${plural(given, 'id')} ${missing === 1 ? 'matches' : 'match'} no object in ${forTerminal(snapshot.name)}\n`,
    )
  }
  return selection
}

/** Whether functions have the name that a type was asked for by. */
function isFunctionName(snapshot: Snapshot, name: string): boolean {
  const {nodeKind, header} = snapshot
  return select(snapshot, {name}).nodes.some(node => header.schema.nodeKinds[nodeKind[node]] === 'closure')
}
