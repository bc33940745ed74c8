/**
 * What a run of ours leaves behind that is killed: files and folders under temporary names. The names say whose they are, so that a later run
 * takes away what is surely nobody's any more: its process is gone, and was one that we would see.
 */
import {createHash, randomBytes} from 'node:crypto'
import {lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const PLACE_DIGITS = 6
let place: string | undefined

/**
 * Where process ids mean the same processes: 6 hexadecimal digits of this machine, since it was started, and of the container we are in. Another
 * may have the same folder, and other processes under the same numbers.
 */
function ownPlace(): string {
  const of = (read: () => string) => {
    try {
      return read()
    } catch {
      return ''
    }
  }
  // random(4), pid_namespaces(7); other systems than Linux have no such containers.
  const boot = of(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const space = of(() => readlinkSync('/proc/self/ns/pid'))
  const text = `${hostname()}\n${boot}\n${space}`
  place ??= createHash('sha256').update(text).digest('hex').slice(0, PLACE_DIGITS)
  return place
}

/** `4711.` and 12 hexadecimal digits, 6 of them of the place: what the names of our temporary files have in common. */
export function ownMark(): string {
  return `${process.pid}.${ownPlace()}${randomBytes((12 - PLACE_DIGITS) / 2).toString('hex')}`
}

/** `.tmp`: half a file. `.lock`: somebody writes the file of this name. Folders have six characters more, of `mkdtemp`. */
const MARKED = /\.(\d+)\.([0-9a-f]{6})[0-9a-f]{6}\.(?:tmp|lock)$/
const FOLDER = /^\.?heapgraph-(?:[a-z]+-)?(\d+)-([0-9a-f]{6})-\w{6}$/

/** The owner of what bears such a name, if it is a process that we would see; undefined if it is not to be known. */
export function ownerOf(name: string): number | undefined {
  const [, pid, where] = MARKED.exec(name) ?? FOLDER.exec(name) ?? []
  return where === ownPlace() ? Number(pid) : undefined
}

/** Whether the process that a temporary file or folder belongs to is no more. By its name, without its folder. */
export function isAbandoned(name: string): boolean {
  const pid = ownerOf(name)
  return pid !== undefined && pid !== process.pid && !isAlive(pid)
}

const cleared = new Set<string>()

/** Takes away what is abandoned in a folder, of our own user only. Looks once into each; never fails. */
export function clearAbandoned(folder: string): void {
  if (cleared.has(folder)) return
  cleared.add(folder)
  for (const name of namesIn(folder)) {
    if (!isAbandoned(name)) continue
    try {
      const path = `${folder}/${name}`
      // A link is not followed: it is nothing that we make.
      const found = lstatSync(path)
      const isOurs = process.getuid === undefined || found.uid === process.getuid()
      if (isOurs && (FOLDER.test(name) ? found.isDirectory() : found.isFile())) {
        rmSync(path, {recursive: true, force: true})
      }
    } catch {
      // Another run was faster, or it cannot be removed.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A new folder for the user only, to be removed by who asked for it; `kind` is a word of its name. Throws as `mkdtemp` does. */
export function makeTemporaryFolder({within = tmpdir(), kind = '', isHidden = false} = {}): string {
  clearAbandoned(within)
  const name = `${isHidden ? '.' : ''}heapgraph-${kind === '' ? '' : `${kind}-`}${process.pid}-${ownPlace()}-`
  return mkdtempSync(`${within}/${name}`)
}
