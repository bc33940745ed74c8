/**
 * One name for one place in all snapshots, though it looked otherwise when there was less in it: an object is told to be used as a
 * dictionary by what is in it, and a list by its second link.
 */
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {PairMap} from '../../util/pair-map.ts'
import {type GroupKey, type GrowthStep, renamedGroups} from './growth.ts'

/** Each round finds what is below places that the one before has found to be one. */
const MAX_ROUNDS = 8

/** The steps with keys that are equal where the places are. Linear in the keys' parts. */
export function samePlaces(steps: readonly GrowthStep[]): GrowthStep[] {
  const nameOf = placeNames(steps.map(({keys}) => keys))
  if (nameOf === undefined) return [...steps]
  return steps.map((step, i) =>
    renamedGroups(step, (key, group) => (key.parts === undefined ? key.name : nameOf(i, group))),
  )
}

/**
 * What places are called that several snapshots tell by parts, equal where the places are: by the number of the snapshot and the place's in it.
 * Undefined if there is no dictionary or list.
 */
export function placeNames(
  snapshots: readonly (readonly Pick<GroupKey, 'parts'>[])[],
): ((snapshot: number, place: number) => string) | undefined {
  const names = new Names()
  const parts = new GrowableUint32()
  /** By step: where the parts of its keys begin, and after the last where they end. */
  const starts = snapshots.map(keys => addParts(keys, names, parts))
  /** By the names of places, as far as these are known. */
  const dictionaries = new Set<number>()
  const links = new Map<number, Set<number>>()
  let found = 0
  const learn = (above: number, text: number, flags: number) => {
    if ((flags & IS_KEY) !== 0 && !dictionaries.has(above)) {
      dictionaries.add(above)
      found++
    }
    if ((flags & IS_LINK) === 0 || dictionaries.has(above)) return
    const known = getOrMake(links, above, () => new Set())
    if (!known.has(text)) {
      known.add(text)
      found++
    }
  }
  const nameOf = (ofStep: Uint32Array, group: number, isLearning: boolean) => {
    let name = NO_NAME
    for (let i = ofStep[group]; i < ofStep[group + 1]; i += PART) {
      const text = parts.get(i)
      const asKey = parts.get(i + 1)
      if (isLearning) learn(name, text, parts.get(i + 2))
      if (asKey !== NO_NAME && dictionaries.has(name)) name = names.longer(name, asKey)
      else if (links.get(name)?.has(text) !== true) name = names.longer(name, text)
    }
    return name
  }
  for (let round = 0, before = -1; round < MAX_ROUNDS && before < found; round++) {
    before = found
    for (const ofStep of starts) for (let group = 0; group + 1 < ofStep.length; group++) nameOf(ofStep, group, true)
  }
  return found === 0 ? undefined : (snapshot, place) => names.textOf(nameOf(starts[snapshot], place, false))
}

/** Words a part: the name that is its text, that of its text as a dictionary's key, flags. */
const PART = 3
const IS_KEY = 1
const IS_LINK = 2
const NO_NAME = 0

/** Adds the parts of keys; returns where those of each begin and where the last ones end: Uint32Array(keys + 1). */
function addParts(keys: readonly Pick<GroupKey, 'parts'>[], names: Names, parts: GrowableUint32): Uint32Array {
  const starts = new Uint32Array(keys.length + 1)
  for (const [group, key] of keys.entries()) {
    starts[group] = parts.length
    for (const {text, asKey, isKey, isLink} of key.parts ?? []) {
      parts.push(names.of(text))
      parts.push(names.of(asKey))
      parts.push((isKey ? IS_KEY : 0) | (isLink ? IS_LINK : 0))
    }
  }
  starts[keys.length] = parts.length
  return starts
}

/** Texts as numbers, so that one with another behind it is found without being put together again; '' is NO_NAME. */
class Names {
  readonly #texts: string[] = []
  readonly #ofText = new Map<string, number>()
  readonly #longer = new PairMap()

  constructor() {
    this.of('')
  }

  of(text: string): number {
    return getOrMake(this.#ofText, text, () => this.#texts.push(text) - 1)
  }

  textOf(name: number): string {
    return this.#texts[name]
  }

  /** The name that is the text of one with that of another behind it. */
  longer(name: number, more: number): number {
    const known = this.#longer.get(name, more)
    if (known >= 0) return known
    const longer = this.of(this.#texts[name] + this.#texts[more])
    this.#longer.add(name, more, longer)
    return longer
  }
}
