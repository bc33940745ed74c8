/** What kind of leak something looks like, by the way to its objects as code, and what a person does about it. */

import {isDetachedDom, type LeakedSet} from '../analyze/leaks.ts'
import type {Owner} from '../analyze/owners.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {isText} from '../snapshot/text.ts'
import {containerOf} from './owner-words.ts'

export type LeakKind =
  | 'cache without limit'
  | 'listener never removed'
  | 'timer'
  | 'pending promise'
  | 'global log'
  | 'growing array'
  | 'growing string'
  | 'closure scope'
  | 'detached DOM'
  | 'growing structure'

/** In words of the rules (`code-rules.ts`); names in quotes do not count, nor do those of variables. */
const KINDS: [kind: LeakKind, pattern: RegExp][] = [
  ['listener never removed', / on "" |(?:^| )listener(?: |$)/],
  ['timer', /^(?:Timeout|Immediate|Interval)\b/],
  ['pending promise', / · (?:resolves Promise|awaited by |suspended at )|^Promise\b/],
  ['global log', /^globalThis.*\[i\]$/s],
  ['growing array', /\[i\]/],
  ['cache without limit', /\.get\(…\)| · key of Map entry| · Set entry| · value in WeakMap|\[…\]/],
]

/** `pattern`: the way to the objects as code, identities left out. */
export function leakKind(snapshot: Snapshot, {tops}: LeakedSet, owner: Owner, pattern: string): LeakKind {
  if (tops.some(node => isDetachedDom(snapshot, node))) return 'detached DOM'
  const plain = pattern.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  const found = KINDS.find(([, test]) => test.test(plain))
  if (found !== undefined) return found[0]
  if (isText(snapshot, owner.example)) return 'growing string'
  return /scope var /.test(plain) ? 'closure scope' : 'growing structure'
}

export function leakAdvice(kind: LeakKind, holder: string, pattern: string): string {
  const {variable, container} = innermost(holder, pattern)
  return {
    'cache without limit': `give ${container} a limit, or delete entries that are done with`,
    'listener never removed': `remove the listener when its owner is done: off(), removeEventListener(), or once()`,
    timer: `clear the timer when it is done with: clearTimeout(), clearInterval()`,
    'pending promise': `settle the promise, or drop what waits for it after a time`,
    'global log': `write ${container} elsewhere, or keep the last entries only`,
    'growing array': `take out of ${container} what is done with, or keep the last entries only`,
    'growing string': `write ${container} elsewhere piece by piece`,
    'closure scope': `${variable === undefined ? 'set the variable' : `set variable ${variable}`} of ${holder} to null when it is done with, or keep it out of the scope that its functions share`,
    'detached DOM': `let go of ${holder} when its elements leave the page`,
    'growing structure': `take out of ${container} what is done with`,
  }[kind]
}

/** The variable of a scope that is nearest to the objects, and the collection in it: `cache of report`. */
function innermost(holder: string, pattern: string): {variable: string | undefined; container: string} {
  const inner = /.* · scope var ([^·]+)$/su.exec(pattern)?.[1]
  const variable = inner === undefined ? undefined : /^[\p{ID_Continue}$]+/u.exec(inner)?.[0]
  const collection = inner === undefined ? '' : containerOf(inner)
  const isNamed = collection === '' || collection === inner || holder.includes(collection)
  return {variable, container: isNamed ? holder : `${collection} of ${holder}`}
}
