/** Where the inspector of a process may listen. */
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'

/** Node's and Deno's default, and those that Node's cluster counts on from there. */
const FIRST_PORT = 9229
const PORTS = 10

/** Where its inspector may be: on Linux the ports it listens on, elsewhere those that Node takes by default. */
export function portsOf(pid: number): number[] {
  return (process.platform === 'linux' ? listening(pid) : undefined) ?? defaultPorts()
}

function defaultPorts(): number[] {
  return Array.from({length: PORTS}, (_, i) => FIRST_PORT + i)
}

/** Of `ports`, the default ones and those that its options name; all if its options leave the choice to the system. */
export function likelyPorts(pid: number, ports: readonly number[]): readonly number[] {
  const named = namedPorts(`${procText(pid, 'cmdline')}\0${nodeOptionsOf(procText(pid, 'environ'))}`)
  if (named.includes(0)) return ports
  const likely = new Set([...named, ...defaultPorts()])
  return ports.filter(port => likely.has(port))
}

/** Where its inspector opens at the signal; undefined if the system chooses. The command line has the last word, `NODE_OPTIONS` the first. */
export function portAtSignal(pid: number): number | undefined {
  const named = [nodeOptionsOf(procText(pid, 'environ')), procText(pid, 'cmdline')].flatMap(namedPorts)
  const port = named.at(-1) ?? FIRST_PORT
  return port === 0 ? undefined : port
}

function nodeOptionsOf(environment: string): string {
  return (/(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(environment)?.[1] ?? '').split(/\s+/).join('\0')
}

/** What `--inspect=0`, `--inspect-brk=127.0.0.1:9300`, `--inspect-port 9300` and the like name; words end in zero bytes. */
export function namedPorts(words: string): number[] {
  const options = words.matchAll(
    /(?:^|\0)--(?:inspect(?:-brk|-wait|-port)?|debug-port)[=\0](?:[^\0]*:)?(\d{1,5})(?=\0|$)/g,
  )
  return [...options].map(([, port]) => Number(port))
}

/** Of Linux's /proc; empty where there is none, or it is not ours to read. */
export function procText(pid: number, name: 'cmdline' | 'environ' | 'status' | 'maps'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A'

export function listening(pid: number): number[] | undefined {
  try {
    const inodes = new Set(
      readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
        const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]
        return inode === undefined ? [] : [inode]
      }),
    )
    const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)
    return rows
      .map(row => row.trim().split(/\s+/))
      .filter(cells => cells[3] === LISTEN && inodes.has(cells[9]))
      .map(cells => Number.parseInt(cells[1].split(':')[1], 16))
      .sort((a, b) => Math.abs(a - FIRST_PORT) - Math.abs(b - FIRST_PORT))
  } catch {
    return undefined
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
