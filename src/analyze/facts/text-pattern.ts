/** Names as people ask for them: a whole text, or a regular expression in slashes. */
import {HeapgraphError} from '../../util/errors.ts'

/** Any text between two slashes; with flags behind, a slash inside must be escaped: `/usr/lib/s` is a path. */
const BETWEEN_SLASHES = /^\/(.*)\/$/s
const WITH_FLAGS = /^\/((?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])*)\/([dgimsuvy]+)$/s

/** Whether a text is meant by `pattern`: an exact text, or a regular expression in slashes. Throws USAGE for a bad one. */
export function textPattern(pattern: string): (text: string) => boolean {
  const parts = regexParts(pattern)
  if (parts === undefined) return text => text === pattern
  try {
    const regex = regexOf(...parts)
    return text => regex.test(text)
  } catch (error) {
    throw new HeapgraphError(
      'USAGE',
      `${pattern} is not a valid regular expression: ${(error as Error).message}`,
      'write /…/ or an exact name',
    )
  }
}

/** Source and flags of what is written as a regular expression; undefined for a plain text. */
export function regexParts(pattern: string): [source: string, flags: string] | undefined {
  const parts = BETWEEN_SLASHES.exec(pattern) ?? WITH_FLAGS.exec(pattern)
  return parts === null ? undefined : [parts[1], parts[2] ?? '']
}

/** Without g and y, whose memory between calls would make the answer depend on the order of questions. */
export function regexOf(source: string, flags: string): RegExp {
  return new RegExp(source, flags.replace(/[gy]/g, ''))
}
