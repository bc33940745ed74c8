/** The program of a thread; see threads.ts. */
import {parentPort} from 'node:worker_threads'
import type {Task} from './threads.ts'

const IDLE_MS = 3000

let waiting = 0
let idle: ReturnType<typeof setTimeout> | undefined

parentPort?.on('message', async ({url, job}: Task) => {
  waiting++
  clearTimeout(idle)
  try {
    const {run} = (await import(url)) as {run: (job: unknown) => void}
    run(job)
  } finally {
    waiting--
    if (waiting === 0) idle = setTimeout(() => parentPort?.close(), IDLE_MS)
  }
})
