/**
 * One name for one place in all snapshots, though it looked otherwise when there was less in it: an object is told to be used as a
 * dictionary by what is in it, and a list by its second link.
 */
import {getOrMake} from '../../util/memo.ts'
import {type GrowthStep, type PlacePart, renamedGroups} from './growth.ts'

/** Each round finds what is below places that the one before has found to be one. */
const MAX_ROUNDS = 8

/**
 * The steps with keys that are equal where the places are. What any snapshot has as a dictionary is one in all: `registry.t1` is
 * `registry[…]`. What one has as a list is one from its first link on: `first.next.value` is `first.value`. Linear in the keys' parts.
 */
export function samePlaces(steps: readonly GrowthStep[]): GrowthStep[] {
  /** By the names of places, as far as these are known. */
  const dictionaries = new Set<string>()
  const links = new Map<string, Set<string>>()
  const nameOf = (parts: readonly PlacePart[], visit: (above: string, part: PlacePart) => void) => {
    let name = ''
    for (const part of parts) {
      visit(name, part)
      const isKey = part.asKey !== '' && dictionaries.has(name)
      if (isKey) name += part.asKey
      else if (links.get(name)?.has(part.text) !== true) name += part.text
    }
    return name
  }
  const found = () => [...links.values()].reduce((sum, {size}) => sum + size, dictionaries.size)
  for (let round = 0, before = -1; round < MAX_ROUNDS && before < found(); round++) {
    before = found()
    for (const {keys} of steps) {
      for (const {parts = []} of keys) {
        nameOf(parts, (above, {text, isKey, isLink}) => {
          if (isKey) dictionaries.add(above)
          if (isLink && !dictionaries.has(above)) getOrMake(links, above, () => new Set()).add(text)
        })
      }
    }
  }
  if (found() === 0) return [...steps]
  return steps.map(step =>
    renamedGroups(step, key => (key.parts === undefined ? key.name : nameOf(key.parts, () => undefined))),
  )
}
