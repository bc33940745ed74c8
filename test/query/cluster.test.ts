/**
 * Digests of a fleet on an engine for many machines: two shards of ClickHouse on loopback, a table over both, 10,000 digests made from real ones, and the
 * same SQL on both engines. Skipped where ClickHouse is not installed (Debian: apt-get install clickhouse-server), as it is in CI.
 */
import assert from 'node:assert/strict'
import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {setTimeout as wait} from 'node:timers/promises'
import type {RowTable} from '../../src/graph/rows/row-table.ts'
import {textCells} from '../../src/graph/rows/row-table.ts'
import {digestTable, SqlSession, toNdjson, toParquet} from '../../src/index.ts'
import {getOrMake} from '../../src/util/memo.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {ask, openFixture, type Row} from './heaps.ts'

const SERVER = ['/usr/sbin/clickhouse-server', '/usr/bin/clickhouse-server'].find(existsSync)
const DIGESTS = 10_000
const BUILDS = 20
/** Rows kept of a digest, most bytes first: what a fleet's questions are about. */
const KEPT = 6
/** From this build on, one owner grows. */
const LEAKING_BUILD = 13

const TEXTS = ['digest', 'taken', 'producer', 'level', 'name', 'type', 'file', 'origin', 'build', 'pod'] as const
const NUMBERS = ['count', 'self', 'off_heap', 'retained'] as const

/** Which build, which pods, which owner, since when; words that both engines understand. */
const QUESTIONS = [
  `SELECT build, count(DISTINCT digest) AS digests, sum(retained) AS bytes FROM digest WHERE level = 'heap' GROUP BY build ORDER BY build`,
  `SELECT name, min(moment) AS since, count(DISTINCT pod) AS pods, max(retained) AS most FROM digest WHERE level = 'owner' GROUP BY name ORDER BY most DESC, name LIMIT 5`,
  `SELECT name, build, max(count) AS most FROM digest WHERE level = 'owner' AND count > 1000 GROUP BY name, build ORDER BY name, build`,
  `SELECT type, sum(self) AS bytes, count(*) AS n FROM digest WHERE level = 'owner' GROUP BY type ORDER BY bytes DESC, type LIMIT 10`,
]

test('10,000 digests on two shards answer as in DuckDB', {
  skip: SERVER === undefined ? 'ClickHouse is not installed: apt-get install clickhouse-server' : false,
}, async () => {
  assert.ok(SERVER !== undefined)
  const folder = temporaryFolder()
  const rows = await fleet()
  const byBuild = grouped(rows)
  const parquet = join(folder, 'fleet')
  for (const [build, some] of byBuild) {
    mkdirSync(join(parquet, `part=${build}`), {recursive: true})
    writeFileSync(
      join(parquet, `part=${build}`, 'digests.parquet'),
      Buffer.concat([...(await toParquet(tableOf(some)))]),
    )
  }
  const shards = await startShards(SERVER, folder)
  const columns = [...TEXTS.map(name => `${name} String`), ...NUMBERS.map(name => `${name} Int64`)].join(', ')
  for (const shard of shards) {
    await shard.ask(`CREATE TABLE digest_shard (${columns}) ENGINE = MergeTree ORDER BY (level, name) `)
    await shard.ask(`CREATE TABLE digest_all AS digest_shard ENGINE = Distributed(fleet, default, digest_shard)`)
    await shard.ask('CREATE VIEW digest AS SELECT *, taken AS moment FROM digest_all')
  }
  // As collectors would: each digest goes to one of the shards.
  const half = (which: number) => rows.filter(({digest}) => Number(digest.slice(1)) % 2 === which)
  for (const [which, shard] of shards.entries()) {
    for (const text of toNdjson(tableOf(half(which)))) await shard.insert('digest_shard', text)
    const [{n}] = await shard.ask('SELECT count(*) AS n FROM digest_shard FORMAT JSON')
    assert.equal(Number(n), half(which).length)
  }
  const session = await SqlSession.open({snapshots: [], digests: [parquet]})
  try {
    for (const sql of QUESTIONS) {
      const began = performance.now()
      const told = await shards[0].ask(`${sql} FORMAT JSON`)
      const between = performance.now()
      const here = await ask(session, sql.replace('min(moment)', "strftime(min(taken), '%Y-%m-%dT%H:%M:%S.%gZ')"))
      console.log(
        `${sql.slice(0, 50)}…: ClickHouse ${Math.round(between - began)} ms, DuckDB ${Math.round(performance.now() - between)} ms`,
      )
      assert.ok(here.length > 0)
      assert.deepEqual(told.map(plain), here.map(plain), sql)
    }
    const leaking = await ask(session, QUESTIONS[2])
    assert.equal(new Set(leaking.map(({name}) => name)).size, 1)
    assert.equal(leaking[0].build, buildName(LEAKING_BUILD))
  } finally {
    session.close()
  }
})

type DigestRow = Record<(typeof TEXTS)[number], string> & Record<(typeof NUMBERS)[number], number>

function buildName(build: number): string {
  return `1.${String(build).padStart(2, '0')}`
}

