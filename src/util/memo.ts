/** Under which an object has an array for what is remembered of it: of one that is asked millions of times, that is read sooner than a WeakMap. */
export const REMEMBERED = Symbol('remembered')

interface Remembering {
  readonly [REMEMBERED]?: unknown[]
}

/** Stands for a value that is undefined. */
const NOTHING = Symbol('nothing')

let places = 0

/** `compute`, run once for each object and remembered as long as the object lives. */
export function memoize<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  let place = -1
  return key => {
    const remembered = (key as Remembering)[REMEMBERED]
    if (remembered === undefined) return getOrMake(known, key, compute)
    if (place < 0) place = places++
    const found = remembered[place]
    if (found !== undefined) return (found === NOTHING ? undefined : found) as Value
    const value = compute(key)
    remembered[place] = value === undefined ? NOTHING : value
    return value
  }
}

/** What Map and WeakMap have in common. */
interface Kept<Key, Value> {
  get(key: Key): Value | undefined
  has(key: Key): boolean
  set(key: Key, value: Value): unknown
}

/** The value of a key, made when it is asked for the first time. */
export function getOrMake<Key, Value>(map: Kept<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  const known = map.get(key)
  // What was made may be undefined itself.
  if (known !== undefined || map.has(key)) return known as Value
  const value = make(key)
  map.set(key, value)
  return value
}
