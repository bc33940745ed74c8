/** Names of files that a terminal can open at a click. */
import {pathToFileURL} from 'node:url'
import {forTerminal} from '../index.ts'
import type {Io} from './io.ts'

/** The file's name, as a link (OSC 8) on terminals that have them; others leave it out. */
export function fileLink({env, stderr}: Io, path: string, isColorWanted: boolean): string {
  const text = forTerminal(path)
  const isPlain = (env.NO_COLOR ?? '') !== '' || !isColorWanted || env.TERM === 'dumb' || env.TERM === 'linux'
  if (stderr.isTTY !== true || isPlain) return text
  // Percent signs stand for all that could end the link or steer the terminal.
  const url = pathToFileURL(path).href.replace(/[^\x21-\x7e]/g, encodeURIComponent)
  return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`
}
