/** Reads flat arrays of numbers with the calling thread and some more. */
import {Worker} from 'node:worker_threads'
import {awaitBlocks, type BlockJob, createControl, runBlocks} from './number-blocks.ts'

export interface NumberPool {
  /**
   * Reads one array into its columns, with the calling thread taking part. Returns the offset of the closing bracket, or undefined
   * if the array is not of the common kind, or has not `rowCount` rows: the columns then hold nothing of use.
   */
  read(job: Omit<BlockJob, 'control'>, onBlock?: (offset: number) => void): number | undefined
  close(): Promise<void>
}

/** `threads`: how many take part in all, the calling one included. */
export function openNumberPool(threads: number): NumberPool {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = new URL(`./number-worker.${ending}`, import.meta.url)
  const workers = Array.from({length: Math.max(0, threads - 1)}, () => {
    const worker = new Worker(program)
    // A worker that cannot start, or dies, merely does not help; but nobody may wait for one that is in the middle of a job.
    worker.on('error', () => {})
    worker.unref()
    return worker
  })
  return {
    read(job, onBlock) {
      const shared = {...job, control: createControl(job)}
      for (const worker of workers) worker.postMessage(shared)
      runBlocks(shared, onBlock)
      return awaitBlocks(shared)
    },
    async close() {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
