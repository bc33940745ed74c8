/** Asks the explorer's thread, one question at a time. */
import type {Worker} from 'node:worker_threads'
import {openWorker} from '../../index.ts'
import type {Written} from './written.ts'

/** What the thread tells before it answers. */
export type Told = {progress: string} | {isChanged: true}

/** An answer, and whether the file had changed since the one before. */
export interface Answer extends Written {
  isChanged: boolean
}

export interface Engine {
  /** Rejects if the question is given up, or if the thread has died, as it does of a lack of memory. */
  ask(line: readonly string[], signal: AbortSignal): Promise<Answer>
  /** What the question that is answered now does. */
  readonly progress: string
  close(): Promise<void>
}

interface Question {
  line: readonly string[]
  signal: AbortSignal
  done(answer: Answer): void
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

/** Starts with the first question. */
export function openEngine(options: EngineOptions = {texts: true}): Engine {
  let worker: Worker | undefined
  let asked: Question | undefined
  let progress = ''
  let isChanged = false
  const waiting: Question[] = []

  const next = () => {
    if (asked !== undefined) return
    asked = waiting.shift()
    if (asked === undefined) return
    if (asked.signal.aborted) return end(question => question.fail(new Error('canceled')))
    isChanged = false
    worker ??= start()
    worker.postMessage(asked.line)
  }
  const end = (tell: (question: Question) => void) => {
    const question = asked
    asked = undefined
    progress = ''
    if (question !== undefined) tell(question)
    next()
  }
  const start = () => {
    const started = openWorker(PROGRAM, {workerData: options})
    started.on('message', (told: Told | Written) => {
      if ('progress' in told) progress = told.progress
      else if ('isChanged' in told) isChanged = true
      else end(question => question.done({...told, isChanged}))
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
