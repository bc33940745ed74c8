/** `heapgraph export`: the whole heap as a table for other programs, written as it is made. */
import {extname} from 'node:path'
import {type Command, Option} from 'commander'
import {HeapgraphError, plural, type RowTable, type TableName, tableOf, toCsv, toNdjson, toParquet} from '../index.ts'
import {type Context, keepingOptions, load, sayNext, sayWritten} from './answer.ts'
import type {OutputStream} from './io.ts'
import {again} from './options.ts'
import {type AnswerText, outputFile, writeAnswer} from './output.ts'

const TABLES: readonly TableName[] = ['nodes', 'edges']
const FORMATS = ['ndjson', 'csv', 'parquet'] as const

type ExportFormat = (typeof FORMATS)[number]

interface ExportOptions {
  table: TableName
  output?: string
  format?: ExportFormat
}

const FORMAT_OF_ENDING: Record<string, ExportFormat> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.parquet': 'parquet',
}

const WRITERS: Record<ExportFormat, (table: RowTable) => AnswerText | Promise<AnswerText>> = {
  ndjson: toNdjson,
  csv: toCsv,
  parquet: toParquet,
}

export function addExport(context: Context, command: Command): void {
  const {io} = context
  command
    .argument('<snapshot>')
    .addOption(new Option('--table <name>', 'what a row is').choices(TABLES).default('nodes'))
    .option('-o, --output <file>', 'write to a file; its ending chooses the form')
    .addOption(new Option('--format <form>', 'form of the table').choices(FORMATS))
    .action(async (file: string, options: ExportOptions) => {
      const format = formatFor(options, io.stdout)
      const table = tableOf(await load(context, file), options.table)
      const toFile = await writeAnswer(io, options, await WRITERS[format](table))
      if (toFile) sayWritten(context, options, table.name, plural(table.rowCount, 'row'))
      sayNext(io, keepingOptions(context, `heapgraph types ${again(file)}`))
    })
}

/** `--format` goes before the file's ending. */
function formatFor(options: ExportOptions, stdout: OutputStream): ExportFormat {
  const output = outputFile(options)
  const format = options.format ?? (output === undefined ? 'ndjson' : formatOfFile(output))
  if (output !== undefined) return format
  if (format === 'parquet') {
    throw new HeapgraphError('USAGE', 'Parquet is not for standard output', 'name a file with -o')
  }
  if (format === 'csv' && stdout.isTTY) {
    const why = 'CSV has names as they are in the heap, and a terminal would obey what is written in them'
    throw new HeapgraphError('USAGE', why, 'name a file with -o, send it through a pipe, or use --format ndjson')
  }
  return format
}

function formatOfFile(output: string): ExportFormat {
  const ending = extname(output).toLowerCase()
  const format = FORMAT_OF_ENDING[ending]
  if (format !== undefined) return format
  const what = ending === '' ? 'no format is known without an ending' : `no format is known for the ending "${ending}"`
  const known = Object.keys(FORMAT_OF_ENDING).join(' ')
  throw new HeapgraphError('USAGE', `${output}: ${what}`, `use one of ${known}, or --format`)
}
