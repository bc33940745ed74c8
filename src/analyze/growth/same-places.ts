/**
 * One name for one place in all snapshots, though it looked otherwise when there was less in it: an object is told to be used as a
 * dictionary by what is in it, and a list by its second link.
 */
import {getOrMake} from '../../util/memo.ts'
import {type GrowthStep, type PlacePart, renamedGroups} from './growth.ts'

/** Each round finds what is below places that the one before has found to be one. */
const MAX_ROUNDS = 8

/** The steps with keys that are equal where the places are. Linear in the keys' parts. */
export function samePlaces(steps: readonly GrowthStep[]): GrowthStep[] {
  const nameOf = placeNames(steps.map(({keys}) => keys.map(({parts = []}) => parts)))
  if (nameOf === undefined) return [...steps]
  return steps.map(step => renamedGroups(step, key => (key.parts === undefined ? key.name : nameOf(key.parts))))
}

/**
 * What places are called that are told by parts in several snapshots, equal where the places are. What any snapshot has as a dictionary is one
 * in all: `registry.t1` is `registry[…]`. What one has as a list is one from its first link on: `first.next.value` is `first.value`. Undefined
 * if there is no dictionary or list.
 */
export function placeNames(
  snapshots: readonly (readonly (readonly PlacePart[])[])[],
): ((parts: readonly PlacePart[]) => string) | undefined {
  /** By the names of places, as far as these are known. */
  const dictionaries = new Set<string>()
  const links = new Map<string, Set<string>>()
  const nameOf = (parts: readonly PlacePart[], visit?: (above: string, part: PlacePart) => void) => {
    let name = ''
    for (const part of parts) {
      visit?.(name, part)
      const isKey = part.asKey !== '' && dictionaries.has(name)
      if (isKey) name += part.asKey
      else if (links.get(name)?.has(part.text) !== true) name += part.text
    }
    return name
  }
  const found = () => [...links.values()].reduce((sum, {size}) => sum + size, dictionaries.size)
  for (let round = 0, before = -1; round < MAX_ROUNDS && before < found(); round++) {
    before = found()
    for (const places of snapshots) {
      for (const parts of places) {
        nameOf(parts, (above, {text, isKey, isLink}) => {
          if (isKey) dictionaries.add(above)
          if (isLink && !dictionaries.has(above)) getOrMake(links, above, () => new Set()).add(text)
        })
      }
    }
  }
  return found() === 0 ? undefined : parts => nameOf(parts)
}
