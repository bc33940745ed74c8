/** A prediction tried out in a living process: a snapshot, the cuts, a snapshot, and what went. */
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {
  cutSteps,
  forTerminal,
  makeTemporaryFolder,
  openLiving,
  openSnapshot,
  type ProofView,
  proofOf,
  proofView,
  type RemoteSource,
  type Snapshot,
  whatIf,
} from '../../index.ts'
import type {Context} from '../answer.ts'
import {progressOn} from '../progress.ts'
import {applySourceMaps} from '../source-map-options.ts'

export interface ProveOptions {
  limit?: number
  target?: string
  signal?: AbortSignal
  silenceMs?: number
  timeoutMs?: number
  allowSignal?: boolean
}

/** Changes the process, which was said before. `of`: how it is called. Throws as `captureRemote` and `whatIf` do. */
export async function prove(
  context: Context,
  source: RemoteSource,
  of: string,
  cuts: readonly string[],
  {limit, ...options}: ProveOptions,
): Promise<ProofView> {
  const {io} = context
  const folder = makeTemporaryFolder()
  const progress = progressOn(io)
  const onProgress = (bytes: number) => progress.listener('capturing', bytes, undefined)
  try {
    const living = await openLiving(source, {
      onProgress,
      onNote: text => void io.stderr.write(`heapgraph: ${forTerminal(text)}\n`),
      ...options,
    })
    try {
      const before = await taken(context, living, join(folder, 'before.heapsnapshot'))
      progress.done()
      const answer = whatIf(before, cuts)
      const plan = cutSteps(before, answer.cuts)
      io.stderr.write(
        `heapgraph: ${forTerminal(of)} will be changed now: what the cuts name is removed from it, and it may fail because of that\n`,
      )
      const outcomes = await living.cut(plan.steps)
      const after = await taken(context, living, join(folder, 'after.heapsnapshot'))
      const {thrown} = living
      return proofView(answer, plan, outcomes, proofOf(answer, after), {
        of,
        thrown,
        ...(limit !== undefined && {limit}),
      })
    } finally {
      await living.close()
    }
  } finally {
    progress.done()
    rmSync(folder, {recursive: true, force: true})
  }
}

/** No index is kept of what is gone in a moment. */
async function taken(
  context: Context,
  living: {take(path: string): Promise<unknown>},
  file: string,
): Promise<Snapshot> {
  await living.take(file)
  const snapshot = await openSnapshot(file, {index: 'off'})
  await applySourceMaps(context, file, snapshot)
  return snapshot
}
