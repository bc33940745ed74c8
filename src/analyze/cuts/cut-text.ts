/** Writes expressions that `cut-expression.ts` reads. Ids are V8's. */

/** All edges into an object. */
export function cutInto(id: number): string {
  return `@${id}`
}

/** All edges from one object to another. */
export function cutBetween(from: number, to: number): string {
  return `@${from} -> @${to}`
}

/** Every element of what `holder` names: a path, a type, an object. */
export function cutOfElements(holder: string): string {
  return `${holder}[]`
}
