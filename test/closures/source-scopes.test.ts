/** V8's sections about scopes, as a hostile file may have them; and the map of pairs against a plain one. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {openSnapshot} from '../../src/index.ts'
import {sourceScopes} from '../../src/snapshot/code/source-scopes.ts'
import {PairMap} from '../../src/util/pair-map.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {runs} from '../support/runs.ts'

const folder = temporaryFolder()

/** A heap of one node, with sections as given. */
async function withSections(sections: {scopes: number[]; vars?: number[]; uses?: number[]}, meta: object = {}) {
  const file = join(folder, 'sections.heapsnapshot')
  const heap = {
    snapshot: {
      meta: {
        node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
        node_types: [['object'], 'string', 'number', 'number', 'number'],
        edge_fields: ['type', 'name_or_index', 'to_node'],
        edge_types: [['property'], 'string_or_number', 'node'],
        scope_fields: ['script_node_index', 'scope_id', 'depth', 'scope_context_vars_count', 'scope_uses_count'],
        scope_context_var_fields: ['name'],
        scope_use_fields: ['declaring_scope_id', 'slot_index'],
        ...meta,
      },
      node_count: 1,
      edge_count: 0,
      trace_function_count: 0,
    },
    nodes: [0, 0, 1, 8, 0],
    edges: [],
    scopes: sections.scopes,
    scope_context_vars: sections.vars ?? [],
    scope_uses: sections.uses ?? [],
    strings: ['root', 'a', 'b'],
  }
  writeFileSync(file, JSON.stringify(heap))
  return sourceScopes(await openSnapshot(file))
}

test('scopes are nested by their depth, and uses lead to the variables meant', async () => {
  const found = await withSections({
    scopes: [0, -2, 0, 1, 0, 0, 7, 1, 1, 1, 0, 9, 2, 0, 2],
    vars: [1, 2],
    uses: [-2, 0, 7, 0, -2, 0],
  })
  const scopes = found.get(0)!
  assert.deepEqual([...scopes.keys()], [-2, 7, 9])
  assert.equal(scopes.get(9)?.outer, scopes.get(7))
  assert.equal(scopes.get(-2)?.kind, 'root')
  const usesOf = (scope: number, name: string) =>
    scopes
      .get(scope)
      ?.variables.get(name)
      ?.uses.map(use => use.scope)
  assert.deepEqual(usesOf(-2, 'a'), [scopes.get(7), scopes.get(9)])
  assert.deepEqual(usesOf(7, 'b'), [scopes.get(9)])
})

test('what makes no sense is left out, and nothing throws', async () => {
  assert.equal((await withSections({scopes: [3, -2, 0, 0, 0]})).size, 0, 'no node there')
  assert.equal((await withSections({scopes: [0, -2, 5, 0, 0]})).size, 0, 'no scope around')
  assert.equal((await withSections({scopes: [0, -2, 0, 0, 0]}, {scope_fields: ['depth']})).size, 0)
  assert.equal((await withSections({scopes: [0, -2, 0, 0, 0]}, {scope_fields: 7})).size, 0)
  assert.equal((await withSections({scopes: [0, -2, 0, 0]})).size, 0, 'half a row')
  assert.equal(
    (await withSections({scopes: [0, -2, 0, 2 ** 31 - 1, 2 ** 31 - 1], vars: [1]})).size,
    0,
    'more than there are',
  )
  const number = fc.oneof(fc.integer({min: -3, max: 5}), fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1}))
  const numbers = fc.array(number, {maxLength: 30})
  await fc.assert(
    fc.asyncProperty(numbers, numbers, numbers, async (scopes, vars, uses) => {
      await withSections({scopes, vars, uses})
    }),
    {numRuns: runs(200)},
  )
})

test('a map of pairs is one', () => {
  const small = fc.integer({min: 0, max: 40})
  fc.assert(
    fc.property(fc.array(fc.tuple(small, small, fc.nat()), {maxLength: 300}), entries => {
      const map = new PairMap(4)
      const twin = new Map<string, number>()
      for (const [first, second, value] of entries) {
        assert.equal(map.add(first, second, value), !twin.has(`${first} ${second}`))
        if (!twin.has(`${first} ${second}`)) twin.set(`${first} ${second}`, value)
      }
      assert.equal(map.size, twin.size)
      for (let first = 0; first <= 40; first++) {
        for (let second = 0; second <= 40; second++) {
          assert.equal(map.get(first, second), twin.get(`${first} ${second}`) ?? -1)
        }
      }
    }),
    {numRuns: runs(50)},
  )
})
