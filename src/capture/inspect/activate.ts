/** The inspector of a running Node: opened by signal if need be, found, and checked to be that process's. */
import {execFileSync} from 'node:child_process'
import {readlinkSync} from 'node:fs'
import {basename} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {isAlive} from '../../files/abandoned.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {armDeadMan, tellToClose} from './dead-man.ts'
import {GUARD_MS, type Guard, startGuard} from './guarded.ts'
import {likelyPorts, listening, portAtSignal, portsOf, procText} from './inspector-ports.ts'
import {type Patience, patiently} from './patience.ts'
import {type Connection, connect, objectOf} from './protocol.ts'
import {handlerOf, SIGUSR1} from './signal-owner.ts'
import {placeOfPort, targetsAt} from './targets.ts'

const POLL_MS = 50
const OPEN_MS = 10_000
/** How long another process than ours may take to say that it is none. */
const ASK_MS = 10_000
/** How long this machine may take to connect to itself. */
const ANSWER_MS = 2_000

export interface Activated {
  connection: Connection
  port: number
  /** Whether it was closed before, and should be again. */
  wasClosed: boolean
  /** Of the process whose inspector it is, if it was asked for by that. */
  pid?: number
}

export interface ActivateOptions extends Pick<Patience, 'silenceMs' | 'signal' | 'onNote'> {
  /** How long the process has to open its inspector; 10 s. */
  openMs?: number
  /** Also when it is not known whether the process has a handler of its own for the signal, which would run. */
  allowSignal?: boolean
}

/**
 * `openMs`: how long the process has to open its inspector. Its other ports are the program's own, where each question would be a
 * request to serve: they are asked only when nothing else is left.
 */
export async function activate(pid: number, options: ActivateOptions = {}): Promise<Activated> {
  const {openMs = OPEN_MS, allowSignal = false, silenceMs, onNote} = options
  // Of the snapshot's limits only the silence: an answer has no whole.
  const patience = {
    ...(silenceMs !== undefined && {silenceMs}),
    ...(onNote && {onNote}),
    ...(options.signal && {signal: options.signal}),
  }
  checkProcess(pid)
  const before = portsOf(pid)
  const likely = likelyPorts(pid, before)
  const open = await inspectorAt(likely, pid, patience)
  if (open !== undefined) return {...open, wasClosed: false, pid}
  checkNode(pid)
  checkHandler(pid, allowSignal)
  const others = new Set(before.filter(port => !likely.includes(port)))
  const guard = startGuard(pid, others)
  try {
    const found = await opened(pid, others, openMs, patience)
    if (found.wasClosed) await armDeadMan(found.connection)
    guard.dismiss()
    return found
  } catch (error) {
    await letAct(guard, pid, options.signal?.aborted === true)
    throw error
  }
}

/** Sends the signal, and waits for what comes of it. */
async function opened(
  pid: number,
  others: ReadonlySet<number>,
  openMs: number,
  patience: Patience,
): Promise<Activated> {
  const {signal} = patience
  const wanted = portAtSignal(pid)
  const isTaken = async () => wanted !== undefined && (await isAnswering(wanted))
  let taken = await isTaken()
  signal?.throwIfAborted()
  sendSignal(pid)
  for (const end = Date.now() + openMs; Date.now() < end; ) {
    await delay(POLL_MS, undefined, signal === undefined ? {} : {signal})
    const now = portsOf(pid).filter(port => !others.has(port))
    const found = await inspectorAt(now, pid, patience)
    if (found !== undefined) return {...found, wasClosed: true, pid}
    checkProcess(pid)
    const wasTaken = taken
    taken = await isTaken()
    // Node tries once a signal: another process had the port, and has let go of it.
    if (wasTaken && !taken) sendSignal(pid)
  }
  // Opened by the program itself, at a port that nothing tells of.
  const rest = await inspectorAt([...others], pid, patience)
  if (rest !== undefined) return {...rest, wasClosed: false, pid}
  const why = taken ? `port ${wanted} is in use by another process` : 'it may be stopped, or have no inspector'
  const how = `if it opens later, within ${GUARD_MS / 60_000} min, it is closed again; start it with --inspect=127.0.0.1:PORT, then --port PORT`
  throw new HeapgraphError('UNREADABLE', `process ${pid} did not open its inspector: ${why}`, how)
}

/** A person who has interrupted us sees it closed, if it is soon; nobody else waits. */
async function letAct(guard: Guard, pid: number, isInterrupted: boolean): Promise<void> {
  const acted = guard.letAct()
  if (isInterrupted && isAlive(pid)) await acted
}

/** The signal would run what the program does at it, and open nothing (nodejs.org/api/process.html, "Signal events"). */
function checkHandler(pid: number, allowSignal: boolean): void {
  if (process.platform !== 'linux') return
  const {owner, why} = handlerOf(pid)
  if (owner === 'node' || (owner === 'unknown' && allowSignal)) return
  if (owner === 'program') {
    const what = `process ${pid} has a handler of its own for SIGUSR1, which would run instead of opening the inspector`
    throw new HeapgraphError('UNREADABLE', what, 'start it with --inspect, then --port')
  }
  const what = `SIGUSR1 may not open the inspector of process ${pid}: ${why}`
  throw new HeapgraphError('UNREADABLE', what, '--signal sends it anyway; or start it with --inspect, then --port')
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
  return new HeapgraphError('UNREADABLE', `process ${pid} belongs to another user: permission denied`)
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

/** Whether it has a handler for SIGUSR1. A Node that has just started, or with --disable-sigusr1, has none. */
function isExpectingSignal(pid: number): boolean {
  if (process.platform !== 'linux') return true
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(procText(pid, 'status'))?.[1]
  return caught !== undefined && (BigInt(`0x${caught}`) & (1n << BigInt(SIGUSR1 - 1))) !== 0n
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

/** The first of the ports at which the inspector of that process answers. */
export async function inspectorAt(
  ports: readonly number[],
  pid: number,
  patience: Patience = {},
): Promise<{connection: Connection; port: number} | undefined> {
  const {signal} = patience
  for (const port of ports) {
    const targets = await targetsAt(placeOfPort(port), signal).catch(() => [])
    for (const {address} of targets.filter(({type}) => type === 'node' || type === 'deno')) {
      const connection = await connect(address, `process ${pid}`, patience).catch(() => undefined)
      signal?.throwIfAborted()
      if (connection === undefined) continue
      const asked = {expression: OWN_PID, returnByValue: true}
      const answer = connection.send<{result: unknown}>('Runtime.evaluate', asked)
      // On Linux the port is that process's, which may be busy.
      const own = process.platform === 'linux' ? patience : {...patience, silenceMs: ASK_MS}
      const told = await patiently(answer, `process ${pid}`, own).catch(() => undefined)
      if (objectOf(told?.result).value === pid) return {connection, port}
      connection.close()
      signal?.throwIfAborted()
    }
  }
  return undefined
}

async function isAnswering(port: number): Promise<boolean> {
  const {createConnection} = await import('node:net')
  return new Promise(resolve => {
    const socket = createConnection(port, '127.0.0.1')
    // One that takes nobody any more is there all the same.
    socket.setTimeout(ANSWER_MS, () => {
      socket.destroy()
      resolve(true)
    })
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
