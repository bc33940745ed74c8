import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openSnapshot, type Snapshot} from '../../../src/index.ts'
import {placeOfRow} from '../../../src/snapshot/code/places.ts'
import {isModuleScope, scopes} from '../../../src/snapshot/code/scopes.ts'
import {EdgeKind} from '../../../src/snapshot/columns/schema.ts'
import {heapOf} from '../../support/ascii-heap.ts'

/** Scopes that have a variable of this name. */
function scopesWith(snapshot: Snapshot, variable: string): number[] {
  const {firstEdge, edgeKind, edgeName, strings, nodeCount} = snapshot
  const found: number[] = []
  for (let node = 0; node < nodeCount; node++) {
    if (!scopes(snapshot).isScope(node)) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.context && strings.get(edgeName[edge]) === variable) {
        found.push(node)
        break
      }
    }
  }
  return found
}

const nameOf = ({strings, nodeName}: Snapshot, node: number) => (node < 0 ? '' : strings.get(nodeName[node]))
const scriptOf = (snapshot: Snapshot, scope: number) =>
  placeOfRow(snapshot, scopes(snapshot).locationRow(scope))?.script

for (const version of [
  'node12',
  'node16',
  'node18',
  'node20',
  'node20-internals',
  'node22',
  'node24',
  'node26',
  'deno',
]) {
  test(`a module's scope, and a function's: ${version}`, async () => {
    const snapshot = await openSnapshot(`fixtures/snapshots/types-zoo.${version}.heapsnapshot.gz`)
    const {kind, function: functionOf, inner, outer} = scopes(snapshot)

    const [module, ...others] = scopesWith(snapshot, 'zoo').filter(scope => scriptOf(snapshot, scope) !== undefined)
    assert.deepEqual(others, [])
    assert.equal(scriptOf(snapshot, module), '/app/src/types-zoo.cjs')
    assert.equal(isModuleScope(snapshot, module), true)
    assert.equal(functionOf(module), -1)
    assert.equal(outer(module), -1)

    const [call] = scopesWith(snapshot, 'file').filter(scope => scriptOf(snapshot, scope)?.startsWith('/app'))
    assert.equal(kind(call), 'call')
    assert.equal(nameOf(snapshot, functionOf(call)), 'snapshotWhenSettled')
    assert.equal(isModuleScope(snapshot, outer(call)), true)
    assert.equal(nameOf(snapshot, inner(outer(call))), 'snapshotWhenSettled')

    // Each round of a loop has a scope of its own; their functions are the arrows of line 95.
    const rounds = Array.from({length: snapshot.nodeCount}, (_, node) => node).filter(
      node => scopes(snapshot).isScope(node) && outer(node) === module,
    )
    const lines = rounds.map(scope => placeOfRow(snapshot, scopes(snapshot).locationRow(scope))?.line)
    assert.deepEqual(lines.filter(line => line === 95).length, 3)
    for (const scope of rounds) assert.equal(kind(scope), 'call')
  })
}

test('ES modules have scopes of their own', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/es-module.node20.heapsnapshot.gz')
  const [store] = scopesWith(snapshot, 'orders')
  assert.equal(isModuleScope(snapshot, store), true)
  assert.equal(scriptOf(snapshot, store), '/app/src/es-module/store.mjs')
})

test("a page's script: its top level is a module to us, its functions' scopes are calls", async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/page.chromium.heapsnapshot.gz')
  const [script] = scopesWith(snapshot, 'PanelCache')
  assert.equal(isModuleScope(snapshot, script), true)
  const calls = scopesWith(snapshot, 'panel')
  assert.equal(calls.length, 25)
  for (const call of calls) {
    assert.equal(isModuleScope(snapshot, call), false)
    assert.equal(nameOf(snapshot, scopes(snapshot).function(call)), 'openPanel')
    assert.equal(scopes(snapshot).outer(call), script)
  }
})

test('a server: one scope a call, all of the same function', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/srv.node24.heapsnapshot.gz')
  const calls = scopesWith(snapshot, 'user').filter(scope => scriptOf(snapshot, scope)?.startsWith('/app'))
  assert(calls.length > 100)
  assert.deepEqual([...new Set(calls.map(call => nameOf(snapshot, scopes(snapshot).function(call))))], ['saveOnFlush'])
  const [module] = scopesWith(snapshot, 'byId')
  assert.equal(isModuleScope(snapshot, module), true)
  assert.equal(scriptOf(snapshot, module), '/app/src/srv/cache.cjs')
})

test('files without locations, rings of scopes, scopes of nothing', async () => {
  const heap = await heapOf(`
    root -> a
    a: object "system / Context"
    b: object "system / Context / scope @7"
    c: object "system / ContextCell"
    lone: object "system / Context"
    f: closure f
    a -internal:previous-> b
    b -internal:previous-> a
    f -internal:context-> a
    root -> f
    root -> c
    root -> lone
  `)
  const {isScope, kind, inner, outer, locationRow} = scopes(heap)
  assert.deepEqual(
    ['a', 'b', 'c', 'lone', 'f'].map(label => isScope(heap.node(label))),
    [true, true, false, true, false],
  )
  assert.equal(kind(heap.node('lone')), 'builtin')
  assert.equal(outer(heap.node('a')), heap.node('b'))
  assert.equal(inner(heap.node('a')), -1)
  assert.equal(locationRow(heap.node('a')), -1)
  assert.equal(isModuleScope(heap, heap.node('f')), false)
})
