/** The world as the command line sees it: tests bring their own. */

export interface OutputStream {
  /** `false` asks to wait for `drain` before there is more. */
  write(chunk: string | Uint8Array): unknown
  once?(event: 'drain', listener: () => void): unknown
  isTTY?: boolean
  columns?: number
  rows?: number
}

export interface Io {
  /** Ids that another command wrote; none where there is no such stream. */
  stdin?: AsyncIterable<Uint8Array | string>
  stdout: OutputStream
  stderr: OutputStream
  env: Readonly<Record<string, string | undefined>>
  /** Ends this process by a signal, as a program it stood for has ended. */
  raise?(signal: string): void
}

/** `failed`: an assertion does not hold. */
export const EXIT = {answered: 0, nothingFound: 1, failed: 1, misuse: 2} as const
