/** Whether and where the command line looks for source maps. */
import {statSync} from 'node:fs'
import type {Command} from 'commander'
import {forTerminal, loadSourceMaps, type Snapshot, useCodeLines} from '../index.ts'
import type {Io} from './io.ts'

/** Has the snapshot's places told by source maps. What is wrong with one is a remark: there are lines without it. */
export async function applySourceMaps(
  {program, io}: {program: Command; io: Io},
  file: string,
  snapshot: Snapshot,
): Promise<void> {
  const {sourceMaps, code} = program.opts<{sourceMaps?: string | boolean; code?: number}>()
  if (code !== undefined) useCodeLines(snapshot, code)
  if (sourceMaps === false) return
  const takenAt = file === '-' ? undefined : statSync(file, {throwIfNoEntry: false})?.mtimeMs
  const {remarks} = await loadSourceMaps(snapshot, {
    ...(typeof sourceMaps === 'string' ? {folder: sourceMaps} : {}),
    ...(takenAt === undefined ? {} : {takenAt}),
  })
  // Several snapshots of one program have the same scripts: once is enough.
  const told = getTold(io)
  for (const remark of remarks) {
    if (!told.has(remark)) io.stderr.write(`${forTerminal(`heapgraph: ${remark}`)}\n`)
    told.add(remark)
  }
}

const toldTo = new WeakMap<Io, Set<string>>()

function getTold(io: Io): Set<string> {
  const told = toldTo.get(io) ?? new Set()
  toldTo.set(io, told)
  return told
}
