/** Whether and where the command line looks for source maps. */
import {statSync} from 'node:fs'
import type {Command} from 'commander'
import {forTerminal, loadSourceMaps, type Snapshot} from '../index.ts'
import type {Io} from './io.ts'

export function addSourceMapOptions(program: Command): void {
  program
    .option('--source-maps <dir>', 'look for source maps in this folder too, not only beside the scripts')
    .option('--no-source-maps', 'show the lines of the scripts that ran, whatever source maps say')
}

/** Has the snapshot's places told by source maps. What is wrong with one is a remark: there are lines without it. */
export async function applySourceMaps(
  {program, io}: {program: Command; io: Io},
  file: string,
  snapshot: Snapshot,
): Promise<void> {
  const {sourceMaps} = program.opts<{sourceMaps?: string | boolean}>()
  if (sourceMaps === false) return
  const takenAt = file === '-' ? undefined : statSync(file, {throwIfNoEntry: false})?.mtimeMs
  const {remarks} = await loadSourceMaps(snapshot, {
    ...(typeof sourceMaps === 'string' ? {folder: sourceMaps} : {}),
    ...(takenAt === undefined ? {} : {takenAt}),
  })
  for (const remark of remarks) io.stderr.write(`${forTerminal(`heapgraph: ${remark}`)}\n`)
}
