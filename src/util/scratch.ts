/** Memory for a while: what one algorithm has done with, the next one takes, instead of waiting for it to be collected. */

let kept: WeakRef<Uint32Array> | undefined

/** Uint32Array(length) with anything in it, for whoever gives it back. */
export function borrowWords(length: number): Uint32Array {
  const words = kept?.deref()
  kept = undefined
  return words?.length === length ? words : new Uint32Array(length)
}

/** `words` must not be used any more. The one given back last is kept, until memory is collected. */
export function giveBack(words: Uint32Array): void {
  kept = new WeakRef(words)
}
