/** A living process that is looked into twice over one connection, and changed in between, so that ids mean the same objects. */
import {setTimeout as delay} from 'node:timers/promises'
import type {CutOutcome, CutStep} from '../../util/cut-step.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {Written} from '../files/part-file.ts'
import {stillOpen} from './activate.ts'
import {cutLiving} from './living-cut.ts'
import {attach, endsWith, type RemoteOptions, type RemoteSource, takeOver} from './remote.ts'

/** The heap of a living process that can be cut and looked at again. */
export interface LivingHeap {
  /** Collects garbage and writes a snapshot. */
  take(path: string): Promise<Written>
  /** Changes the process: see `cutLiving`. */
  cut(steps: readonly CutStep[]): Promise<CutOutcome[]>
  /** What the program threw and did not catch since then: what it misses now. */
  readonly thrown: readonly string[]
  /** Ends the connection, and closes an inspector that was opened for it; the program goes on. */
  close(): Promise<void>
}

/** How a living process is spoken to. */
export type LivingOptions = Pick<
  RemoteOptions,
  'target' | 'signal' | 'silenceMs' | 'timeoutMs' | 'allowSignal' | 'onProgress' | 'onNote'
>

/** Finalizers, streams that close and the like have so long between two collections. */
const REST_MS = 200
const COLLECTIONS = 3
const MAX_THROWN = 3

/** Connects to a process on this machine. Throws as `captureRemote` does. */
export async function openLiving(source: RemoteSource, options: LivingOptions = {}): Promise<LivingHeap> {
  const activated = await attach(source, options)
  const {connection} = activated
  const {signal} = options
  const ended = endsWith(activated, signal)
  const thrown: string[] = []
  try {
    // Never disabled in between: that forgets the ids. Who sets variables needs the debugger; what it holds shall be in both snapshots.
    await connection.send('HeapProfiler.enable')
    await connection.send('Runtime.enable')
    await connection.send('Debugger.enable')
  } catch (error) {
    await ended.end()
    throw error
  }
  /** A program that ends with an error waits for us to go. */
  const orFailed = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (thrown.length === 0) throw error
      throw new HeapgraphError('UNREADABLE', `the program failed after it was changed: ${thrown[0]}`)
    }
  }
  const take = async (path: string) => {
    for (let i = 0; i < COLLECTIONS; i++) {
      signal?.throwIfAborted()
      await connection.send('HeapProfiler.collectGarbage')
      await delay(REST_MS)
    }
    return takeOver(connection, path, options)
  }
  return {
    take: path => orFailed(take(path)),
    cut(steps) {
      connection.on('Runtime.executionContextDestroyed', () => connection.close())
      connection.on('Runtime.exceptionThrown', ({exceptionDetails: {text, exception}}: ExceptionThrown) => {
        if (thrown.length < MAX_THROWN) thrown.push((exception?.description ?? text).split('\n')[0])
      })
      return orFailed(cutLiving(connection, steps))
    },
    thrown,
    async close() {
      if (!(await ended.end())) options.onNote?.(stillOpen(activated))
    },
  }
}

interface ExceptionThrown {
  exceptionDetails: {text: string; exception?: {description?: string}}
}
