/** What is set for a snapshot before the first question is asked. */
import type {Snapshot} from './snapshot.ts'

/** The key of a value: answers under equal ones are equal; undefined if none tells that. */
type KeyOf<Value> = (value: Value) => string | undefined

const all: {values: WeakMap<Snapshot, unknown>; keyOf: KeyOf<never>}[] = []

/** A value for each snapshot that has been given one. */
export function snapshotSetting<Value>(keyOf: KeyOf<Value> = () => undefined): WeakMap<Snapshot, Value> {
  const values = new WeakMap<Snapshot, Value>()
  all.push({values, keyOf})
  return values
}

/** Sets for `to` what is set for `from`. */
export function copySettings(from: Snapshot, to: Snapshot): void {
  for (const {values} of all) if (values.has(from)) values.set(to, values.get(from))
}

/** What is set, as a text that tells it from everything else that may be; undefined if there is none. */
export function settingsKey(snapshot: Snapshot): string | undefined {
  const keys: string[] = []
  for (const {values, keyOf} of all) {
    const key = values.has(snapshot) ? keyOf(values.get(snapshot) as never) : ''
    if (key === undefined) return undefined
    keys.push(key)
  }
  return JSON.stringify(keys)
}

/** The texts of scripts, sources and source maps beside a snapshot, as far as they are looked at. */
export interface TextsBeside {
  /** Of those that were read before the first question, and of what they told. */
  key: string
  /** Those that questions have looked for so far, each with its key then; null for one that was not there. */
  read: ReadonlyMap<string, string | null>
  /** The key of one of them now. */
  keyOf(name: string): string | null
}

const textsSetting = snapshotSetting<TextsBeside>(({key}) => key)

/** From here on these are the texts beside the snapshot. Must come before the first question. */
export function useTextsBeside(snapshot: Snapshot, texts: TextsBeside): void {
  textsSetting.set(snapshot, texts)
}

export function textsBeside(snapshot: Snapshot): TextsBeside | undefined {
  return textsSetting.get(snapshot)
}

/** For what is told by the texts beside the snapshot alone. */
export function keyOfTextsBeside(): string {
  return ''
}
