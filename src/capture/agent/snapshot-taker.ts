/** Snapshots of a running program's heaps when they are wanted: the agent in each Node process and thread waits to be asked. */
import {rmSync} from 'node:fs'
import type {Socket} from 'node:net'
import {join} from 'node:path'
import {notWritable} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {adopt, type Written} from '../files/part-file.ts'
import type {Sources} from '../inspect/prepare.ts'
import {type AgentServer, isWhole, lackFor, openAgentServer, partFolder} from './agents.ts'
import {eachMessage, type FromAgent, type ToAgent, tell} from './watch-channel.ts'

/** One heap: of a process's main thread (0) or of a worker thread. */
export interface LiveHeap {
  /** Of the process. */
  pid: number
  /** 0 for the main thread. */
  thread: number
  /** The script's name; may hold anything, or be empty. */
  name: string
}

/** What a heap holds once garbage is collected; in bytes. */
export interface Weight {
  /** Used in V8's heap. */
  heapBytes: number
  /** Of what V8 knows outside of it: ArrayBuffers and the like. */
  externalBytes: number
  /** Resident, of the whole process. */
  rssBytes: number
}

/** A weight, and how long the heap's event loop has been at work until it was asked, and until it answered: to weigh is work, too. */
export interface Weighing extends Weight {
  activeMs: {asked: number; answered: number}
}

/** `floor`: what was left right before it; `leftOut`: why it has no sources, if nobody said so. */
export type TakenOne = Written & {floor: Weight; leftOut?: string}

type Answer = Extract<FromAgent, {type: 'weight' | 'inspecting' | 'tracking' | 'done' | 'failed'}>

/** Who is there, and what was asked of it. */
class Agent implements LiveHeap {
  pid = 0
  thread = 0
  name = ''
  readonly #socket: Socket
  #answered: ((answer: Answer | undefined) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('close', () => this.answer(undefined))
  }

  close(): void {
    this.#socket.destroy()
  }

  answer(answer: Answer | undefined): void {
    this.#answered?.(answer)
    this.#answered = undefined
  }

  /** One question at a time; undefined if the process or thread is gone. */
  ask(question: ToAgent): Promise<Answer | undefined> {
    if (this.#socket.destroyed) return Promise.resolve(undefined)
    return new Promise(resolve => {
      this.#answered = resolve
      tell(this.#socket, question)
    })
  }
}

export class SnapshotTaker {
  /** Settles when some process of the program listens on a port. */
  readonly listening: Promise<void>
  readonly #agents = new Set<Agent>()
  readonly #server: AgentServer
  readonly #parts: string

  /** `folder`: where snapshots are to be written. `onNote` hears what is to be known of the processes. Throws UNREADABLE if nothing can be written. */
  static async open(folder: string, onNote?: (text: string) => void): Promise<SnapshotTaker> {
    const parts = partFolder(folder)
    try {
      return new SnapshotTaker(await openAgentServer(), parts, onNote)
    } catch (error) {
      rmSync(parts, {recursive: true, force: true})
      throw error
    }
  }

  private constructor(server: AgentServer, parts: string, onNote: ((text: string) => void) | undefined) {
    this.#server = server
    this.#parts = parts
    let listens = () => {}
    this.listening = new Promise(resolve => {
      listens = resolve
    })
    server.server.on('connection', socket => {
      const agent = new Agent(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#agents.delete(agent))
      eachMessage<FromAgent>(socket, message => {
        if (message.type === 'hello') {
          const {pid, thread, name, tooLarge} = message
          Object.assign(agent, {pid, thread, name})
          if (tooLarge !== undefined) onNote?.(`process ${pid}: ${tooLarge}`)
          this.#agents.add(agent)
        } else if (message.type === 'listening') listens()
        else if (message.type !== 'due' && message.type !== 'near-limit') agent.answer(message)
      })
    })
  }

  /** `sources`, `stacks`: as `watch` has them; the latter are noted when `track` says so. */
  environment(
    env: NodeJS.ProcessEnv,
    {sources, stacks}: {sources?: Sources | undefined; stacks?: boolean | undefined} = {},
  ): NodeJS.ProcessEnv {
    const asked = {...(sources === undefined ? {} : {sources}), ...(stacks ? {stacks} : {})}
    const config = {metric: 'heapUsed', onDemand: true, ...asked} as const
    return this.#server.environment(config, env)
  }

  /** Those that are there now, by process and thread. */
  heaps(): LiveHeap[] {
    return [...this.#agents].sort((a, b) => a.pid - b.pid || a.thread - b.thread)
  }

  /** Collects garbage and says what is left; undefined if the heap is gone. */
  async weigh(heap: LiveHeap): Promise<Weighing | undefined> {
    const answer = await (heap as Agent).ask({type: 'weigh'})
    if (answer?.type !== 'weight') return undefined
    const {heapBytes, externalBytes, rssBytes, activeMs} = answer
    return {heapBytes, externalBytes, rssBytes, activeMs}
  }

  /** Has V8 note the stack of each of the heap's allocations from now on. Throws UNREADABLE if it cannot, or the heap is gone. */
  async track(heap: LiveHeap): Promise<void> {
    const answer = await (heap as Agent).ask({type: 'track'})
    if (answer?.type === 'tracking') return
    throw answer?.type === 'failed' ? new HeapgraphError('UNREADABLE', answer.code) : gone(heap)
  }

  /** Has the heap's process open its inspector, on this machine only, until `close`. Throws UNREADABLE for a worker thread's. */
  async inspect(heap: LiveHeap): Promise<string> {
    const answer = await (heap as Agent).ask({type: 'inspect'})
    if (answer?.type === 'inspecting') return answer.url
    if (answer === undefined) throw gone(heap)
    const what =
      heap.thread === 0
        ? `process ${heap.pid} did not open its inspector`
        : 'a worker thread has no inspector of its own'
    throw new HeapgraphError('UNREADABLE', what)
  }

  /** Writes one of `heap`, which stands still meanwhile. Throws UNREADABLE if memory or disk do not seem to be enough (`force`: all the same), the process is gone, or the file cannot be written. */
  async take(heap: LiveHeap, path: string, {force = false} = {}): Promise<TakenOne> {
    const weighing = await this.weigh(heap)
    if (weighing === undefined) throw gone(heap)
    const {activeMs: _, ...weight} = weighing
    const lack = force ? undefined : lackFor(weight.heapBytes, this.#parts)
    if (lack !== undefined) {
      const how = '--force takes it anyway'
      throw new HeapgraphError('UNREADABLE', `no snapshot of process ${heap.pid}: ${lack}`, how)
    }
    const part = join(this.#parts, 'part')
    try {
      const answer = await (heap as Agent).ask({type: 'take', file: part})
      if (answer?.type === 'failed') throw notWritable(path, Object.assign(new Error(answer.code), {code: answer.code}))
      if (!isWhole(part)) throw gone(heap)
      const leftOut = answer?.type === 'done' ? answer.leftOut : undefined
      return {...(await adopt(part, path)), floor: weight, ...(leftOut === undefined ? {} : {leftOut})}
    } finally {
      rmSync(part, {force: true})
    }
  }

  close(): void {
    for (const agent of this.#agents) agent.close()
    this.#server.close()
    rmSync(this.#parts, {recursive: true, force: true})
  }
}

function gone({pid, thread}: LiveHeap): HeapgraphError {
  const what = thread === 0 ? `process ${pid}` : `worker thread ${thread} of process ${pid}`
  return new HeapgraphError('UNREADABLE', `${what} ended before its snapshot was written`)
}
