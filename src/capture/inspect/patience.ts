/**
 * How long we wait for the other side of a connection, which may be busy, stopped, or not what it claims to be: two limits, of silence and of
 * the whole, a word to the person who waits, and an end at once when that person wants it.
 */
import {HeapgraphError} from '../../util/errors.ts'

/** How long a process is waited for. */
export interface Patience {
  /** Milliseconds without news after which it is given up: 2 minutes. */
  silenceMs?: number
  /** Milliseconds that one snapshot may take in all: an hour. */
  timeoutMs?: number
  /** Ends it at once. */
  signal?: AbortSignal
  /** One sentence for a person. */
  onNote?: (text: string) => void
}

const DEFAULT_SILENCE_MS = 120_000
const DEFAULT_TIMEOUT_MS = 3_600_000
/** First word after so long; then at each doubling. */
const FIRST_WORD_MS = 10_000
const FIRST_WORD_SHARE = 4
const LOOK_MS = 250
const LOOKS_OF_SILENCE = 10

/** What is heard of the work that is waited for. */
export class News {
  silentMs = 0
  /** While we do not listen ourselves, nobody is silent. */
  isPaused = false

  /** Something that moves the work on has come. */
  heard(): void {
    this.silentMs = 0
  }
}

/**
 * The work's own result, unless it takes too long. `who`: whom we wait for, as errors name it. Time in which this process stood still itself
 * (a laptop that slept, a machine at its limit) does not count: between two looks no more than twice their distance does.
 */
export async function patiently<T>(
  work: Promise<T>,
  who: string,
  {silenceMs = DEFAULT_SILENCE_MS, timeoutMs = DEFAULT_TIMEOUT_MS, signal, onNote}: Patience,
  news = new News(),
): Promise<T> {
  // What has lost the race may fail unheard.
  work.catch(() => {})
  signal?.throwIfAborted()
  const lookMs = Math.max(1, Math.min(LOOK_MS, Math.min(silenceMs, timeoutMs) / LOOKS_OF_SILENCE))
  let wordMs = Math.min(FIRST_WORD_MS, silenceMs / FIRST_WORD_SHARE)
  let allMs = 0
  let lastMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  let interrupt = () => {}
  const limit = new Promise<never>((_, reject) => {
    interrupt = () => reject(signal?.reason)
    timer = setInterval(() => {
      const now = performance.now()
      const passedMs = Math.min(now - lastMs, 2 * lookMs)
      lastMs = now
      allMs += passedMs
      if (!news.isPaused) news.silentMs += passedMs
      if (news.silentMs >= silenceMs) {
        return reject(tooLong(`${who}: no data from it for ${seconds(silenceMs)}`, '--silence'))
      }
      if (allMs >= timeoutMs) {
        return reject(tooLong(`${who}: not finished after ${seconds(timeoutMs)}`, '--timeout'))
      }
      if (news.silentMs < wordMs) return
      onNote?.(`waiting for ${who}: no data for ${seconds(wordMs)}; gives up after ${seconds(silenceMs)} (--silence)`)
      wordMs *= 2
    }, lookMs)
  })
  signal?.addEventListener('abort', interrupt, {once: true})
  try {
    return await Promise.race([work, limit])
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', interrupt)
  }
}

function tooLong(what: string, option: string): HeapgraphError {
  return new HeapgraphError('UNREADABLE', what, `it may be stopped or busy; ${option} waits longer`)
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6000) / 10} min`
}
