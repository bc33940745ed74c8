/**
 * A page's dedicated workers, each with a heap of its own. Playwright has no sessions for them; the page's session has, by the older way of the
 * protocol: messages to a worker and from it are parameters of the page's (`Target.sendMessageToTarget`, which Chromium has with `flatten: false`).
 */
import {HeapgraphError} from '../../util/errors.ts'
import {type News, type Patience, patiently} from '../inspect/patience.ts'
import type {Connection} from '../inspect/protocol.ts'

/** A worker that lives. */
export interface PageWorker {
  /** Of its script. */
  address: string
  connection: Connection
}

export interface PageWorkers {
  /** Those that live, oldest first. */
  living(): PageWorker[]
}

interface Attached {
  sessionId?: unknown
  targetInfo?: {type?: unknown; url?: unknown}
}

/** Follows the workers that the page has and will start. */
export async function followWorkers(page: Connection, patience: Patience): Promise<PageWorkers> {
  const found = new Map<string, PageWorker & {hear(message: string): void; end(): void}>()
  page.on('Target.attachedToTarget', ({sessionId, targetInfo}: Attached) => {
    if (typeof sessionId !== 'string' || targetInfo?.type !== 'worker') return
    const address = typeof targetInfo.url === 'string' ? targetInfo.url : ''
    found.set(sessionId, {address, ...workerConnection(page, sessionId, address, patience)})
  })
  page.on('Target.detachedFromTarget', ({sessionId}: Attached) => {
    if (typeof sessionId !== 'string') return
    found.get(sessionId)?.end()
    found.delete(sessionId)
  })
  page.on('Target.receivedMessageFromTarget', ({sessionId, message}: {sessionId?: unknown; message?: unknown}) => {
    if (typeof sessionId === 'string' && typeof message === 'string') found.get(sessionId)?.hear(message)
  })
  await page.send('Target.setAutoAttach', {autoAttach: true, waitForDebuggerOnStart: false, flatten: false})
  return {living: () => [...found.values()]}
}

interface Message {
  id?: unknown
  result?: unknown
  error?: {message?: unknown}
  method?: unknown
  params?: unknown
}

function workerConnection(page: Connection, sessionId: string, address: string, patience: Patience) {
  const listeners = new Map<string, (params: never) => void>()
  const waiting = new Map<number, {resolve(result: unknown): void; reject(error: Error): void}>()
  let sent = 0
  const fail = (what: string) => new HeapgraphError('UNREADABLE', `the worker ${address}: ${what}`)
  const connection: Connection = {
    send: <T>(method: string, params: object = {}, news?: News) => {
      const id = ++sent
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, {resolve, reject}))
      const asked = page.send('Target.sendMessageToTarget', {sessionId, message: JSON.stringify({id, method, params})})
      asked.catch(error => waiting.get(id)?.reject(error))
      return patiently(answer as Promise<T>, `the worker ${address}`, patience, news)
    },
    on: (event, listener) => void listeners.set(event, listener),
    pause() {},
    resume() {},
    close() {},
  }
  return {
    connection,
    hear(message: string) {
      const {id, result, error, method, params} = JSON.parse(message) as Message
      if (typeof id === 'number') {
        const asked = waiting.get(id)
        waiting.delete(id)
        if (error === undefined) asked?.resolve(result)
        else asked?.reject(fail(String(error.message)))
      } else if (typeof method === 'string') listeners.get(method)?.(params as never)
    },
    end() {
      for (const {reject} of waiting.values()) reject(fail('it has ended'))
      waiting.clear()
    },
  }
}
