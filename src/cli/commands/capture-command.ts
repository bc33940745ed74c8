/** `heapgraph capture` and `heapgraph watch`: snapshots of live processes. */
import {createInterface} from 'node:readline'
import {setTimeout as delay} from 'node:timers/promises'
import {type Command, Option} from 'commander'
import {
  captureRemote,
  formatBytes,
  forTerminal,
  HeapgraphError,
  plural,
  type RemoteSource,
  SOURCES,
  type Sources,
  sampleRemote,
  stackSentences,
  untilSignal,
  type WatchMetric,
  type WatchOptions,
  type Written,
  watch,
} from '../../index.ts'
import {type Context, load, sayNext} from '../answer.ts'
import {EXIT, type Io} from '../io.ts'
import {again, positiveNumber, sizeArgument, waitArgument} from '../options.ts'
import {progressOn} from '../progress.ts'
import {exitCodeOf} from '../signals.ts'

interface CaptureOptions extends PatienceOptions {
  pid?: number
  url?: string
  port?: number
  target?: string
  output?: string
  count: number
  between?: number
  internals?: boolean
  numeric?: boolean
  sources?: Sources
  stacks?: boolean
  allocations?: number
  stillThere?: boolean
  allowRemote?: boolean
}

export function addCapture(context: Context, command: Command): void {
  const {io} = context
  command
    .argument('[program...]', 'after --: a program to run; the snapshot is taken at its end, or every --between')
    .option('--pid <n>', 'a running Node, whose inspector is opened and closed again', positiveNumber)
    .option('--url <url>', 'the address of an inspector, such as ws://127.0.0.1:9229')
    .option('--port <n>', 'the same on this machine: of node --inspect, deno --inspect, chromium', positiveNumber)
    .option('--target <text>', 'a part of the title or address of the page or program')
    .option('-o, --output <file>', 'where to; .gz at its end packs it; default: app.heapsnapshot')
    .option('--count <n>', 'number of snapshots, over one connection, so that ids stay the same', positiveNumber, 1)
    .option(
      '--between <time>',
      'time between two snapshots, such as 30s; without it, on a terminal, press Enter for each',
      waitArgument,
    )
    .addOption(stacksOption('--between, before each snapshot'))
    .addOption(allocationsOption())
    .option('--still-there', 'with --allocations: only what is not collected at the end')
    .option('--internals', "include V8's own objects")
    .option('--numeric', 'include numbers in properties')
    .addOption(sourcesOption())
    .option('--allow-remote', 'allow another machine, unencrypted')
  withPatience(command).action(async (program: string[], options: CaptureOptions) => {
    const source = sourceOf(options, program)
    if (options.allocations !== undefined) return sample(context, source, options.allocations, options)
    const output = options.output ?? 'app.heapsnapshot'
    if (source === undefined) return runToEnd(context, program, output, options)
    const progress = progressOn(io)
    const written = await untilSignal(signal =>
      captureRemote(source, output, {
        ...given(options),
        count: options.count,
        between: (_, signal) => waitBetween(io, options.between, signal),
        signal,
        onNote: text => {
          progress.done()
          io.stderr.write(`heapgraph: ${forTerminal(text)}\n`)
        },
        onProgress: bytes => progress.listener('capturing', bytes, undefined),
        onWritten: file => {
          progress.done()
          sayWritten(io, file)
        },
      }),
    ).finally(() => progress.done())
    if (options.stacks) return sayMakers(context, written)
    sayNextOf(io, written)
  })
}

export interface PatienceOptions {
  silence?: number
  timeout?: number
  signal?: boolean
}

/** How long other processes are waited for, and what they are sent; `when`: behind which option that means something. */
export function withPatience(command: Command, when = ''): Command {
  return command
    .option('--silence <time>', `${when}give up after this time without data; 2m`, waitArgument)
    .option('--timeout <time>', `${when}give up a snapshot after this time; 1h`, waitArgument)
    .option('--signal', `${when}send SIGUSR1 even if --pid may have its own handler for it`)
}

export function patienceOf({silence, timeout, signal}: PatienceOptions) {
  return {
    ...(silence === undefined ? {} : {silenceMs: silence}),
    ...(timeout === undefined ? {} : {timeoutMs: timeout}),
    ...(signal ? {allowSignal: true} : {}),
  }
}

/** Of every command that takes snapshots. */
export function sourcesOption(): Option {
  const what = 'full: whole scripts and strings in the file, secrets too; full up to 1 GiB of heap'
  return new Option('--sources <how>', what).choices([...SOURCES])
}

