/** The pages of a test file, served from the loopback interface. */
import {createServer, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {after, before} from 'node:test'
import {HANG_MS} from '../support/limits.ts'

export interface PageServer {
  readonly server: Server
  /** `http://127.0.0.1:41234`; '' until the tests begin. */
  readonly address: string
}

/** Listens before the first test of the file that calls this, on a free port, and is closed after the last. */
export function servePages(answer: RequestListener): PageServer {
  const server = createServer(answer)
  let address = ''
  before(
    async () => {
      await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    {timeout: HANG_MS},
  )
  after(() => server.close())
  return {
    server,
    get address() {
      return address
    },
  }
}
