/** Programs that a command line names after `--`. */
import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {reasonOf} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'

/** Starts it without a shell, and waits until it runs. Throws UNREADABLE if it cannot be started. */
export async function startProgram(command: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  const [file, ...args] = command
  try {
    const child = spawn(file, args, options)
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    return child
  } catch (error) {
    throw notStarted(file, error as NodeJS.ErrnoException)
  }
}

/** `platform` is for tests. */
export function notStarted(
  file: string,
  error: NodeJS.ErrnoException,
  platform: string = process.platform,
): HeapgraphError {
  const reason = error.code === 'ENOENT' ? 'no such program' : reasonOf(error)
  // Of names without an ending Windows starts .exe files only, and Node refuses .cmd and .bat files without a shell (EINVAL).
  const isBatch = platform === 'win32' && (error.code === 'ENOENT' || error.code === 'EINVAL')
  const hint = isBatch ? 'check the command after --; a .cmd file such as npm is started by: cmd /c npm' : undefined
  return new HeapgraphError('UNREADABLE', `${file}: cannot be started: ${reason}`, hint ?? 'check the command after --')
}
