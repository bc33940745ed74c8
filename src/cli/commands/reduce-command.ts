/** `heapgraph reduce`: the smallest snapshot found that still gives the same answer to a question, for a bug report. */
import {statSync} from 'node:fs'
import {type Command, Option} from 'commander'
import {
  fileArgument,
  formatBytes,
  formatCount,
  HeapgraphError,
  openSnapshot,
  type ReducedSnapshot,
  redact,
  type Snapshot,
  select,
  smallestPart,
  wordsOfLine,
} from '../../index.ts'
import {type Context, load, sayNext, sayWritten} from '../answer.ts'
import {commandLine} from '../explore/questions.ts'
import {written} from '../explore/written.ts'
import {EXIT} from '../io.ts'
import {positiveNumber} from '../options.ts'
import {idsOfAnswer, wordsOfAnswer} from '../same-answer.ts'
import {auditText, checkRedacted, type HidingOptions, withHiding, writePlain, writeRedacted} from './redact-command.ts'

interface ReduceCommandOptions extends HidingOptions {
  keep: string
  redact: boolean
  tries: number
}

export function addReduce(context: Context, command: Command): void {
  withHiding(command.argument('<snapshot>').argument('<reduced snapshot>', 'where to; .gz at its end packs it'))
    .requiredOption('--keep <question>', "a command without its snapshot, such as 'why --type Session'")
    .addOption(new Option('--tries <n>', 'parts that are tried without').argParser(positiveNumber).default(2000))
    .option('--no-redact', 'leave the texts as they are')
    .action(async (file: string, output: string, options: ReduceCommandOptions) => {
      checkRedacted(output, [file], options)
      const question = questionOf(options.keep, file)
      const snapshot = await load(context, file)
      const answer = await ask(context, question, async () => snapshot)
      if (answer === undefined) {
        throw new HeapgraphError(
          'USAGE',
          `--keep '${options.keep}': the snapshot has no answer to it`,
          'ask another question',
        )
      }
      const {bytes, tries} = await reduced(context, snapshot, question, answer, options.tries)
      if (!(await writeReduced(context, file, output, bytes, options))) return
      const size = statSync(output).size
      const from = formatBytes(statSync(file).size)
      sayWritten(context, {output}, '', `${from} → ${formatBytes(size)}, ${formatCount(tries)} parts tried`)
      if ((await ask(context, question, () => openSnapshot(output))) === undefined) {
        const why = 'redaction hides a name that the question asks for: --no-redact keeps it'
        context.io.stderr.write(`heapgraph: ${why}\n`)
      }
      sayNext(context.io, `heapgraph ${options.keep} ${fileArgument(output)}`)
    })
}

/** The command line, with the answer as JSON. */
function questionOf(keep: string, file: string): string[] {
  const words = wordsOfLine(keep)
  try {
    return commandLine([...(words[0] === 'heapgraph' ? words.slice(1) : words), '$0', '--format', 'json'], [file])
  } catch (error) {
    if (!(error instanceof HeapgraphError)) throw error
    throw new HeapgraphError('USAGE', `--keep '${keep}': ${error.message}`, 'give a question to one snapshot')
  }
}

/** The answer in JSON; undefined if there is none. */
async function ask(
  context: Context,
  question: readonly string[],
  open: NonNullable<Context['open']>,
): Promise<string | undefined> {
  const {code, stdout} = await written(question, (words, io) => context.run(words, io, open))
  return code === EXIT.answered ? stdout : undefined
}

async function reduced(
  context: Context,
  snapshot: Snapshot,
  question: readonly string[],
  answer: string,
  tries: number,
): Promise<ReducedSnapshot> {
  const wanted = wordsOfAnswer(answer)
  return smallestPart(snapshot, {
    nodes: select(snapshot, {ids: [...idsOfAnswer(answer)]}).nodes,
    tries,
    isSame: async part => {
      const found = await ask(context, question, async () => part)
      return found !== undefined && wordsOfAnswer(found) === wanted
    },
  })
}

/** Redacted if not refused: with the names that the whole snapshot has, since a small part of it has little code. */
async function writeReduced(
  context: Context,
  file: string,
  output: string,
  bytes: Uint8Array,
  options: ReduceCommandOptions,
): Promise<boolean> {
  const {sources, prefixes = false, salt, forbid} = options
  const together = [file, ...options.with]
  if (!options.redact) {
    await writePlain(context, output, bytes)
    return true
  }
  const redaction = await redact(bytes, {sources, together, prefixes, salt, forbidden: forbid})
  if (!(await writeRedacted(context, output, redaction))) return false
  context.io.stdout.write(auditText(redaction.audit))
  return true
}
