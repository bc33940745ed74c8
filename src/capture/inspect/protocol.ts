/** The DevTools protocol over one WebSocket: questions with answers, events, and a stop for who cannot keep up. */
import type WebSocket from 'ws'
import {HeapgraphError} from '../../util/errors.ts'
import {formatBytes} from '../../util/units.ts'
import {type News, type Patience, patiently} from './patience.ts'

export interface Connection {
  /**
   * Asks, and waits for the answer, an object of which nothing more is known than who asks checks. Rejects when the other side refuses, goes
   * away, or says nothing for too long; `news` says what else counts as a word of it.
   */
  send<T = unknown>(method: string, params?: object, news?: News): Promise<T>
  /** One listener at a time for an event, whose parameters are an object and not known to be more. What it throws ends the connection. */
  on(event: string, listener: (params: never) => void): void
  /** Nothing more is read until `resume`: what is sent meanwhile waits on the other side. */
  pause(): void
  resume(): void
  close(): void
}

/** For all of connecting, however slowly it comes. */
const CONNECT_MS = 10_000
/** How long the other side has to say goodbye. */
const CLOSE_MS = 500
/** Chunks of a snapshot are 100 kB, but names may be long. */
const MAX_MESSAGE_BYTES = 256 << 20
/** Characters of what it says of itself that are shown. */
const SHOWN = 200

/** It answered, and said no. */
export class Refused extends HeapgraphError {}

/** `where`: how the other side is called in errors. `patience`: with each answer; its signal ends the connecting only. */
export async function connect(url: string, where: string, {signal, ...patience}: Patience = {}): Promise<Connection> {
  signal?.throwIfAborted()
  // Loaded by who needs it: 10 ms.
  const {WebSocket: Socket} = await import('ws')
  const socket = new Socket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
  })
  // From the beginning: what comes right behind the handshake comes before anybody has seen that it is open.
  const connection = over(socket, where, patience)
  let timer: NodeJS.Timeout | undefined
  let interrupt = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      interrupt = () => reject(signal?.reason)
      const failed = (why: string) =>
        reject(new HeapgraphError('UNREADABLE', `${where}: no connection to its inspector: ${why}`))
      socket.once('open', resolve)
      socket.once('error', error => failed(shown(error.message)))
      // Not ws's `handshakeTimeout`, which each byte begins anew.
      timer = setTimeout(failed, CONNECT_MS, `it does not answer in ${CONNECT_MS / 1000} s`)
      signal?.addEventListener('abort', interrupt, {once: true})
    })
  } catch (error) {
    socket.terminate()
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
  }
  return connection
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

function over(socket: WebSocket, where: string, patience: Patience): Connection {
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, (params: never) => void>()
  let lastId = 0
  let ended: unknown
  const end = (why: unknown) => {
    ended ??= why
    for (const {reject} of waiting.values()) reject(ended)
    waiting.clear()
  }
  const failed = (what: string) => new HeapgraphError('UNREADABLE', `${where}: ${what}`, THROWN_AWAY)
  socket.on('error', error => end(failed(faultOf(error))))
  socket.on('close', () => end(failed('it ended, or closed the connection')))
  socket.on('message', data => {
    const {id, method, params, result, error} = parsed(String(data))
    if (method !== undefined) {
      try {
        listeners.get(method)?.(params as never)
      } catch (thrown) {
        const what = failed(`its ${shown(method)} is not as the protocol says`)
        end(thrown instanceof HeapgraphError ? thrown : Object.assign(what, {cause: thrown}))
        socket.terminate()
      }
    }
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || asked === undefined) return
    waiting.delete(id)
    if (result !== undefined) asked.resolve(result)
    else asked.reject(new Refused('UNREADABLE', `${where}: its inspector refused${error === '' ? '' : `: ${error}`}`))
  })
  return {
    send<T>(method: string, params: object = {}, news?: News) {
      const id = ++lastId
      const answer = new Promise<T>((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        waiting.set(id, {resolve: value => resolve(value as T), reject})
        socket.send(JSON.stringify({id, method, params}))
      })
      return patiently(answer, where, patience, news).finally(() => waiting.delete(id))
    },
    on(event, listener) {
      listeners.set(event, listener)
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close() {
      end(failed('the connection was closed'))
      socket.close()
      const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
      socket.once('close', () => clearTimeout(timer))
    },
  }
}

const THROWN_AWAY = 'the partial snapshot was deleted'

/** What is wrong with what came, by ws's codes (ws/doc/ws.md, "Error codes"). */
function faultOf(error: Error & {code?: string}): string {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `it sent a message of more than ${formatBytes(MAX_MESSAGE_BYTES)}, which no inspector does`
  }
  if (error.code?.startsWith('WS_ERR')) return `it does not speak the inspector protocol: ${shown(error.message)}`
  return `the connection broke: ${shown(error.message)}`
}

interface Message {
  id?: number
  method?: string
  params: object
  /** Undefined if it is no answer, or a refusal. */
  result?: object
  /** Why it refused; may be empty. */
  error: string
}

/** What is no message of the protocol is none of ours. */
function parsed(text: string): Message {
  const {id, method, params, result, error} = objectOf(jsonOf(text))
  return {
    ...(typeof id === 'number' && {id}),
    ...(typeof method === 'string' && {method}),
    params: objectOf(params),
    ...(isObject(result) && {result}),
    error: shown(String(objectOf(error).message ?? '')),
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Whatever came; an empty object if it is none. */
export function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

/** No more of another side's text than a person reads. */
export function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
