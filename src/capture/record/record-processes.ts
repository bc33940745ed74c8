/** The processes of a tree and the memory each has resident: three readers, of Linux's /proc, of `ps`, and of PowerShell. */
import {execFile} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {posix, win32} from 'node:path'
import {promisify} from 'node:util'

export interface ProcessRow {
  pid: number
  ppid: number
  rssBytes: number
  /** The most it ever had, where the system keeps count. */
  peakRssBytes?: number
  name: string
}

/** What one look at the processes gives. */
export interface ProcessReader {
  /** Milliseconds between two looks that this way of looking can bear. */
  leastIntervalMs: number
  /** The living processes of the tree below `root`, with those of `known` that have lost their parents. */
  read(root: number, known: ReadonlySet<number>): ProcessRow[] | Promise<ProcessRow[]>
}

/** The reader for a system, by Node's name of it. */
export function processReader(platform: NodeJS.Platform = process.platform): ProcessReader {
  if (platform === 'linux') return linuxReader()
  // Each look starts a program, which takes a good part of such an interval.
  if (platform === 'win32')
    return {
      leastIntervalMs: 2000,
      read: async (root, known) => treeOf(parsePowerShell(await run(...POWERSHELL)), root, known),
    }
  return {leastIntervalMs: 500, read: async (root, known) => treeOf(parsePs(await run(...PS)), root, known)}
}

const PS: [string, string[]] = ['ps', ['-axo', 'pid=,ppid=,rss=,comm=']]
const POWERSHELL: [string, string[]] = [
  'powershell.exe',
  [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.WorkingSetSize) $($_.PeakWorkingSetSize) $($_.Name)" }',
  ],
]

async function run(file: string, args: string[]): Promise<string> {
  return (await promisify(execFile)(file, args, {maxBuffer: 1 << 24, windowsHide: true})).stdout
}

/** `ps -axo pid=,ppid=,rss=,comm=` of macOS and the BSDs: sizes in KiB, the program's whole path on macOS. */
export function parsePs(text: string): ProcessRow[] {
  return [...text.matchAll(/^ *(\d+) +(\d+) +(\d+) +(.+?) *$/gm)].map(([, pid, ppid, kib, name]) => ({
    pid: Number(pid),
    ppid: Number(ppid),
    rssBytes: Number(kib) * 1024,
    name: posix.basename(name),
  }))
}

/** Win32_Process: sizes in bytes, but PeakWorkingSetSize in KiB, as Microsoft's page on the class says. */
export function parsePowerShell(text: string): ProcessRow[] {
  return [...text.matchAll(/^(\d+) (\d+) (\d+) (\d+) (.+?)\r?$/gm)].map(([, pid, ppid, bytes, peakKib, name]) => ({
    pid: Number(pid),
    ppid: Number(ppid),
    rssBytes: Number(bytes),
    peakRssBytes: Number(peakKib) * 1024,
    name: win32.basename(name, '.exe'),
  }))
}

/** Those of all processes that are in a tree, parents before their children; a process with no memory has ended. */
export function treeOf(all: ProcessRow[], root: number, known: ReadonlySet<number>): ProcessRow[] {
  const living = all.filter(({rssBytes}) => rssBytes > 0)
  const childrenOf = grouped(living)
  const rows = new Map(living.map(row => [row.pid, row]))
  const found = new Map<number, ProcessRow>()
  const pending = [root, ...known]
  for (let pid = pending.shift(); pid !== undefined; pid = pending.shift()) {
    const row = rows.get(pid)
    if (row === undefined || found.has(pid)) continue
    found.set(pid, row)
    for (const child of childrenOf.get(pid) ?? []) pending.push(child.pid)
  }
  return [...found.values()]
}

function grouped(rows: ProcessRow[]): Map<number, ProcessRow[]> {
  const groups = new Map<number, ProcessRow[]>()
  for (const row of rows) groups.set(row.ppid, [...(groups.get(row.ppid) ?? []), row])
  return groups
}

/** Looks at the children of threads other than the first one at every so many looks: there are a dozen in a Node process. */
const ALL_THREADS_EVERY = 5

/** Linux: /proc tells children by thread (CONFIG_PROC_CHILDREN, in the kernels of all distributions); without, all processes are looked at. */
function linuxReader(): ProcessReader {
  let looks = 0
  const names = new Map<number, {comm: string; name: string}>()
  const rowOf = (pid: number): ProcessRow | undefined => {
    const row = parseStatus(textOf(`/proc/${pid}/status`))
    if (row === undefined) return undefined
    let named = names.get(pid)
    // A shell that becomes the program it starts keeps its number, but not its name.
    if (named?.comm !== row.name) {
      named = {comm: row.name, name: nameOfCommandLine(textOf(`/proc/${pid}/cmdline`)) ?? row.name}
      names.set(pid, named)
    }
    return {...row, name: named.name}
  }
  const hasChildren = textOf(`/proc/self/task/${process.pid}/children`) !== undefined
  return {
    leastIntervalMs: 0,
    read(root, known) {
      if (!hasChildren) {
        const all = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (rowOf(Number(name)) ?? []) : []))
        return treeOf(all, root, known)
      }
      const everyThread = looks++ % ALL_THREADS_EVERY === 0
      const found = new Map<number, ProcessRow>()
      const pending = [root, ...known]
      for (let pid = pending.shift(); pid !== undefined; pid = pending.shift()) {
        const row = found.has(pid) ? undefined : rowOf(pid)
        if (row === undefined) continue
        found.set(pid, row)
        pending.push(...childrenOf(pid, everyThread))
      }
      return [...found.values()]
    },
  }
}

function childrenOf(pid: number, everyThread: boolean): number[] {
  const threads = everyThread ? namesIn(`/proc/${pid}/task`) : [String(pid)]
  return threads
    .flatMap(thread => (textOf(`/proc/${pid}/task/${thread}/children`) ?? '').match(/\d+/g) ?? [])
    .map(Number)
}

/** proc_pid_status(5); undefined for a process that is no more, which has no VmRSS. */
export function parseStatus(text: string | undefined): ProcessRow | undefined {
  if (text === undefined) return undefined
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]
  const [pid, ppid, rss, peak] = ['Pid', 'PPid', 'VmRSS', 'VmHWM'].map(field)
  if (pid === undefined || ppid === undefined || rss === undefined) return undefined
  const name = /^Name:\t(.*)$/m.exec(text)?.[1] ?? ''
  const row = {pid: Number(pid), ppid: Number(ppid), rssBytes: Number(rss) * 1024, name}
  return peak === undefined ? row : {...row, peakRssBytes: Number(peak) * 1024}
}

/**
 * The program, and the script it was given if its first argument looks like one. No more of a command line is ever kept: people write
 * passwords there.
 */
export function nameOfCommandLine(text: string | undefined): string | undefined {
  const [program, first = ''] = (text ?? '').split('\0')
  if (program === undefined || program === '') return undefined
  const isScript = /^[^-][^=?&\s]*\.[a-z]{1,4}$/i.test(first) && !first.includes('://')
  return isScript ? `${posix.basename(program)} ${posix.basename(first)}` : posix.basename(program)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
