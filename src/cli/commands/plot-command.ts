/** `heapgraph plot`: recordings as a picture, or in words. */
import {type Command, Option} from 'commander'
import {
  HeapgraphError,
  METRICS,
  type Metric,
  plotJson,
  plotText,
  plural,
  type Recording,
  readRecording,
  type SeriesView,
  seriesView,
  toPlotHtml,
  toPlotSvg,
  toPng,
} from '../../index.ts'
import {type Context, paint, sayNext} from '../answer.ts'
import type {FormatFor} from '../formats.ts'
import {EXIT} from '../io.ts'
import {bareOption, durationArgument, fileWord, positiveNumber, withFormats} from '../options.ts'
import {type AnswerText, chooseFormat, type OutputOptions, outputFile, writeAnswer} from '../output.ts'

interface PlotCommandOptions extends OutputOptions {
  metric?: Metric
  title?: string
  from?: number
  to?: number
  limit?: number
  theme?: 'auto' | 'light' | 'dark' | 'print'
  bare?: boolean
}

export function addPlot(context: Context, command: Command): void {
  withFormats(command.argument('<recording...>', 'files of heapgraph record, or mprofile_*.dat'), 'plot')
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .addOption(new Option('--metric <name>', 'the metric; heapUsed if it was recorded, else rss').choices(METRICS))
    .option('--title <text>', 'title of the plot')
    .option('--from <time>', 'begin here, such as 30s or 5m', secondsArgument)
    .option('--to <time>', 'end here', secondsArgument)
    .option('--limit <n>', 'processes and threads shown, those with the highest peaks; 8 by default', positiveNumber)
    .addOption(new Option('--theme <theme>', 'auto follows the system').choices(['auto', 'light', 'dark', 'print']))
    .addOption(bareOption())
    .action(async (files: string[], options: PlotCommandOptions) => {
      const {io, outcome} = context
      const format = chooseFormat(options, 'plot')
      if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
        throw new HeapgraphError('USAGE', '--from is not before --to', 'give the earlier time to --from')
      }
      const recordings = await readAll(files, options)
      const view = seriesView(recordings, options)
      if (view.lines.length === 0) {
        outcome.exitCode = EXIT.nothingFound
        const why = options.metric === undefined ? 'no sample' : `no sample of ${options.metric}`
        const when = options.from === undefined && options.to === undefined ? '' : ' in that time'
        throw new HeapgraphError(
          'NOTHING_FOUND',
          `${files.join(', ')}: ${why}${when}`,
          'record for longer, or ask for --metric rss',
        )
      }
      if (format === 'png' && outputFile(options) === undefined && io.stdout.isTTY === true) {
        throw new HeapgraphError('USAGE', 'a PNG cannot be shown in a terminal', 'write it to a file with -o')
      }
      const text = await WRITERS[format](view, context, options)
      const toFile = await writeAnswer(io, options, text)
      if (toFile) io.stderr.write(`written to ${options.output} (${plural(view.lines.length, 'line')})\n`)
      sayNext(io, nextOf(view, files, options))
    })
}

/** As recordings have times. */
function secondsArgument(text: string): number {
  return durationArgument(text) / 1000
}

const WRITERS: Record<
  FormatFor<'plot'>,
  (view: SeriesView, context: Context, options: PlotCommandOptions) => AnswerText | Promise<AnswerText>
> = {
  text: (view, context, options) => plotText(view, paint(context, options)),
  json: view => plotJson(view),
  svg: (view, _, options) => toPlotSvg(view, options),
  png: async (view, _, options) => [
    (await toPng(toPlotSvg(view, {...options, theme: options.theme ?? 'light'}))).bytes,
  ],
  html: (view, _, options) => toPlotHtml(view, options),
}

/** The heap tells more than what is resident, if it was recorded. */
async function readAll(files: string[], {metric, from, to}: PlotCommandOptions): Promise<Recording[]> {
  const window = {...(from === undefined ? {} : {from}), ...(to === undefined ? {} : {to})}
  const read = async (asked: Metric) => {
    const recordings: Recording[] = []
    for (const [number, file] of files.entries())
      recordings.push(await readRecording(file, {metric: asked, ...window}, number))
    return recordings
  }
  if (metric !== undefined) return read(metric)
  if (files.includes('-')) return read('rss')
  const heaps = await read('heapUsed')
  return heaps.every(({threads}) => threads.length > 0) ? heaps : read('rss')
}

function nextOf({lines}: SeriesView, files: string[], options: PlotCommandOptions): string {
  const file = fileWord(files[0])
  if (lines.some(({trend}) => trend.verdict === 'growing')) return 'heapgraph watch --growth 50MB --max 3 -- COMMAND'
  if (outputFile(options) === undefined)
    return `heapgraph plot ${file} -o ${fileWord(`${files[0].replace(/\.\w+$/, '')}.svg`)}`
  return `heapgraph plot ${file} --metric ${options.metric === 'rss' ? 'external' : 'rss'}`
}
