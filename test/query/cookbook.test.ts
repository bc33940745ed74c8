/** Every query of docs/sql.md is run, and has an answer. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {before, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import type {SqlSession} from '../../src/index.ts'
import {HANG_MS} from '../support/limits.ts'
import {ask, openFixture, sessionOf} from './heaps.ts'

const DOC = fileURLToPath(new URL('../../docs/sql.md', import.meta.url))
const queries = [...readFileSync(DOC, 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql.trim())
const GROWING = ['base', 'target', 'final'].map(name => `growing.node20.${name}`)

let one: SqlSession
let three: SqlSession

before(
  async () => {
    one = await sessionOf(await openFixture('seven-leaks.node24'))
    three = await sessionOf(...(await Promise.all(GROWING.map(openFixture))))
  },
  {timeout: HANG_MS},
)

test('there are queries', () => {
  assert.ok(queries.length >= 20, `${queries.length}`)
})

for (const sql of queries) {
  test(sql.replace(/\s+/g, ' ').slice(0, 90), async () => {
    const isOfSeveral = /\bgrowth\b|GROUP BY snapshot/.test(sql)
    const rows = await ask(isOfSeveral ? three : one, sql)
    assert.ok(rows.length > 0, sql)
    // An answer of nothing but NULL would be none.
    assert.ok(Object.values(rows[0]).some(value => value !== null))
  })
}
