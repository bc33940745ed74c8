/** What SQL answers is what the commands answer, on every real snapshot. */
import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {
  dominatorTree,
  type GrowthSample,
  growthView,
  list,
  openSnapshot,
  retainedSizes,
  type Snapshot,
  SqlSession,
  sampleGrowth,
  select,
  types,
  typesView,
} from '../../src/index.ts'
import {ask} from './heaps.ts'

const FOLDER = fileURLToPath(new URL('../../fixtures/snapshots/', import.meta.url))
const names = readdirSync(FOLDER)
  .filter(name => name.endsWith('.heapsnapshot.gz'))
  .map(name => name.replace('.heapsnapshot.gz', ''))

function open(name: string): Promise<Snapshot> {
  return openSnapshot(`${FOLDER}${name}.heapsnapshot.gz`)
}

/** As DuckDB has texts: halves of surrogate pairs, and zeros in names of types, are U+FFFD. */
function inDuckDb(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
}

for (const name of names) {
  test(name, async () => {
    const snapshot = await open(name)
    const session = await SqlSession.open({snapshots: [snapshot]})
    try {
      await sameTypes(session, snapshot)
      await sameList(session, snapshot)
      await sameDominators(session, snapshot)
    } finally {
      session.close()
    }
  })
}

async function sameTypes(session: SqlSession, snapshot: Snapshot): Promise<void> {
  const all = {limit: Number.POSITIVE_INFINITY, retained: true}
  const {rows} = typesView(types(snapshot, {...all, sort: 'name'}))
  const told = await ask(session, 'SELECT name, place, count, self, off_heap, retained, example FROM type')
  assert.deepEqual(
    told,
    rows.map(row => ({
      name: inDuckDb(row.type),
      place: row.place === '' ? null : inDuckDb(row.place),
      count: row.count,
      self: row.selfBytes,
      off_heap: row.offHeapBytes,
      retained: row.retainedBytes,
      example: row.exampleId,
    })),
  )
  for (const by of ['type', 'package', 'realm'] as const) {
    const sums = new Map<string, {count: number; self: number}>()
    for (const row of types(snapshot, {...all, retained: false, by}).rows) {
      const sum = sums.get(inDuckDb(row.type)) ?? {count: 0, self: 0}
      sums.set(inDuckDb(row.type), {count: sum.count + row.count, self: sum.self + row.selfBytes})
    }
    const grouped = await ask(
      session,
      `SELECT ${by} AS name, count(*) AS n, sum(self) AS self FROM node WHERE self > 0 GROUP BY 1`,
    )
    assert.deepEqual(new Map(grouped.map(({name, n, self}) => [name, {count: n, self}])), sums, by)
  }
}

async function sameList(session: SqlSession, snapshot: Snapshot): Promise<void> {
  const type = 'Array'
  const {nodes} = select(snapshot, {type})
  const {nodeId} = snapshot
  const [self, retained] = [selfSizes(snapshot, 'devtools'), retainedSizes(snapshot, 'devtools')]
  const listed = list(snapshot, {subject: type, nodes}, {limit: Number.POSITIVE_INFINITY}).nodes
  const expected = Array.from(listed, node => ({id: nodeId[node], self: self[node], retained: retained[node]}))
  const order = 'ORDER BY retained DESC, id'
  const ofNodes = await ask(session, `SELECT id, self, retained FROM node WHERE type = '${type}' ${order}`)
  assert.deepEqual(ofNodes, expected)
  if (nodes.length === 0) return
  assert.deepEqual(await ask(session, `SELECT id, self, retained FROM "${type}" ${order}`), expected)
}

async function sameDominators(session: SqlSession, snapshot: Snapshot): Promise<void> {
  const {dominator} = dominatorTree(snapshot)
  const {nodeId, nodeCount} = snapshot
  const counts = new Map<number | null, number>()
  for (let node = 0; node < nodeCount; node++) {
    const id = node === snapshot.root ? null : nodeId[dominator[node]]
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  const told = await ask(session, 'SELECT dominator, count(*) AS n FROM node GROUP BY 1')
  assert.deepEqual(new Map(told.map(({dominator: id, n}) => [id, n])), counts)
}

test('growth of three snapshots', async () => {
  const snapshots = await Promise.all(['base', 'target', 'final'].map(step => open(`growing.node20.${step}`)))
  const session = await SqlSession.open({snapshots})
  try {
    const samples: GrowthSample[] = []
    for (const snapshot of snapshots) samples.push(sampleGrowth(snapshot, samples))
    const {rows} = growthView(samples, snapshots[2], {limit: Number.POSITIVE_INFINITY})
    assert.ok(rows.length > 5)
    const told = await ask(
      session,
      'SELECT type, count_first, count_last, self_change, retained_last, added, trend FROM growth',
    )
    assert.deepEqual(
      told,
      rows.map(({name, counts, selfBytes, retainedBytes, added, trend}) => ({
        type: name,
        count_first: counts[0],
        count_last: counts[2],
        self_change: selfBytes[2] - selfBytes[0],
        retained_last: retainedBytes?.[2] ?? null,
        added: added?.count ?? null,
        trend,
      })),
    )
    const counted = await ask(session, 'SELECT snapshot, count(*) AS n FROM node GROUP BY 1 ORDER BY 1')
    assert.deepEqual(
      counted,
      snapshots.map(({nodeCount}, i) => ({snapshot: i + 1, n: nodeCount})),
    )
  } finally {
    session.close()
  }
})
