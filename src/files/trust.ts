/** Whether somebody else could have put a file where it is: what ssh asks of its files (`safe_path` in misc.c of OpenSSH). */
import {readFileSync, realpathSync, type Stats, statSync} from 'node:fs'
import {homedir} from 'node:os'
import {wholePath} from './private-file.ts'

const WRITE_OF_GROUP = 0o020
const WRITE_OF_OTHERS = 0o002
const STICKY = 0o1000

/** Who asks; undefined where files have no such owners and modes, as on Windows, whose folders of users are private by inheritance. */
export interface Asker {
  uid: number
  /** The group that is this user's alone, if there is one. */
  ownGroup: number | undefined
  home: string
}

/**
 * Why a file, or what is to become one, is not to be believed; undefined if it can be. The file and all folders above it, up to the home
 * of the user or the root, must be the user's or root's, and nobody else may write to them, but for folders like /tmp, in which one can
 * only take away what is one's own.
 */
export function distrust(path: string, asker = currentAsker()): string | undefined {
  if (asker === undefined) return undefined
  for (let at = wholeFolder(path); ; ) {
    const found = statSync(at, {throwIfNoEntry: false})
    const why = found === undefined ? undefined : distrustOf(found, asker)
    if (why !== undefined) return `${at} ${why}`
    const above = at.replace(/\/+[^/]*$/, '') || '/'
    if (at === asker.home || above === at) return undefined
    at = above
  }
}

function distrustOf(found: Stats, {uid, ownGroup}: Asker): string | undefined {
  if (found.uid !== uid && found.uid !== 0) return 'belongs to another user'
  if (found.isDirectory() && (found.mode & STICKY) !== 0) return undefined
  const byGroup = (found.mode & WRITE_OF_GROUP) !== 0 && found.gid !== ownGroup
  return byGroup || (found.mode & WRITE_OF_OTHERS) !== 0 ? 'can be written by other users' : undefined
}

/** The whole way to a file that need not be there yet. */
function wholeFolder(path: string): string {
  if (statSync(path, {throwIfNoEntry: false}) !== undefined) return wholePath(path)
  const end = path.lastIndexOf('/')
  if (end < 0) return `${wholePath('.')}/${path}`
  return `${wholePath(end === 0 ? '/' : path.slice(0, end))}${path.slice(end)}`
}

function currentAsker(): Asker | undefined {
  const uid = process.getuid?.()
  if (uid === undefined) return undefined
  let home = homedir()
  try {
    home = realpathSync(home)
  } catch {
    // Then the way is gone up to the root.
  }
  return {uid, ownGroup: ownGroup(process.getgid?.()), home}
}

/** Many systems give each user a group of its own, and let it write by default: as Debian's ssh has it, that is nobody else. */
function ownGroup(gid: number | undefined): number | undefined {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find(entry => entry.split(':')[2] === String(gid))
    return line?.split(':')[3] === '' ? gid : undefined
  } catch {
    return undefined
  }
}
