/** Where a variable is declared, as far as the file has the script's text: V8 writes the first 1,024 characters of a string. */
import {internalTargets} from './internal-edges.ts'
import {NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/**
 * The line, from 1 on, on which a script declares `name`; undefined if its beginning, all that the file has, does not say.
 * `closure`: a function of the script's.
 */
export function declarationLine(snapshot: Snapshot, closure: number, name: string): number | undefined {
  const text = sourceOfScript(snapshot, closure)
  const found = text === undefined ? null : declarationOf(name).exec(text)
  if (found === null || text === undefined) return undefined
  // What was matched may begin on a line before the name's: a list of names in braces.
  return text.slice(0, found.index + found[0].length).split('\n').length
}

function sourceOfScript(snapshot: Snapshot, closure: number): string | undefined {
  const {nodeKind, nodeName, strings} = snapshot
  const target = internalTargets(snapshot)
  const shared = target(closure, 'shared')
  if (shared < 0) return undefined
  const script = [target(shared, 'script'), target(shared, 'script_or_debug_info')].find(node => node >= 0)
  const source = script === undefined ? -1 : target(script, 'source')
  return source >= 0 && nodeKind[source] === NodeKind.string ? strings.get(nodeName[source]) : undefined
}

/** A declaration at the beginning of a line, as most are; of one name, or of several in braces or with commas between. */
function declarationOf(name: string): RegExp {
  const word = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const isolated = `(?<![\\p{ID_Continue}$.])${word}(?![\\p{ID_Continue}$])`
  return new RegExp(
    `^[ \\t]*(?:export[ \\t]+(?:default[ \\t]+)?)?(?:(?:const|let|var|class|import)[ \\t]|(?:async[ \\t]+)?function[ *\\t])[^=;()]{0,200}?${isolated}`,
    'mu',
  )
}
