/** Which of the files given are recordings of memory over time: snapshots are the others. */
import {firstBytes, parseRecordLine} from '../../index.ts'

/** The first line of a recording is shorter. */
const FIRST_BYTES = 4096

export function isRecording(path: string): boolean {
  const [line] = new TextDecoder().decode(firstBytes(path, FIRST_BYTES)).split('\n', 1)
  return parseRecordLine(line)?.type === 'recording'
}
