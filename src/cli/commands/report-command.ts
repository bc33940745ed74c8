/** `heapgraph report`: the explorer's overview as one file, to be sent with a ticket. */
import {readFileSync, statSync} from 'node:fs'
import type {Command} from 'commander'
import {
  Attachments,
  areasPicture,
  asColumn,
  asValue,
  CYCLES_PICTURE,
  comparisons,
  explorePage,
  type FullReport,
  forJson,
  formatBytes,
  forPicture,
  holdersPicture,
  type KnownNote,
  listQuestion,
  MAKERS_PICTURE,
  onTextRead,
  packageFile,
  plotQuestion,
  plural,
  QUESTIONS,
  type ReportData,
  type SuspectsView,
  showQuestion,
  type TextFile,
  type TypesView,
  typesQuestion,
  whyQuestion,
} from '../../index.ts'
import {type Context, sayWritten} from '../answer.ts'
import {keepLast} from '../explore/kept-snapshot.ts'
import {notesThere} from '../explore/notes.ts'
import {commandLine, terminalLine} from '../explore/questions.ts'
import {partRecordings} from '../explore/recordings.ts'
import {written} from '../explore/written.ts'
import {knownOption} from '../known-file.ts'
import {type OutputOptions, writeAnswer} from '../output.ts'
import {checkFiles} from '../several-snapshots.ts'

/** Of the file: what a ticket takes, and a browser opens at once. */
const MAX_BYTES = 2e6
/** Of the line that names an answer which is left out, about. */
const LEFT_OUT_BYTES = 200
/** Rows of each table. */
const MAX_ROWS = 500

export function addReport(context: Context, command: Command): void {
  command
    .argument(
      '<snapshots...>',
      'one, or several of one process in the order in which they were taken; recordings of heapgraph record, too',
    )
    .option('-o, --output <file>', 'output file', 'heapgraph-report.html')
    .option('--full', 'with the whole snapshots in it: the page then answers everything that explore does')
    .addOption(knownOption('what is said of suspects is in this file; beside the index unless given'))
    .action(async (given: string[], options: OutputOptions & {full?: boolean; known?: string}) => {
      checkFiles(given)
      const {files, recordings} = partRecordings(given)
      const texts = new Map<string, TextFile>()
      // Only a page with snapshots has a use for them: there may be hundreds of megabytes.
      const stop = options.full === true ? onTextRead((path, file) => void texts.set(path, file)) : () => {}
      const notes = notesThere(files, context.io.env, options.known)
      const report = await reportOf(context, files, recordings, notes).finally(stop)
      const full = options.full === true ? await fullReport([...files, ...recordings], texts) : undefined
      const html =
        full === undefined
          ? await explorePage(report)
          : await explorePage({...report, leftOut: [], full: full.report}, full.attachments)
      await writeAnswer(context.io, options, html)
      const count = Object.keys(report.answers).length
      const left = report.leftOut.length === 0 ? '' : `, ${report.leftOut.length} left out`
      const has = full === undefined ? `${plural(count, 'answer')}${left}` : 'with all that the heap holds'
      sayWritten(context, options, 'report', `${formatBytes(Buffer.byteLength(html))}, ${has}`)
    })
}

/**
 * What a page needs to answer everything: the program, the snapshots, and the texts and source maps that its answers were made with.
 * `texts`: by path.
 */
async function fullReport(
  files: readonly string[],
  texts: ReadonlyMap<string, TextFile>,
): Promise<{report: FullReport; attachments: Record<string, string>}> {
  const attachments = new Attachments()
  const brought: FullReport['brought'][number][] = []
  const bring = (path: string, modified: number): string => {
    const element = `file-${brought.length}`
    brought.push({path, element, modified})
    return element
  }
  const engine = 'engine'
  await attachments.add(engine, [readFileSync(packageFile(ENGINE))])
  const {version} = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {version: string}
  await attachments.add(bring(PACKAGE_OF_ENGINE, 0), [Buffer.from(JSON.stringify({version}))])
  for (const path of files) await attachments.addFile(bring(path, statSync(path).mtimeMs), path)
  for (const [path, {text, modified}] of texts) await attachments.add(bring(path, modified), [Buffer.from(text)], path)
  return {report: {engine, brought}, attachments: attachments.texts}
}

/** The program for pages, as scripts/bundle.mjs makes it, and where it finds its version. */
const ENGINE = 'dist/page/engine.js'
const PACKAGE_OF_ENGINE = '/heapgraph/package.json'

