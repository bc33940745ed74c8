/** What `sql -o` writes, read back: as CSV, NDJSON and Parquet, the rows of the answer, whatever is in them. */
import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {parquetReadObjects} from 'hyparquet'
import {openSnapshot} from '../../src/public/heapgraph.ts'
import {openSql} from '../../src/public/sql.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {arrayBuffer, csvCells} from '../export/tables.ts'
import {heapText} from '../support/ascii-heap.ts'

const folder = temporaryFolder()
const file = join(folder, 'hostile.heapsnapshot')

/** Numbers at the edges of what a column holds, beside what is missing. */
const NUMBERS = `SELECT * FROM (VALUES
  (1, 9007199254740993, 9223372036854775807, 1.5::DOUBLE, true, 'a'),
  (2, -9007199254740993, -9223372036854775808, -0.1::DOUBLE, false, ''),
  (3, NULL, NULL, NULL, NULL, NULL),
  (4, 0, 4294967296, 1e300::DOUBLE, true, 'NULL'),
  (5, 0, 1, 'NaN'::DOUBLE, true, 'true'),
  (6, 0, 1, 'Infinity'::DOUBLE, true, '12')
) AS t(number, beyond_double, edge, "double", yes, text) ORDER BY number`

/** Names of classes and properties, and texts, as an attacker would choose them. */
const NAMES = 'SELECT id, type, name, dominator, self FROM node ORDER BY id'
const EDGES = 'SELECT source, kind, name, target, retaining FROM edge ORDER BY ALL'

type Cell = number | bigint | string | boolean | null

interface Answer {
  names: string[]
  rows: Cell[][]
}

before(() => {
  const lines = hostileNames.flatMap((name, i) => [
    `root -> N${i}x -property:${JSON.stringify(name)}-> T${i}x`,
    `N${i}x: object ${JSON.stringify(name)} 24`,
    `T${i}x: string ${JSON.stringify(name)} 32`,
  ])
  writeFileSync(file, heapText(lines.join('\n')))
})

async function answerTo(sql: string): Promise<Answer> {
  const heaps = await openSql({snapshots: [await openSnapshot(file)]})
  try {
    const {heads} = await heaps.query(sql)
    return {names: heads.map(({name}) => name), rows: (await heaps.rows(sql)).map(row => Object.values(row))}
  } finally {
    heaps.close()
  }
}

/** What the command has written to a file of that ending. */
async function written(sql: string, ending: string): Promise<Buffer> {
  const path = join(folder, `answer.${ending}`)
  const {code, stdout, stderr} = await heapgraph(['sql', sql, '-o', path, file])
  assert.equal(code, 0, stderr)
  assert.equal(stdout, '')
  return readFileSync(path)
}

/** Files are UTF-8: halves of surrogate pairs cannot be in them. */
function inUtf8(cell: Cell): Cell {
  return typeof cell === 'string' ? Buffer.from(cell).toString() : cell
}

for (const [what, sql] of Object.entries({NUMBERS, NAMES, EDGES})) {
  test(`${what} as CSV: numbers to the last digit, a missing cell is no empty text`, async () => {
    const {names, rows} = await answerTo(sql)
    const [head, ...records] = csvCells((await written(sql, 'csv')).toString())
    assert.deepEqual(
      head.map(({text}) => text),
      names,
    )
    assert.equal(records.length, rows.length)
    for (const [index, row] of rows.entries()) {
      const cells = records[index].map(({text, isQuoted}) => (isQuoted ? text : text === '' ? null : `#${text}`))
      assert.deepEqual(
        cells,
        row.map(cell => (typeof cell === 'string' || cell === null ? inUtf8(cell) : `#${cell}`)),
      )
    }
  })

  test(`${what} as NDJSON: a document a line`, async () => {
    const {names, rows} = await answerTo(sql)
    const lines = (await written(sql, 'ndjson')).toString().trimEnd().split('\n')
    assert.equal(lines.length, rows.length)
    for (const [index, row] of rows.entries()) {
      const found = JSON.parse(lines[index]) as Record<string, Cell>
      assert.deepEqual(Object.keys(found), names)
      for (const [column, cell] of row.entries()) {
        const told = found[names[column]]
        if (typeof cell === 'bigint') assert.ok(lines[index].includes(`${cell}`), lines[index])
        else if (typeof cell === 'number' && !Number.isFinite(cell)) assert.ok(told === null || told === `${cell}`)
        else assert.deepEqual(inUtf8(told), inUtf8(cell), `${names[column]} of row ${index}`)
      }
    }
  })

  test(`${what} as Parquet: the same values, in columns of their types`, async () => {
    const {names, rows} = await answerTo(sql)
    const bytes = arrayBuffer(await written(sql, 'parquet'))
    const parsers = {stringFromBytes: (text: Uint8Array) => Buffer.from(text).toString()}
    const found = await parquetReadObjects({file: bytes, parsers})
    assert.equal(found.length, rows.length)
    for (const [index, row] of rows.entries()) {
      const told = names.map(name => found[index][name] as Cell | undefined)
      for (const [column, cell] of row.entries()) {
        const [a, b] = [told[column] ?? null, inUtf8(cell)]
        const same = typeof a === 'bigint' && typeof b === 'number' ? a === BigInt(b) : Object.is(a, b)
        assert.ok(same, `${names[column]} of row ${index}: ${String(a)}, not ${String(b)}`)
      }
    }
  })
}
