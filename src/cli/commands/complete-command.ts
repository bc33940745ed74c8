/** `heapgraph complete SHELL`: the script that a shell's completion needs; `heapgraph complete -- WORDS`: what that script asks. */
import {type Dirent, readdirSync} from 'node:fs'
import tab from '@bomb.sh/tab/commander'
import type {Command} from 'commander'
import type {Context} from '../answer.ts'
import {createProgram} from '../create-program.ts'

type Root = ReturnType<typeof tab>

/** A row of the table of commands, as far as it matters here. */
interface Row {
  name: string
  summary: string
  load: () => Promise<(context: Context, command: Command) => void>
}

/** Completes the commands of a table. The package writes to the process's standard output itself. */
export function addComplete(rows: readonly Row[], context: Context, command: Command): void {
  command
    .usage('<zsh|bash|fish|powershell>')
    .argument('[words...]', 'the shell')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const whole = createProgram(context.io.stdout, () => {})
      for (const {name, summary, load} of rows) {
        if (name === command.name()) continue
        const fill = await load()
        fill({...context, program: whole}, whole.command(name).description(summary))
      }
      completeFiles(tab(whole), whole.commands, words.at(-1) ?? '')
      // The words of a request stand after `--`, which commander takes away.
      const {rawArgs} = context.program as Command & {rawArgs: string[]}
      await whole.parseAsync(['complete', ...(rawArgs.includes('--') ? ['--'] : []), ...words], {from: 'user'})
    })
}

/** The package completes no files by itself. */
function completeFiles(root: Root, commands: readonly Command[], word: string): void {
  const propose = (complete: (value: string, description: string) => void) => {
    for (const path of pathsLike(word)) complete(path, '')
  }
  for (const command of commands) {
    const known = root.commands.get(command.name())
    for (const argument of command.registeredArguments) known?.argument(argument.name(), propose, argument.variadic)
    for (const {long, short, flags, description} of command.options) {
      if (typeof long !== 'string' || !/<(?:file|dir)>/.test(flags)) continue
      known?.option(long.slice(2), description, propose, short?.slice(1))
    }
  }
}

/**
 * Files and folders that begin as the word does, folders with `/`; hidden ones only if the word asks for them. A name with a control
 * character is left out: the shell reads lines.
 */
function pathsLike(word: string): string[] {
  const folder = word.slice(0, word.lastIndexOf('/') + 1)
  const start = word.slice(folder.length)
  return entriesOf(folder === '' ? '.' : folder)
    .filter(({name}) => name.startsWith(start) && name.startsWith('.') === start.startsWith('.'))
    .filter(({name}) => !/\p{Cc}/u.test(name))
    .map(entry => folder + entry.name + (entry.isDirectory() ? '/' : ''))
    .sort()
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
  } catch {
    return []
  }
}
