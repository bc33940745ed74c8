/** Heap snapshots of another process over the DevTools protocol, streamed to disk as they come. */
import {HeapgraphError} from '../../util/errors.ts'
import {numbered, openPartFile, type Written} from '../files/part-file.ts'
import {type Activated, activate, deactivate, stillOpen} from './activate.ts'
import {News, type Patience} from './patience.ts'
import {type Prepared, prepareRemote, type Sources} from './prepare.ts'
import {type Connection, connect, shown} from './protocol.ts'
import {checkLoopback, chooseTarget, type Place, placeOfPort, placeOfUrl, targetsAt} from './targets.ts'
import {trackRemote} from './track-allocations.ts'

/** One of them. */
export type RemoteSource = {pid: number} | {url: string} | {port: number}

/** `silenceMs`, `timeoutMs`: of each snapshot. The signal ends it, leaving no part of a file. */
export interface RemoteOptions extends Patience {
  /** A part of the title or address of the page, worker or program; or its id. */
  target?: string
  /** Snapshots over one connection, so that ids mean the same objects; 1. With more, files are numbered `-1`, `-2` … */
  count?: number
  /** Waits before the second and each later one, with `stacks` before the first, too; the signal ends the waiting. */
  between?: (taken: number, signal: AbortSignal | undefined) => Promise<unknown>
  /** V8's own objects, too: `exposeInternals` of DevTools. */
  internals?: boolean
  /** Numbers in properties: `captureNumericValue`. */
  numeric?: boolean
  /** `full`: all strings whole, the sources of scripts among them, which lines are told by. Unless given, `full` if the heap has no more than 1 GiB of room for text. */
  sources?: Sources
  /** V8 notes the stack of each allocation from the beginning on, and `between` is waited for before the first snapshot, too. Costs the program much time (`trackAllocations`). */
  stacks?: boolean
  /** Another machine may be asked. */
  allowRemote?: boolean
  /** SIGUSR1 is sent, too, when it is not known whether the process has a handler of its own for it. */
  allowSignal?: boolean
  /** Bytes of the snapshot that have come, and the share of the process's own work, 0 to 1, if it tells. */
  onProgress?: (bytes: number, share: number | undefined) => void
  /** After each snapshot. */
  onWritten?: (written: Written) => void
}

/**
 * Takes snapshots of a running Node (`pid`: its inspector is opened by SIGUSR1, and closed again), or of what is at the address of an
 * inspector: Node, Deno, a page of Chrome. Files are for their owner only, packed if the name ends in `.gz`, and whole or not there.
 * Throws USAGE if it is not clear what to capture, UNREADABLE if it cannot be.
 */
export async function captureRemote(
  source: RemoteSource,
  path: string,
  options: RemoteOptions = {},
): Promise<Written[]> {
  const {count = 1, signal} = options
  const activated = await attach(source, options)
  const {connection} = activated
  let prepared: Prepared | undefined
  let tracking: {restore(): Promise<void>} | undefined
  const ended = endsWith(activated, signal, () => {
    void prepared?.restore()
    void tracking?.restore()
  })
  try {
    signal?.throwIfAborted()
    const written: Written[] = []
    // Once, and never disabled in between: `HeapProfiler.disable` forgets the ids (v8/src/inspector/v8-heap-profiler-agent-impl.cc).
    await connection.send('HeapProfiler.enable')
    if (options.stacks) tracking = await trackRemote(connection)
    for (let i = 0; i < count; i++) {
      if (i > 0 || options.stacks) await Promise.race([options.between?.(i, signal), ended.aborted])
      signal?.throwIfAborted()
      prepared = await prepareRemote(connection, options.sources)
      if (prepared.leftOut !== undefined && i === 0) options.onNote?.(prepared.leftOut)
      written.push(await takeOver(connection, count === 1 ? path : numbered(path, i + 1), options))
      await prepared.restore()
      options.onWritten?.(written[i])
    }
    return written
  } finally {
    await tracking?.restore()
    if (!(await ended.end())) options.onNote?.(stillOpen(activated))
  }
}

/** `before`: what else the process is told. When the signal comes, the inspector is closed before the connection is, in the middle of whatever goes on. */
export function endsWith(
  activated: Activated,
  signal: AbortSignal | undefined,
  before: () => void = () => {},
): {aborted: Promise<never>; end(): Promise<boolean>} {
  let closed: Promise<boolean> | undefined
  const end = () => {
    if (closed === undefined) before()
    closed ??= deactivate(activated)
    return closed
  }
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => end().finally(() => reject(signal.reason)), {once: true})
  })
  aborted.catch(() => {})
  return {aborted, end}
}

export async function attach(source: RemoteSource, options: RemoteOptions): Promise<Activated> {
  const {target, allowRemote, signal} = options
  if ('pid' in source) return activate(source.pid, options)
  const place: Place = 'url' in source ? placeOfUrl(source.url) : placeOfPort(source.port)
  if (allowRemote !== true) checkLoopback(place)
  const {host, port, path} = place
  if (path !== undefined && path !== '/json/list') {
    const address = `ws://${host}:${port}${path}`
    return {connection: await connect(address, shown(address), options), port, wasClosed: false}
  }
  const {address, title} = chooseTarget(await targetsAt(place, signal), target)
  return {connection: await connect(address, shown(title === '' ? address : title), options), port, wasClosed: false}
}

export async function takeOver(connection: Connection, path: string, options: RemoteOptions): Promise<Written> {
  const {internals = false, numeric = false, onProgress, signal} = options
  const file = openPartFile(path)
  let bytes = 0
  let share: number | undefined
  let failed: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => {
    failed = reject
  })
  failure.catch(() => {})
  const interrupt = () => failed(signal?.reason)
  signal?.addEventListener('abort', interrupt, {once: true})
  const news = new News()
  let mostDone = 0
  connection.on('HeapProfiler.reportHeapSnapshotProgress', ({done, total}: {done?: unknown; total?: unknown}) => {
    if (typeof done !== 'number' || typeof total !== 'number') return
    // The same again is no news.
    if (done > mostDone) news.heard()
    mostDone = Math.max(mostDone, done)
    share = total > 0 ? Math.min(1, done / total) : undefined
    onProgress?.(bytes, share)
  })
  connection.on('HeapProfiler.addHeapSnapshotChunk', ({chunk}: {chunk?: unknown}) => {
    if (typeof chunk !== 'string') {
      const what = `${path}: the inspector sent a part of the snapshot that is not text`
      return failed(new HeapgraphError('UNREADABLE', what, 'nothing was written'))
    }
    if (chunk !== '') news.heard()
    bytes += chunk.length
    onProgress?.(bytes, undefined)
    try {
      const room = file.write(chunk)
      if (room === undefined) return
      connection.pause()
      news.isPaused = true
      const goOn = () => {
        connection.resume()
        news.isPaused = false
      }
      room.then(goOn, failed)
    } catch (error) {
      failed(error)
    }
  })
  try {
    const asked = {reportProgress: true, exposeInternals: internals, captureNumericValue: numeric}
    await Promise.race([connection.send('HeapProfiler.takeHeapSnapshot', asked, news), failure])
    signal?.throwIfAborted()
    return await file.finish()
  } catch (error) {
    if (signal?.aborted) throw new HeapgraphError('UNREADABLE', `${path}: interrupted`, 'nothing was written')
    throw error
  } finally {
    signal?.removeEventListener('abort', interrupt)
    connection.on('HeapProfiler.addHeapSnapshotChunk', () => {})
    await file.discard()
    // A file that is ended no longer says that it has room.
    connection.resume()
  }
}
