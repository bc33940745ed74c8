/** Shorter ones have room. */
const SHORTENED_FROM = 8

/** Names of several files without what all begin with, up to the last `.`, `-` or `_` of it: a narrow menu shows their beginnings. */
export function shortNames(names: readonly string[]): string[] {
  const [first = '', ...others] = names
  let length = 0
  while (length < first.length && others.every(name => name[length] === first[length])) length++
  const common = /^.*[._-]/s.exec(first.slice(0, length))?.[0].length ?? 0
  return common < SHORTENED_FROM ? [...names] : names.map(name => `…${name.slice(common)}`)
}
