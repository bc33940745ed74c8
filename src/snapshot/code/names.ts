/** Questions about names that are asked of every node. */
import type {Snapshot} from '../columns/snapshot.ts'

/** Whether the text of a string index is meant; each string is decoded once at the most. */
export function nameTest({strings}: Snapshot, isMeant: (text: string) => boolean): (name: number) => boolean {
  const verdict = new Uint8Array(strings.count)
  return name => {
    if (verdict[name] === 0) verdict[name] = isMeant(strings.get(name)) ? 2 : 1
    return verdict[name] === 2
  }
}
