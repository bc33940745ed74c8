/** Heaps behind SQL, for tests. */
import {after} from 'node:test'
import {fileURLToPath} from 'node:url'
import {type SqlAnswer, SqlSession} from '../../src/index.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'

export type Row = Record<string, unknown>

export function openFixture(name: string): Promise<Snapshot> {
  return openSnapshot(fileURLToPath(new URL(`../../fixtures/snapshots/${name}.heapsnapshot.gz`, import.meta.url)))
}

const sessions: SqlSession[] = []
after(() => {
  for (const session of sessions) session.close()
})

/** A session that is closed when the tests of the file have run. */
export async function sessionOf(...snapshots: Snapshot[]): Promise<SqlSession> {
  const session = await SqlSession.open({snapshots})
  sessions.push(session)
  return session
}

/** The rows of an answer; whole numbers as numbers. */
export function rowsOf({heads, batches}: SqlAnswer): Row[] {
  const rows: Row[] = []
  for (const {rowCount, cells} of batches(1000)) {
    for (let row = 0; row < rowCount; row++) {
      const values = cells.map(column => {
        if (column.missing?.[row] === 1) return null
        if ('words' in column) return column.words[column.values[row]]
        return column.form === 'bool' ? column.values[row] === 1 : Number(column.values[row])
      })
      rows.push(Object.fromEntries(values.map((value, index) => [heads[index].name, value])))
    }
  }
  return rows
}

export async function ask(session: SqlSession, sql: string): Promise<Row[]> {
  return rowsOf(await session.query(sql))
}
