/** Which of the files given are recordings of memory over time: snapshots are the others. */
import {firstBytes, HeapgraphError, isThere, parseRecordLine} from '../../index.ts'
import {fileWord} from '../options.ts'

/** The first line of a recording is shorter. */
const FIRST_BYTES = 4096

export function isRecording(path: string): boolean {
  const [line] = new TextDecoder().decode(firstBytes(path, FIRST_BYTES)).split('\n', 1)
  return parseRecordLine(line)?.type === 'recording'
}

/** The snapshots among files, and the recordings. Throws USAGE if there are recordings only. */
export function partRecordings(given: readonly string[]): {files: string[]; recordings: string[]} {
  // What is not there is told by who opens it.
  const recordings = given.filter(file => file !== '-' && isThere(file) && isRecording(file))
  const files = given.filter(file => !recordings.includes(file))
  if (files.length > 0) return {files, recordings}
  const how = `heapgraph plot ${recordings.map(fileWord).join(' ')} shows what it has`
  throw new HeapgraphError('USAGE', 'only recordings were given, and no snapshot', how)
}
