/** What V8 says of the scopes of some scripts of a heap, as the sections of a file. */
import {rawScopes, SCOPE_FIELDS, scopeLayouts} from '../code/source-scopes.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import type {SnapshotWriter} from './snapshot-writer.ts'

export const SCOPE_META = Object.keys(SCOPE_FIELDS)

/**
 * Writes the scopes of the scripts that stay, with their variables and uses; nothing if the file has none. `placeOf`: where a node stands in the part, undefined
 * if it is not in it; `stringPlace`: the same of a string.
 */
export function writeScopes(
  writer: SnapshotWriter,
  snapshot: Snapshot,
  placeOf: (node: number) => number | undefined,
  stringPlace: (index: number) => number,
): void {
  const raw = rawScopes(snapshot)
  const layouts = scopeLayouts(snapshot)
  if (raw === undefined || layouts === undefined) return
  const {row, name, use} = layouts
  const rowLength = snapshot.header.schema.node.length
  const [scopes, vars, uses]: number[][] = [[], [], []]
  let varAt = 0
  let useAt = 0
  for (let start = 0; start + row.width <= raw.scopes.length; start += row.width) {
    const [index, , , varCount, useCount] = row.at.map(at => raw.scopes[start + at])
    // A file may say anything: what reads it ends here, too.
    if (varCount < 0 || useCount < 0 || index < 0 || index % rowLength !== 0) break
    const [varEnd, useEnd] = [varAt + varCount * name.width, useAt + useCount * use.width]
    if (varEnd > raw.vars.length || useEnd > raw.uses.length) break
    const place = placeOf(index / rowLength)
    if (place !== undefined) {
      const at = scopes.length
      for (let i = 0; i < row.width; i++) scopes.push(raw.scopes[start + i])
      scopes[at + row.at[0]] = place * rowLength
      for (let i = varAt; i < varEnd; i++) {
        const isName = (i - varAt) % name.width === name.at[0]
        const isString = isName && raw.vars[i] >= 0 && raw.vars[i] < snapshot.strings.count
        vars.push(isString ? stringPlace(raw.vars[i]) : raw.vars[i])
      }
      for (let i = useAt; i < useEnd; i++) uses.push(raw.uses[i])
    }
    varAt = varEnd
    useAt = useEnd
  }
  for (const [key, numbers, width] of [
    ['scopes', scopes, row.width],
    ['scope_context_vars', vars, name.width],
    ['scope_uses', uses, use.width],
  ] as const) {
    writer.begin(key, width)
    writer.numbers(numbers, numbers.length)
    writer.end()
  }
}
