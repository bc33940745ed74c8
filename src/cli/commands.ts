/** Gives the program its commands. */
import type {Command} from 'commander'
import {type Paint, plainPaint} from '../index.ts'
import type {Context, Outcome} from './answer.ts'
import {COMMANDS} from './command-list.ts'
import {addExamples} from './help.ts'
import {EXIT, type Io} from './io.ts'
import {paintFor} from './paint.ts'

/** Loaded for terminals only, or to judge what `--editor` names. */
async function placeLinksFor({io, program, loaded}: Context): Promise<Paint['place']> {
  const options = program.opts<{editor?: string; color?: boolean}>()
  if (io.stdout.isTTY !== true && options.editor === undefined) return plainPaint.place
  return (await import('./place-links.ts')).placeLinks(io, options, loaded)
}

/** Of a question whose answer is wanted to be nothing: 1 if something was found, 0 if not. */
function asAssertion(exitCode: number): number {
  if (exitCode === EXIT.answered) return EXIT.failed
  return exitCode === EXIT.nothingFound ? EXIT.answered : exitCode
}

/** `args`: the command line, whose commands alone are given their options; wherever it names them, as in `help types`. */
export async function addCommands(
  program: Command,
  io: Io,
  outcome: Outcome,
  args: readonly string[],
  run: Context['run'],
  open?: Context['open'],
): Promise<void> {
  const context: Context = {program, io, outcome, colors: plainPaint, loaded: [], ...(open && {open}), run}
  program.commandsGroup('Commands:')
  program.hook('preAction', async (_, command) => {
    const {checkOutput} = await import('./output.ts')
    if (command.opts().open === true) {
      const {fileToOpen} = await import('./open-picture.ts')
      command.setOptionValue('output', fileToOpen(command.opts(), command.name()))
    }
    checkOutput(command.opts(), command.args)
    const link = await placeLinksFor(context)
    context.colors = await paintFor(io, program.opts().color !== false, link)
  })
  program.hook('postAction', async (_, command) => {
    if (command.opts().fail === true) outcome.exitCode = asAssertion(outcome.exitCode)
    if (context.loaded.length > 0) (await import('./keep-indexes.ts')).keepIndexes(context)
  })
  for (const {name, summary, load} of COMMANDS) {
    const command = program.command(name).description(summary)
    if (args.includes(name)) (await load())(context, command)
  }
  addExamples(program)
}