/** Digests of real heaps, each with numbers a little different, by a generator that gives the same every time. */
async function fleet(): Promise<DigestRow[]> {
  const kinds: DigestRow[][] = []
  for (const fixture of ['seven-leaks.node24', 'srv.node20', 'lru.node20']) {
    const table = digestTable(await openFixture(fixture), {id: '', taken: '', labels: new Map()})
    const all = [...toNdjson(table)]
      .join('')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as DigestRow)
    const ofLevel = (level: string) => all.filter(row => row.level === level).slice(0, KEPT)
    kinds.push([...ofLevel('heap'), ...ofLevel('type'), ...ofLevel('owner')])
  }
  const random = generator(4711)
  const rows: DigestRow[] = []
  for (let i = 0; i < DIGESTS; i++) {
    const build = Math.floor((i * BUILDS) / DIGESTS)
    const pod = `pod-${Math.floor(random() * 50)}`
    const taken = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()
    let owners = 0
    for (const row of kinds[i % kinds.length]) {
      const isLeak = build >= LEAKING_BUILD && i % kinds.length === 0 && row.level === 'owner' && owners++ === 1
      const times = isLeak ? 50 + random() : 0.5 + random()
      const scaled = Object.fromEntries(NUMBERS.map(name => [name, Math.round(row[name] * times)]))
      rows.push({...row, ...scaled, digest: `d${i}`, taken, build: buildName(build), pod} as DigestRow)
    }
  }
  return rows
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function grouped(rows: DigestRow[]): Map<string, DigestRow[]> {
  const groups = new Map<string, DigestRow[]>()
  for (const row of rows) getOrMake(groups, row.build, () => []).push(row)
  return groups
}

function tableOf(rows: readonly DigestRow[]): RowTable {
  return {
    name: 'digest',
    rowCount: rows.length,
    heads: [
      ...TEXTS.map(name => ({name, form: 'text' as const})),
      ...NUMBERS.map(name => ({name, form: 'int64' as const})),
    ],
    *batches(size) {
      for (let from = 0; from < rows.length; from += size) {
        const some = rows.slice(from, from + size)
        const numbers = NUMBERS.map(name => ({
          form: 'int64' as const,
          values: Float64Array.from(some, row => row[name]),
        }))
        yield {rowCount: some.length, cells: [...TEXTS.map(name => textCells(some.map(row => row[name]))), ...numbers]}
      }
    },
  }
}

/** ClickHouse writes whole numbers of 64 bits as texts. */
function plain(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, /^-?\d+$/.test(String(value)) ? Number(value) : value]),
  )
}

interface Shard {
  ask(sql: string): Promise<Row[]>
  insert(table: string, ndjson: string): Promise<void>
}

async function startShards(server: string, folder: string): Promise<Shard[]> {
  const ports = await freePorts(6)
  const tcp = [ports[0], ports[1]]
  const started: ChildProcess[] = []
  after(() => {
    for (const child of started) child.kill('SIGKILL')
  })
  const replicas = tcp.map(port => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`)
  return Promise.all(
    tcp.map(async (port, index) => {
      const http = ports[2 + index]
      const home = join(folder, `shard${index}`)
      mkdirSync(join(home, 'data'), {recursive: true})
      const files = {
        'config.xml': `<yandex><logger><level>warning</level><log>${home}/log</log><errorlog>${home}/errors</errorlog></logger>
          <http_port>${http}</http_port><tcp_port>${port}</tcp_port><interserver_http_port>${ports[4 + index]}</interserver_http_port>
          <listen_host>127.0.0.1</listen_host><path>${home}/data/</path><tmp_path>${home}/tmp/</tmp_path>
          <users_config>${home}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
          <mark_cache_size>67108864</mark_cache_size><remote_servers><fleet>${replicas.join('')}</fleet></remote_servers></yandex>`,
        'users.xml': `<yandex><profiles><default><max_threads>2</max_threads></default></profiles><quotas><default/></quotas>
          <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`,
      }
      for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
      const child = spawn(server, [`--config-file=${home}/config.xml`], {cwd: home, stdio: 'ignore'})
      started.push(child)
      const shard = shardAt(http)
      await untilReady(shard, child)
      return shard
    }),
  )
}

function shardAt(port: number): Shard {
  const post = async (sql: string, body: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/?query=${encodeURIComponent(sql)}`, {method: 'POST', body})
    const text = await response.text()
    assert.equal(response.status, 200, `${sql}: ${text.slice(0, 500)}`)
    return text
  }
  return {
    ask: async sql => {
      const text = await post(sql, '')
      return text.trim() === '' ? [] : (JSON.parse(text) as {data: Row[]}).data
    },
    insert: async (table, ndjson) => void (await post(`INSERT INTO ${table} FORMAT JSONEachRow`, ndjson)),
  }
}

/** A server that ends, or does not answer, fails the test. */
async function untilReady(shard: Shard, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    assert.equal(child.exitCode, null, 'the server has ended')
    try {
      await shard.ask('SELECT 1 FORMAT JSON')
      return
    } catch {
      await wait(200)
    }
  }
  assert.fail('the server does not answer')
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({length: count}, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>(done => {
          server.listen(0, '127.0.0.1', () => done((server.address() as {port: number}).port))
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise(done => server.close(done))))
  return ports
}
