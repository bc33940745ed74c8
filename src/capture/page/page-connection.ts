/** A session of Playwright's as the connection that snapshots are taken over. */
import type {CDPSession} from 'playwright-core'
import {type News, type Patience, patiently} from '../inspect/patience.ts'
import type {Connection} from '../inspect/protocol.ts'

type Send = (method: string, params: object) => Promise<unknown>
type Listen = (event: string, listener: (params: unknown) => void) => void

export function pageConnection(session: CDPSession, where: string, patience: Patience): Connection {
  // Of Playwright's types the names of all methods are a part; here they come from elsewhere.
  const send = session.send.bind(session) as Send
  const on = session.on.bind(session) as Listen
  const listeners = new Map<string, (params: never) => void>()
  return {
    send: <T>(method: string, params: object = {}, news?: News) =>
      patiently(send(method, params) as Promise<T>, where, patience, news),
    on(event, listener) {
      if (!listeners.has(event)) on(event, params => listeners.get(event)?.(params as never))
      listeners.set(event, listener)
    },
    // The browser is on this machine, and Playwright does not let us stop it.
    pause() {},
    resume() {},
    close: () => void session.detach().catch(() => {}),
  }
}
