/** Asks a thread, one question at a time, and gives questions up: for threads of Node's and of pages alike. */

/** A thread that answers what it is asked, one question after the other. */
export interface AnsweringThread<Line> {
  ask(line: Line): void
  /** Ends it, whatever it is at. */
  end(): void
}

/** What a thread is started with: whom it tells. */
export interface Hearing<Answer> {
  answered(answer: Answer): void
  /** The question that it was asked has no answer. */
  failed(error: Error): void
  /** It has ended by itself, as one does of a lack of memory. */
  gone(error: Error): void
}

export interface Asking<Line, Answer> {
  /** Rejects if the question is given up, fails, or if the thread has died. */
  ask(line: Line, signal: AbortSignal): Promise<Answer>
  close(): void
}

interface Question<Line, Answer> {
  line: Line
  signal: AbortSignal
  done(answer: Answer): void
  fail(error: Error): void
}

/** A question that nobody waits for any more is let finish for so long: what it has loaded serves the next. */
const GIVEN_UP_MS = 2_000

/** `start`: begins a thread, with the first question, and anew after one has ended. */
export function askingOneByOne<Line, Answer>(
  start: (hearing: Hearing<Answer>) => AnsweringThread<Line>,
): Asking<Line, Answer> {
  let thread: AnsweringThread<Line> | undefined
  let asked: Question<Line, Answer> | undefined
  const waiting: Question<Line, Answer>[] = []

  const next = () => {
    if (asked !== undefined) return
    asked = waiting.shift()
    if (asked === undefined) return
    if (asked.signal.aborted) return end(question => question.fail(new Error('canceled')))
    thread ??= started()
    thread.ask(asked.line)
  }
  const end = (tell: (question: Question<Line, Answer>) => void) => {
    const question = asked
    asked = undefined
    if (question !== undefined) tell(question)
    next()
  }
  const started = () => {
    const isThis = () => thread === own
    const own: AnsweringThread<Line> = start({
      answered: answer => isThis() && end(({done}) => done(answer)),
      failed: error => isThis() && end(({fail}) => fail(error)),
      gone(error) {
        if (!isThis()) return
        thread = undefined
        end(({fail}) => fail(error))
      },
    })
    return own
  }
  const stop = () => {
    const stopped = thread
    thread = undefined
    stopped?.end()
  }
  const giveUp = (question: Question<Line, Answer>) => {
    const at = waiting.indexOf(question)
    if (at >= 0) {
      waiting.splice(at, 1)
      question.fail(new Error('canceled'))
      return
    }
    const timer = setTimeout(() => {
      if (asked !== question) return
      stop()
      end(({fail}) => fail(new Error('canceled')))
    }, GIVEN_UP_MS)
    // Node's keeps no process waiting; that of a page is a number.
    if (typeof timer === 'object') timer.unref()
  }

  return {
    ask: (line, signal) =>
      new Promise((done, fail) => {
        const question = {line, signal, done, fail}
        signal.addEventListener('abort', () => giveUp(question), {once: true})
        waiting.push(question)
        next()
      }),
    close() {
      waiting.length = 0
      asked = undefined
      stop()
    },
  }
}
