/** What `watch` and its agent in the watched processes tell each other: lines of JSON over a local socket that only the owner can reach. */
import type {Socket} from 'node:net'
import type {Sources} from '../inspect/prepare.ts'

/** What a watched program is measured by. */
export type WatchMetric = 'rss' | 'heapUsed' | 'external'

/** What is done when a heap, or the memory of its container, is nearly full. */
export interface NearLimitConfig {
  /** Where allocation profiles go until they are taken over. */
  folder: string
  /** V8's own snapshot even where memory does not seem to be enough. */
  isForced: boolean
}

/** Comes to the agent in HEAPGRAPH_WATCH, which children inherit. */
export interface AgentConfig {
  socket: string
  /** Of the watcher: its own child is the program, all others are that one's children. */
  watcher: number
  metric: WatchMetric
  aboveBytes?: number
  growthBytes?: number
  everyMs?: number
  /** Looks at nothing by itself: it is asked, weighed, and says when its process listens on a port. */
  onDemand?: boolean
  /** Where the program leaves a snapshot when it ends. */
  exitFile?: string
  nearLimit?: NearLimitConfig
  internals?: boolean
  numeric?: boolean
  sources?: Sources
  /** V8 notes the stacks of allocations: from the beginning, or when it is asked to. */
  stacks?: boolean
}

export const CONFIG_NAME = 'HEAPGRAPH_WATCH'

/** So much of a limit is used. `noProfile`: why `file` was not written. `noSnapshot`: why V8 is to write none. */
export interface NearLimitTold {
  type: 'near-limit'
  of: 'heap' | 'container'
  percent: number
  file: string
  noProfile?: string
  noSnapshot?: string
}

export type FromAgent =
  /** `tooLarge`: that its heap may grow beyond its memory, if somebody is to know. */
  | {type: 'hello'; pid: number; thread: number; name: string; tooLarge?: string}
  | {type: 'due'; reason: string; heapBytes: number}
  | {type: 'listening'}
  /** After garbage was collected. `activeMs`: how long its event loop has been at work, until it was asked and until it answered. */
  | {
      type: 'weight'
      heapBytes: number
      externalBytes: number
      rssBytes: number
      activeMs: {asked: number; answered: number}
    }
  /** The address of its inspector, opened for us. */
  | {type: 'inspecting'; url: string}
  /** `leftOut`: why the file has no sources, if nobody said so. */
  | {type: 'tracking'}
  | {type: 'done'; leftOut?: string}
  | {type: 'failed'; code: string}
  | NearLimitTold

export type ToAgent =
  | {type: 'take'; file: string}
  | {type: 'skip'}
  | {type: 'stop'}
  | {type: 'weigh'}
  | {type: 'track'}
  /** Opens the inspector on this machine until we are gone. */
  | {type: 'inspect'}

/** Hands on each whole line; what is none of our messages is left out. */
export function eachMessage<T>(socket: Socket, use: (message: T) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      try {
        use(JSON.parse(line) as T)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
    }
  })
}

export function tell<T>(socket: Socket, message: T): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}
