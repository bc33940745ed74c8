/** The command that asks what letting go would free. */
import type {Command} from 'commander'
import {
  forTerminal,
  HeapgraphError,
  heapName,
  proofJson,
  proofText,
  select,
  untilSignal,
  type WhatIfOptions,
  whatIf,
  whatIfGraph,
  whatIfJson,
  whatIfText,
  whatIfView,
  withInspected,
} from '../../index.ts'
import {type Context, finish, load, notFound, paint} from '../answer.ts'
import {EXIT} from '../io.ts'
import {again, collect, positiveNumber, sizesOption, waitArgument, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions, writeAnswer} from '../output.ts'
import {type PatienceOptions, patienceOf, withPatience} from './capture-command.ts'
import {finishResultGraph, type PictureOptions} from './graph-answer.ts'
import {prove} from './prove.ts'

export function addWhatIf(context: Context, command: Command): void {
  withOutput(command, 'cut')
    .argument('[snapshot...]', 'with --prove instead of it, after --: a program to run')
    .option(
      '--cut <edges>',
      "what to cut: 'Type.property', 'Type[]', 'Map(name)', 'scope var name', 'a.b.c', 'on \"event\"', @id, '@id -> @id'; may be repeated",
      collect,
    )
    .option('--type <name>', 'only objects of this type, or /regex/')
    .option('--limit <n>', 'types shown', positiveNumber, 30)
    .addOption(sizesOption())
    .option('--prove', 'make the cuts in a running process, and compare; it changes that process (docs/prove.md)')
    .option('--pid <n>', 'with --prove: a running Node', positiveNumber)
    .option('--port <n>', 'with --prove: where the inspector of one on this machine answers', positiveNumber)
    .option('--target <text>', 'with --prove: a part of the title or address of the page or program')
    .option('--wait <time>', 'with --prove: how long a program after -- runs before the cuts; 5s', waitArgument)
  withPatience(command, 'with --prove: ').action(async (words: string[], options: WhatIfCommandOptions) => {
    if (options.prove) return await proveCuts(context, words, options)
    const file = onlyFile(words, options)
    const format = chooseFormat(options, 'cut')
    const {cut = [], type} = options
    const snapshot = await load(context, file)
    if (type !== undefined && select(snapshot, {type}).nodes.length === 0)
      return notFound(context, file, snapshot, {type})
    const answer = whatIf(snapshot, cut, options)
    const view = whatIfView(answer)
    const staying = view.meant.find(({stays}) => stays > 0)
    const next =
      staying === undefined
        ? `heapgraph types ${again(file)}`
        : `heapgraph path --id @${staying.exampleId} --count 5 ${again(file)}`
    if (format !== 'json' && format !== 'text') {
      return await finishResultGraph(context, options, format, whatIfGraph(answer), next)
    }
    const text = format === 'json' ? whatIfJson(view) : whatIfText(view, paint(context, options))
    await finish(context, options, text, next)
  })
}

interface WhatIfCommandOptions extends OutputOptions, PictureOptions, WhatIfOptions, PatienceOptions {
  cut?: string[]
  prove?: boolean
  pid?: number
  port?: number
  target?: string
  wait?: number
}

function onlyFile(words: readonly string[], {pid, port, target, wait}: WhatIfCommandOptions): string {
  if ([pid, port, target, wait].some(value => value !== undefined)) {
    throw new HeapgraphError('USAGE', '--pid, --port, --target and --wait need --prove', 'add --prove')
  }
  if (words.length === 0) {
    throw new HeapgraphError('USAGE', "missing required argument 'snapshot'", 'heapgraph what-if --help shows how')
  }
  if (words.length > 1) throw new HeapgraphError('USAGE', 'more than one snapshot was given', 'name one')
  return words[0]
}

const WAIT_MS = 5_000

/** Exit code 1 if the prediction does not hold. */
async function proveCuts(context: Context, program: string[], options: WhatIfCommandOptions): Promise<void> {
  const {cut = [], pid, port, limit, target, wait = WAIT_MS} = options
  const format = chooseFormat(options, 'table')
  const sources = [pid, port, program.length > 0 ? program : undefined].filter(value => value !== undefined)
  if (sources.length !== 1 || cut.length === 0) {
    const what = sources.length > 1 ? 'more than one process was given' : '--prove needs a cut and a process'
    throw new HeapgraphError('USAGE', what, 'give --cut, and one of --pid, --port, or a program after --')
  }
  const {io, outcome} = context
  const view = await untilSignal(signal => {
    const asked = {
      ...(limit !== undefined && {limit}),
      ...(target !== undefined && {target}),
      ...patienceOf(options),
      signal,
    }
    if (pid !== undefined) return prove(context, {pid}, `process ${pid}`, cut, asked)
    if (port !== undefined) return prove(context, {port}, `the process at port ${port}`, cut, asked)
    const onNote = (text: string) => void io.stderr.write(`heapgraph: ${forTerminal(text)}\n`)
    return withInspected({command: program, waitMs: wait, signal, onNote}, (url, heap) =>
      prove(context, {url}, heapName(heap), cut, asked),
    )
  })
  await writeAnswer(io, options, format === 'json' ? proofJson(view) : proofText(view, paint(context, options)))
  if (!view.holds) outcome.exitCode = EXIT.nothingFound
}
