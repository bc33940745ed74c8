/** The library does what `sql`, `digest`, `redact`, `reduce` and the forms of findings do on the command line. */
import assert from 'node:assert/strict'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {after, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import * as exporting from '../../src/public/export.ts'
import {
  type HeapgraphError,
  leaks,
  openSnapshot,
  select,
  suspects,
  toJson,
  toText,
  types,
  why,
} from '../../src/public/heapgraph.ts'
import {openSql, type SqlHeaps, type SqlSources} from '../../src/public/sql.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'

const folder = temporaryFolder()
const fixture = (name: string) => join(ROOT, 'fixtures', 'snapshots', `${name}.heapsnapshot.gz`)
const SRV = fixture('srv.node20')
const GROWING = ['base', 'target', 'final'].map(step => fixture(`growing.node20.${step}`))

const open: SqlHeaps[] = []
after(() => {
  for (const heaps of open) heaps.close()
})

async function opened(sources: SqlSources): Promise<SqlHeaps> {
  const heaps = await openSql(sources)
  open.push(heaps)
  return heaps
}

test('SQL gives rows, and answers that every form takes, as the command does', async () => {
  const snapshot = await openSnapshot(SRV)
  const heaps = await opened({snapshots: [snapshot]})
  const sql = 'SELECT name, count, retained FROM type ORDER BY retained DESC, name LIMIT 5'
  const rows = await heaps.rows(sql)
  const told = types(snapshot).rows.slice(0, 5)
  assert.deepEqual(
    rows.map(({count, retained}) => [count, retained]),
    told.map(({count, retainedBytes}) => [count, retainedBytes]),
  )
  const answer = await heaps.query(sql)
  assert.deepEqual(exporting.toRows(answer), rows)
  assert.deepEqual(exporting.toRows(answer, 2), rows.slice(0, 2))
  assert.equal(toText(answer), (await heapgraph(['sql', sql, SRV])).stdout)
  assert.equal(toJson(answer), (await heapgraph(['sql', sql, '--json', SRV])).stdout)
  assert.equal(
    [...exporting.toNdjson(answer)].join(''),
    (await heapgraph(['sql', sql, '--format', 'ndjson', SRV])).stdout,
  )
  assert.ok(heaps.tables().includes('node') && heaps.tables().includes('Map'))
  assert.deepEqual(
    await heaps.rows('SELECT 9007199254740993 AS large, NULL AS none, true AS yes, 1.5::DOUBLE AS half'),
    [{large: 9007199254740993n, none: null, yes: true, half: 1.5}],
  )
})

test('questions that are asked at once are answered one after the other', async () => {
  const heaps = await opened({snapshots: [await openSnapshot(SRV)]})
  const asked = Array.from({length: 8}, (_, i) => heaps.rows(`SELECT ${i} AS i, count(*) AS n FROM "Map"`))
  const answers = await Promise.all(asked)
  assert.deepEqual(
    answers.map(([{i}]) => i),
    [0, 1, 2, 3, 4, 5, 6, 7],
  )
  const failing = heaps.query('SELECT nothing FROM nowhere')
  const next = heaps.rows('SELECT 1 AS one')
  await assert.rejects(failing, (error: HeapgraphError) => error.code === 'USAGE' && error.excerpt?.at === 20)
  assert.deepEqual(await next, [{one: 1}])
})

test('a query ends when its signal says so, with its reason, and the next is answered', async () => {
  const heaps = await opened({snapshots: [await openSnapshot(SRV)]})
  const given = new AbortController()
  const endless = heaps.query('SELECT count(*) FROM node a, node b, node c', {signal: given.signal})
  const waiting = heaps.query('SELECT 1', {signal: given.signal})
  setImmediate(() => given.abort(new Error('enough')))
  await assert.rejects(endless, /^Error: enough$/)
  await assert.rejects(waiting, /^Error: enough$/)
  assert.deepEqual(await heaps.rows('SELECT 2 AS two'), [{two: 2}])
})

test('what was closed answers no more, and what is not given is told', async () => {
  const heaps = await openSql({snapshots: [await openSnapshot(SRV)]})
  heaps.close()
  heaps.close()
  await assert.rejects(heaps.query('SELECT 1'), /these heaps were closed/)
  await assert.rejects(openSql({}), /nothing is given that could be asked/)
  await assert.rejects(openSql({digests: [folder]}), /directory without digests/)
})

test('a digest is the table of the command, in the place that the command gives it', async () => {
  const labels = {service: 'api', pod: 'b/c'}
  const snapshot = await openSnapshot(SRV)
  const words = ['--label', 'service=api,pod=b/c', SRV]
  const {stdout} = await heapgraph(['digest', ...words])
  assert.equal([...exporting.toNdjson(exporting.digest(snapshot, {labels}))].join(''), stdout)
  const fleet = join(folder, 'fleet')
  const place = join(fleet, exporting.digestPath(snapshot, {labels}))
  await heapgraph(['digest', '--into', fleet, ...words])
  assert.ok(existsSync(place), place)
  const second = join(fleet, exporting.digestPath(snapshot, {id: 'second', labels}))
  assert.equal(dirname(second), dirname(place))
  mkdirSync(dirname(second), {recursive: true})
  writeFileSync(second, Buffer.concat([...(await exporting.toParquet(exporting.digest(snapshot, {id: 'second'})))]))
  const heaps = await opened({digests: [fleet]})
  const rows = await heaps.rows("SELECT pod, count(*) AS n FROM digest WHERE level = 'heap' GROUP BY pod")
  assert.deepEqual(rows, [{pod: 'b/c', n: 2}])
  assert.throws(() => exporting.digest(snapshot, {labels: {name: 'x'}}), /name is a column of every digest/)
  assert.throws(() => exporting.digest(snapshot, {labels: {Pod: 'x'}}), /small letters/)
})

test('findings in four forms are those of the commands', async () => {
  const found = await leaks(GROWING)
  const stands = suspects(await openSnapshot(GROWING[2]))
  const forms = {
    sarif: exporting.toSarif,
    github: exporting.toGithub,
    gitlab: exporting.toGitlab,
    junit: exporting.toJunit,
  }
  for (const [form, write] of Object.entries(forms)) {
    assert.equal(write(found), (await heapgraph(['leaks', '--format', form, ...GROWING])).stdout, form)
    assert.equal(write(stands), (await heapgraph(['suspects', '--format', form, GROWING[2]])).stdout, form)
  }
  assert.ok(exporting.toSarif(found).includes('sessions.mjs'))
})

test('a redacted snapshot has the objects and not the texts', async () => {
  const {audit, chunks} = await exporting.redact(SRV, {forbidden: [/no such text/]})
  const parts: Uint8Array[] = []
  for await (const part of chunks()) parts.push(part)
  const before = await openSnapshot(SRV)
  const redacted = await openSnapshot(Buffer.concat(parts))
  assert.equal(redacted.nodeCount, before.nodeCount)
  assert.ok(audit.hidden > 1000 && audit.matchCount === 0)
})

test('a reduced snapshot is small and answers the same', async () => {
  const snapshot = await openSnapshot(gunzipSync(readFileSync(fixture('listener.node20'))))
  const {nodes} = select(snapshot, {type: 'UserRecord'})
  const wanted = /held by .*listener\.cjs:\d+/
  const isSame = (part: typeof snapshot) => {
    const selection = select(part, {type: 'UserRecord'})
    return selection.nodes.length > 0 && wanted.test(toText(why(part, selection)))
  }
  const {bytes, tries} = await exporting.reduce(snapshot, {nodes, isSame, tries: 200})
  assert.ok(bytes.length < 100_000 && tries <= 200, `${bytes.length} bytes, ${tries} tries`)
  assert.ok(isSame(await openSnapshot(bytes)))
})
