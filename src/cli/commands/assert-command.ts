/** The command that asserts something of a heap: for CI. */
import type {Command} from 'commander'
import {
  type Assertion,
  assertFindings,
  assertJson,
  assertJunit,
  assertText,
  assertView,
  forTerminal,
  growthBase,
  HeapgraphError,
  parseBytes,
  shellWord,
} from '../../index.ts'
import {type Context, finish, paint} from '../answer.ts'
import {findingsText, isFindingsFormat} from '../findings-formats.ts'
import {EXIT} from '../io.ts'
import {again, withOutput} from '../options.ts'
import {chooseFormat, type OutputOptions, writeAnswer} from '../output.ts'
import {checkFiles, each} from '../several-snapshots.ts'

interface AssertOptions extends OutputOptions {
  max: string[]
  maxRetained: string[]
  growth: string[]
  path: string[]
  junit?: string
}

/** Commander takes `--no-x` for the opposite of `--x`, whose value is then true by default. */
function several(text: string, earlier: unknown): string[] {
  return [...(Array.isArray(earlier) ? (earlier as string[]) : []), text]
}

export function addAssert(context: Context, command: Command): void {
  withOutput(command, 'findings')
    .argument('<snapshot>')
    .option(
      '--max <type=count>',
      "at most so many objects of a type, such as 'UserRecord=10'; may be repeated, as may the others",
      several,
      [],
    )
    .option('--max-retained <type=size>', "at most so many bytes retained by a type, such as 'Cache=5MB'", several, [])
    .option(
      '--no-growth <base>',
      'no type that your code holds has more objects than in this earlier snapshot',
      several,
      [],
    )
    .option(
      '--no-path <from -> to>',
      "no path from one type to the other, such as 'Cache -> Request'; 'Request -> globalThis': not held from there",
      several,
      [],
    )
    .option('--junit <file>', 'also write the verdicts as XML for CI systems')
    .action(async (file: string, options: AssertOptions) => {
      const format = chooseFormat(options, 'findings')
      const asked = [...options.max.map(maxOf), ...options.maxRetained.map(maxRetainedOf), ...options.path.map(pathOf)]
      if (asked.length + options.growth.length === 0) {
        throw new HeapgraphError(
          'USAGE',
          'no assertion was given',
          'give --max, --max-retained, --no-growth or --no-path',
        )
      }
      const files = [...options.growth, file]
      checkFiles(files)
      const assertions: Assertion[] = [...asked]
      const snapshot = await each(context, files, (base, isLast) => {
        if (!isLast)
          assertions.push({
            kind: 'no-growth',
            text: options.growth[assertions.length - asked.length],
            base: growthBase(base),
          })
      })
      const view = assertView(snapshot, assertions)
      const {io, outcome} = context
      if (view.total.failed > 0) outcome.exitCode = EXIT.failed
      for (const {kind, text, isMissing, near} of view.assertions) {
        if (!isMissing) continue
        const hint = near.length === 0 ? `heapgraph types ${again(file)} lists the types` : `near: ${near.join(', ')}`
        io.stderr.write(
          `note: --${kind} ${forTerminal(text)} matches nothing in ${forTerminal(snapshot.name)}; ${forTerminal(hint)}\n`,
        )
      }
      if (options.junit !== undefined) await writeAnswer(io, {output: options.junit}, assertJunit(view))
      const text =
        format === 'json'
          ? assertJson(view)
          : format === 'junit'
            ? assertJunit(view)
            : isFindingsFormat(format)
              ? findingsText(format, assertFindings(view), file)
              : assertText(view, paint(context, options))
      const type = [...options.max, ...options.maxRetained][0]
      const next = type === undefined ? 'types' : `why --type ${shellWord(typeAndLimit('max', type)[0])}`
      await finish(context, options, text, `heapgraph ${next} ${again(file)}`)
    })
}

function maxOf(text: string): Assertion {
  const [type, limit] = typeAndLimit('max', text)
  if (!/^\d{1,15}$/.test(limit)) throw misread('max', text, "it must look like 'UserRecord=10'")
  return {kind: 'max', text, type, count: Number(limit)}
}

function maxRetainedOf(text: string): Assertion {
  const [type, limit] = typeAndLimit('max-retained', text)
  const bytes = parseBytes(limit)
  if (bytes === undefined) throw misread('max-retained', text, "it must look like 'Cache=5MB'")
  return {kind: 'max-retained', text, type, bytes}
}

/** The last sign of equality: one may be in a regular expression. */
function typeAndLimit(option: string, text: string): [type: string, limit: string] {
  const at = text.lastIndexOf('=')
  if (at < 1) throw misread(option, text, "it must look like 'Type=limit'")
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function pathOf(text: string): Assertion {
  const ends = text.split(' -> ').map(end => end.trim())
  if (ends.length !== 2 || ends.includes('')) throw misread('no-path', text, "it must look like 'Cache -> Request'")
  return {kind: 'no-path', text, from: ends[0], to: ends[1]}
}

function misread(option: string, text: string, hint: string): HeapgraphError {
  return new HeapgraphError('USAGE', `--${option} ${text} is invalid`, hint)
}
