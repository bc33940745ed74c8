/** The inspector of a running Node: opened by signal if need be, found, and checked to be that process's. */
import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {basename} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {HeapgraphError} from '../util/errors.ts'
import {armDeadMan, tellToClose} from './dead-man.ts'
import {type Connection, connect} from './protocol.ts'
import {placeOfPort, targetsAt} from './targets.ts'

/** Node's and Deno's default, and those that Node's cluster counts on from there. */
const FIRST_PORT = 9229
const PORTS = 10
const POLL_MS = 50

export interface Activated {
  connection: Connection
  port: number
  /** Whether it was closed before, and should be again. */
  wasClosed: boolean
  /** Of the process whose inspector it is, if it was asked for by that. */
  pid?: number
}

/**
 * `timeoutMs`: how long the process has to open its inspector. Its other ports are the program's own, where each question would be a
 * request to serve: they are asked only when nothing else is left.
 */
export async function activate(pid: number, timeoutMs = 10_000): Promise<Activated> {
  checkProcess(pid)
  const before = portsOf(pid)
  const likely = likelyPorts(pid, before)
  const open = await inspectorAt(likely, pid)
  if (open !== undefined) return {...open, wasClosed: false, pid}
  checkNode(pid)
  const others = new Set(before.filter(port => !likely.includes(port)))
  let taken = await isAnswering(FIRST_PORT)
  sendSignal(pid)
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    await delay(POLL_MS)
    const now = portsOf(pid).filter(port => !others.has(port))
    const found = await inspectorAt(now, pid)
    if (found !== undefined) {
      await armDeadMan(found.connection)
      return {...found, wasClosed: true, pid}
    }
    checkProcess(pid)
    const wasTaken = taken
    taken = await isAnswering(FIRST_PORT)
    // Node tries once a signal: another process had the port, and has let go of it.
    if (wasTaken && !taken) sendSignal(pid)
  }
  // Opened by the program itself, at a port that nothing tells of.
  const rest = await inspectorAt([...others], pid)
  if (rest !== undefined) return {...rest, wasClosed: false, pid}
  const why = taken ? `port ${FIRST_PORT} is in use by another process` : 'it may be stopped, or have no inspector'
  const hint = 'start it with --inspect=127.0.0.1:PORT, then --port PORT'
  throw new HeapgraphError('UNREADABLE', `process ${pid} did not open its inspector: ${why}`, hint)
}

function checkProcess(pid: number): void {
  try {
    process.kill(pid, 0)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EPERM') throw notPermitted(pid)
    throw new HeapgraphError('UNREADABLE', `there is no process ${pid}`)
  }
}

function notPermitted(pid: number): HeapgraphError {
  return new HeapgraphError('UNREADABLE', `process ${pid} belongs to somebody else: permission denied`)
}

/** SIGUSR1 ends a process that does not expect it, so who is no Node is told before it is sent. */
function checkNode(pid: number): void {
  if (process.platform === 'win32') return
  const name = programOf(pid)
  const isNode = name !== undefined && /node|electron/i.test(name)
  if (isNode && isExpectingSignal(pid)) return
  const what = isNode
    ? `process ${pid} does not open its inspector by signal`
    : `process ${pid} is ${name ?? 'unknown'}, not Node`
  throw new HeapgraphError('UNREADABLE', what, 'start it with --inspect, then --port')
}

function programOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
    return basename(execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], {encoding: 'utf8'}).trim())
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw notPermitted(pid)
    return undefined
  }
}

const SIGUSR1_BIT = 1n << 9n

/** Whether it has a handler for SIGUSR1 (10 on Linux). A Node that has just started, or with --disable-sigusr1, has none. */
function isExpectingSignal(pid: number): boolean {
  if (process.platform !== 'linux') return true
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return caught !== undefined && (BigInt(`0x${caught}`) & SIGUSR1_BIT) !== 0n
  } catch {
    return false
  }
}

function sendSignal(pid: number): void {
  try {
    // SIGUSR1, and on Windows what stands for it there.
    const {_debugProcess: debug} = process as unknown as {_debugProcess?: (pid: number) => void}
    if (process.platform === 'win32') debug?.(pid)
    else process.kill(pid, 'SIGUSR1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw notPermitted(pid)
    throw new HeapgraphError('UNREADABLE', `process ${pid} is not Node, or has ended`)
  }
}

const OWN_PID = "typeof process === 'object' && process.pid || typeof Deno === 'object' && Deno.pid || 0"

async function inspectorAt(
  ports: readonly number[],
  pid: number,
): Promise<{connection: Connection; port: number} | undefined> {
  for (const port of ports) {
    const targets = await targetsAt(placeOfPort(port)).catch(() => [])
    for (const {address} of targets.filter(({type}) => type === 'node' || type === 'deno')) {
      const connection = await connect(address, `process ${pid}`).catch(() => undefined)
      if (connection === undefined) continue
      const asked = {expression: OWN_PID, returnByValue: true}
      const answer = connection.send<{result: {value: unknown}}>('Runtime.evaluate', asked).catch(() => undefined)
      if ((await answer)?.result.value === pid) return {connection, port}
      connection.close()
    }
  }
  return undefined
}

/** Where its inspector may be: on Linux the ports it listens on, elsewhere those that Node takes by default. */
function portsOf(pid: number): number[] {
  return (process.platform === 'linux' ? listening(pid) : undefined) ?? defaultPorts()
}

function defaultPorts(): number[] {
  return Array.from({length: PORTS}, (_, i) => FIRST_PORT + i)
}

/** Of `ports`, the default ones and those that its options name; all if its options leave the choice to the system. */
function likelyPorts(pid: number, ports: readonly number[]): readonly number[] {
  const named = namedPorts(`${procText(pid, 'cmdline')}\0${nodeOptionsOf(procText(pid, 'environ'))}`)
  if (named.includes(0)) return ports
  const likely = new Set([...named, ...defaultPorts()])
  return ports.filter(port => likely.has(port))
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

/** Of Linux's; empty where there is none, or it is not ours to read. */
function procText(pid: number, name: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A'

function listening(pid: number): number[] | undefined {
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

async function isAnswering(port: number): Promise<boolean> {
  const {createConnection} = await import('node:net')
  return new Promise(resolve => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** How long a process has to take the order to close its inspector: one that is busy takes it later. */
const ORDER_MS = 1000
/** How long it is looked at whether it has. */
const CLOSED_MS = 3000

/**
 * Disconnects. An inspector that was opened for us is told to close before that, and then looked at. False if it is still open, because
 * its process is busy: it closes once that is free again. May be called more than once.
 */
export async function deactivate({connection, port, wasClosed, pid}: Activated): Promise<boolean> {
  // What is not read keeps answers back.
  connection.resume()
  if (wasClosed) await Promise.race([tellToClose(connection).catch(() => {}), delay(ORDER_MS, undefined, {ref: false})])
  connection.close()
  if (!wasClosed || pid === undefined) return true
  for (const end = Date.now() + CLOSED_MS; Date.now() < end; await delay(POLL_MS)) {
    if (!(await isOpen(pid, port))) return true
  }
  return false
}

/** Another process may have the port by then. */
async function isOpen(pid: number, port: number): Promise<boolean> {
  const own = process.platform === 'linux' ? listening(pid) : undefined
  return own?.includes(port) !== false && (await isAnswering(port))
}

/** What is to be said of one that is still open. */
export function stillOpen({pid, port}: Activated): string {
  return `process ${pid} is busy: its inspector at 127.0.0.1:${port} closes when it is free; until then every local user may run code in it`
}
