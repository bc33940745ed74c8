/** Asks the explorer's thread, one question at a time. */
import {type AnsweringThread, askingOneByOne, openWorker} from '../../index.ts'
import type {Written} from './written.ts'

/** What the thread tells before it answers. */
export type Told = {progress: string} | {remark: string}

export interface Engine {
  /** Rejects if the question is given up, or if the thread has died, as it does of a lack of memory. */
  ask(line: readonly string[], signal: AbortSignal): Promise<Written>
  /** What the question that is answered now does. */
  readonly progress: string
  /** What was to be known before files were read, each sentence once: that memory may not do. */
  readonly remarks: readonly string[]
  close(): Promise<void>
}

/** The bundled program lies in one folder, and the sources beside this file. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './engine.ts' : './engine.js', import.meta.url)

/** What the thread is started with. */
export interface EngineOptions {
  /** Whether strings of the program can be read. */
  texts: boolean
}

/** Starts with the first question. `program`: of the thread. */
export function openEngine(options: EngineOptions = {texts: true}, program = PROGRAM): Engine {
  let progress = ''
  const remarks = new Set<string>()
  let ended: Promise<unknown> = Promise.resolve()
  const {ask, close} = askingOneByOne<readonly string[], Written>(
    ({answered, gone}): AnsweringThread<readonly string[]> => {
      const worker = openWorker(program, {workerData: options})
      worker.on('message', (told: Told | Written) => {
        if ('progress' in told) progress = told.progress
        else if ('remark' in told) remarks.add(told.remark)
        else {
          // Not with the next question: what the thread does meanwhile is what that waits for.
          progress = ''
          answered(told)
        }
      })
      worker.on('error', gone)
      worker.on('exit', () => {
        progress = ''
        gone(new Error('the thread has ended'))
      })
      return {
        ask: line => worker.postMessage(line),
        end() {
          ended = worker.terminate()
        },
      }
    },
  )
  return {
    ask,
    get progress() {
      return progress
    },
    get remarks() {
      return [...remarks]
    },
    async close() {
      close()
      await ended
    },
  }
}
