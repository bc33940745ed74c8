/** Places in code that a terminal can open at a click. */
import {EDITOR_NAMES, editorPattern, HeapgraphError, placeUrl, type Snapshot, scriptRoot} from '../index.ts'
import type {Io} from './io.ts'

/**
 * Makes the text of a place a link (OSC 8), on terminals that have them; elsewhere it is left as it is. `editor`: `--editor`, a name or a
 * pattern; without it the terminal's own editor, or the file. `loaded`: the snapshots, the last of which tells the folder that places leave out. FORCE_HYPERLINK=0 wants no links, NO_COLOR nothing but text.
 * Throws USAGE for an editor that is none.
 */
export function placeLinks(
  {env, stdout}: Io,
  {editor, color}: {editor?: string; color?: boolean},
  loaded: readonly Snapshot[],
): (text: string, place: string) => string {
  const pattern = editorPattern(editor ?? defaultEditor(env))
  if (pattern === undefined) {
    throw new HeapgraphError(
      'USAGE',
      `--editor ${editor} is neither an editor that is known nor a URL with {path}`,
      `editors: ${EDITOR_NAMES.join(', ')}; or a URL such as vscode://file/{path}:{line}:{column}`,
    )
  }
  return isAble({env, stdout}, color !== false)
    ? (text, place) => linked(text, placeUrl(place, rootOf(loaded), pattern))
    : text => text
}

function rootOf(loaded: readonly Snapshot[]): string {
  const last = loaded.at(-1)
  return last === undefined ? '' : scriptRoot(last)
}

function defaultEditor(env: Io['env']): string {
  return env.TERM_PROGRAM === 'vscode' ? 'vscode' : 'file'
}

function isAble({env, stdout}: Pick<Io, 'env' | 'stdout'>, isColorWanted: boolean): boolean {
  const force = env.FORCE_HYPERLINK ?? ''
  if (stdout.isTTY !== true || !isColorWanted || (env.NO_COLOR ?? '') !== '') return false
  if (force !== '') return force !== '0' && force !== 'false'
  return env.TERM !== 'dumb' && env.TERM !== 'linux'
}

function linked(text: string, url: string | undefined): string {
  return url === undefined ? text : `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`
}
