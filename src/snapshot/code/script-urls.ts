/** Scripts whose source maps are wanted. */

import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets} from './internal-edges.ts'
import {scriptOf} from './script-syntax.ts'
import {readText} from './text.ts'

/** Ordinals of scripts by id, of these ids. */
export function scriptsOfIds(snapshot: Snapshot, ids: ReadonlySet<number>): ReadonlyMap<number, number> {
  const {locations, nodeKind} = snapshot
  const found = new Map<number, number>()
  for (let row = 0; row < locations.node.length && found.size < ids.size; row++) {
    const id = locations.scriptId[row]
    const closure = locations.node[row]
    if (!ids.has(id) || found.has(id) || nodeKind[closure] !== NodeKind.closure) continue
    const script = scriptOf(snapshot, closure)
    if (script >= 0) found.set(id, script)
  }
  return found
}

/** The URL of the last comment that names a map, if nothing but comments follows, as ECMA-426 has it: else it stands in a text for `eval`. */
export function mappingUrl(text: string): string | undefined {
  const at = Math.max(text.lastIndexOf('//# sourceMappingURL='), text.lastIndexOf('//@ sourceMappingURL='))
  if (at < 0) return undefined
  const start = at + '//# sourceMappingURL='.length
  const [url, ...rest] = text.slice(start).split('\n')
  // A quote, too, means that it stands in a text.
  const isLast = /^[^"'`]*$/.test(url) && rest.every(line => /^\s*(?:$|\/\/)/.test(line))
  return isLast && url.trim() !== '' ? url.trim() : undefined
}

/** Characters of a text that tell whether people wrote it, and how many of them a line has at the least in what nobody wrote. */
const LOOKED_AT = 1000
const LONG_LINES = 250

/** Whether a script's text looks like a minifier's: few lines, all long. */
export function looksMinified(snapshot: Snapshot, script: number): boolean {
  const source = internalTargets(snapshot)(script, 'source')
  const text = source < 0 ? undefined : readText(snapshot, source, LOOKED_AT)?.text.slice(0, LOOKED_AT)
  // What a bundler writes below the code is a line of its own.
  const code = text?.replace(/\n\/\/[#@] [^\n]*\s*$/, '').trimEnd()
  return code !== undefined && code.split('\n').length * LONG_LINES <= code.length
}