/** Of every command that can have V8 note allocation stacks; `until`: what is tracked for how long. */
export function stacksOption(of = ''): Option {
  const when = of === '' ? '' : ` (${of})`
  const what = `V8 notes who makes each object${when}: 19 to 28 times as slow where code only allocates, for tests (docs/makers.md)`
  return new Option('--stacks', what)
}

function allocationsOption(): Option {
  const what =
    'samples for so long who allocates, such as 30s, instead of a snapshot: a .heapprofile (docs/allocations.md)'
  return new Option('--allocations <time>', what)
    .argParser(waitArgument)
    .conflicts(['count', 'between', 'stacks', 'internals', 'numeric', 'sources'])
}

async function sample(
  {io}: Context,
  source: RemoteSource | undefined,
  forMs: number,
  options: CaptureOptions,
): Promise<void> {
  if (source === undefined)
    throw new HeapgraphError('USAGE', '--allocations samples what runs already', 'give --pid, or run node --heap-prof')
  const {target, stillThere, allowRemote, output = 'app.heapprofile', ...patience} = options
  const written = await untilSignal(signal =>
    sampleRemote(source, output, {
      ...(target === undefined ? {} : {target}),
      ...(stillThere ? {stillThere} : {}),
      ...(allowRemote ? {allowRemote} : {}),
      ...patienceOf(patience),
      signal,
      until: signal => delay(forMs, undefined, signal === undefined ? {} : {signal}),
      onNote: text => io.stderr.write(`heapgraph: ${forTerminal(text)}\n`),
    }),
  )
  sayWritten(io, written)
  sayNext(io, `heapgraph allocations ${again(output)}`)
}

/** How many objects have a stack, and what to ask next. */
async function sayMakers(context: Context, written: readonly Written[]): Promise<void> {
  const last = written.at(-1)
  if (last === undefined) return
  const snapshot = await load(context, last.path)
  const [coverage] = stackSentences(snapshot)
  context.io.stderr.write(`note: ${forTerminal(coverage)}\n`)
  sayNext(context.io, `heapgraph makers ${again(last.path)}`)
}

function sourceOf({pid, url, port}: CaptureOptions, program: string[]): RemoteSource | undefined {
  const sources = [pid, url, port, program.length > 0 ? program : undefined].filter(value => value !== undefined)
  const how = 'give one of --pid, --url, --port, or a program after --'
  if (sources.length !== 1) {
    throw new HeapgraphError(
      'USAGE',
      `${sources.length === 0 ? 'nothing' : 'more than one thing'} is to be captured`,
      how,
    )
  }
  if (pid !== undefined) return {pid}
  if (url !== undefined) return {url}
  return port === undefined ? undefined : {port}
}

function given({target, internals, numeric, sources, stacks, allowRemote, ...patience}: CaptureOptions) {
  return {
    ...(target === undefined ? {} : {target}),
    ...(internals ? {internals} : {}),
    ...(numeric ? {numeric} : {}),
    ...(sources === undefined ? {} : {sources}),
    ...(stacks ? {stacks} : {}),
    ...(allowRemote ? {allowRemote} : {}),
    ...patienceOf(patience),
  }
}

async function runToEnd(context: Context, program: string[], output: string, options: CaptureOptions): Promise<void> {
  const {count, between, internals, numeric, sources, stacks} = options
  if (count > 1 && between === undefined) {
    throw new HeapgraphError('USAGE', 'a program ends only once', 'give --between for further snapshots')
  }
  await runWatched(context, {
    command: program,
    output,
    max: count,
    atExit: true,
    ...(between === undefined ? {} : {everyMs: between}),
    ...(internals ? {internals} : {}),
    ...(numeric ? {numeric} : {}),
    ...(sources === undefined ? {} : {sources}),
    ...(stacks ? {stacks} : {}),
  })
}

interface WatchCliOptions {
  above?: number
  growth?: number
  every?: number
  nearLimit?: boolean
  metric: WatchMetric
  max: number
  force?: boolean
  sources?: Sources
  stacks?: boolean
  then?: string
  output: string
}

