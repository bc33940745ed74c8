/** What happened to a number from the first snapshot to the last. */
export type CountTrend = 'grew every step' | 'saturated' | 'grew' | 'shrank' | 'shrank every step' | 'same count'

export function change(values: readonly number[]): number {
  return values[values.length - 1] - values[0]
}

/** Counts speak first; as many objects may still have more bytes. Two snapshots cannot tell "every step" from once. */
export function trendOf(counts: readonly number[], selfBytes: readonly number[]): CountTrend {
  const values = change(counts) === 0 ? selfBytes : counts
  const total = change(values)
  if (total === 0) return 'same count'
  const up = total > 0
  const last = values.length - 1
  const isStrict = values.every((value, i) => i === 0 || (up ? value > values[i - 1] : value < values[i - 1]))
  if (isStrict && last > 1) return up ? 'grew every step' : 'shrank every step'
  if (up && last > 1 && values[last] === values[last - 1]) return 'saturated'
  return up ? 'grew' : 'shrank'
}
