/** Several snapshots on one command line, of which one large one is in memory at a time. */
import {collectGarbage, HeapgraphError, type Snapshot, takeFromEach} from '../index.ts'
import {type Context, load} from './answer.ts'

/** See `takeFromEach`. Of what is let go of, no index is written. */
export function each(
  context: Context,
  files: readonly string[],
  take: (snapshot: Snapshot, isLast: boolean) => void,
): Promise<Snapshot> {
  const letGo = () => {
    context.loaded.pop()
    collectGarbage()
  }
  return takeFromEach(files, {open: file => load(context, file), letGo}, take)
}

export function checkFiles(files: readonly string[]): void {
  if (files.filter(file => file === '-').length > 1) {
    throw new HeapgraphError('USAGE', 'two snapshots cannot both be on standard input', 'name the files')
  }
}
