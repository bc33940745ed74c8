/** What is said of a comparison of snapshots: whether ids agree, and what kind of leak something looks like. */
import {type Agreement, LEAST_AGREEMENT} from '../analyze/agreement.ts'
import {isDetachedDom, isText, type LeakedSet} from '../analyze/leaks.ts'
import type {Owner} from '../analyze/owners.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {formatCount} from '../util/units.ts'

/** `same process: 45,405 of 45,405 common ids are of equal objects`. */
export function agreementSentence({common, equal, sameProcess}: Agreement): string {
  if (common === 0) return 'ids are of different processes: the snapshots have none in common'
  const share = `${formatCount(equal)} of ${formatCount(common)} common ids are of equal kind and name (${percent(equal / common)})`
  if (sameProcess) return `same process: ${share}`
  return `different processes or inspector sessions: only ${share}, and ids tell objects apart from ${percent(LEAST_AGREEMENT)} on`
}

function percent(share: number): string {
  // Never rounded up to what it is not.
  return `${Math.floor(share * 1000) / 10} %`
}

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

/** What a leak looks like, by the way to its objects. `pattern`: that way as code. */
export function leakKind(snapshot: Snapshot, {tops}: LeakedSet, owner: Owner, pattern: string): LeakKind {
  if (tops.some(node => isDetachedDom(snapshot, node))) return 'detached DOM'
  if (/ on "(?:[^"\\]|\\.)*"|listener/.test(pattern)) return 'listener never removed'
  if (/^(?:Timeout|Immediate|Interval)\b/.test(pattern)) return 'timer'
  if (/resolves? |awaited by|suspended at|Promise/.test(pattern)) return 'pending promise'
  const isArray = /\[[i…]\]$/.test(pattern)
  if (isArray && pattern.startsWith('globalThis')) return 'global log'
  if (isArray || /\[[i…]\]/.test(pattern)) return 'growing array'
  if (/\.get\(…\)|key of Map entry|Set entry|value in WeakMap|\.…|\[…\]/.test(pattern)) return 'cache without limit'
  if (isText(snapshot, owner.example)) return 'growing string'
  return /scope var/.test(pattern) ? 'closure scope' : 'growing structure'
}

/** What a person does about it. */
export function leakAdvice(kind: LeakKind, holder: string, pattern: string): string {
  const variable = /.*scope var ([\p{ID_Continue}$]+)/su.exec(pattern)?.[1]
  return {
    'cache without limit': `give ${holder} a limit, or delete entries that are done with`,
    'listener never removed': `remove the listener when its owner is done: off(), removeEventListener(), or once()`,
    timer: `clear the timer when it is done with: clearTimeout(), clearInterval()`,
    'pending promise': `settle the promise, or drop what waits for it after a time`,
    'global log': `write ${holder} elsewhere, or keep the last lines only`,
    'growing array': `take out of ${holder} what is done with, or keep the last entries only`,
    'growing string': `write ${holder} elsewhere piece by piece`,
    'closure scope': `set ${variable === undefined ? 'the variable' : `variable ${variable}`} of ${holder} to null when it is done with, or keep it out of the scope`,
    'detached DOM': `let go of ${holder} when its elements leave the page`,
    'growing structure': `take out of ${holder} what is done with`,
  }[kind]
}

/** How sure it is that something leaks: of one process and larger every time, of one or the other, of neither. */
export type Sureness = 'sure' | 'likely' | 'perhaps'

export function sureness(counts: readonly number[], sameProcess: boolean, code: Owner['code']): Sureness {
  const isEveryTime = counts.length > 2 && counts.every((count, i) => i === 0 || count > counts[i - 1])
  const reasons = Number(isEveryTime) + Number(sameProcess) - Number(code === 'library')
  return reasons >= 2 ? 'sure' : reasons === 1 ? 'likely' : 'perhaps'
}
