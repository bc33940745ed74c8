/** Asks the explorer's thread, one question at a time. */
import type {Worker} from 'node:worker_threads'
import {openWorker} from '../../index.ts'
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

interface Question {
  line: readonly string[]
  signal: AbortSignal
  done(answer: Written): void
  fail(error: Error): void
}

/** A question that nobody waits for any more is let finish for so long: what it has loaded serves the next. */
const GIVEN_UP_MS = 2_000

/** The bundled program lies in one folder, and the sources beside this file. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './engine.ts' : './engine.js', import.meta.url)

/** What the thread is started with. */
export interface EngineOptions {
  /** Whether strings of the program can be read. */
  texts: boolean
}

/** Starts with the first question. `program`: of the thread. */
export function openEngine(options: EngineOptions = {texts: true}, program = PROGRAM): Engine {
  let worker: Worker | undefined
  let asked: Question | undefined
  let progress = ''
  const remarks = new Set<string>()
  const waiting: Question[] = []

  const next = () => {
    if (asked !== undefined) return
    asked = waiting.shift()
    if (asked === undefined) return
    if (asked.signal.aborted) return end(question => question.fail(new Error('canceled')))
    progress = ''
    worker ??= start()
    worker.postMessage(asked.line)
  }
  const end = (tell: (question: Question) => void) => {
    const question = asked
    asked = undefined
    if (question !== undefined) tell(question)
    next()
  }
  const start = () => {
    const started = openWorker(program, {workerData: options})
    started.on('message', (told: Told | Written) => {
      if ('progress' in told) progress = told.progress
      else if ('remark' in told) remarks.add(told.remark)
      else end(question => question.done(told))
    })
    const gone = (error: Error) => {
      if (worker !== started) return
      worker = undefined
      end(question => question.fail(error))
    }
    started.on('error', gone)
    started.on('exit', () => gone(new Error('the thread has ended')))
    return started
  }
  const giveUp = (question: Question) => {
    const at = waiting.indexOf(question)
    if (at >= 0) {
      waiting.splice(at, 1)
      question.fail(new Error('canceled'))
      return
    }
    setTimeout(() => {
      if (asked !== question) return
      const stopped = worker
      worker = undefined
      void stopped?.terminate()
      end(({fail}) => fail(new Error('canceled')))
    }, GIVEN_UP_MS).unref()
  }

  return {
    get progress() {
      return progress
    },
    get remarks() {
      return [...remarks]
    },
    ask: (line, signal) =>
      new Promise((done, fail) => {
        const question = {line, signal, done, fail}
        signal.addEventListener('abort', () => giveUp(question), {once: true})
        waiting.push(question)
        next()
      }),
    async close() {
      const stopped = worker
      worker = undefined
      waiting.length = 0
      asked = undefined
      await stopped?.terminate()
    },
  }
}
