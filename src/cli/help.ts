/** Help begins with examples: most people want a line to change, not a grammar. */
import type {Command} from 'commander'
import {COMMANDS, type Example} from './command-list.ts'

const PROGRAM_EXAMPLES: Example[] = [
  ['info app.heapsnapshot', 'what is this file?'],
  ['types app.heapsnapshot', 'what fills the heap?'],
  ['backrefs --type Buffer app.heapsnapshot', 'who keeps the Buffers alive?'],
  ['backrefs --type Buffer -o why.svg app.heapsnapshot', 'the same as a picture'],
  ['why @12345 app.heapsnapshot', 'which line of code must let go of this object?'],
  ['path --type Buffer --count 3 app.heapsnapshot', 'from the roots to a Buffer'],
  ["list --where 'type=Buffer and self>90' app.heapsnapshot", 'which of them? (docs/where.md)'],
  ['dominators app.heapsnapshot', 'where is the memory?'],
  ['cycles app.heapsnapshot', 'which objects refer to each other?'],
]

const EXIT_CODES = 'Exit codes: 0 answered, 1 nothing found, 2 misuse or unreadable input.'

/** Gives the program and each of its commands their examples. */
export function addExamples(program: Command): void {
  program.addHelpText('before', exampleText(PROGRAM_EXAMPLES)).addHelpText('after', `\n${EXIT_CODES}`)
  for (const command of program.commands) {
    const examples = COMMANDS.find(({name}) => name === command.name())?.examples
    if (examples !== undefined) command.addHelpText('before', exampleText(examples))
  }
}

function exampleText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, question]) => `  heapgraph ${line.padEnd(width)}  ${question}\n`)
  return `Examples:\n${lines.join('')}`
}
