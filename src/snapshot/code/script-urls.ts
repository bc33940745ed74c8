/** Scripts whose source maps are wanted. */

import {getOrMake, memoize} from '../../util/memo.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets} from './internal-edges.ts'
import {type MappingUrl, mappingUrlOf} from './script-fields.ts'
import {scriptOf} from './script-syntax.ts'
import {readText} from './text.ts'

/** What every question asks of a script before it is answered. */
export interface ScriptFacts {
  /** Ordinal. */
  node: number
  /** Undefined if there is none; one that is too long to be kept is read anew. */
  url: MappingUrl | 'long' | undefined
  looksMinified: boolean
}

/** Characters of a URL from which on it is not kept: a map within the script. */
const LONG_URL = 4096

/**
 * By script id. An index has them: to find them out, edges have to be read, which are half of a file, and every question looks for maps.
 */
export const scriptFacts = memoize((snapshot: Snapshot): ReadonlyMap<number, ScriptFacts> => {
  const find = () => ({values: bytesOf([...findScriptFacts(snapshot)])})
  return new Map(parsedBytes(snapshot.saved.group('scriptFacts', ['values'], find).values) as [number, ScriptFacts][])
})

function findScriptFacts(snapshot: Snapshot): Map<number, ScriptFacts> {
  const {locations, nodeKind} = snapshot
  const found = new Map<number, ScriptFacts>()
  // Instances of a module have ids of their own, but one script may have many, too.
  const known = new Map<number, ScriptFacts>()
  for (let row = 0; row < locations.node.length; row++) {
    const id = locations.scriptId[row]
    const closure = locations.node[row]
    if (found.has(id) || nodeKind[closure] !== NodeKind.closure) continue
    const node = scriptOf(snapshot, closure)
    if (node >= 0)
      found.set(
        id,
        getOrMake(known, node, () => factsOf(snapshot, node)),
      )
  }
  return found
}

function factsOf(snapshot: Snapshot, node: number): ScriptFacts {
  const url = mappingUrlOf(snapshot, node)
  const isLong = url !== undefined && url.text.length > LONG_URL
  return {node, url: isLong ? 'long' : url, looksMinified: findMinified(snapshot, node)}
}

/** Ordinal of the script of an id; undefined if no function has it. */
export function scriptOfId(snapshot: Snapshot, id: number): number | undefined {
  return scriptFacts(snapshot).get(id)?.node
}

/** What the `//# sourceMappingURL` of the script of an id says; undefined if it says nothing. */
export function mappingUrlOfId(snapshot: Snapshot, id: number): MappingUrl | undefined {
  const facts = scriptFacts(snapshot).get(id)
  return facts?.url === 'long' ? mappingUrlOf(snapshot, facts.node) : facts?.url
}

/** Whether the text of the script of an id looks like a minifier's: few lines, all long. */
export function looksMinified(snapshot: Snapshot, id: number): boolean {
  return scriptFacts(snapshot).get(id)?.looksMinified === true
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

function findMinified(snapshot: Snapshot, script: number): boolean {
  const source = internalTargets(snapshot)(script, 'source')
  const text = source < 0 ? undefined : readText(snapshot, source, LOOKED_AT)?.text.slice(0, LOOKED_AT)
  // What a bundler writes below the code is a line of its own.
  const code = text?.replace(/\n\/\/[#@] [^\n]*\s*$/, '').trimEnd()
  return code !== undefined && code.split('\n').length * LONG_LINES <= code.length
}
