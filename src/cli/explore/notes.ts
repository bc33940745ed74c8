/** What a person says of suspects in the explorer: kept in a file, read again each time, since another window may write it too. */
import {
  HeapgraphError,
  indexFolder,
  isThere,
  type KnownNote,
  makePrivateFolder,
  nameOfStamp,
  stampOf,
} from '../../index.ts'
import {isNote, readKnown, validToday, writeKnown} from '../known-file.ts'

export interface Notes {
  path: string
  all(): KnownNote[]
  /** Instead of one on the same suspect. Throws USAGE for what is no note. */
  add(note: unknown): Promise<void>
  remove(fingerprint: unknown): Promise<void>
}

/** Those of a file, or else of the last snapshot, in the folder of indexes; undefined if there is no such folder. Throws what `readKnown` does. */
export function notesOf(files: readonly string[], env: NodeJS.ProcessEnv, path?: string): Notes | undefined {
  const own = path ?? placeBesideIndex(files[files.length - 1], env)
  if (own === undefined) return undefined
  const all = () => readKnown(own, {mayLack: true})
  const write = async (notes: readonly KnownNote[]) => {
    if (path === undefined) makePrivateFolder(own.slice(0, own.lastIndexOf('/')))
    await writeKnown(own, notes)
  }
  all()
  return {
    path: own,
    all,
    async add(note) {
      if (!isNote(note)) throw new HeapgraphError('USAGE', 'the page said what is no note')
      const {fingerprint, verdict, reason} = note
      await write([...all().filter(other => other.fingerprint !== fingerprint), {fingerprint, verdict, reason}])
    },
    async remove(fingerprint) {
      await write(all().filter(other => other.fingerprint !== fingerprint))
    },
  }
}

/** The notes that were made before on the same snapshot, if there are any. */
export function notesThere(files: readonly string[], env: NodeJS.ProcessEnv, path?: string): KnownNote[] {
  if (path !== undefined) return validToday(readKnown(path))
  const own = placeBesideIndex(files[files.length - 1], env)
  return own !== undefined && isThere(own) ? validToday(readKnown(own)) : []
}

function placeBesideIndex(file: string, env: NodeJS.ProcessEnv): string | undefined {
  const folder = indexFolder(env)
  const stamp = folder === undefined ? undefined : stampOf(file)
  return stamp === undefined ? undefined : `${folder}/${nameOfStamp(stamp)}.known.json`
}
