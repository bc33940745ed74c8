/** The explorer's server: who may ask, what is answered, and how it ends. */
import assert from 'node:assert/strict'
import {copyFileSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'
import {type AddressInfo, createServer} from 'node:net'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {notesOf} from '../../../src/cli/explore/notes.ts'
import {type ExploreServer, serveExplorer} from '../../../src/cli/explore/server.ts'
import {APP, heapgraph, temporaryFolder} from '../cli.ts'

const folder = temporaryFolder()
const [one, other] = [join(folder, 'one.heapsnapshot'), join(folder, 'other.heapsnapshot')]
const HOUR = 3_600_000
const notes = notesOf([one], {}, join(folder, 'known.json'))!

interface Reply {
  status: number
  headers: Record<string, unknown>
  text: string
}

/** Like `fetch`, which would not let go of `Host` and `Origin`. */
function send(url: URL, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((done, fail) => {
    const sent = request(
      {host: url.hostname, port: url.port, path, method: body === undefined ? 'GET' : 'POST', headers},
      response => {
        let text = ''
        response.on('data', chunk => (text += chunk))
        response.on('end', () => done({status: response.statusCode ?? 0, headers: response.headers, text}))
      },
    )
    sent.on('error', fail)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const ending = new AbortController()
let server: ExploreServer
let url: URL
let authorization = ''
before(async () => {
  writeFileSync(one, APP)
  copyFileSync(one, other)
  server = await serveExplorer({files: [one, other], notes, idleMs: HOUR, signal: ending.signal})
  url = new URL(server.address())
  const {text} = await send(url, '/key', {token: tokenOf(url)})
  authorization = `Bearer ${(JSON.parse(text) as {key: string}).key}`
})
after(() => ending.abort())

function tokenOf({hash}: URL): string {
  return hash.replace('#token=', '')
}

async function answer(args: readonly string[]) {
  const {status, text} = await send(url, '/answer', {args}, {authorization})
  return {
    status,
    ...(JSON.parse(text) as {code: number; stdout: string; stderr: string; command: string; error?: string}),
  }
}

test('the address is of this machine, and its token is good once', async () => {
  assert.equal(url.hostname, '127.0.0.1')
  const fresh = new URL(server.address())
  assert.notEqual(tokenOf(fresh), tokenOf(url))
  assert.equal((await send(url, '/key', {token: tokenOf(fresh)})).status, 200)
  for (const token of [tokenOf(fresh), tokenOf(url), '', undefined, 7, 'x'.repeat(22)]) {
    assert.equal((await send(url, '/key', {token})).status, 403)
  }
})

test('the page holds nothing of the heap and lets nothing else run', async () => {
  const {status, headers, text} = await send(url, '/')
  assert.equal(status, 200)
  assert.ok(!text.includes('one.heapsnapshot') && !text.includes('Server'))
  assert.match(text, /default-src 'none'; script-src(?: 'sha256-[^']+'){2}; style-src 'sha256-[^']+'/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['access-control-allow-origin'], undefined)
  assert.equal(headers['cache-control'], 'no-store')
})

test('without the key, under another name, or from another page nothing is answered', async () => {
  const args = ['types', '--format', 'json', '$0']
  for (const path of ['/answer', '/files', '/progress', '/notes']) {
    assert.equal((await send(url, path, {args})).status, 401, path)
    assert.equal((await send(url, path, {args}, {authorization: 'Bearer x'})).status, 401, path)
    assert.equal((await send(url, path, {args}, {authorization, host: `evil.example:${url.port}`})).status, 403, path)
    assert.equal((await send(url, path, {args}, {authorization, origin: 'http://evil.example'})).status, 403, path)
    assert.equal((await send(url, path, {args}, {authorization, origin: 'null'})).status, 403, path)
    assert.equal((await send(url, path, undefined, {authorization})).status, 404, path)
  }
  assert.equal((await send(url, '/answer', {args}, {authorization, host: `localhost:${url.port}`})).status, 200)
})

test('what is answered is what the command line answers, and that is named', async () => {
  for (const words of [
    ['types'],
    ['list', '--type', 'Buffer'],
    ['why', '--type', 'Buffer'],
    ['backrefs', '--type', 'Buffer'],
    ['dominators'],
    ['cycles'],
    ['suspects'],
    ['strings'],
    ['waste'],
  ]) {
    const {code, stdout, command} = await answer([...words, '--format', 'json', '$0'])
    const expected = await heapgraph([...words, '--json', one])
    assert.deepEqual([code, stdout], [expected.code, expected.stdout], words.join(' '))
    assert.equal(command, `heapgraph ${words.join(' ')} ${one}`)
  }
  const growth = await answer(['growth', '--format', 'json', '$0', '$1'])
  assert.equal(growth.stdout, (await heapgraph(['growth', '--json', one, other])).stdout)
})

test('what is said of suspects is kept in one file, and nothing else is written', async () => {
  const say = async (body: object) => {
    const {status, text} = await send(url, '/notes', body, {authorization})
    return {status, ...(JSON.parse(text) as {file: string; notes: {fingerprint: string; verdict: string}[]})}
  }
  assert.deepEqual(await say({}), {status: 200, file: notes.path, notes: []})
  const note = {fingerprint: 'byId in src/cache.js', verdict: 'expected', reason: 'full at 1,000'}
  assert.deepEqual((await say({note})).notes, [note])
  assert.deepEqual(JSON.parse(readFileSync(notes.path, 'utf8')), {known: [note]})
  if (process.platform !== 'win32') assert.equal(statSync(notes.path).mode & 0o777, 0o600)
  const other = {...note, verdict: 'mine'}
  assert.deepEqual((await say({note: {...other, path: '/etc/passwd'}})).notes, [other])
  for (const wrong of [7, null, {}, {...note, verdict: 'fine'}, {...note, reason: 'x'.repeat(1001)}]) {
    assert.equal((await say({note: wrong})).status, 400)
  }
  // Another window, or a person, has written meanwhile.
  writeFileSync(notes.path, JSON.stringify({known: [other, {...note, fingerprint: 'b'}]}))
  assert.deepEqual((await say({remove: note.fingerprint})).notes, [{...note, fingerprint: 'b'}])
  writeFileSync(notes.path, 'broken')
  assert.equal((await say({note})).status, 400)
  rmSync(notes.path)
})

test('notes lie beside the index of the last snapshot, and without a folder for it nowhere', () => {
  const env = {HEAPGRAPH_INDEX_DIR: join(folder, 'indexes'), XDG_CACHE_HOME: join(folder, 'indexes'), HOME: folder}
  assert.match(notesOf([one, other], env)?.path ?? '', /[0-9a-f]{32}\.known\.json$/)
  assert.equal(notesOf([one], {}), undefined)
})

test('nothing found is a sentence, and what may not be asked is refused', async () => {
  const nothing = await answer(['list', '--type', 'Nobody', '--format', 'json', '$0'])
  assert.equal(nothing.code, 1)
  assert.match(nothing.stderr, /no object of type Nobody|Nobody/)
  const refused = await answer(['types', '--output', 'x', '$0'])
  assert.equal(refused.status, 400)
  assert.match(refused.error ?? '', /types takes no --output/)
  assert.equal((await send(url, '/answer', {args: ['x'.repeat(100_000)]}, {authorization})).status, 400)
})

test('a file that changes is read again, and one that vanishes is told', async () => {
  const path = join(folder, 'changing.heapsnapshot')
  copyFileSync(one, path)
  const stopping = new AbortController()
  const changing = await serveExplorer({files: [path], idleMs: HOUR, signal: stopping.signal})
  try {
    const its = new URL(changing.address())
    const {key} = JSON.parse((await send(its, '/key', {token: tokenOf(its)})).text) as {key: string}
    const ask = async () =>
      JSON.parse(
        (await send(its, '/answer', {args: ['types', '--format', 'json', '$0']}, {authorization: `Bearer ${key}`}))
          .text,
      ) as {code: number; stdout: string; stderr: string; isChanged: boolean}
    const first = await ask()
    assert.deepEqual([first.code, first.isChanged], [0, false])
    assert.equal((await ask()).isChanged, false)
    writeFileSync(path, Buffer.from(APP).toString('latin1').replaceAll('Server', 'Harbor'))
    const second = await ask()
    assert.deepEqual([second.code, second.isChanged], [0, true])
    assert.ok(second.stdout.includes('Harbor') && !second.stdout.includes('Server'))
    rmSync(path)
    const third = await ask()
    assert.equal(third.code, 2)
    assert.match(third.stderr, /changing\.heapsnapshot: .*(no such file|not found)/i)
  } finally {
    stopping.abort()
    await changing.ended
  }
})

test('a question that is given up keeps nobody waiting', async () => {
  const gone = new AbortController()
  const given = fetch(new URL('/answer', url), {
    method: 'POST',
    headers: {authorization},
    body: JSON.stringify({args: ['types', '--format', 'json', '$0']}),
    signal: gone.signal,
  })
  gone.abort()
  await assert.rejects(given, {name: 'AbortError'})
  assert.equal((await answer(['types', '--format', 'json', '$0'])).code, 0)
})

test('it ends when nothing is asked, and a port that is taken is told', async () => {
  const idle = await serveExplorer({files: [one], idleMs: 1})
  const its = new URL(idle.address())
  assert.equal(await idle.ended, 'idle')
  await assert.rejects(send(its, '/'), {code: 'ECONNREFUSED'})
  const taken = createServer()
  await new Promise<void>(done => taken.listen(0, '127.0.0.1', done))
  const {port} = taken.address() as AddressInfo
  try {
    const message = `port ${port} is taken`
    await assert.rejects(serveExplorer({files: [one], port, idleMs: HOUR}), {code: 'USAGE', message})
  } finally {
    taken.close()
  }
})

test('a file that is not there is told before anything is served', async () => {
  const {code, stdout, stderr} = await heapgraph(['explore', join(folder, 'nowhere.heapsnapshot')])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /nowhere\.heapsnapshot: no such file/)
})
