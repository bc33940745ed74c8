/** More threads than the calling one, for work on memory that they share. */
import type {MessagePort} from 'node:worker_threads'
import {openWorker} from './open-worker.ts'

/** What a thread is given: the address of a module, which it loads, and what that module's `run` is called with. */
export interface Task {
  url: string
  job: unknown
}

export interface Threads {
  /**
   * Has every thread call `run(job)` of a module, such as `read/number-blocks`, one task after the other. Best effort: a thread that cannot start, has
   * died, or has been idle for a while merely does not help. So the job has to say, in shared memory, who has taken what.
   */
  run(module: string, job: unknown): void
  /** The same with one of the threads alone, always the same; a port may be part of the job. */
  runOne<Job extends {port?: MessagePort | undefined}>(module: string, job: Job): void
  close(): Promise<void>
}

/** The bundled program lies one folder below the modules of the library, as these do themselves: threads load the latter. */
function urlOf(module: string): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`../${module}.${ending}`, import.meta.url).href
}

/** Starts `count` threads. They do not keep the process alive, and end by themselves when nothing is to do for some seconds. */
export function openThreads(count: number): Threads {
  const program = new URL(urlOf('threads/thread'))
  const workers = Array.from({length: Math.max(0, count)}, () => {
    const worker = openWorker(program)
    worker.on('error', () => {})
    worker.unref()
    return worker
  })
  return {
    run(module, job) {
      for (const worker of workers) worker.postMessage({url: urlOf(module), job} satisfies Task)
    },
    runOne(module, job) {
      workers[0]?.postMessage({url: urlOf(module), job} satisfies Task, job.port === undefined ? [] : [job.port])
    },
    async close() {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
