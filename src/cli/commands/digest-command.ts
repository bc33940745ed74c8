/** `heapgraph digest`: a heap as a small table without its texts, for fleets. */
import {dirname, join} from 'node:path'
import {type Command, InvalidArgumentError} from 'commander'
import {
  type DigestSource,
  digestTable,
  HeapgraphError,
  makePrivateFolder,
  partitionPath,
  plural,
  sourceOfFile,
  toCsv,
  toNdjson,
  toParquet,
  wrongLabel,
} from '../../index.ts'
import {type Context, keepingOptions, load, sayNext, sayWritten} from '../answer.ts'
import {again, withFormats} from '../options.ts'
import {checkTableStream, chooseFormat, outputFile, writeAnswer} from '../output.ts'

interface DigestOptions {
  output?: string
  format?: string
  label?: Map<string, string>
  into?: string
}

const WRITERS = {ndjson: toNdjson, csv: toCsv, parquet: toParquet}

export function addDigest(context: Context, command: Command): void {
  const {io} = context
  withFormats(command, 'rows')
    .argument('<snapshot>')
    .option('--label <name=value,...>', 'what it is from: service=api,pod=7,build=42', labelsOf)
    .option(
      '--into <folder>',
      'write Parquet below it, in folders by the labels: service=api/pod=7/build=42/ID.parquet',
    )
    .action(async (file: string, options: DigestOptions) => {
      const {into, label: labels = new Map<string, string>()} = options
      if (into !== undefined) checkInto(file, options)
      const output = outputFile(options)
      const format =
        into !== undefined
          ? 'parquet'
          : chooseFormat(output === undefined ? {format: 'ndjson', ...options} : options, 'rows')
      if (into === undefined && output === undefined) checkTableStream(format, io.stdout)
      const source = {...sourceOfFile(file), labels}
      const snapshot = await load(context, file)
      // Where folders have the labels, columns of those names would be there twice.
      const table = digestTable(snapshot, into === undefined ? source : {...source, labels: new Map()})
      const place = into === undefined ? options : {...options, output: placeIn(into, source)}
      if (await writeAnswer(io, place, await WRITERS[format](table))) {
        sayWritten(context, place, 'digest', plural(table.rowCount, 'row'))
      }
      sayNext(io, keepingOptions(context, `heapgraph types ${again(file)}`))
    })
}

/** What --into cannot go with. */
function checkInto(file: string, {output, format = 'parquet'}: DigestOptions): void {
  if (output !== undefined)
    throw new HeapgraphError('USAGE', '--into and -o both say where the digest goes', 'give one of them')
  if (format !== 'parquet') throw new HeapgraphError('USAGE', '--into writes Parquet', 'write other forms with -o')
  // All of them would have one name, and the last be the only one.
  if (file === '-')
    throw new HeapgraphError('USAGE', '--into calls a digest by its file, and this is standard input', 'name a file')
}

function placeIn(folder: string, source: DigestSource): string {
  const path = join(folder, partitionPath(source))
  makePrivateFolder(dirname(path))
  return path
}

const LABEL = /^([^=]+)=(.+)$/

function labelsOf(text: string, before: Map<string, string> = new Map()): Map<string, string> {
  for (const part of text.split(',')) {
    const [, name, value] = LABEL.exec(part) ?? []
    if (name === undefined || value === undefined) {
      throw new InvalidArgumentError('Labels are written name=value: service=api,pod=7.')
    }
    const wrong = wrongLabel(name)
    if (wrong !== undefined) throw new InvalidArgumentError(`Not a label: ${wrong}.`)
    before.set(name, value)
  }
  return before
}