/** The most telling first: what has no room is left out. */
async function reportOf(
  context: Context,
  files: readonly string[],
  recordings: readonly string[],
  notes: readonly KnownNote[],
): Promise<ReportData> {
  const report = {
    files,
    recordings,
    notes,
    columns: {} as ReportData['columns'],
    answers: {} as ReportData['answers'],
    leftOut: [] as string[],
  }
  const {open} = keepLast()
  let bytes = Buffer.byteLength(await explorePage(report))
  const all = [...files, ...recordings]
  const ask = (line: readonly string[]) => written(withFewerRows(line), (words, io) => context.run(words, io, open))
  const add = async (args: readonly string[]): Promise<string> => {
    const line = commandLine(args, all)
    const answer = await ask(line)
    const command = terminalLine(line, all)
    const stdout =
      args.includes('json') && answer.code === 0 ? JSON.stringify(JSON.parse(answer.stdout)) : answer.stdout
    const length = bytesInPage(args) + bytesInPage({...answer, stdout, command})
    if (bytes + length > MAX_BYTES) report.leftOut.push(command)
    else {
      bytes += length
      report.answers[JSON.stringify(args)] = {...answer, stdout, command}
    }
    return answer.code === 0 ? stdout : '{}'
  }
  if (files.length > 1) {
    const {leaks, growth} = comparisons(files.length)
    await add(forJson(leaks, 0))
    await add(forJson(growth, 0))
  }
  for (const i of recordings.keys()) {
    const words = plotQuestion(files.length + i)
    await add(forJson(words, 0))
    await add(forPicture(words, 0))
  }
  const columnsOf = async (type: string, file: number): Promise<string> => {
    report.columns[type] ??= columnsAmong((await ask(commandLine(shapeQuestion(type, file), all))).stdout)
    return report.columns[type]
  }
  // The last is the one that shows most, and stays open for what is asked of it.
  for (const file of files.map((_, i) => i)) await addFile(file, add, columnsOf)
  return report
}

async function addFile(
  file: number,
  add: (args: readonly string[]) => Promise<string>,
  columnsOf: (type: string, file: number) => Promise<string>,
): Promise<void> {
  await add(forJson(QUESTIONS.info, file))
  const {rows: suspects = []} = JSON.parse(await add(forJson(QUESTIONS.suspects, file))) as Partial<SuspectsView>
  const {rows: largest = []} = JSON.parse(await add(forJson(QUESTIONS.largestTypes, file))) as Partial<TypesView>
  await add(forPicture(areasPicture(), file))
  await add(forJson(typesQuestion(), file))
  for (const {exampleId} of suspects) {
    const id = String(exampleId)
    for (const words of [whyQuestion(['--id', id]), showQuestion(id)]) await add(forJson(words, file))
    for (const words of [whyQuestion(['--id', id]), holdersPicture(id)]) await add(forPicture(words, file))
  }
  const {strings, waste, closures, detached, async} = QUESTIONS
  for (const words of [closures, detached, async, strings, waste]) await add(forJson(words, file))
  // V8's own kinds and plain objects are held by everything.
  const named = largest.filter(({place}) => place).map(({type}) => type)
  const types = new Set([...suspects.flatMap(row => row.types.map(({type}) => type)), ...named])
  for (const type of types) {
    const selector = ['--type', type]
    for (const words of [whyQuestion(selector), listQuestion(selector, await columnsOf(type, file))])
      await add(forJson(words, file))
    await add(forPicture(whyQuestion(['--type', type]), file))
  }
  for (const words of [CYCLES_PICTURE, MAKERS_PICTURE]) await add(forPicture(words, file))
}

function shapeQuestion(type: string, file: number): string[] {
  return forJson(typesQuestion({by: 'shape', where: `type=${asValue(type)}`}), file)
}

/** Columns of a list in a report. */
const MAX_COLUMNS = 4

/** The first properties of the shape that most objects have, as `--columns` takes them; '' if they have none. */
function columnsAmong(types: string): string {
  const {rows = []} = JSON.parse(types || '{}') as Partial<TypesView>
  const [shape] = rows.toSorted((a, b) => b.count - a.count)
  return (shape?.properties ?? []).slice(0, MAX_COLUMNS).map(asColumn).join(',')
}

/** As `htmlPage` writes it: what could end an element takes six bytes. What is left out is named, and has a place kept for that. */
function bytesInPage(data: unknown): number {
  const text = JSON.stringify(data)
  return Buffer.byteLength(text) + 5 * (text.match(/[<>&]/g)?.length ?? 0) + LEFT_OUT_BYTES
}

/** The answer says itself how many it leaves out. */
function withFewerRows(line: readonly string[]): string[] {
  return line.map(word => {
    const [, limit] = /^--limit=(\d+)$/.exec(word) ?? []
    return limit === undefined ? word : `--limit=${Math.min(Number(limit), MAX_ROWS)}`
  })
}
