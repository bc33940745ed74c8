/** The explorer's server: who may ask, what is answered, and how it ends. */
import assert from 'node:assert/strict'
import {copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'
import {type AddressInfo, createServer} from 'node:net'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {type Engine, openEngine} from '../../../src/cli/explore/engine-client.ts'
import {notesOf} from '../../../src/cli/explore/notes.ts'
import {type ExploreServer, serveExplorer} from '../../../src/cli/explore/server.ts'
import {HANG_MS, until} from '../../support/limits.ts'
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
before(
  async () => {
    writeFileSync(one, APP)
    copyFileSync(one, other)
    server = await serveExplorer({files: [one, other], notes, idleMs: HOUR, signal: ending.signal})
    url = new URL(server.address())
    const {text} = await send(url, '/key', {token: tokenOf(url)})
    authorization = `Bearer ${(JSON.parse(text) as {key: string}).key}`
  },
  {timeout: HANG_MS},
)
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

/** A server of its own for one file, and what two windows ask it. */
async function alone(path: string, ask: (windows: Window[]) => Promise<void>, engine?: Engine): Promise<void> {
  const stopping = new AbortController()
  const its = await serveExplorer({
    files: [path],
    idleMs: HOUR,
    signal: stopping.signal,
    ...(engine === undefined ? {} : {engine}),
  })
  const open = async () => {
    const place = new URL(its.address())
    const {key} = JSON.parse((await send(place, '/key', {token: tokenOf(place)})).text) as {key: string}
    const post = async (to: string, body: object) =>
      JSON.parse((await send(place, to, body, {authorization: `Bearer ${key}`})).text) as Record<string, unknown>
    return {
      post,
      types: () => post('/answer', {args: ['types', '--format', 'json', '$0']}) as Promise<unknown> as Promise<Told>,
    }
  }
  try {
    await ask([await open(), await open()])
  } finally {
    stopping.abort()
    await its.ended
  }
}

interface Told {
  code: number
  stdout: string
  stderr: string
  changes: number
}

interface Window {
  post(to: string, body: object): Promise<Record<string, unknown>>
  types(): Promise<Told>
}

test('a file that changes is read again, one that vanishes is told, and every window hears of it', async () => {
  const path = join(folder, 'changing.heapsnapshot')
  copyFileSync(one, path)
  await alone(path, async ([first, second]) => {
    const {changes} = (await first.post('/files', {})) as {changes: number}
    const before = await first.types()
    assert.deepEqual([before.code, before.changes], [0, changes])
    assert.equal((await second.types()).changes, changes)
    writeFileSync(path, Buffer.from(APP).toString('latin1').replaceAll('Server', 'Harbor'))
    const after = await second.types()
    assert.deepEqual([after.code, after.changes], [0, changes + 1])
    assert.ok(after.stdout.includes('Harbor') && !after.stdout.includes('Server'))
    // The other window had seen nothing of it.
    assert.equal((await first.types()).changes, changes + 1)
    rmSync(path)
    for (const window of [first, second]) {
      const gone = await window.types()
      assert.deepEqual([gone.code, gone.changes], [2, changes + 2])
      assert.match(gone.stderr, /changing\.heapsnapshot: .*(no such file|not found)/i)
    }
    // Half of it: as where it is written anew.
    writeFileSync(path, APP.subarray(0, APP.length >> 1))
    const half = await first.types()
    assert.deepEqual([half.code, half.changes], [2, changes + 3])
    assert.match(half.stderr, /changing\.heapsnapshot: /)
    copyFileSync(one, path)
    const whole = await second.types()
    assert.deepEqual([whole.code, whole.stdout, whole.changes], [0, before.stdout, changes + 4])
  })
})

test('an index that is damaged, before or while it is used, changes no answer', async () => {
  const path = join(folder, 'indexed.heapsnapshot')
  copyFileSync(one, path)
  const env = {XDG_CACHE_HOME: join(folder, 'cache'), HEAPGRAPH_NO_INDEX: ''}
  const hgx = join(env.XDG_CACHE_HOME, 'heapgraph')
  const before = Object.fromEntries(Object.keys(env).map(name => [name, process.env[name]]))
  const expected = (await heapgraph(['types', '--json', path])).stdout
  assert.equal((await heapgraph(['index', 'build', path], {env})).code, 0)
  const [index] = readdirSync(hgx).map(name => join(hgx, name))
  const whole = readFileSync(index)
  const flipped = Buffer.from(whole.map((byte, i) => (i % 64 === 0 ? byte ^ 4 : byte)))
  // The thread has the environment of the process.
  Object.assign(process.env, env)
  try {
    for (const [what, bytes] of Object.entries({flipped, cut: whole.subarray(0, 300), empty: Buffer.alloc(0)})) {
      writeFileSync(index, bytes)
      await alone(path, async ([window]) => {
        const {code, stdout} = await window.types()
        assert.deepEqual([code, stdout], [0, expected], what)
      })
    }
    writeFileSync(index, whole)
    await alone(path, async ([window]) => {
      const strings = () => window.post('/answer', {args: ['strings', '--format', 'json', '$0']})
      assert.equal((await window.types()).stdout, expected)
      writeFileSync(index, flipped)
      assert.equal((await strings()).stdout, (await heapgraph(['strings', '--json', path])).stdout)
      rmSync(index)
      assert.equal((await window.types()).stdout, expected)
    })
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})

/** A thread that says what the test wants: `remark` at once, and an answer to every question but one. */
const SCRIPTED = `
import {parentPort} from 'node:worker_threads'
parentPort.on('message', line => {
  if (line[0] === 'waste') return parentPort.postMessage({remark: 'it needs about 9 GB of memory, 1 GB are free'})
  parentPort.postMessage({code: 0, stdout: line[0], stderr: ''})
})`

test('a window that gives its question up takes nothing from another, and what was remarked is told at once', async () => {
  const program = join(folder, 'scripted.mjs')
  writeFileSync(program, SCRIPTED)
  const engine = openEngine({texts: true}, pathToFileURL(program))
  await alone(
    one,
    async ([first, second]) => {
      const asked = new AbortController()
      // Nobody answers this one, and all others wait for it.
      const never = engine.ask(['waste'], asked.signal)
      const told = async () => (await first.post('/progress', {})) as {progress: string; remarks: string[]}
      let remarks: string[] = []
      await until(async () => {
        remarks = (await told()).remarks
        return remarks.length > 0
      })
      assert.deepEqual(remarks, ['it needs about 9 GB of memory, 1 GB are free'])
      const others = [first.types(), second.types(), second.types()]
      // One that waits is given up: the others are not.
      const waiting = new AbortController()
      const given = engine.ask(['cycles'], waiting.signal)
      waiting.abort()
      await assert.rejects(given, /canceled/)
      asked.abort()
      await assert.rejects(never, /canceled/)
      for (const {stdout, code} of await Promise.all(others)) assert.deepEqual([code, stdout], [0, 'types'])
    },
    engine,
  )
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
    const {code, stdout, stderr} = await heapgraph(['explore', '--port', String(port), one])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, new RegExp(`${message}.*\\n?.*choose another port`))
  } finally {
    taken.close()
  }
})

test('a file that is not there is told before anything is served', async () => {
  const {code, stdout, stderr} = await heapgraph(['explore', join(folder, 'nowhere.heapsnapshot')])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /nowhere\.heapsnapshot: no such file/)
})
