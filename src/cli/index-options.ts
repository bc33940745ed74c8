/** When the command line uses indexes and when it writes them. */
import type {Command} from 'commander'
import {
  formatBytes,
  forTerminal,
  HeapgraphError,
  indexFolder,
  type OpenOptions,
  pruneIndexes,
  type SaveOptions,
  type Snapshot,
  saveIndex,
} from '../index.ts'
import type {Io} from './io.ts'

/** Smaller files are read almost as fast as an index. */
const FROM_BYTES = 50e6

interface Context {
  program: Command
  io: Io
  loaded: Snapshot[]
}

export function addIndexOptions(program: Command): void {
  program
    .option('--index <file>', 'keep the index of the snapshot here, not in the cache')
    .option('--no-index', 'neither use nor write an index; HEAPGRAPH_NO_INDEX does the same')
}

/** The index's own path, `auto` or `off`. */
function indexChoice({program, io}: Context): string {
  const {index} = program.opts<{index?: string | false}>()
  if (index === false || (index === undefined && (io.env.HEAPGRAPH_NO_INDEX ?? '') !== '')) return 'off'
  return index ?? 'auto'
}

export function indexOptions(context: Context): Pick<OpenOptions, 'index' | 'indexFolder'> {
  const folder = indexFolder(context.io.env)
  const choice = indexChoice(context)
  // Without a folder of this environment, that of the process must not be taken.
  return choice === 'auto' && folder === undefined ? {index: 'off'} : {index: choice, indexFolder: folder}
}

/** Writes the indexes of what has been loaded, as far as they are wanted. What goes wrong is a warning: the answer is there. */
export function keepIndexes(context: Context, open?: SaveOptions['open']): void {
  const {io, loaded} = context
  const choice = indexChoice(context)
  const fromBytes = choice === 'auto' ? FROM_BYTES : 0
  for (const snapshot of loaded.splice(0)) {
    try {
      const written = saveIndex(snapshot, {fromBytes, ...(open === undefined ? {} : {open})})
      if (written === undefined) continue
      if (written.isNew) {
        const told = `index written to ${written.path} (${formatBytes(written.bytes)}): the next questions are answered faster; --no-index does without`
        io.stderr.write(`${forTerminal(told)}\n`)
      }
      const folder = indexFolder(io.env)
      if (choice === 'auto' && folder !== undefined) pruneIndexes(folder, {keep: written.path, limitOnly: true})
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error
      io.stderr.write(`${forTerminal(`heapgraph: no index is kept: ${error.message}`)}\n`)
    }
  }
}
