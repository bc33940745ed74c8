/**
 * Frames of a page that a process of their own runs, since they are of another site: each of these has a heap of its own, which the page's snapshot does
 * not have. Playwright has a session for each such frame.
 */
import type {BrowserContext, Frame, Page} from 'playwright-core'
import type {Patience} from '../inspect/patience.ts'
import type {Connection} from '../inspect/protocol.ts'
import {pageConnection} from './page-connection.ts'

/** The heap of a frame of another site. */
export interface PageFrame {
  /** Of its document. */
  address: string
  connection: Connection
  /** Whether the same session still has it: it is in the page, and has not gone to another process. */
  lives(): boolean
}

/**
 * Those that the page has now, in its order: one for each heap, since frames of one site share a process, and at most `limit`. What is a frame of the page's own process has no
 * session.
 */
export async function framesOfOthers(
  page: Page,
  own: Connection,
  limit: number,
  patience: Patience,
): Promise<PageFrame[]> {
  const heaps = new Set([await isolateOf(own)])
  const found: PageFrame[] = []
  for (const frame of page.frames()) {
    if (found.length >= limit) break
    const one = frame === page.mainFrame() ? undefined : await frameOfOthers(page.context(), frame, patience)
    const isolate = one === undefined ? undefined : await isolateOf(one.connection).catch(() => undefined)
    if (one === undefined) continue
    if (isolate === undefined || heaps.has(isolate)) {
      one.connection.close()
      continue
    }
    found.push(one)
    heaps.add(isolate)
  }
  return found
}

async function frameOfOthers(
  context: BrowserContext,
  frame: Frame,
  patience: Patience,
): Promise<PageFrame | undefined> {
  const session = await context.newCDPSession(frame).catch(() => undefined)
  if (session === undefined) return undefined
  const address = frame.url()
  let isOpen = true
  session.on('close', () => {
    isOpen = false
  })
  const connection = pageConnection(session, `the frame ${address}`, patience)
  return {address, connection, lives: () => isOpen && !frame.isDetached()}
}

/** V8's number of a heap. */
async function isolateOf(connection: Connection): Promise<string> {
  const {id} = await connection.send<{id: string}>('Runtime.getIsolateId')
  return id
}
