/** Which tables there are, what is refused, and what hostile names do. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {HeapgraphError, type SqlSession} from '../../src/index.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {HANG_MS} from '../support/limits.ts'
import {ask, openFixture, sessionOf} from './heaps.ts'

const folder = temporaryFolder()

const DRAWN = `
  root -> A1.id -> one
  A1.Name -> text
  A1.name -> other
  A1.done -> yes
  A1.link -> B
  A1.some -> text
  root -> A2.done -> no
  A2.link -> B
  A2.some -> B
  A2.retained -> text
  root -> node.x -> text
  one: number "heap number" 16
  one -internal:value-> digits
  digits: string "12.5" 16
  text: string "a text" 24
  other: string "another" 24
  yes: hidden "true" 16
  no: hidden "false" 16
`

let drawn: SqlSession

before(
  async () => {
    drawn = await sessionOf(await heapOf(DRAWN))
  },
  {timeout: HANG_MS},
)

test('columns of a class have the types of its properties, and no name twice', async () => {
  const {heads, types} = await drawn.query('SELECT * FROM A')
  const columns = heads.map(({name}, index) => `${name} ${types[index]}`)
  assert.deepEqual(columns.slice(0, 4), ['snapshot INTEGER', 'id BIGINT', 'self BIGINT', 'retained BIGINT'])
  assert.deepEqual(columns.slice(4).sort(), [
    'Name VARCHAR',
    'done BOOLEAN',
    'link BIGINT',
    'prop.id DOUBLE',
    'prop.name VARCHAR',
    'prop.retained VARCHAR',
    'some VARCHAR',
  ])
  const rows = await ask(
    drawn,
    'SELECT "prop.id" AS x, "Name", "prop.name" AS n, done, "some", "prop.retained" AS r FROM A ORDER BY id',
  )
  assert.deepEqual(rows[0], {x: 12.5, Name: 'a text', n: 'another', done: true, some: 'a text', r: null})
  assert.match(String(rows[1].some), /^B @\d+$/)
  assert.deepEqual({...rows[1], some: ''}, {x: null, Name: null, n: null, done: false, some: '', r: 'a text'})
  assert.deepEqual(await ask(drawn, 'SELECT DISTINCT b.type FROM A JOIN node b ON b.id = A.link'), [{type: 'B'}])
})

test('a class called like a table is in the schema of classes', async () => {
  assert.deepEqual(await ask(drawn, 'SELECT x FROM class.node'), [{x: 'a text'}])
  assert.ok((await ask(drawn, 'SELECT * FROM node')).length > 5)
})

test('an error says where, and what comes near', async () => {
  const refused = async (sql: string, words: RegExp, at?: number) => {
    await assert.rejects(drawn.query(sql), (error: unknown) => {
      assert.ok(error instanceof HeapgraphError)
      assert.equal(error.code, 'USAGE')
      assert.match(`${error.message}; ${error.hint}`, words)
      assert.equal(error.excerpt?.at, at)
      return true
    })
  }
  await refused("SELECT 'äö', nope FROM node", /"nope" not found.*"name"/, 13)
  await refused('SELECT 1\nFROM noed', /no table or class noed; near: node/, 5)
  await refused('SELECT * FORM node', /syntax error/, 14)
  await refused('SELECT 1; SELECT 2', /only one SELECT/)
  await refused('', /only one SELECT/)
})

test('a list of many constants is read', async () => {
  const {rowCount} = await drawn.query(`SELECT 1 WHERE 7 IN (${Array.from({length: 200_000}, (_, i) => i)})`)
  assert.equal(rowCount, 1)
})

test('a name that needs quotes is told', async () => {
  const session = await sessionOf(
    await heapOf('root -> Array1\nroot -> text\nArray1: object Array 16\ntext: string "t" 16'),
  )
  for (const [sql, name] of [
    ['SELECT * FROM Array', 'Array'],
    ['SELECT * FROM (string) LIMIT 1', '(string)'],
  ])
    await assert.rejects(
      session.query(sql),
      (error: HeapgraphError) => error.hint?.endsWith(`: "${name}"`) === true,
      sql,
    )
  await assert.rejects(session.query('SELECT * FORM node'), (error: HeapgraphError) => error.hint === undefined)
})

test('nothing is written, read from files, fetched or set', async () => {
  const secret = join(folder, 'secret.csv')
  writeFileSync(secret, 'a\nhunter2\n')
  const forbidden = [
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM glob('${folder}/*')`,
    `COPY (SELECT 1) TO '${join(folder, 'out.csv')}'`,
    `ATTACH '${join(folder, 'x.db')}'`,
    'INSTALL httpfs',
    "LOAD 'httpfs'",
    'SET threads = 4',
    'SET enable_external_access = true',
    'CREATE TABLE t AS SELECT 1',
    'DROP VIEW node',
    'PRAGMA database_list',
    "SELECT * FROM query('CREATE TABLE t AS SELECT 1')",
  ]
  for (const sql of forbidden) await assert.rejects(drawn.query(sql), HeapgraphError, sql)
  const settings = await ask(
    drawn,
    "SELECT name, value FROM duckdb_settings() WHERE name IN ('enable_external_access', 'lock_configuration', 'temp_directory') ORDER BY name",
  )
  assert.deepEqual(
    settings.map(({value}) => value),
    ['false', 'true', ''],
  )
})

test('names made to break SQL are names', async () => {
  const names = hostileNames.filter(name => name !== '' && !name.includes('\0'))
  const lines = names.flatMap((name, i) => [
    `root -> N${i}x.p -> text`,
    `N${i}x: object ${JSON.stringify(name)} 24`,
    `N${i}x -property:${JSON.stringify(name)}-> text`,
  ])
  const session = await sessionOf(await heapOf([...lines, 'text: string "t" 16'].join('\n')))
  const known = new Set((await ask(session, 'SELECT name FROM type')).map(({name}) => name))
  let asked = 0
  for (const name of names) {
    if (!known.has(name) || /[\ud800-\udfff]/.test(name)) continue
    const rows = await ask(session, `SELECT * FROM class."${name.replaceAll('"', '""')}"`)
    assert.ok(rows.length > 0, JSON.stringify(name))
    assert.equal(rows[0].p, 't')
    asked++
  }
  assert.ok(asked > 10, `${asked}`)
  const texts = await ask(session, 'SELECT DISTINCT type FROM node')
  assert.ok(texts.length >= asked)
})

test('more properties than columns are told', async () => {
  const lines = Array.from({length: 250}, (_, i) => `D1.p${i} -> text`)
  const session = await sessionOf(await heapOf(['root -> D1', ...lines, 'text: string "t" 16'].join('\n')))
  const {heads, limits} = await session.query('FROM D')
  assert.equal(heads.length, 204)
  assert.match(limits.join(), /D has columns for the 200 properties.*50 properties have none/)
})

test('a column that the file cannot have is explained', async () => {
  const session = await sessionOf(await openFixture('types-zoo.node20'))
  await session.query('SELECT count(*) FROM "Map"')
  await assert.rejects(session.query('SELECT size_of_it FROM "Map"'), (error: HeapgraphError) => {
    assert.match(String(error.hint), /exposeNumericValues/)
    return true
  })
})

test('what is counted only reads no column', async () => {
  const heap = await heapOf(DRAWN)
  const session = await sessionOf(heap)
  assert.deepEqual(await ask(session, 'SELECT count(*) AS n FROM edge'), [{n: heap.edgeCount}])
  assert.deepEqual(await ask(session, 'SELECT count(*) AS n FROM node'), [{n: heap.nodeCount}])
})
