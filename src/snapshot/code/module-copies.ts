/**
 * ES modules that were loaded several times, by URLs that differ in their query (`config.mjs?t=1`, `?t=2`): each is a module of its own, and the
 * loader keeps them all (ECMA-262, HostLoadImportedModule; Node's lib/internal/modules/esm/module_map.js).
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {scriptNames} from './places.ts'

export interface ModuleCopies {
  /** By the id of a script that is a copy of another the least id among them; all other scripts are absent. */
  firstOf: ReadonlyMap<number, number>
  /** The names of the scripts that have copies. */
  names: ReadonlySet<string>
}

/** Of a URL, or of the path that a `file:` URL names. */
const QUERY = /[?#].*$/s

export const moduleCopies = memoize((snapshot: Snapshot): ModuleCopies => {
  const idsOf = new Map<string, number[]>()
  const namesOf = new Map<string, Set<string>>()
  for (const [id, script] of scriptNames(snapshot)) {
    if (script === '') continue
    const address = script.replace(QUERY, '')
    getOrMake(idsOf, address, (): number[] => []).push(id)
    getOrMake(namesOf, address, () => new Set<string>()).add(script)
  }
  const firstOf = new Map<number, number>()
  const names = new Set<string>()
  for (const [address, ids] of idsOf) {
    const scripts = namesOf.get(address)
    if (address === '' || scripts === undefined || scripts.size < 2) continue
    const first = Math.min(...ids)
    for (const id of ids) firstOf.set(id, first)
    for (const script of scripts) names.add(script)
  }
  return {firstOf, names}
})
