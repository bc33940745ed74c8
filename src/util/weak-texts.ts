/** What was made of a text, one for all equal texts: kept as long as somebody holds it. */

export interface WeakTexts<Value extends object> {
  /** The value of the text, made if nobody holds one. */
  get(text: string, make: () => Value): Value
  /** Texts whose values are known. */
  readonly size: number
}

export function weakTexts<Value extends object>(): WeakTexts<Value> {
  const known = new Map<string, WeakRef<Value>>()
  const gone = new FinalizationRegistry<string>(text => {
    // By then another may have been made.
    if (known.get(text)?.deref() === undefined) known.delete(text)
  })
  return {
    get(text, make) {
      const held = known.get(text)?.deref()
      if (held !== undefined) return held
      const value = make()
      known.set(text, new WeakRef(value))
      gone.register(value, text)
      return value
    },
    get size() {
      return known.size
    },
  }
}
