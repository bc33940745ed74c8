/**
 * Work that other threads do ahead of time, while the calling one does something else. A thing is computed by the thread that takes it
 * first; whoever needs it and finds it taken waits for it. The calling thread never depends on the others: what they have not
 * taken, have failed at, or take too long for, it computes itself.
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

/** Has the threads compute `names`, in this order, by `module`, whose `run` must call `workAhead`. */
export function startAhead(threads: Threads, module: string, about: unknown, names: readonly string[]): TakeResult {
  const states = new Int32Array(new SharedArrayBuffer(4 * names.length))
  const channels = Array.from({length: threads.count}, () => new MessageChannel())
  threads.run(
    module,
    {about, names, states},
    channels.map(({port2}) => port2),
  )
  const ports = channels.map(({port1}) => port1)
  for (const port of ports) port.unref()
  const results = new Map<string, unknown>()
  const receive = () => {
    for (const port of ports) {
      for (let found = receiveMessageOnPort(port); found !== undefined; found = receiveMessageOnPort(port)) {
        const {name, result} = found.message as {name: string; result: unknown}
        results.set(name, result)
      }
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

/** Takes what nobody has taken and computes it. `transfer`: buffers of a result that are not needed here any more. */
export function workAhead<About, Result>(
  {names, states, port}: AheadJob<About>,
  compute: (name: string) => Result,
  transfer: (result: Result) => ArrayBuffer[],
): void {
  names.forEach((name, index) => {
    if (Atomics.compareExchange(states, index, FREE, TAKEN) !== FREE) return
    let state = FAILED
    try {
      const result = compute(name)
      port.postMessage({name, result}, transfer(result))
      state = DONE
    } catch {
      // Whoever needs it will meet the same trouble.
    }
    Atomics.store(states, index, state)
    Atomics.notify(states, index)
  })
  port.close()
}
