/** Snapshots for those who are not to see what is written in them. */
import {hideTexts, openSnapshot, prepare, saveIndex, stampOf} from '../../index.ts'
import {FROM_BYTES} from '../keep-indexes.ts'

/** As `openSnapshot`, with the program's strings hidden. What an index can have is computed, and written, before. */
export const openHidden: typeof openSnapshot = async (input, options) => {
  const snapshot = await openSnapshot(input, options)
  const size = typeof input === 'string' ? stampOf(input)?.size : undefined
  if (options?.index !== 'off' && size !== undefined && size >= FROM_BYTES) {
    prepare(snapshot)
    saveIndex(snapshot, {fromBytes: FROM_BYTES})
  }
  hideTexts(snapshot)
  return snapshot
}
