/**
 * Every failure a person can cause or meet has one of these codes; the command line maps them to exit code 2, NOTHING_FOUND to 1.
 */
export type ErrorCode =
  | 'USAGE' // the call itself makes no sense
  | 'NOTHING_FOUND' // the question is sound, but the snapshot has nothing that it speaks of
  | 'UNREADABLE' // the file cannot be opened or read
  | 'NOT_A_SNAPSHOT' // readable, but something else than a V8 heap snapshot
  | 'BROKEN_SNAPSHOT' // a heap snapshot that is cut off or contradicts itself
  | 'TOO_LARGE' // beyond a stated limit of the operation asked for
  | 'READ_ONLY' // a mutation of the read-only graph view
  | 'RENDER' // Graphviz failed or ran out of time

/** An error meant for a person: `message` is one sentence (what, where), `hint` one clause (what to do). */
export class HeapgraphError extends Error {
  /** What kind of error it is, for programs. */
  readonly code: ErrorCode
  readonly #findHint: () => string | undefined
  #hint: {text: string | undefined} | undefined
  /** What a person wrote, and the character in it that the message is about, from 0 on. */
  readonly excerpt: {text: string; at: number} | undefined

  /** `hint`: what finds it where that takes a while, asked if somebody reads it. */
  constructor(
    code: ErrorCode,
    message: string,
    hint?: string | (() => string | undefined),
    excerpt?: {text: string; at: number},
  ) {
    super(message)
    this.name = 'HeapgraphError'
    this.code = code
    this.#findHint = typeof hint === 'function' ? hint : () => hint
    this.excerpt = excerpt
  }

  /** What to do, one clause; undefined if nothing can be said. */
  get hint(): string | undefined {
    this.#hint ??= {text: this.#findHint()}
    return this.#hint.text
  }
}
