/** All commands, in the order of the help. */
import type {Command} from 'commander'
import type {Context, Outcome} from './answer.ts'
import {addExport} from './export.ts'
import {addGraphCommands} from './graph-commands.ts'
import {addExamples} from './help.ts'
import {addIndex} from './index-command.ts'
import {addIndexOptions, keepIndexes} from './index-options.ts'
import type {Io} from './io.ts'
import {checkOutput} from './output.ts'
import {addSourceMapOptions} from './source-map-options.ts'
import {addTableCommands} from './table-commands.ts'

export function addCommands(program: Command, io: Io, outcome: Outcome): void {
  const context: Context = {program, io, outcome, loaded: []}
  program.commandsGroup('Commands:')
  program.hook('preAction', (_, command) => checkOutput(command.opts(), command.args))
  program.hook('postAction', () => keepIndexes(context))
  addIndexOptions(program)
  addSourceMapOptions(program)
  addTableCommands(context)
  addGraphCommands(context)
  addExport(context)
  addIndex(context)
  addExamples(program)
}
