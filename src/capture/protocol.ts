/** The DevTools protocol over one WebSocket: questions with answers, events, and a stop for who cannot keep up. */
import type WebSocket from 'ws'
import {HeapgraphError} from '../util/errors.ts'

export interface Connection {
  /** Asks, and waits for the answer. Rejects when the other side refuses or goes away. */
  send<T = unknown>(method: string, params?: object): Promise<T>
  /** One listener at a time for an event. */
  on(event: string, listener: (params: never) => void): void
  /** Nothing more is read until `resume`: what is sent meanwhile waits on the other side. */
  pause(): void
  resume(): void
  close(): void
}

const CONNECT_MS = 10_000

/** It answered, and said no. */
export class Refused extends HeapgraphError {}

/** `where`: how the other side is called in errors. */
export async function connect(url: string, where: string): Promise<Connection> {
  // Loaded by who needs it: 10 ms.
  const {WebSocket: Socket} = await import('ws')
  // Chunks of a snapshot are 100 kB, but names may be long.
  const socket = new Socket(url, {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_MS,
    maxPayload: 256 << 20,
    followRedirects: false,
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', error => {
      reject(new HeapgraphError('UNREADABLE', `${where}: no connection to its inspector: ${error.message}`))
    })
  })
  return over(socket, where)
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

function over(socket: WebSocket, where: string): Connection {
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, (params: never) => void>()
  let lastId = 0
  let ended: HeapgraphError | undefined
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = new HeapgraphError(
      'UNREADABLE',
      `${where}: it ended, or closed the connection`,
      'what had come of the snapshot was thrown away',
    )
    for (const {reject} of waiting.values()) reject(ended)
    waiting.clear()
  })
  socket.on('message', data => {
    const {id, method, params, result, error} = parsed(String(data))
    if (method !== undefined) listeners.get(method)?.(params as never)
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || asked === undefined) return
    waiting.delete(id)
    if (error === undefined) asked.resolve(result)
    else asked.reject(new Refused('UNREADABLE', `${where}: its inspector refused: ${error.message}`))
  })
  return {
    send<T>(method: string, params: object = {}) {
      return new Promise<T>((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        const id = ++lastId
        waiting.set(id, {resolve: value => resolve(value as T), reject})
        socket.send(JSON.stringify({id, method, params}))
      })
    },
    on(event, listener) {
      listeners.set(event, listener)
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(),
  }
}

interface Message {
  id?: number
  method?: string
  params?: object
  result?: unknown
  error?: {message: string}
}

/** What is no message of the protocol is none of ours. */
function parsed(text: string): Message {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null ? message : {}
  } catch {
    return {}
  }
}
