/** What the functions of SQL answer is what the commands answer. */
import assert from 'node:assert/strict'
import {before, test} from 'node:test'
import {retainedBySet} from '../../src/analyze/graph/retained-set.ts'
import {dominatorTree, owners, type Snapshot, SqlSession, select, shortestPaths, toGraph} from '../../src/index.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {HANG_MS} from '../support/limits.ts'
import {ask, openFixture, sessionOf} from './heaps.ts'

let snapshot: Snapshot
let session: SqlSession

before(
  async () => {
    snapshot = await openFixture('seven-leaks.node24')
    session = await sessionOf(snapshot)
  },
  {timeout: HANG_MS},
)

test('why and path, as texts and as tables', async () => {
  const {nodes} = select(snapshot, {type: 'Session'})
  const id = snapshot.nodeId[nodes[3]]
  const told = toGraph(owners(snapshot, select(snapshot, {id}))).getAttribute('owners')
  assert.ok(told)
  const chain = toGraph(shortestPaths(snapshot, select(snapshot, {id}))).getAttribute('chains')[0]
  const [row] = await ask(session, `SELECT why(${id}) AS why, path(id) AS path FROM node WHERE id = ${id}`)
  assert.deepEqual(row, {why: told.verdict, path: chain.code})
  const rows = await ask(session, `SELECT holder, place, retained FROM why(${id})`)
  assert.deepEqual(
    rows,
    told.list.map(owner => ({holder: owner.holder, place: owner.place, retained: owner.retainedBytes})),
  )
  const steps = await ask(session, `SELECT text, id FROM path(${id})`)
  assert.deepEqual(
    steps,
    chain.steps?.map(step => ({text: step.text, id: step.id})),
  )
})

test('retained of a set is that of all of them together', async () => {
  const {nodes} = select(snapshot, {type: 'Session'})
  const [row] = await ask(session, 'SELECT retained(list(id)) AS bytes FROM "Session"')
  assert.equal(row.bytes, retainedBySet(snapshot, nodes).bytes)
  assert.deepEqual(await ask(session, 'SELECT retained([0, 999999999999]) AS bytes'), [{bytes: null}])
})

test('reaches follows what keeps alive, and nothing else', async () => {
  const heap = await heapOf(`
    root -> A.b -> B.c -> C
    root -> D -weak:w-> A
  `)
  const drawn = await sessionOf(heap)
  const idOf = (type: string) => heap.nodeId[select(heap, {type}).nodes[0]]
  const reaches = async (from: string, to: string) =>
    (await ask(drawn, `SELECT reaches(${idOf(from)}, ${idOf(to)}) AS yes`))[0].yes
  assert.equal(await reaches('A', 'C'), true)
  assert.equal(await reaches('C', 'A'), false)
  assert.equal(await reaches('D', 'A'), false)
  assert.deepEqual(await ask(drawn, 'SELECT reaches(1, 999) AS yes'), [{yes: null}])
})

test('reaches of rows says what it says of each pair alone, whichever side changes', async () => {
  const heap = await heapOf(`
    root -> A.b -> B.c -> C.a -> A
    root -> D -weak:w-> A
    B -> E
    F -> E
  `)
  const drawn = await sessionOf(heap)
  const ids = [...heap.nodeId]
  const alone = new Map<string, unknown>()
  for (const from of ids) {
    for (const to of ids) {
      const fresh = await sessionOf(heap)
      alone.set(`${from} ${to}`, (await ask(fresh, `SELECT reaches(${from}, ${to}) AS yes`))[0].yes)
      fresh.close()
    }
  }
  for (const order of ['a.id, b.id', 'b.id, a.id', 'a.id + b.id, a.id']) {
    const rows = await ask(
      drawn,
      `SELECT a, b, reaches(a, b) AS yes FROM (SELECT a.id AS a, b.id AS b FROM node a, node b ORDER BY ${order})`,
    )
    assert.equal(rows.length, ids.length ** 2)
    for (const {a, b, yes} of rows) assert.equal(yes, alone.get(`${a} ${b}`), `${order}: ${a} ${b}`)
  }
})

