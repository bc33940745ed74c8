/** When the command line writes indexes. */
import {
  formatBytes,
  forTerminal,
  HeapgraphError,
  indexFolder,
  pruneIndexes,
  type SaveOptions,
  saveIndex,
} from '../index.ts'
import type {Context} from './answer.ts'
import {indexChoice} from './index-options.ts'

/** Smaller files are read almost as fast as an index. */
export const FROM_BYTES = 50e6

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
        const told = `index written to ${written.path} (${formatBytes(written.bytes)}): later questions are faster; --no-index writes none`
        io.stderr.write(`${forTerminal(told)}\n`)
      }
      const folder = indexFolder(io.env)
      if (choice === 'auto' && folder !== undefined) pruneIndexes(folder, {keep: written.path, limitOnly: true})
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error
      io.stderr.write(`${forTerminal(`heapgraph: no index was written: ${error.message}`)}\n`)
    }
  }
}
