/** Several snapshots of which one large one is in memory at a time. */
import {regularFileSize} from '../../files/file.ts'
import type {Snapshot} from '../columns/snapshot.ts'

/** Columns of so many bytes stay in memory beside those of another snapshot; larger ones are read a second time. */
const KEPT_BYTES = 64e6
/** Of the columns of the file itself (ARCHITECTURE.md). */
const NODE_BYTES = 18
const EDGE_BYTES = 9

export interface Opener {
  open(file: string): Promise<Snapshot>
  /** Nothing refers to the snapshot opened last any more. Its columns lie outside of the heap: V8 is in no hurry to see that they are garbage. */
  letGo(): void
}

/**
 * Takes from each snapshot what is wanted of it and lets go of all but the last, which is returned. The last is looked at first: its shapes
 * tell the plain objects of all apart, so that equal objects are of equal types. What comes from a pipe is read once.
 */
export async function takeFromEach(
  files: readonly string[],
  {open, letGo}: Opener,
  take: (snapshot: Snapshot, isLast: boolean) => void,
): Promise<Snapshot> {
  const lastFile = files[files.length - 1]
  let last: Snapshot | undefined = await open(lastFile)
  const shapes = last.shapes()
  // A function of its own, so that nothing refers to the snapshot when it is let go of.
  const takeOne = async (file: string) => {
    const snapshot = await open(file)
    snapshot.useShapes(shapes)
    take(snapshot, false)
    await endThreads(snapshot)
  }
  const columnBytes = last.nodeCount * NODE_BYTES + last.edgeCount * EDGE_BYTES
  if (files.length > 1 && columnBytes > KEPT_BYTES && lastFile !== '-' && regularFileSize(lastFile) !== undefined) {
    await endThreads(last)
    last = undefined
    letGo()
  }
  for (const file of files.slice(0, -1)) {
    await takeOne(file)
    letGo()
  }
  last ??= await open(lastFile)
  take(last, true)
  return last
}

/** Other threads would hold the columns for some time longer: memory is what two snapshots are short of. */
async function endThreads(snapshot: Snapshot): Promise<void> {
  const {threads} = snapshot
  snapshot.close()
  await threads?.close()
}
