/**
 * Preloaded into every Node process and thread that `watch` and `doctor` run: looks at its memory and asks, or waits to be asked, and
 * writes snapshots of its own heap.
 */
import {writeSync} from 'node:fs'
import {createConnection, type Socket} from 'node:net'
import {basename} from 'node:path'
import {writeHeapSnapshot} from 'node:v8'
import {isMainThread, threadId} from 'node:worker_threads'
import {removePart} from '../files/part-file.ts'
import {takeOwn} from '../inspect/prepare.ts'
import {keepFrames, trackAllocations} from '../inspect/track-allocations.ts'
import {collectGarbage, settleHeap} from '../own/settle.ts'
import {ownHeapAboveMemory, watchLimit} from './near-limit.ts'
import {type AgentConfig, CONFIG_NAME, eachMessage, type FromAgent, type ToAgent, tell} from './watch-channel.ts'

const LOOK_MS = 100
/** Looks at which nothing keeps the event loop alive but ourselves. */
const IDLE_LOOKS = 10
/** Collections at most when it is weighed. */
const WEIGH_ROUNDS = 6
/** After a snapshot was not possible. */
const REST_MS = 5000
/** Rests so many times as long as it took to collect garbage in vain: 5 % of the program's time at most. */
const REST_FACTOR = 20
/** What a later snapshot must have above the one before, as a part of the limit, when no growth is told. */
const STEP = 0.1

const told = process.env[CONFIG_NAME]
if (told !== undefined) start(JSON.parse(told) as AgentConfig)

function start(config: AgentConfig): void {
  const {metric, onDemand, internals = false, numeric = false, sources, stacks} = config
  // Resident memory is the process's, not a thread's.
  if (metric === 'rss' && !isMainThread) return
  const socket = createConnection(config.socket)
  socket.unref()
  socket.on('error', () => {})
  // Heaps of threads have limits of their own, and one memory.
  const tooLarge = isMainThread && (config.nearLimit || onDemand) ? ownHeapAboveMemory() : undefined
  tell<FromAgent>(socket, {
    type: 'hello',
    pid: process.pid,
    thread: threadId,
    name: basename(process.argv[1] ?? ''),
    ...(tooLarge === undefined ? {} : {tooLarge}),
  })
  if (stacks) keepFrames()
  const what = {exposeInternals: internals, exposeNumericValues: numeric}
  /** Whether it was written. */
  const write = (file: string) => {
    try {
      const {result: _, ...told} = takeOwn(sources, () => writeHeapSnapshot(file, what))
      tell<FromAgent>(socket, {type: 'done', ...told})
      return true
    } catch (error) {
      removePart(file)
      tell<FromAgent>(socket, {type: 'failed', code: String((error as NodeJS.ErrnoException).code ?? error)})
      return false
    }
  }
  if (onDemand) obey(socket, write)
  else {
    if (stacks) {
      trackAllocations()
      endWhenIdle()
    }
    look(config, socket, write)
  }

  const {exitFile, watcher} = config
  if (exitFile === undefined || !isMainThread || process.ppid !== watcher) return
  process.on('exit', () => {
    try {
      const {leftOut} = takeOwn(sources, () => writeHeapSnapshot(exitFile, what))
      // Nothing can be told over the socket any more.
      if (leftOut !== undefined) writeSync(2, `heapgraph: ${leftOut}\n`)
    } catch {
      // The watcher sees that it is not whole.
    }
  })
}

