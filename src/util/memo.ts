/** `compute`, run once for each object and remembered as long as the object lives. */
export function memoize<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return key => getOrMake(known, key, compute)
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
