/** `heapgraph export`: the whole heap as a table for other programs, written as it is made. */
import {type Command, Option} from 'commander'
import {plural, type RowTable, type TableName, tableOf, toCsv, toNdjson, toParquet} from '../../index.ts'
import {type Context, keepingOptions, load, sayNext, sayWritten} from '../answer.ts'
import type {FormatFor} from '../formats.ts'
import type {OutputStream} from '../io.ts'
import {again, withFormats} from '../options.ts'
import {type AnswerText, checkTableStream, chooseFormat, outputFile, writeAnswer} from '../output.ts'

const TABLES: readonly TableName[] = ['nodes', 'edges']
type ExportFormat = FormatFor<'rows'>

interface ExportOptions {
  table: TableName
  output?: string
  format?: string
}

const WRITERS: Record<ExportFormat, (table: RowTable) => AnswerText | Promise<AnswerText>> = {
  ndjson: toNdjson,
  csv: toCsv,
  parquet: toParquet,
}

export function addExport(context: Context, command: Command): void {
  const {io} = context
  withFormats(command, 'rows')
    .argument('<snapshot>')
    .addOption(new Option('--table <name>', 'what a row is').choices(TABLES).default('nodes'))
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
  const format = chooseFormat(output === undefined ? {format: 'ndjson', ...options} : options, 'rows')
  if (output !== undefined) return format
  checkTableStream(format, stdout)
  return format
}
