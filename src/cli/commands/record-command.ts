/** `heapgraph record`: the memory of a program over time. What the program itself does and says stays as it is. */
import {type Command, InvalidArgumentError} from 'commander'
import {
  ENDING_SIGNALS,
  formatBytes,
  forTerminal,
  HeapgraphError,
  onSignals,
  plotText,
  plural,
  type Recorder,
  type RecordResult,
  readRecording,
  record,
  type Sample,
  seriesView,
} from '../../index.ts'
import {type Context, sayNext} from '../answer.ts'
import {EXIT, type Io, type OutputStream} from '../io.ts'
import {durationArgument, fileWord, MAX_TIMER_MS, positiveNumber} from '../options.ts'
import {endAs} from '../signals.ts'

interface RecordCommandOptions {
  output?: string
  pid?: number
  interval: number
  duration?: number
  summary?: boolean
  live: boolean
}

export function addRecord(context: Context, command: Command): void {
  command
    .argument('[command...]', 'the program and its arguments, after --')
    .option('-o, --output <file>', 'output file; default: recording-<time>.jsonl')
    .option('--pid <n>', 'a running process and its children; their heaps are not recorded', positiveNumber)
    .option('--interval <seconds>', 'between two samples', secondsArgument, 0.1)
    .option('--duration <time>', 'stop recording after this time, such as 30s or 5m', durationArgument)
    .option('--summary', 'print a verdict on memory at the end')
    .option('--no-live', 'no chart on the terminal while it runs')
    .action(async (words: string[], options: RecordCommandOptions) => {
      const {io, outcome} = context
      const {pid, interval, duration} = options
      if (words.length === 0 && pid === undefined) {
        throw new HeapgraphError('USAGE', 'nothing to record', 'write heapgraph record -- node app.js, or give --pid')
      }
      if (words.length > 0 && pid !== undefined) {
        throw new HeapgraphError('USAGE', 'both a command and --pid were given', 'give one of them')
      }
      if (options.output === '-') {
        throw new HeapgraphError('USAGE', 'standard output belongs to the program', 'name a file with -o')
      }
      const output = options.output ?? defaultName(new Date())
      const chart = liveChart(io.stderr, options.live)
      const signals = heldSignals()
      const recorder = await record({
        output,
        ...(pid === undefined ? {command: words} : {pid}),
        intervalMs: Math.round(interval * 1000),
        onSample: chart.add,
      }).finally(signals.letGo)
      const result = await untilDone(recorder, pid === undefined, signals.arrived, duration).finally(chart.done)
      sayResult(io, result)
      if (options.summary) await saySummary(context, output)
      sayNext(io, `heapgraph plot ${fileWord(output)} -o ${fileWord(`${output.replace(/\.jsonl?$/, '')}.svg`)}`)
      outcome.exitCode = result.code ?? EXIT.answered
      // What the program says of itself goes first.
      if (result.isCut && result.code === 0) outcome.exitCode = EXIT.misuse
      if (result.signal !== null) endAs({io, outcome}, result.signal)
    })
}

/** `2.5`: seconds. */
function secondsArgument(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds < 0.01 || seconds > 3600) throw new InvalidArgumentError('It must be seconds, from 0.01 to 3600.')
  return seconds
}

function defaultName(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join('')
  return `recording-${day}-${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('')}.jsonl`
}

/** Signals that arrive before there is a program to hand them to. */
function heldSignals(): {arrived: NodeJS.Signals[]; letGo: () => void} {
  const arrived: NodeJS.Signals[] = []
  const stop = onSignals(ENDING_SIGNALS, signal => void arrived.push(signal))
  // Once those who take their place are there.
  return {arrived, letGo: () => void setImmediate(stop)}
}

