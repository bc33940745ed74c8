/** All commands, in the order of the help. */
import type {Command} from 'commander'
import type {Outcome} from './answer.ts'
import {addExport} from './export.ts'
import {addGraphCommands} from './graph-commands.ts'
import {addExamples} from './help.ts'
import type {Io} from './io.ts'
import {checkOutput} from './output.ts'
import {addTableCommands} from './table-commands.ts'

export function addCommands(program: Command, io: Io, outcome: Outcome): void {
  const context = {program, io, outcome}
  program.commandsGroup('Commands:')
  program.hook('preAction', (_, command) => checkOutput(command.opts(), command.args))
  addTableCommands(context)
  addGraphCommands(context)
  addExport(context)
  addExamples(program)
}
