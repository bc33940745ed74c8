/** From arguments to an exit code. */
import {type Command, CommanderError} from 'commander'
import {forTerminal, HeapgraphError} from '../index.ts'
import type {Context} from './answer.ts'
import {addCommands} from './commands.ts'
import {createProgram} from './create-program.ts'
import {errorText} from './error-text.ts'
import {EXIT, type Io} from './io.ts'

/** Runs one command line; writes only to `io`. Returns 0 answered, 1 nothing found, 2 misuse or unreadable input. `open`: how snapshots are opened, if not as usual. */
export async function executeCli(args: readonly string[], io: Io, open?: Context['open']): Promise<number> {
  const outcome = {exitCode: EXIT.answered as number}
  // Help that was asked for is an answer; help for somebody who gave no command is not.
  const isLost = args.length === 0
  let isRefused = false
  const program = createProgram(isLost ? io.stderr : io.stdout, () => {
    isRefused = true
  })
  await addCommands(program, io, outcome, args, executeCli, open)
  try {
    await program.parseAsync(isLost ? ['--help'] : [...args], {from: 'user'})
    return outcome.exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (!isRefused && SHOWN.has(error.code)) return isLost ? EXIT.misuse : EXIT.answered
      io.stderr.write(`heapgraph: ${forTerminal(usageText(error, program))}\n`)
      return EXIT.misuse
    }
    io.stderr.write(errorText(error, program.opts<{debug?: boolean; threads?: number}>()))
    return error instanceof HeapgraphError && error.code === 'NOTHING_FOUND' ? EXIT.nothingFound : EXIT.misuse
  }
}

/** What commander calls it when it showed what was asked for. */
const SHOWN = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version'])

/** One sentence made of commander's two or three. */
function usageText({code, message}: CommanderError, program: Command): string {
  const names = program.commands.map(command => command.name())
  const command = program.args.find(arg => names.includes(arg))
  const help = command === undefined ? 'heapgraph --help shows the commands' : `heapgraph ${command} --help shows how`
  if (code === 'commander.help') {
    const unknown = program.args.find(arg => arg !== 'help')
    return `${unknown === undefined ? 'no command was given' : `unknown command '${unknown}'`}; ${help}`
  }
  const told = message
    .replace(/^error: /, '')
    .replace(
      /\. (It|Allowed|Expected) (.*)\.$/s,
      (_, first: string, rest: string) => `; ${first.toLowerCase()} ${rest}`,
    )
  const suggestion = /\n\(Did you mean (.*)\?\)$/.exec(told)
  if (suggestion !== null) return `${told.slice(0, suggestion.index)}; did you mean ${suggestion[1]}?`
  return `${told}; ${help}`
}
