/** An error as a person reads it. */
import {forTerminal, HeapgraphError, textWidth} from '../index.ts'

/** One sentence, ended by a line break; below it what was written, if it is about a character of that. */
export function errorText(error: unknown, {debug, threads}: {debug?: boolean; threads?: number}): string {
  const stack = debug && error instanceof Error ? `${(error.stack ?? '').split('\n').map(forStack).join('\n')}\n` : ''
  if (error instanceof HeapgraphError) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`
    return `heapgraph: ${forTerminal(error.message + hint)}\n${excerptText(error)}${stack}`
  }
  const message = error instanceof Error ? error.message : String(error)
  if (isLackOfMemory(error)) {
    // Who has said so cannot do with fewer.
    const less = threads === 1 ? 'an index' : '--threads 1 or an index'
    const hint = `another question may need less, and ${less} does`
    return `heapgraph: there is not enough memory for this answer (${forTerminal(message)}); ${hint}\n${stack}`
  }
  return `heapgraph: internal error: ${forTerminal(message)}; please report it with the output of --debug\n${stack}`
}

/** What V8 and Node say where an array cannot be made; they have no class for it. */
function isLackOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const {code} = error as NodeJS.ErrnoException
  if (code === 'ERR_MEMORY_ALLOCATION_FAILED' || code === 'ENOMEM') return true
  return (
    error instanceof RangeError &&
    /allocation failed|^Invalid (?:typed )?array (?:buffer )?length|maximum size exceeded/.test(error.message)
  )
}

/** Characters shown on each side of the one that an error is about. */
const EXCERPT_WIDTH = 60

/** What was written, and a caret below the character that the error is about. */
function excerptText({excerpt}: HeapgraphError): string {
  if (excerpt === undefined) return ''
  const {text, at} = excerpt
  const before = forTerminal(text.slice(Math.max(0, at - EXCERPT_WIDTH), at))
  return `  ${before}${forTerminal(text.slice(at, at + EXCERPT_WIDTH))}\n  ${' '.repeat(textWidth(before))}^\n`
}

function forStack(line: string): string {
  return forTerminal(line)
}
