/** All commands, in the order of the help. What is behind one is loaded only if the command line names it. */
import type {Command} from 'commander'
import {type Paint, plainPaint} from '../index.ts'
import type {Context, Outcome} from './answer.ts'
import {addExamples} from './help.ts'
import type {Io} from './io.ts'
import {paintFor} from './paint.ts'

/** Gives a command its options, and what it does. */
type Filling = (context: Context, command: Command) => void

const tables = () => import('./table-commands.ts')
const comparisons = () => import('./growth-commands.ts')
const graphs = () => import('./graph-commands.ts')

const COMMANDS: [name: string, description: string, load: () => Promise<Filling>][] = [
  ['info', 'who wrote a snapshot and what is in it, without loading it', async () => (await tables()).addInfo],
  ['types', 'what fills the heap, by type', async () => (await tables()).addTypes],
  ['list', 'the objects of a type', async () => (await tables()).addList],
  ['show', 'one object: sizes, who holds it, what it holds', async () => (await tables()).addShow],
  ['detached', 'DOM trees that are in no document and yet alive', async () => (await tables()).addDetached],
  ['backrefs', 'what keeps objects alive: who holds them, merged by type', async () => (await graphs()).addBackrefs],
  ['refs', 'what objects hold, merged by type', async () => (await graphs()).addRefs],
  [
    'why',
    'who must let go: every independent owner of objects, in code, with its line',
    async () => (await graphs()).addWhy,
  ],
  [
    'path',
    'the shortest chains from a root to an object, or between any two sets of objects',
    async () => (await graphs()).addPath,
  ],
  [
    'dominators',
    'where the memory is: the largest retained objects, as a tree',
    async () => (await graphs()).addDominators,
  ],
  ['cycles', 'reference cycles, by pattern, and what holds each', async () => (await graphs()).addCycles],
  [
    'assert',
    'whether a heap is as it should be, for CI: exit code 1 and the holders if not',
    async () => (await import('./assert-command.ts')).addAssert,
  ],
  [
    'strings',
    'equal strings, parts that keep large strings alive, and texts in pieces',
    async () => (await import('./waste-commands.ts')).addStrings,
  ],
  [
    'waste',
    'memory that holds nothing: empty and oversized collections, equal objects, and the like',
    async () => (await import('./waste-commands.ts')).addWaste,
  ],
  [
    'closures',
    'captured variables that nobody uses, and what keeps them',
    async () => (await import('./closures-command.ts')).addClosures,
  ],
  [
    'what-if',
    'what would be freed if the program let go of some things',
    async () => (await import('./what-if-command.ts')).addWhatIf,
  ],
  ['growth', 'what grew from one snapshot to the next', async () => (await comparisons()).addGrowth],
  ['leaks', 'who keeps what was made between two snapshots', async () => (await comparisons()).addLeaks],
  ['suspects', 'what stands out in one snapshot, in sentences', async () => (await comparisons()).addSuspects],
  [
    'export',
    'all nodes or edges as a table for other programs: DuckDB, pandas, jq',
    async () => (await import('./export.ts')).addExport,
  ],
  [
    'record',
    'memory over time of a program and all it starts',
    async () => (await import('./record-command.ts')).addRecord,
  ],
  ['plot', 'recordings as a picture: does it grow?', async () => (await import('./plot-command.ts')).addPlot],
  [
    'capture',
    'a snapshot of a running Node, Deno or page of Chrome',
    async () => (await import('./capture-command.ts')).addCapture,
  ],
  [
    'watch',
    'run a program, and take snapshots when its memory passes a limit',
    async () => (await import('./capture-command.ts')).addWatch,
  ],
  [
    'doctor',
    'run a program under load, and say what its memory does and which line leaks',
    async () => (await import('./doctor-command.ts')).addDoctor,
  ],
  [
    'index',
    'saved columns that make the next questions fast',
    async () => (await import('./index-command.ts')).addIndex,
  ],
]

/** Loaded for terminals only, or to judge what `--editor` names. */
async function placeLinksFor({io, program, loaded}: Context): Promise<Paint['place']> {
  const options = program.opts<{editor?: string; color?: boolean}>()
  if (io.stdout.isTTY !== true && options.editor === undefined) return plainPaint.place
  return (await import('./place-links.ts')).placeLinks(io, options, loaded)
}

/** `args`: the command line, whose commands alone are given their options; wherever it names them, as in `help types`. */
export async function addCommands(
  program: Command,
  io: Io,
  outcome: Outcome,
  args: readonly string[],
  run: Context['run'],
): Promise<void> {
  const context: Context = {program, io, outcome, colours: plainPaint, loaded: [], run}
  program.commandsGroup('Commands:')
  program.hook('preAction', async (_, command) => {
    const {checkOutput} = await import('./output.ts')
    if (command.opts().open === true) {
      const {fileToOpen} = await import('./open-picture.ts')
      command.setOptionValue('output', fileToOpen(command.opts(), command.name()))
    }
    checkOutput(command.opts(), command.args)
    const link = await placeLinksFor(context)
    context.colours = await paintFor(io, program.opts().color !== false, link)
  })
  program.hook('postAction', async () => {
    if (context.loaded.length > 0) (await import('./keep-indexes.ts')).keepIndexes(context)
  })
  for (const [name, description, load] of COMMANDS) {
    const command = program.command(name).description(description)
    if (args.includes(name)) (await load())(context, command)
  }
  addExamples(program)
}
