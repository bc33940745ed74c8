/** `heapgraph export` and the forms of `dominators` as a person meets them. */
import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {parquetReadObjects} from 'hyparquet'
import {executeCli} from '../../src/cli/main.ts'
import {heapgraph, ROOT, temporaryFolder, writeApp} from '../cli/cli.ts'
import {parseXml} from '../emit/xml.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {arrayBuffer, csvCells, NODE_COLUMNS} from './tables.ts'

process.chdir(ROOT)
const folder = temporaryFolder()
const app = writeApp(folder)
const isPosix = process.platform !== 'win32'
const FIXTURE = 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'
const GUARD = {timeout: HANG_MS}

function emptyFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

async function refusal(args: string[], words: RegExp, tty = false): Promise<void> {
  const {code, stdout, stderr} = await heapgraph(args, {stdoutTTY: tty})
  assert.equal(stdout, '')
  assert.match(stderr, /^heapgraph: [^\n]+\n$/)
  assert.match(stderr, words)
  assert.equal(code, 2)
}

test('without further words, nodes go to standard output as NDJSON, and the next command to stderr', async () => {
  const {code, stdout, stderr} = await heapgraph(['export', app])
  assert.equal(code, 0)
  assert.match(stderr, /^next: heapgraph types [^\n]+\n$/)
  const rows = stdout.trimEnd().split('\n')
  assert.deepEqual(Object.keys(JSON.parse(rows[0])), NODE_COLUMNS)
  assert.ok(rows.some(row => row.startsWith('{"id":12345,"type":"Buffer","kind":"object",')))
  assert.equal((await heapgraph(['export', '-o', '-', app])).stdout, stdout)
  assert.equal((await heapgraph(['export', '--table', 'nodes', '--format', 'ndjson', app])).stdout, stdout)
  assert.equal((await heapgraph(['export', app], {stdoutTTY: true})).stdout, stdout)
})

test('the ending chooses the form, --format goes before it, files are private and leave nothing beside them', async () => {
  const out = emptyFolder('endings')
  const lines: [name: string, options: string[], form: string][] = [
    ['a.ndjson', [], 'ndjson'],
    ['b.jsonl', [], 'ndjson'],
    ['c.csv', [], 'csv'],
    ['d.PARQUET', [], 'parquet'],
    ['e.csv', ['--format', 'ndjson'], 'ndjson'],
    ['f', ['--format', 'parquet'], 'parquet'],
    ['g.csv', ['--table', 'edges'], 'csv'],
  ]
  for (const [name, options, form] of lines) {
    const path = join(out, name)
    const {code, stdout, stderr} = await heapgraph(['export', ...options, '-o', path, app])
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '')
    const [told, next] = stderr.split('\n')
    assert.ok(told.startsWith(`${options.includes('edges') ? 'edges' : 'nodes'} written to ${path} (1`), told)
    assert.match(next, /^next: heapgraph types /)
    if (isPosix) assert.equal(statSync(path).mode & 0o777, 0o600)
    const bytes = readFileSync(path)
    if (form === 'ndjson') assert.match(bytes.toString(), /^\{"id":1,/)
    else if (form === 'csv') assert.ok(csvCells(bytes.toString()).length > 9)
    else assert.ok((await parquetReadObjects({file: arrayBuffer(bytes)})).length > 9)
  }
  assert.deepEqual(readdirSync(out), lines.map(([name]) => name).sort())
})

test('what makes no sense is refused with 2 and one sentence', async () => {
  await refusal(['export'], /missing required argument 'snapshot'/)
  await refusal(['export', '--table', 'strings', app], /allowed choices are nodes, edges/)
  await refusal(['export', '--format', 'xlsx', app], /allowed choices are ndjson, csv, parquet/)
  await refusal(['export', '-o', join(folder, 'x.json'), app], /this command writes ndjson, csv, parquet, not json/)
  await refusal(['export', '-o', join(folder, 'x'), app], /no format is known without an ending/)
  await refusal(['export', '-o', join(folder, 'not', 'x.csv'), app], /its folder does not exist/)
  await refusal(['export', '-o', app, '--format', 'csv', app], /this is the input snapshot/)
  await refusal(
    ['export', '--format', 'parquet', app],
    /Parquet cannot be written to standard output; name a file with -o/,
  )
  await refusal(['export', '--format', 'parquet', '-o', '-', app], /Parquet cannot be written to standard output/)
  await refusal(['export', '--format', 'csv', app], /a terminal would run control codes/, true)
  await refusal(['export', join(folder, 'missing')], /no such file/)
  await refusal(['export', 'fixtures/broken/truncated-in-nodes.heapsnapshot'], /byte 894/)
  // Nothing was written before the snapshot was read to its end.
  await refusal(['export', '-o', join(folder, 'no.csv'), 'fixtures/broken/truncated-in-nodes.heapsnapshot'], /byte 894/)
  assert.equal(existsSync(join(folder, 'no.csv')), false)
})

