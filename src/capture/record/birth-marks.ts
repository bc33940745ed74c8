/** Marks of a recording on the clock of a snapshot's samples, which count from the first one. */
import {basename} from 'node:path'
import {HeapgraphError} from '../../util/errors.ts'
import {snapshotMark, TRACKED_MARK} from '../files/record-mark.ts'
import type {Recording} from './series-read.ts'

/**
 * All marks but the recorder's own of tracking and snapshots, in order of time; `seconds` are since V8's first sample in the process that the snapshot is of. `snapshot`: its file, with or without folders.
 * Throws USAGE if the recording does not say when that was.
 */
export function birthMarks({file, marks}: Recording, snapshot: string): {seconds: number; text: string}[] {
  const taken = marks.findLast(({text}) => text === snapshotMark(basename(snapshot)))
  // Of several processes the last one that was tracked before the snapshot is the one that it is of, as far as anybody knows.
  const start = marks.findLast(({text, time}) => text === TRACKED_MARK && (taken === undefined || time <= taken.time))
  if (start === undefined) {
    const how =
      'record the program that takes the snapshot: heapgraph record -- heapgraph watch --stacks --every 10s -- node app.js'
    throw new HeapgraphError('USAGE', `${file}: it does not say when allocations began to be tracked`, how)
  }
  const isOwn = (text: string) => text === TRACKED_MARK || text.startsWith(snapshotMark(''))
  return marks
    .filter(({text}) => !isOwn(text))
    .map(({time, text}) => ({seconds: time - start.time, text}))
    .sort((a, b) => a.seconds - b.seconds)
}
