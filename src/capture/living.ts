/** A living process that is looked into twice over one connection, and changed in between, so that ids mean the same objects. */
import {setTimeout as delay} from 'node:timers/promises'
import type {CutOutcome, CutStep} from '../util/cut-step.ts'
import {deactivate} from './activate.ts'
import {cutLiving} from './living-cut.ts'
import type {Written} from './part-file.ts'
import {attach, type RemoteOptions, type RemoteSource, takeOver} from './remote.ts'

export interface LivingHeap {
  /** Collects garbage and writes a snapshot. */
  take(path: string): Promise<Written>
  /** Changes the process: see `cutLiving`. */
  cut(steps: readonly CutStep[]): Promise<CutOutcome[]>
  close(): Promise<void>
}

/** Finalizers, streams that close and the like have so long between two collections. */
const REST_MS = 200
const COLLECTIONS = 3

/** Connects to a process on this machine. Throws as `captureRemote` does. */
export async function openLiving(source: RemoteSource, options: Pick<RemoteOptions, 'target' | 'signal' | 'onProgress'> = {}): Promise<LivingHeap> {
  const activated = await attach(source, options)
  const {connection} = activated
  const {signal} = options
  try {
    // Never disabled in between: that forgets the ids. Who sets variables needs the debugger; what it holds shall be in both snapshots.
    await connection.send('HeapProfiler.enable')
    await connection.send('Runtime.enable')
    await connection.send('Debugger.enable')
  } catch (error) {
    await deactivate(activated)
    throw error
  }
  return {
    async take(path) {
      for (let i = 0; i < COLLECTIONS; i++) {
        signal?.throwIfAborted()
        await connection.send('HeapProfiler.collectGarbage')
        await delay(REST_MS)
      }
      return takeOver(connection, path, options)
    },
    cut: steps => cutLiving(connection, steps),
    close: () => deactivate(activated),
  }
}