export function addWatch(context: Context, command: Command): void {
  command
    .argument('<program...>', 'after --: the program to run')
    .option('--above <size>', 'when the metric passes this, and at each tenth (or --growth) more', sizeArgument)
    .option('--growth <size>', 'when it is this much above the start or the last snapshot', sizeArgument)
    .option('--every <time>', 'time between two snapshots, such as 10m', waitArgument)
    .option(
      '--near-limit',
      "near V8's or the container's limit: an allocation profile, then V8's own snapshot if there is room",
    )
    .addOption(
      new Option('--metric <name>', 'the metric to watch').choices(['rss', 'heapUsed', 'external']).default('heapUsed'),
    )
    .option('--max <n>', 'snapshots of one process at most', positiveNumber, 3)
    .option('--force', 'even if memory or disk seem too small')
    .addOption(stacksOption())
    .addOption(sourcesOption())
    .option('--then <command>', 'shell command run for each file, whose path is in HEAPGRAPH_FILE')
    .option('-o, --output <file>', 'output file; process id and number are put before its ending', 'watch.heapsnapshot')
    .action(async (program: string[], options: WatchCliOptions) => {
      const {above, growth, every, nearLimit, metric, max, force, sources, stacks, then, output} = options
      if ([above, growth, every, nearLimit].every(value => value === undefined)) {
        const how = 'give --above, --growth, --every or --near-limit'
        throw new HeapgraphError('USAGE', 'no condition for a snapshot was given', how)
      }
      await runWatched(context, {
        command: program,
        output,
        metric,
        max,
        ...(above === undefined ? {} : {aboveBytes: above}),
        ...(growth === undefined ? {} : {growthBytes: growth}),
        ...(every === undefined ? {} : {everyMs: every}),
        ...(nearLimit ? {nearLimit} : {}),
        ...(force ? {force} : {}),
        ...(sources === undefined ? {} : {sources}),
        ...(stacks ? {stacks} : {}),
        ...(then === undefined ? {} : {thenCommand: then}),
      })
    })
}

/** The program has the streams, so that all of ours is on stderr; its exit code is ours. */
async function runWatched(context: Context, options: WatchOptions): Promise<void> {
  const {io, outcome, run} = context
  const say = (text: string) => io.stderr.write(`heapgraph: ${forTerminal(text)}\n`)
  const {exitCode, signal, written, profiles, heaps} = await watch({
    ...options,
    onNote: say,
    onWritten: ({path, bytes}) => say(`written to ${path}  ${formatBytes(bytes)}`),
  })
  outcome.exitCode = exitCode ?? (signal === undefined ? EXIT.misuse : exitCodeOf(signal))
  if (heaps === 0) say(`${options.command[0]} started no Node process that can be watched; ${ELSEWHERE}`)
  else if (written.length === 0) say(`no snapshot was taken of ${plural(heaps, 'process', 'processes and threads')}`)
  if (profiles.length > 0) sayNext(io, `heapgraph allocations ${again(profiles[0].path)}`)
  if (written.length === 0) return
  const {pid, thread} = written[0]
  const comparable = written.filter(file => file.pid === pid && file.thread === thread)
  if (options.stacks) await sayMakers(context, comparable)
  if (comparable.length < 2) return options.stacks ? undefined : sayNextOf(io, comparable)
  say(`what leaks in process ${pid}, by its ${plural(comparable.length, 'snapshot')}:`)
  await run(['leaks', '--', ...ends(comparable)], {...io, stdout: io.stderr})
}

const ELSEWHERE = 'what has an inspector, as after deno run --inspect, can be captured: heapgraph capture --port'

/** The first, one in the middle if there is one, and the last: what `leaks` compares. */
function ends(written: readonly Written[]): string[] {
  const places = new Set([0, written.length >> 1, written.length - 1])
  return [...places].map(place => written[place].path)
}

function sayWritten({stdout}: Io, {path, bytes}: Written): void {
  stdout.write(`${forTerminal(path)}  ${formatBytes(bytes)}\n`)
}

function sayNextOf(io: Io, written: Written[]): void {
  if (written.length === 0) return
  const command = written.length > 1 ? 'leaks' : 'types'
  sayNext(io, `heapgraph ${command} ${ends(written).map(again).join(' ')}`)
}

async function waitBetween({stderr}: Io, ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (ms !== undefined) return delay(ms, undefined, signal === undefined ? {} : {signal})
  if (!process.stdin.isTTY) {
    throw new HeapgraphError('USAGE', 'no time for the next snapshot was given', 'give --between')
  }
  stderr.write('press Enter for the next one\n')
  const lines = createInterface({input: process.stdin})
  const close = () => lines.close()
  signal?.addEventListener('abort', close, {once: true})
  await new Promise<void>(resolve => lines.once('line', () => resolve()).once('close', () => resolve()))
  signal?.removeEventListener('abort', close)
  lines.close()
}
