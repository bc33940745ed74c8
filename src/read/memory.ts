/** How much memory this process may still take: the system's, its control group's, and the limit of its address space. */
import {readFileSync} from 'node:fs'
import {freemem, totalmem} from 'node:os'

/** In bytes. */
export interface MemoryLeft {
  bytes: number
  /** Whether a fixed limit says so: who goes beyond it is ended. Free memory of a system comes and goes. */
  isFixed: boolean
}

/** What can be read of a file of the kernel's; '' if there is none. */
type ReadText = (path: string) => string

/** The least of all that limits the process. `read` and `platform` are for tests. */
export function memoryLeft(read: ReadText = textOf, platform: string = process.platform): MemoryLeft {
  // macOS calls free only what nobody has used for anything, caches of files included: its own size is all that is known.
  const system = platform === 'darwin' ? totalmem() : freemem()
  if (platform !== 'linux') return {bytes: system, isFixed: false}
  const fixed = Math.min(groupLeft(read), addressSpaceLeft(read))
  return fixed < system ? {bytes: Math.max(0, fixed), isFixed: true} : {bytes: system, isFixed: false}
}

/** What RLIMIT_AS (`ulimit -v`) leaves; infinite without a limit. */
export function addressSpaceLeft(read: ReadText = textOf): number {
  const limit = /^Max address space +(\d+)/m.exec(read('/proc/self/limits'))
  const size = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status'))
  return limit === null || size === null ? Number.POSITIVE_INFINITY : Number(limit[1]) - 1024 * Number(size[1])
}

/**
 * What the limits of the control groups leave, of this one and of those above it. Cached files count as used there, but give way
 * (Documentation/admin-guide/cgroup-v2.rst), so that what a snapshot has just been copied by does not look like a lack.
 */
function groupLeft(read: ReadText): number {
  let least = Number.POSITIVE_INFINITY
  for (const line of read('/proc/self/cgroup').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (path === undefined) continue
    const isV2 = controllers === ''
    if (!isV2 && !controllers.split(',').includes('memory')) continue
    const root = isV2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory'
    const names = isV2
      ? {limit: 'memory.max', used: 'memory.current', cached: /^(?:in)?active_file (\d+)$/gm}
      : {limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cached: /^total_(?:in)?active_file (\d+)$/gm}
    // A container sees its own group as the root, whatever the path says.
    for (let at = path === '/' ? '' : path; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const [limit, used] = [names.limit, names.used].map(name => read(`${root}${at}/${name}`).trim())
      if (/^\d+$/.test(limit) && /^\d+$/.test(used)) {
        const cached = [...read(`${root}${at}/memory.stat`).matchAll(names.cached)]
        const reclaimable = cached.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
        least = Math.min(least, Number(limit) - Math.max(0, Number(used) - reclaimable))
      }
      if (at === '') break
    }
  }
  return least
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
