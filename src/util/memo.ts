/** `compute`, run once for each object and remembered as long as the object lives. */
export function memoize<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return key => {
    const value = known.get(key)
    // What was computed may be undefined itself.
    if (value !== undefined || known.has(key)) return value as Value
    const computed = compute(key)
    known.set(key, computed)
    return computed
  }
}

/** The value of a key, made when it is asked for the first time. */
export function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  // What was made may be undefined itself.
  if (known !== undefined || map.has(key)) return known as Value
  const value = make()
  map.set(key, value)
  return value
}