test('an id of nothing, NULL, and a snapshot that is not there', async () => {
  assert.deepEqual(await ask(session, 'SELECT why(999999999999) AS a, path(NULL) AS b'), [{a: null, b: null}])
  assert.deepEqual(await ask(session, 'FROM why(999999999999)'), [])
  assert.deepEqual(await ask(session, 'FROM entries(NULL), entries(1, NULL)'), [])
  const [{id}] = await ask(session, 'SELECT max(collection) AS id FROM entry')
  for (const sql of [
    'SELECT why(1, 7)',
    `FROM entries(${id}, 7)`,
    'FROM entry e, entries(e.collection, e.snapshot - 1)',
  ])
    await assert.rejects(session.query(sql), /there is no snapshot [07]/)
})

test('entries of Maps and Sets, for each row of another table', async () => {
  const rows = await ask(session, 'SELECT e.key, s."prop.id" AS id FROM "Session" s JOIN entry e ON e.value_id = s.id')
  assert.equal(rows.length, 200)
  for (const {key, id} of rows) assert.equal(key, id)
  const lateral = await ask(
    session,
    `SELECT DISTINCT m.id, count(*) AS entries FROM (SELECT collection AS id FROM entry JOIN "Session" s ON s.id = value_id LIMIT 1) m, entries(m.id) GROUP BY 1`,
  )
  assert.equal(lateral[0].entries, 200)
})

test('entries of several files: those of the last one, or of the one that is named', async () => {
  const [first, last] = [await openFixture('growing.node20.base'), await openFixture('growing.node20.final')]
  const both = await SqlSession.open({snapshots: [first, last]})
  try {
    const counts = `SELECT collection AS id, snapshot, count(*) AS n FROM entry GROUP BY ALL`
    const joined = (call: string, where: string) =>
      ask(
        both,
        `SELECT c.id, c.snapshot, c.n, count(*) AS told FROM (${counts}) c, ${call} WHERE ${where} GROUP BY ALL`,
      )
    for (const rows of [
      await joined('entries(c.id)', 'c.snapshot = 2'),
      await joined('entries(c.id, c.snapshot)', 'true'),
      await joined('entries(c.id, 1)', 'c.snapshot = 1'),
    ]) {
      assert.ok(rows.length > 10)
      for (const {id, n, told} of rows) assert.equal(told, n, String(id))
    }
  } finally {
    both.close()
  }
})

test('who climbs from dominator to dominator comes to the root, and to an end', {timeout: HANG_MS}, async () => {
  const rows = await ask(
    session,
    `WITH RECURSIVE up(id, level) AS (SELECT max(id), 0 FROM "Session" UNION ALL
     SELECT n.dominator, level + 1 FROM up JOIN node n USING (id) WHERE n.dominator IS NOT NULL)
     SELECT id FROM up ORDER BY level`,
  )
  const {dominator} = dominatorTree(snapshot)
  const wanted: number[] = []
  let node = snapshot.nodeId.indexOf(Number(rows[0].id))
  while (wanted.push(snapshot.nodeId[node]) && node !== snapshot.root) node = dominator[node]
  assert.deepEqual(
    rows.map(({id}) => id),
    wanted,
  )
})

test('why and path of all objects are refused with what to write instead, in each query anew', async () => {
  const session = await sessionOf(
    await heapOf(Array.from({length: 1100}, (_, i) => `root -> Few.p${i} -> N${i}`).join('\n')),
  )
  for (const name of ['why', 'path']) {
    await assert.rejects(session.query(`SELECT ${name}(id) FROM node ORDER BY retained DESC LIMIT 2`), (error: Error) =>
      error.message.includes(`choose them first: SELECT ${name}(id) FROM (SELECT id FROM node`),
    )
    const rows = await ask(session, `SELECT ${name}(id) AS x FROM (SELECT id FROM node ORDER BY retained DESC LIMIT 2)`)
    assert.equal(rows.length, 2)
  }
})
