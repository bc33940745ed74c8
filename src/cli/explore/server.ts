/**
 * The explorer's server, on loopback only. The page is the same for everybody and holds nothing of a heap; answers are for who brings the key, which the
 * page gets once for the token in the address that was printed. Neither is a cookie: other servers of this machine would be sent those, too.
 */
import {randomBytes, timingSafeEqual} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {explorePage, HeapgraphError, type NotesAnswer} from '../../index.ts'
import {type Engine, openEngine} from './engine-client.ts'
import {changesOf} from './file-changes.ts'
import type {Notes} from './notes.ts'
import {commandLine, terminalLine} from './questions.ts'

export interface ExploreOptions {
  files: readonly string[]
  /** Recordings of memory over time. */
  recordings?: readonly string[]
  /** What is said of suspects; nothing can be said without. */
  notes?: Notes
  /** Of the loopback interface; any that is free unless given. */
  port?: number
  /** The server ends when nothing was asked for so long. */
  idleMs: number
  /** Ends it. */
  signal?: AbortSignal
  /** Who answers; a thread of its own unless given. */
  engine?: Engine
}

export interface ExploreServer {
  /** With a token that is good once; each time another. */
  address(): string
  /** Fulfilled when it has ended: by the signal, or because nothing was asked. */
  ended: Promise<'stopped' | 'idle'>
}

const HOST = '127.0.0.1'
const MAX_BODY_BYTES = 64 << 10
/** For an address that nobody opens. */
const MAX_TOKENS = 16

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** Listens. Throws USAGE if the port is taken. */
export async function serveExplorer(options: ExploreOptions): Promise<ExploreServer> {
  const {files, recordings = [], notes, port = 0, idleMs, signal, engine = openEngine()} = options
  const changes = changesOf(files)
  const key = randomBytes(32).toString('base64url')
  const tokens: string[] = []
  const page = await explorePage()
  let idle: ReturnType<typeof setTimeout>
  let end: (how: 'stopped' | 'idle') => void = () => {}
  const isOver = new Promise<'stopped' | 'idle'>(done => {
    end = done
  })
  const touch = () => {
    clearTimeout(idle)
    idle = setTimeout(() => end('idle'), idleMs)
  }
  const server = createServer((request, response) => {
    touch()
    answer(request, response).catch(error => {
      const message = error instanceof Error ? error.message : String(error)
      if (!response.headersSent) send(response, error instanceof HeapgraphError ? 400 : 500, {error: message})
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const {address, port: own} = server.address() as AddressInfo
    if (!isOwn(request, [`${address}:${own}`, `localhost:${own}`]))
      return send(response, 403, {error: 'requests from other origins are refused'})
    const {pathname} = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'GET' && pathname === '/') {
      return void response.writeHead(200, {...COMMON_HEADERS, 'content-type': 'text/html; charset=utf-8'}).end(page)
    }
    if (request.method !== 'POST') return send(response, 404, {error: 'not found'})
    if (pathname === '/key') {
      const {token} = (await bodyOf(request)) as {token?: unknown}
      const at = tokens.findIndex(known => typeof token === 'string' && isEqual(known, token))
      if (at < 0) return send(response, 403, {error: 'this address was already used, or belongs to an earlier run'})
      tokens.splice(at, 1)
      return send(response, 200, {key})
    }
    if (!isEqual(`Bearer ${key}`, request.headers.authorization ?? ''))
      return send(response, 401, {error: 'the key is missing or wrong'})
    if (pathname === '/files') return send(response, 200, {files, recordings, changes: changes()})
    if (pathname === '/notes') return send(response, 200, await notesAfter(notes, await bodyOf(request)))
    if (pathname === '/progress') return send(response, 200, {progress: engine.progress, remarks: engine.remarks})
    if (pathname === '/answer') {
      // Counted before the question: what changes meanwhile makes the next one different.
      const count = changes()
      const found = await answerOf(engine, [...files, ...recordings], request, response)
      return send(response, 200, {...found, changes: count})
    }
    send(response, 404, {error: 'not found'})
  }
  await listen(server, port)
  touch()
  signal?.addEventListener('abort', () => end('stopped'), {once: true})
  if (signal?.aborted) end('stopped')
  return {
    address() {
      const token = randomBytes(16).toString('base64url')
      tokens.push(token)
      if (tokens.length > MAX_TOKENS) tokens.shift()
      return `http://${HOST}:${(server.address() as AddressInfo).port}/#token=${token}`
    },
    ended: isOver.then(async how => {
      clearTimeout(idle)
      server.closeAllConnections()
      server.close()
      await engine.close()
      return how
    }),
  }
}

/** All notes, after one was made or taken back. */
async function notesAfter(notes: Notes | undefined, body: unknown): Promise<NotesAnswer> {
  const {note, remove} = body as {note?: unknown; remove?: unknown}
  if (note !== undefined) await notes?.add(note)
  if (remove !== undefined) await notes?.remove(remove)
  return {file: notes?.path ?? null, notes: notes?.all() ?? []}
}

/** A question is given up when the page closes its connection. */
async function answerOf(engine: Engine, files: readonly string[], request: IncomingMessage, response: ServerResponse) {
  const {args} = (await bodyOf(request)) as {args?: unknown}
  const line = commandLine(args, files)
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const found = await engine.ask(line, gone.signal)
  return {...found, command: terminalLine(line, files)}
}

/** Another name for this address, or another page, has nothing to ask here. https://developer.chrome.com/blog/local-network-access */
function isOwn({headers}: IncomingMessage, hosts: readonly string[]): boolean {
  if (headers.host === undefined || !hosts.includes(headers.host)) return false
  const {origin} = headers
  return origin === undefined || hosts.some(host => origin === `http://${host}`)
}

function isEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new HeapgraphError('USAGE', 'the request is too large')
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    throw new HeapgraphError('USAGE', 'the request is not valid JSON')
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {...COMMON_HEADERS, 'content-type': 'application/json'}).end(JSON.stringify(body))
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? `port ${port} is taken` : `port ${port}: ${error.message}`
      fail(new HeapgraphError('USAGE', what, 'choose another port, or leave --port out to use any free one'))
    })
    server.listen(port, HOST, done)
  })
}
