/** The program with the options that all commands share, and no command yet. */
import {Command} from 'commander'
import type {OutputStream} from './io.ts'
import {codeLineCount, threadCount} from './options.ts'
import {VERSION_FLAGS, version} from './version.ts'

/** `onRefusal` is called instead of what commander would write of a wrong command line. */
export function createProgram(helpStream: OutputStream, onRefusal: () => void): Command {
  return new Command('heapgraph')
    .description('Why is this object still alive? Reads V8 heap snapshots (.heapsnapshot, plain or packed).')
    .version(version(), VERSION_FLAGS, 'show the version')
    .option('--no-color', 'no colors; NO_COLOR in the environment does the same')
    .option('--debug', 'show the stack of an error')
    .option('--index <file>', 'keep the index of the snapshot here, not in the cache')
    .option('--no-index', 'neither use nor write an index; HEAPGRAPH_NO_INDEX does the same')
    .option('--source-maps <dir>', 'look for source maps in this folder too, not only next to the scripts')
    .option('--code <lines>', 'lines of code shown of the first findings; 0 for none', codeLineCount, 3)
    .option('--editor <name>', 'where a click on file:line leads: vscode, idea and others, or a URL with {path}')
    .option('--no-source-maps', 'show lines of the scripts as they ran, without source maps')
    .option('--threads <n>', 'threads that read a large file; default: one per core, at most 4', threadCount)
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({subcommandTerm: command => command.name()})
    .exitOverride()
    .configureOutput({
      writeOut: text => void helpStream.write(text),
      writeErr: onRefusal,
      getOutHelpWidth: () => helpStream.columns ?? 80,
    })
}
