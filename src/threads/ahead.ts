/**
 * Work that another thread does ahead of time, while the calling one does something else. A thing is computed by the one that takes it
 * first; the calling thread waits for what it needs and finds taken. It never depends on the other: what that has not taken, has
 * failed at, or takes too long for, it computes itself.
 */
import {MessageChannel, type MessagePort, receiveMessageOnPort} from 'node:worker_threads'
import type {Threads} from './threads.ts'

const FREE = 0
const TAKEN = 1
const DONE = 2
const FAILED = 3
/** By the calling thread. */
const TAKEN_BACK = 4

/** Nothing takes so long; a thread that has died says nothing any more. */
const PATIENCE_MS = 60_000

export interface AheadJob<About> {
  about: About
  names: readonly string[]
  /** One state for each name. */
  states: Int32Array
  port: MessagePort
}

/** What another thread has for a name; undefined if the calling one must compute it. */
export type TakeResult = (name: string) => unknown

/** Has a thread compute `names`, in this order, by `module`, whose `run` must call `workAhead`. */
export function startAhead(threads: Threads, module: string, about: unknown, names: readonly string[]): TakeResult {
  const states = new Int32Array(new SharedArrayBuffer(4 * names.length))
  const {port1, port2} = new MessageChannel()
  port1.unref()
  threads.runOne(module, {about, names, states, port: port2} satisfies AheadJob<unknown>)
  const results = new Map<string, unknown>()
  const receive = () => {
    for (let found = receiveMessageOnPort(port1); found !== undefined; found = receiveMessageOnPort(port1)) {
      const {name, result} = found.message as {name: string; result: unknown}
      results.set(name, result)
    }
  }
  return name => {
    const index = names.indexOf(name)
    if (index < 0 || Atomics.compareExchange(states, index, FREE, TAKEN_BACK) === FREE) return undefined
    Atomics.wait(states, index, TAKEN, PATIENCE_MS)
    if (Atomics.load(states, index) !== DONE) return undefined
    receive()
    return results.get(name)
  }
}

/** Takes what nobody has taken and computes it. Results are copied, but for what lies in shared memory. */
export function workAhead<About>({names, states, port}: AheadJob<About>, compute: (name: string) => unknown): void {
  names.forEach((name, index) => {
    if (Atomics.compareExchange(states, index, FREE, TAKEN) !== FREE) return
    let state = FAILED
    try {
      port.postMessage({name, result: compute(name)})
      state = DONE
    } catch {
      // Whoever needs it will meet the same trouble.
    }
    Atomics.store(states, index, state)
    Atomics.notify(states, index)
  })
  port.close()
}
