/** From arguments to an exit code. */
import {Command, CommanderError} from 'commander'
import {forTerminal, HeapgraphError} from '../index.ts'
import {addCommands} from './commands.ts'
import {EXIT, type Io} from './io.ts'
import {version} from './version.ts'

/** Runs one command line; writes only to `io`. Returns 0 answered, 1 nothing found, 2 misuse or unreadable input. */
export async function executeCli(args: readonly string[], io: Io): Promise<number> {
  const outcome = {exitCode: EXIT.answered as number}
  const program = new Command('heapgraph')
    .description('Why is this object still alive? Reads V8 heap snapshots (.heapsnapshot, plain or gzip).')
    .version(version())
    .option('--no-color', 'no colours, also with NO_COLOR set')
    .option('--debug', 'show the stack of an error')
    .exitOverride()
    .configureOutput({writeOut: text => void io.stdout.write(text), writeErr: text => void io.stderr.write(text)})
    .addHelpText('beforeAll', '')
    .showHelpAfterError('(heapgraph --help shows the commands)')
  addCommands(program, io, outcome)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], {from: 'user'})
    return outcome.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.answered : EXIT.misuse
    io.stderr.write(errorText(error, program.opts().debug === true))
    return EXIT.misuse
  }
}

function errorText(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `${error.stack}\n` : ''
  if (error instanceof HeapgraphError) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`
    return `heapgraph: ${forTerminal(error.message + hint)}\n${stack}`
  }
  const message = error instanceof Error ? error.message : String(error)
  return `heapgraph: a mistake of heapgraph's own: ${forTerminal(message)}; please report it with the output of --debug\n${stack}`
}
