/** When the command line uses indexes. */
import type {Command} from 'commander'
import {indexFolder, type OpenOptions} from '../index.ts'
import type {Io} from './io.ts'

interface Context {
  program: Command
  io: Io
}

/** The index's own path, `auto` or `off`. */
export function indexChoice({program, io}: Context): string {
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