/** Until the program has ended; signals go on to it, and of a process that is only looked at, they end the looking. */
async function untilDone(
  recorder: Recorder,
  isOwn: boolean,
  arrived: NodeJS.Signals[],
  durationMs?: number,
): Promise<RecordResult> {
  const onSignal = (signal: NodeJS.Signals) => {
    if (!isOwn) recorder.stop()
    // A terminal sends Ctrl-C to both: twice would be another thing to many programs.
    else if (!(signal === 'SIGINT' && isAtTerminal())) recorder.kill(signal)
  }
  const timer =
    durationMs === undefined ? undefined : setTimeout(() => recorder.stop(), Math.min(MAX_TIMER_MS, durationMs))
  const stop = onSignals(ENDING_SIGNALS, onSignal)
  for (const signal of arrived.splice(0)) onSignal(signal)
  try {
    return await recorder.done
  } finally {
    clearTimeout(timer)
    stop()
  }
}

function isAtTerminal(): boolean {
  return process.stdin.isTTY === true || process.stdout.isTTY === true || process.stderr.isTTY === true
}

function sayResult(
  {stderr}: Io,
  {path, seconds, processes, threads, peakRssBytes, code, signal, left, notes}: RecordResult,
): void {
  const many = `${plural(processes, 'process', 'processes')}${threads === 0 ? ', no heap seen' : `, ${plural(threads, 'heap')}`}`
  const peak = peakRssBytes === 0 ? '' : `; at most ${formatBytes(peakRssBytes)} resident in all`
  const lines = [`recorded ${seconds.toFixed(1)} s of ${many} to ${path}${peak}`]
  if (signal !== null) lines.push(`the program was ended by ${signal}`)
  else if (code !== null && code !== 0) lines.push(`the program ended with exit code ${code}`)
  if (left > 0) lines.push(`${plural(left, 'process', 'processes')} it started still ${left === 1 ? 'runs' : 'run'}`)
  for (const line of [...lines, ...notes.map(note => `note: ${note}`)]) stderr.write(`${forTerminal(line)}\n`)
}

/** On stderr, since stdout is the program's own. */
async function saySummary({io}: Context, output: string): Promise<void> {
  const rss = await readRecording(output, {metric: 'rss'})
  const heap = await readRecording(output, {metric: 'heapUsed'})
  for (const recording of [rss, heap]) {
    if (recording.threads.length > 0) io.stderr.write(`\n${plotText(seriesView([recording]))}`)
  }
}

const BARS = '▁▂▃▄▅▆▇█'
const CHART_COLUMNS = 40
const MIN_INTERVAL_MS = 250
const ESC = '\u001b'
const FEWEST_ROWS = 4

/**
 * The last line of a terminal. It is taken out of what scrolls (DECSTBM), so that what the program says never mixes with it; the cursor is
 * where the program left it.
 */
function liveChart(stderr: OutputStream, isWanted: boolean): {add: (sample: Sample) => void; done: () => void} {
  if (!isWanted || stderr.isTTY !== true) return {add() {}, done() {}}
  const values: number[] = []
  let last = 0
  let rows = 0
  const reserved = () => {
    const now = stderr.rows ?? 0
    if (now === rows) return ''
    rows = now
    // Down and up again: should the cursor be on the last line, all moves up. Setting what scrolls moves the cursor.
    return rows < FEWEST_ROWS ? '' : `${ESC}D${ESC}[A${ESC}7${ESC}[1;${rows - 1}r${ESC}8`
  }
  const lastLine = (text: string, before = '') => `${ESC}7${before}${ESC}[${rows};1H${ESC}[K${text}${ESC}8`
  return {
    add({t, processes, rssBytes}) {
      const now = Date.now()
      if (now - last < MIN_INTERVAL_MS) return
      last = now
      values.push(rssBytes)
      if (values.length > CHART_COLUMNS) values.shift()
      const many = processes === 1 ? '' : `, ${processes} processes`
      const line = `${t.toFixed(0)} s  ${sparkline(values)}  ${formatBytes(rssBytes)}${many}`
      const begin = reserved()
      if (rows >= FEWEST_ROWS) stderr.write(begin + lastLine(line.slice(0, Math.max(0, (stderr.columns ?? 80) - 1))))
    },
    done() {
      if (rows >= FEWEST_ROWS) stderr.write(lastLine('', `${ESC}[r`))
      rows = 0
    },
  }
}

/** From 0 up, so that a small change looks like one. */
function sparkline(values: readonly number[]): string {
  const most = Math.max(1, ...values)
  return values.map(value => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))]).join('')
}