/** Looks at the memory, and asks for a snapshot when one is due. */
function look(config: AgentConfig, socket: Socket, write: (file: string) => boolean): void {
  const {metric, aboveBytes, growthBytes, everyMs} = config
  const {nearLimit} = config
  const lookAtLimit = nearLimit ? watchLimit(nearLimit, told => tell<FromAgent>(socket, told)) : () => {}

  const value = () => (metric === 'rss' ? process.memoryUsage.rss() : process.memoryUsage()[metric])
  let base = value()
  let limit = aboveBytes ?? base + (growthBytes ?? Number.POSITIVE_INFINITY)
  let since = performance.now()
  let restUntil = 0
  let isWaiting = false

  /** Why a snapshot is due; garbage does not count, so it is collected before one is asked for. */
  const due = (): string | undefined => {
    if (everyMs !== undefined && performance.now() - since >= everyMs) return `${everyMs} ms have passed`
    if (value() < limit) return undefined
    const before = performance.now()
    if (metric !== 'rss') collectGarbage()
    const now = value()
    if (now >= limit) return `${metric} ${now}`
    restUntil = performance.now() + REST_FACTOR * (performance.now() - before)
    return undefined
  }
  const timer = setInterval(() => {
    lookAtLimit()
    if (isWaiting || performance.now() < restUntil) return
    const reason = due()
    if (reason === undefined) return
    isWaiting = true
    tell<FromAgent>(socket, {type: 'due', reason, heapBytes: process.memoryUsage().heapUsed})
  }, LOOK_MS)
  timer.unref()

  eachMessage<ToAgent>(socket, message => {
    if (message.type === 'stop') return clearInterval(timer)
    isWaiting = false
    since = performance.now()
    if (message.type === 'skip' || (message.type === 'take' && !write(message.file))) {
      restUntil = performance.now() + REST_MS
    }
    base = value()
    if (aboveBytes !== undefined || growthBytes !== undefined) limit = base + (growthBytes ?? STEP * (aboveBytes ?? 0))
  })
  socket.on('close', () => clearInterval(timer))
}

/**
 * While V8 tracks, a timer of the inspector's keeps the event loop alive (node/src/inspector_agent.cc, `startRepeatingTimer`), and the program would
 * never end by itself: when nothing else has kept it alive for a second, it is ended as Node does it. What the thread pool alone does is not told.
 */
function endWhenIdle(): void {
  let looks = 0
  let isTold = false
  const timer = setInterval(() => {
    if (process.getActiveResourcesInfo().length > 0) {
      looks = 0
      isTold = false
      return
    }
    if (++looks < IDLE_LOOKS) return
    if (isTold) process.exit()
    isTold = true
    process.emit('beforeExit', Number(process.exitCode ?? 0))
  }, LOOK_MS)
  timer.unref()
}

/** Does nothing but what it is told to, and says when the process listens on a port. */
function obey(socket: Socket, write: (file: string) => boolean): void {
  const timer = setInterval(() => {
    if (!process.getActiveResourcesInfo().includes('TCPServerWrap')) return
    clearInterval(timer)
    tell<FromAgent>(socket, {type: 'listening'})
  }, LOOK_MS)
  timer.unref()
  eachMessage<ToAgent>(socket, message => {
    clearInterval(timer)
    if (message.type === 'take') write(message.file)
    if (message.type === 'inspect') openInspector(socket)
    if (message.type === 'weigh') weigh(socket)
    if (message.type === 'track') track(socket)
  })
  socket.on('close', () => clearInterval(timer))
}

function track(socket: Socket): void {
  try {
    trackAllocations()
    tell<FromAgent>(socket, {type: 'tracking'})
  } catch (error) {
    tell<FromAgent>(socket, {type: 'failed', code: (error as Error).message})
  }
}

async function weigh(socket: Socket): Promise<void> {
  const active = () => performance.eventLoopUtilization().active
  const asked = active()
  const {heapUsedBytes: heapBytes, externalBytes} = await settleHeap({maxRounds: WEIGH_ROUNDS})
  const rssBytes = process.memoryUsage.rss()
  tell<FromAgent>(socket, {
    type: 'weight',
    heapBytes,
    externalBytes,
    rssBytes,
    activeMs: {asked, answered: active()},
  })
}

/** A worker thread has no inspector of its own to open. */
async function openInspector(socket: Socket): Promise<void> {
  try {
    if (!isMainThread) throw new Error('ERR_WORKER')
    const inspector = await import('node:inspector')
    if (inspector.url() === undefined) {
      inspector.open(0, '127.0.0.1')
      // Waits until nobody is connected: whoever asked is gone by then, too.
      socket.on('close', () => inspector.close())
    }
    tell<FromAgent>(socket, {type: 'inspecting', url: String(inspector.url())})
  } catch (error) {
    tell<FromAgent>(socket, {type: 'failed', code: String((error as NodeJS.ErrnoException).code ?? error)})
  }
}
