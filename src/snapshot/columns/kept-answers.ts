/** Answers that are kept beside an index, as bytes; `answers.ts` says what is in them. */

/** The answers of one snapshot, by the key of their question. */
export class SavedAnswers {
  /** Made since the file was opened, the last at the end: what is to be kept. */
  readonly made = new Map<string, Uint8Array>()
  readonly #read: ((key: string) => Uint8Array | undefined) | undefined

  /** `read`: an answer that is kept; undefined if there is none, or a damaged one. Without `read` nothing is kept at all. */
  constructor(read?: (key: string) => Uint8Array | undefined) {
    this.#read = read
  }

  get isKept(): boolean {
    return this.#read !== undefined
  }

  get(key: string): Uint8Array | undefined {
    return this.made.get(key) ?? this.#read?.(key)
  }
}
