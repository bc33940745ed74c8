/** Starts a thread in whatever process. */
import {Worker, type WorkerOptions} from 'node:worker_threads'

/**
 * A thread inherits the options of its process. `--input-type` is an error there (node/lib/internal/modules/run_main.js); what is given instead may
 * not have V8's options, so that where it stands, as below `--eval`, the thread has none.
 */
export function openWorker(program: URL, {execArgv = process.execArgv, workerData}: WorkerOptions = {}): Worker {
  return execArgv.some(arg => arg.startsWith('--input-type'))
    ? new Worker(program, {execArgv: [], workerData})
    : new Worker(program, {workerData})
}