test('a row that cannot be written leaves no file', async () => {
  const out = emptyFolder('failing')
  // Sizes of more than 2^63 in sum.
  const nodes = Array.from({length: 1100}, (_, node) => [
    3,
    0,
    2 * node + 1,
    Number.MAX_SAFE_INTEGER,
    node === 0 ? 1 : 0,
  ])
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
    node_types: [['hidden', 'array', 'string', 'object']],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['property']],
  }
  const file = {
    snapshot: {meta, node_count: 1100, edge_count: 1},
    nodes: nodes.flat(),
    edges: [0, 0, 5],
    strings: ['A'],
  }
  const path = join(folder, 'huge.heapsnapshot')
  writeFileSync(path, JSON.stringify(file))
  await refusal(
    ['export', '-o', join(out, 'x.parquet'), path],
    /more than Parquet's 64 bits hold; use another --format/,
  )
  assert.deepEqual(readdirSync(out), [])
})

test('a slow reader is waited for', async () => {
  const chunks: string[] = []
  let listeners: (() => void)[] = []
  const stdout = {
    write(chunk: string | Uint8Array) {
      assert.deepEqual(listeners, [], 'written to while it was full')
      chunks.push(String(chunk))
      return false
    },
    once(_: 'drain', listener: () => void) {
      listeners.push(listener)
      setTimeout(() => {
        const called = listeners
        listeners = []
        for (const each of called) each()
      }, 1)
    },
  }
  const code = await executeCli(['export', FIXTURE], {stdout, stderr: {write() {}}, env: {}})
  assert.equal(code, 0)
  assert.ok(chunks.length > 5)
  assert.equal(chunks.join(''), (await heapgraph(['export', FIXTURE])).stdout)
})

test('a closed pipe ends it quietly, and Ctrl-C leaves no file', {...GUARD, skip: !isPosix}, async () => {
  const program = `import {runAsProgram} from ${JSON.stringify(join(ROOT, 'src/cli/program.ts'))}\nawait runAsProgram()\n`
  const start = join(folder, 'start.mjs')
  writeFileSync(start, program)
  const node = [process.execPath, '--import', import.meta.resolve('../../scripts/typescript.mjs'), start]
  const env = {...process.env}
  delete env.NODE_TEST_CONTEXT
  const {stdout, stderr, status} = spawnSync('sh', ['-c', '"$@" | head -1; ', 'sh', ...node, 'export', FIXTURE], {
    timeout: HANG_MS,
    ...{encoding: 'utf8', env},
  })
  assert.match(stdout, /^\{"id":1,[^\n]*\}\n$/)
  assert.equal(stderr, '')
  assert.equal(status, 0)
  const out = emptyFolder('interrupted')
  const args = [...node.slice(1), 'export', '--table', 'edges', '-o', join(out, 'x.ndjson'), FIXTURE]
  const child = spawn(node[0], args, {env, stdio: 'ignore'})
  const ended = once(child, 'exit')
  await until(() => readdirSync(out).length > 0 || child.exitCode !== null, undefined, 1)
  child.kill('SIGINT')
  const [code, signal] = await ended
  // It may have been faster than the signal.
  if (code === 0) assert.deepEqual(readdirSync(out), ['x.ndjson'])
  else {
    assert.equal(signal, 'SIGINT')
    assert.deepEqual(readdirSync(out), [])
  }
})

test('dominators writes GEXF, GraphML and speedscope; backrefs the first two', async () => {
  const out = emptyFolder('graphs')
  for (const [command, ...names] of [
    ['dominators', 'a.gexf', 'b.graphml', 'c.speedscope.json', 'd.json'],
    ['backrefs', 'e.gexf', 'f.graphml'],
  ]) {
    for (const name of names) {
      const args = command === 'backrefs' ? ['--type', 'Buffer'] : []
      const {code, stderr} = await heapgraph([command, ...args, '-o', join(out, name), app])
      assert.equal(code, 0, stderr)
      const text = readFileSync(join(out, name), 'utf8')
      if (name.endsWith('ml') || name.endsWith('gexf')) assert.match(parseXml(text).name, /^g(exf|raphml)$/)
      else if (name === 'd.json') assert.equal(JSON.parse(text).schema, 'heapgraph/result/2')
      else assert.match(JSON.parse(text).$schema, /speedscope/)
    }
  }
  await refusal(['backrefs', '--type', 'Buffer', '-o', join(out, 'x.speedscope.json'), app], /not speedscope/)
})

test('a flame graph shows more than a page, unless told how much', async () => {
  const frames = async (...options: string[]) =>
    JSON.parse((await heapgraph(['dominators', ...options, '--format', 'speedscope', FIXTURE])).stdout).shared.frames
      .length
  const all = await frames()
  assert.ok(all > 500)
  assert.ok((await frames('--min', '1')) < all / 5)
  assert.ok((await frames('--depth', '1')) < all)
  assert.ok((await frames('--depth', '1', '--fan', '1')) <= 4)
})
