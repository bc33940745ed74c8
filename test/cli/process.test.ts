/** bin/heapgraph.js as a process of its own, with the system's pipes and signals. It runs what `npm run build` made. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {gzipSync} from 'node:zlib'
import {HANG_MS} from '../support/limits.ts'
import {APP, heapgraph, ROOT, temporaryFolder} from './cli.ts'

process.chdir(ROOT)
const folder = temporaryFolder()
const isPosix = process.platform !== 'win32'
const BIN = join(ROOT, 'bin', 'heapgraph.js')
const BUFFERS = 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'
const SMALL = 'fixtures/odd/compact.heapsnapshot'
const PACKED = join(folder, 'app.heapsnapshot.gz')
writeFileSync(PACKED, gzipSync(APP))
/** A guard against waiting for ever; nothing here is decided by time. */
const GUARD = {timeout: HANG_MS}

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

function start(command: string, args: string[], env: Record<string, string> = {}) {
  const clean = {...process.env, ...env}
  for (const name of ['NODE_OPTIONS', 'FORCE_COLOR', 'NO_COLOR', 'NODE_TEST_CONTEXT'])
    if (!(name in env)) delete clean[name]
  return spawn(command, args, {cwd: ROOT, env: clean})
}

async function ended(child: ReturnType<typeof start>): Promise<Ended> {
  const result: Ended = {code: null, signal: null, stdout: '', stderr: ''}
  child.stdout.setEncoding('utf8').on('data', text => (result.stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (result.stderr += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return {...result, code, signal}
}

function run(...args: string[]): Promise<Ended> {
  return ended(start(process.execPath, [BIN, ...args]))
}

/** A line of a shell, whose pipes are true ones: those of Node's children are sockets. `$heapgraph` is the program. */
function shell(line: string, ...args: string[]): Promise<Ended> {
  const script = `heapgraph() { "$NODE" "$BIN" "$@"; }\n${line}`
  return ended(start('sh', ['-c', script, 'sh', ...args], {NODE: process.execPath, BIN}))
}

before(() => assert.ok(existsSync('dist/program/program.js'), 'npm run build comes first'))

test('the program answers as the same command line does in process', GUARD, async () => {
  for (const args of [
    ['types', SMALL],
    ['--version'],
    ['help', 'types'],
    ['list', '--type', 'Nothing', SMALL],
    ['types', 'missing.heapsnapshot'],
    [],
  ]) {
    const {code, stdout, stderr, signal} = await run(...args)
    assert.deepEqual({code, stdout, stderr}, await heapgraph(args), args.join(' '))
    assert.equal(signal, null)
  }
})

test('colors follow the environment: none in a pipe, some when forced', GUARD, async () => {
  assert.doesNotMatch((await run('types', SMALL)).stdout, /\u001b/)
  const forced = await ended(start(process.execPath, [BIN, 'types', SMALL], {FORCE_COLOR: '1'}))
  assert.match(forced.stdout, /\u001b\[/)
  const refused = await ended(start(process.execPath, [BIN, 'types', SMALL], {FORCE_COLOR: '1', NO_COLOR: '1'}))
  assert.doesNotMatch(refused.stdout, /\u001b/)
})

test('standard input may be a pipe or a file, packed or not', {...GUARD, skip: !isPosix}, async () => {
  const lines = [
    // A pipe has to be emptied many times.
    ['gzip -dc "$1" | heapgraph types -', BUFFERS],
    ['gzip -dc "$1" | heapgraph types -', PACKED],
    ['cat "$1" | heapgraph types -', PACKED],
    ['heapgraph types - < "$1"', PACKED],
    ['cat "$1" | heapgraph types - | cat', PACKED],
  ]
  for (const [line, file] of lines) {
    const {code, stdout, stderr} = await shell(line, file)
    assert.equal(code, 0, stderr)
    assert.equal(stdout, (await heapgraph(['types', file])).stdout, line)
  }
  const {stdout, stderr} = await shell('cat "$1" | heapgraph backrefs --type Buffer -', PACKED)
  assert.match(stdout, /^in standard input: [\d,]+ nodes/m)
  assert.match(stderr, /^next: heapgraph [^\n]+ SNAPSHOT\n$/)
})

test('info reads the head of a pipe and lets the rest go', {...GUARD, skip: !isPosix}, async () => {
  const {code, stdout} = await shell('gzip -dc "$1" | heapgraph info -', BUFFERS)
  assert.equal(code, 0)
  assert.match(stdout, /^size +unknown \(a pipe\)$/m)
  assert.match(stdout, /^nodes +[\d,]+$/m)
})

test('a pipe that ends too early or holds nothing is told so', {...GUARD, skip: !isPosix}, async () => {
  const lines: [line: string, words: RegExp][] = [
    ['heapgraph types - < /dev/null', /^heapgraph: standard input: the file is empty; [^\n]+\n$/],
    ['head -c 3000 "$1" | heapgraph types -', /^heapgraph: standard input: the gzip data ends too early, [^\n]+\n$/],
    ['gzip -dc "$1" | head -c 3000 | heapgraph types -', /^heapgraph: standard input: .*ends too early; [^\n]+\n$/],
  ]
  for (const [line, words] of lines) {
    const {code, stdout, stderr} = await shell(line, BUFFERS)
    assert.equal(stdout, '')
    assert.match(stderr, words)
    assert.equal(code, 2, line)
  }
})

test('`| head -1` ends it quietly, in the middle of megabytes', {...GUARD, skip: !isPosix}, async () => {
  const lines = ['list --type /./ --limit 1000000 --json', 'refs --type /./ --fan 100000 --depth 2 --format dot']
  for (const question of lines) {
    const code = join(folder, 'code')
    const line = `{ heapgraph ${question} "$1"; echo $? > "$2"; } | head -1`
    const {stdout, stderr} = await shell(line, BUFFERS, code)
    assert.equal(stdout.split('\n').length, 2, 'one line')
    assert.match(stderr, /^(?:next: [^\n]+\n)?$/)
    assert.equal(readFileSync(code, 'utf8'), '0\n', question)
  }
})

test('whoever does not read at all is no reason to complain', {...GUARD, skip: !isPosix}, async () => {
  for (const line of [
    'heapgraph types "$1" | true',
    'heapgraph types "$1" >&-',
    'heapgraph types "$1" 2>&-',
    '{ heapgraph types "$1" 3>&1 1>&2 2>&3 | true; } 2>/dev/null',
  ]) {
    const {code, stderr} = await shell(line, PACKED)
    assert.match(stderr, /^(?:next: [^\n]+\n)?$/, line)
    assert.equal(code, 0, line)
  }
})

test('stderr that nobody reads changes neither the answer nor the exit code', {...GUARD, skip: !isPosix}, async () => {
  const {stdout} = await heapgraph(['types', PACKED])
  const code = join(folder, 'code of one unheard')
  // Standard output goes past the pipe, whose reader is gone before anything is said.
  const line = (args: string) => `{ { heapgraph ${args} 2>&1 1>&3; echo $? > "$2"; } | true; } 3>&1`
  assert.equal((await shell(line('types "$1"'), PACKED, code)).stdout, stdout)
  assert.equal(readFileSync(code, 'utf8'), '0\n')
  await shell(line('list --type Nothing "$1"'), PACKED, code)
  assert.equal(readFileSync(code, 'utf8'), '1\n')
})

test('a full disk behind stdout is told in one sentence', {...GUARD, skip: !existsSync('/dev/full')}, async () => {
  const {code, stderr} = await shell('heapgraph types "$1" > /dev/full', SMALL)
  assert.match(stderr, /heapgraph: standard output cannot be written: the disk is full\n$/)
  assert.doesNotMatch(stderr, /^ +at /m)
  assert.equal(code, 2)
})

test('a device stays a device', {...GUARD, skip: !existsSync('/dev/null')}, async () => {
  const {code, stderr} = await run('types', '-o', '/dev/null', '--json', SMALL)
  assert.equal(code, 0, stderr)
  const {stdout} = await shell('test -c /dev/null && echo still', SMALL)
  assert.equal(stdout, 'still\n')
})

test('the answer to a process substitution goes into its pipe', {...GUARD, skip: !isPosix}, async () => {
  const {code, stdout} = await shell('{ heapgraph types --json -o /dev/fd/3 "$1" 3>&1 >/dev/null | cat; }', SMALL)
  assert.equal(code, 0)
  assert.match(stdout, /^\{\n {2}"schema": "heapgraph\/types\/2"/)
})

test('Ctrl-C while it reads ends it at once, quietly, and leaves no file', {...GUARD, skip: !isPosix}, async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const out = join(folder, `read-${signal}`)
    mkdirSync(out)
    const pipe = join(out, 'endless.heapsnapshot')
    await ended(start('mkfifo', [pipe]))
    const child = start(process.execPath, [BIN, 'types', '-o', join(out, 'types.json'), pipe])
    const result = ended(child)
    // The writing end opens as soon as the program has opened the other, to read. More never comes.
    const writer = await open(pipe, 'w')
    await writer.write('{"snapshot":{')
    child.kill(signal)
    const {stdout, stderr, ...how} = await result
    await writer.close()
    assert.deepEqual(how, {code: null, signal})
    assert.equal(stdout + stderr, '')
    assert.deepEqual(readdirSync(out), ['endless.heapsnapshot'])
  }
})

test('Ctrl-C while it writes leaves no file either, and still ends it', {...GUARD, skip: !isPosix}, async () => {
  const out = join(folder, 'write')
  mkdirSync(out)
  const script = `
    import {writeAnswer} from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist/cli/output.js')).href)}
    const writing = writeAnswer({}, {output: 'answer.txt'}, 'x'.repeat(50_000_000))
    process.kill(process.pid, 'SIGINT')
    await writing
    console.log('not ended')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {cwd: out})
  const {stdout, stderr, ...how} = await ended(child)
  assert.deepEqual(how, {code: null, signal: 'SIGINT'}, stderr)
  assert.equal(stdout + stderr, '')
  assert.deepEqual(readdirSync(out), [])
})

test('an old Node gets a sentence and 2', GUARD, async () => {
  const older = "Object.defineProperty(process, 'versions', {value: {...process.versions, node: '20.18.3'}})"
  const child = start(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(older)}`,
    BIN,
    '--version',
  ])
  const {code, stdout, stderr} = await ended(child)
  assert.equal(stderr, 'heapgraph: needs Node 20.19 or newer, this is 20.18.3\n')
  assert.equal(stdout, '')
  assert.equal(code, 2)
})
