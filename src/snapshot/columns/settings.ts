/** What is set for a snapshot before the first question is asked. */
import type {Snapshot} from './snapshot.ts'

const all: WeakMap<Snapshot, unknown>[] = []

/** A value for each snapshot that has been given one. */
export function snapshotSetting<Value>(): WeakMap<Snapshot, Value> {
  const values = new WeakMap<Snapshot, Value>()
  all.push(values)
  return values
}

/** Sets for `to` what is set for `from`. */
export function copySettings(from: Snapshot, to: Snapshot): void {
  for (const values of all) if (values.has(from)) values.set(to, values.get(from))
}
