/** What answers at the address of an inspector may be slow, stopped, or none: it is given up in time, in a sentence, and nothing is left. */
import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {readdirSync} from 'node:fs'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {type AddressInfo, createServer as createTcpServer, type Socket} from 'node:net'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {WebSocketServer} from 'ws'
import {News, patiently} from '../../src/capture/inspect/patience.ts'
import {captureRemote, HeapgraphError, openLiving} from '../../src/index.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS}
const open: {close(): unknown}[] = []
const sockets = new Set<Socket>()
after(() => {
  for (const socket of sockets) socket.destroy()
  for (const one of open) one.close()
})

interface Fake {
  /** Answers `/json/list`; a target unless given. */
  list?: (response: ServerResponse) => void
  /** Takes the socket instead of a WebSocket's server. */
  upgrade?: (request: IncomingMessage, socket: Socket) => void
  /** Answers a question. */
  answer?: (asked: {id: number; method: string}, say: (message: unknown) => void) => void
}

async function started({list, upgrade, answer}: Fake): Promise<number> {
  const server: Server = createServer((_, response) => {
    if (list !== undefined) return list(response)
    const {port} = server.address() as AddressInfo
    const target = {id: '1', title: 'fake', type: 'node', url: 'u', webSocketDebuggerUrl: `ws://127.0.0.1:${port}/x`}
    response.end(JSON.stringify([target]))
  })
  server.on('connection', socket => sockets.add(socket))
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  else {
    new WebSocketServer({server}).on('connection', socket => {
      socket.on('error', () => {})
      socket.on('message', data => answer?.(JSON.parse(String(data)), message => socket.send(JSON.stringify(message))))
    })
  }
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  open.push(server)
  return (server.address() as AddressInfo).port
}

const chunk = (value: unknown) => ({method: 'HeapProfiler.addHeapSnapshotChunk', params: {chunk: value}})
const progress = (done: unknown) => ({
  method: 'HeapProfiler.reportHeapSnapshotProgress',
  params: {done, total: 100},
})

/** Answers all but the snapshot. */
const until_snapshot =
  (take: (say: (message: unknown) => void, id: number) => void): NonNullable<Fake['answer']> =>
  ({id, method}, say) =>
    method === 'HeapProfiler.takeHeapSnapshot' ? take(say, id) : say({id, result: {}})

/** A frame of 2 GB, of which no end is ever sent. */
function hugeFrame(request: IncomingMessage, socket: Socket): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accepted = createHash('sha1').update(key).digest('base64')
  socket.on('error', () => {})
  socket.write(
    `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\n\r\n`,
  )
  const head = Buffer.alloc(10)
  head[0] = 0x81
  head[1] = 127
  head.writeBigUInt64BE(2n << 30n, 2)
  socket.write(head)
}

const CASES: [name: string, fake: Fake, words: RegExp][] = [
  ['never answers', {answer() {}}, /fake: no data from it for 1 s/],
  ['says what is no message', {answer: (_, say) => say(null)}, /no data from it for 1 s/],
  ['stops in the middle', {answer: until_snapshot(say => say(chunk('{"snapshot":')))}, /no data from it for 1 s/],
  [
    'tells of progress that is none',
    {answer: until_snapshot(say => void setInterval(() => say(progress(5)), 50).unref())},
    /no data from it for 1 s/,
  ],
  [
    'tells of progress for ever',
    {
      answer: until_snapshot(say => {
        let done = 0
        setInterval(() => say(progress(++done)), 50).unref()
      }),
    },
    /not finished after 4 s/,
  ],
  ['sends 2 GB at once', {upgrade: hugeFrame}, /it sent a message of more than 268\.4 MB/],
  ['answers null as an error', {answer: ({id}, say) => say({id, error: null})}, /its inspector refused$/],
  ['answers a number as an error', {answer: ({id}, say) => say({id, error: 5})}, /its inspector refused$/],
  ['answers nothing', {answer: ({id}, say) => say({id})}, /its inspector refused$/],
  ['refuses at length', {answer: ({id}, say) => say({id, error: {message: 'n'.repeat(1e6)}})}, /refused: n{200}…$/],
  [
    'sends parts that are no text',
    {
      answer: until_snapshot((say, id) => {
        for (const value of [5, {}, null, undefined]) say(chunk(value))
        say({id, result: {}})
      }),
    },
    /a part of the snapshot that is not text/,
  ],
  [
    'sends a part without anything',
    {answer: until_snapshot(say => say({method: 'HeapProfiler.addHeapSnapshotChunk', params: 7}))},
    /a part of the snapshot that is not text/,
  ],
]

for (const [name, fake, words] of CASES) {
  test(`an inspector that ${name}`, guard, async () => {
    const port = await started(fake)
    const notes: string[] = []
    const asked = {silenceMs: 1000, timeoutMs: 4000, onNote: (text: string) => void notes.push(text)}
    await assert.rejects(captureRemote({port}, join(folder, 'x.heapsnapshot'), asked), (error: Error) => {
      assert.ok(error instanceof HeapgraphError, error.stack)
      assert.match(error.message, words)
      return true
    })
    if (/no data/.test(words.source)) assert.match(notes.join('\n'), /waiting for fake: no data for /)
    assert.deepEqual(readdirSync(folder), [])
  })
}

test('what is not as the protocol says is told so where a program is changed, too', guard, async () => {
  const port = await started({
    answer: ({id, method}, say) => say({id, result: method === 'Debugger.enable' ? null : {}}),
  })
  await assert.rejects(openLiving({port}, {silenceMs: 1000}), /its inspector refused/)
})

test('the first Ctrl-C ends every wait, and leaves nothing', {
  ...guard,
  skip: process.platform === 'win32' ? 'signals are of POSIX' : false,
}, async () => {
  const isMet: boolean[] = []
  const meet = (place: number) => {
    isMet[place] = true
  }
  const drip = createTcpServer(socket => {
    sockets.add(socket)
    meet(0)
    socket.write('HTTP/1.1 200 OK\r\n\r\n[')
    setInterval(() => socket.write(' '), 100).unref()
    socket.on('error', () => {})
  })
  await new Promise<void>(ready => drip.listen(0, '127.0.0.1', ready))
  open.push(drip)
  const ports = [
    (drip.address() as AddressInfo).port,
    await started({upgrade: () => meet(1)}),
    await started({answer: () => meet(2)}),
    await started({
      answer: until_snapshot(say => {
        say(chunk('{'))
        meet(3)
      }),
    }),
  ]
  for (const [place, port] of ports.entries()) {
    const {child, ended} = runHeapgraph(['capture', '--port', String(port), '-o', join(folder, 'y.heapsnapshot')])
    await until(() => isMet[place] === true)
    child.kill('SIGINT')
    const {signal, stderr} = await ended
    assert.equal(signal, 'SIGINT', `${place}: ${stderr}`)
    assert.deepEqual(readdirSync(folder), [])
  }
})

test('news begins the silence anew, not the whole; while we do not listen nobody is silent', guard, async () => {
  const never = new Promise<never>(() => {})
  const news = new News()
  const timer = setInterval(() => news.heard(), 5).unref()
  await assert.rejects(patiently(never, 'it', {silenceMs: 400, timeoutMs: 1500}, news), /not finished after 1\.5 s/)
  clearInterval(timer)
  const paused = new News()
  paused.isPaused = true
  await assert.rejects(patiently(never, 'it', {silenceMs: 100, timeoutMs: 700}, paused), /not finished after 0\.7 s/)
  assert.equal(await patiently(Promise.resolve(7), 'it', {silenceMs: 1}), 7)
})
