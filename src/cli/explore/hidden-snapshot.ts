/** Snapshots for those who are not to see what is written in them. */
import {
  collectGarbage,
  hideTexts,
  indexFolder,
  openSnapshot,
  prepareWhile,
  pruneIndexes,
  saveIndex,
  stampOf,
} from '../../index.ts'
import {FROM_BYTES} from '../keep-indexes.ts'
import type {Keeper} from './kept-snapshot.ts'

/** As `openSnapshot`, with the program's strings hidden. What is computed of it is in no index: `indexHidden` writes that. */
export const openHidden: typeof openSnapshot = async (input, options) => {
  const snapshot = await openWithRoom(input, options)
  hideTexts(snapshot)
  return snapshot
}

/** The columns of the one before lie outside of V8's heap, which is in no hurry to see that they are garbage. */
const openWithRoom: typeof openSnapshot = (input, options) => {
  collectGarbage()
  return openSnapshot(input, options)
}

/**
 * After an answer: if it took what no index has, the snapshot is opened once more, with its strings, all that an index can have is computed and written, and
 * the strings are hidden. `goOn` is asked between the steps: what is left is for the next time. `fromBytes`: size of files that get an index.
 */
export async function indexHidden(
  keeper: Keeper,
  goOn: () => Promise<boolean>,
  fromBytes: number = FROM_BYTES,
): Promise<void> {
  if (!lacksIndex(keeper, fromBytes) || !(await goOn())) return
  await keeper.remake(async (file, options) => {
    const snapshot = await openWithRoom(file, options)
    await prepareWhile(snapshot, goOn)
    const written = saveIndex(snapshot, {fromBytes})
    const folder = options?.indexFolder ?? indexFolder(process.env)
    if (written !== undefined && options?.index === 'auto' && folder !== undefined)
      pruneIndexes(folder, {keep: written.path, limitOnly: true})
    hideTexts(snapshot)
    return snapshot
  })
}

function lacksIndex({kept}: Keeper, fromBytes: number): boolean {
  if (kept === undefined || kept.options.index === 'off' || kept.snapshot.saved.computed.size === 0) return false
  return (stampOf(kept.file)?.size ?? 0) >= fromBytes
}
