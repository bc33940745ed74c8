import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {type KnownNote, notesOn, partKnown} from '../../src/graph/views/known.ts'
import {heapgraph, ROOT, temporaryFolder} from './cli.ts'

const FOLDER = temporaryFolder()
const PARTS = ['base', 'target', 'final'].map(part => {
  const file = join(FOLDER, `${part}.heapsnapshot`)
  writeFileSync(file, gunzipSync(readFileSync(`${ROOT}/fixtures/snapshots/growing.node20.${part}.heapsnapshot.gz`)))
  return file
})
const leaks = (...args: string[]) => heapgraph(['leaks', ...args, ...PARTS])

interface Leaks {
  rows: {fingerprint: string}[]
  known: {fingerprint: string}[]
  total: {rows: number}
}

function writeNotes(name: string, notes: readonly unknown[]): string {
  const file = join(FOLDER, name)
  writeFileSync(file, JSON.stringify({known: notes}))
  return file
}

test('a note holds up to its last day, and is told when it holds no more', async () => {
  const {rows} = JSON.parse((await leaks('--json')).stdout) as Leaks
  const [{fingerprint}] = rows
  const note = (until?: string) => ({fingerprint, verdict: 'mine', reason: 'being mended', until})
  const past = await leaks('--json', '--known', writeNotes('past.json', [note('2020-01-31')]))
  assert.match(past.stderr, /was known until 2020-01-31, and counts again/)
  assert.equal((JSON.parse(past.stdout) as Leaks).rows.length, rows.length)
  const future = await leaks('--json', '--known', writeNotes('future.json', [note('9999-12-31')]))
  assert.equal((JSON.parse(future.stdout) as Leaks).rows.length, rows.length - 1)
  const wrong = await leaks('--known', writeNotes('wrong.json', [note('tomorrow')]))
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /entry 1 .*"until" that is no day/)
  const [day] = [note('2026-11-30') as KnownNote]
  assert.deepEqual(notesOn('2026-11-30', [day]), {valid: [day], expired: []})
  assert.deepEqual(notesOn('2026-12-01', [day]), {valid: [], expired: [day]})
})

test('--update-known makes a file after which nothing is new', async () => {
  const known = join(FOLDER, 'made.json')
  const first = await leaks('--known', known, '--update-known')
  assert.equal(first.code, 0)
  assert.match(first.stderr, /suspects? added to/)
  const notes = (JSON.parse(readFileSync(known, 'utf8')) as {known: KnownNote[]}).known
  assert.ok(notes.length > 0 && notes.every(({verdict, reason}) => verdict === 'mine' && reason === ''))
  const second = await leaks('--known', known)
  assert.equal(second.code, 1)
  assert.match(second.stdout, /nothing leaks that is not known/)
  assert.equal((await leaks('--update-known')).code, 2)
})

test('known suspects beyond the limit do not count among the others', async () => {
  const all = JSON.parse((await leaks('--json')).stdout) as Leaks
  assert.ok(all.total.rows > 2)
  const last = all.rows[all.rows.length - 1]
  const known = writeNotes('last.json', [{fingerprint: last.fingerprint, verdict: 'ignore', reason: ''}])
  const {
    rows,
    known: found,
    total,
  } = JSON.parse((await leaks('--json', '--limit', '1', '--known', known)).stdout) as Leaks
  assert.equal(rows.length, 1)
  assert.ok(found.some(({fingerprint}) => fingerprint === last.fingerprint))
  assert.equal(total.rows, all.total.rows - found.length)
  const row = (fingerprint: string) => ({fingerprint})
  const notes: KnownNote[] = [{fingerprint: 'c', verdict: 'ignore', reason: ''}]
  assert.equal(partKnown([row('a'), row('b'), row('c')], notes, 1).known.length, 1)
})

test('each suspect is called as `why` calls the holder of its objects', async () => {
  const last = PARTS.at(-1) ?? ''
  const {rows} = JSON.parse((await leaks('--json')).stdout) as {
    rows: {fingerprint: string; types: {type: string}[]}[]
  }
  assert.ok(rows.length > 2)
  for (const {fingerprint, types} of rows) {
    const [{type}] = types
    // A function is told by its name, and asked for by it.
    const objects = type.endsWith('()') ? ['--name', type.slice(0, -2)] : ['--type', type]
    const {stdout} = await heapgraph(['why', ...objects, '--owners', '100', '--json', last])
    const {owners} = JSON.parse(stdout) as {owners: {list: {fingerprint: string}[]}}
    const told = owners.list.map(owner => owner.fingerprint)
    assert.ok(told.includes(fingerprint), `${fingerprint} among ${told.join('; ')}`)
  }
})
