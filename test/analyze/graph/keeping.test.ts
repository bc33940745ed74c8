/** What keeps objects with a C++ side alive, by the file and by the living process. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {cutEdges, resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {hasOtherHolders} from '../../../src/analyze/facts/edge-policy.ts'
import {dominatorTree, keptSizes, keptTree, retainedSizes} from '../../../src/analyze/graph/dominators.ts'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {HANG_MS} from '../../support/limits.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-keeping-'))
after(() => rmSync(folder, {recursive: true, force: true}))

/** Where the first edge of that name leads; -1 if there is none. */
function property(snapshot: Snapshot, node: number, name: string): number {
  for (let edge = snapshot.firstEdge[node]; edge < snapshot.firstEdge[node + 1]; edge++) {
    if (snapshot.strings.get(snapshot.edgeName[edge]) === name) return snapshot.edgeTarget[edge]
  }
  return -1
}

test('what a living process frees when an array is emptied, handle by handle', async () => {
  const file = join(folder, 'handles.heapsnapshot')
  const answer = join(folder, 'handles.json')
  const program = fileURLToPath(new URL('../../../fixtures/programs/handles.cjs', import.meta.url))
  execFileSync(process.execPath, ['--expose-gc', '--no-warnings', program, file, answer], {
    timeout: HANG_MS,
    stdio: 'ignore',
  })
  const lives: Record<string, boolean> = JSON.parse(readFileSync(answer, 'utf8'))
  const snapshot = await openSnapshot(file)
  const left = reachableWithout(snapshot, cutEdges(snapshot, resolveCuts(snapshot, ['held'])))
  const said: Record<string, boolean> = {}
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (snapshot.nodeKind[node] !== NodeKind.object || snapshot.strings.get(snapshot.nodeName[node]) !== 'Holder')
      continue
    const [what, thing] = ['what', 'thing'].map(name => property(snapshot, node, name))
    if (what >= 0 && thing >= 0) said[snapshot.strings.get(snapshot.nodeName[what])] = left.has(thing)
  }
  const sorted = (answers: Record<string, boolean>) => Object.entries(answers).sort()
  assert.deepEqual(sorted(said), sorted(lives))
  const alive = Object.values(lives).filter(Boolean).length
  assert.ok(alive >= 8 && alive <= Object.keys(lives).length - 20, `${alive} of ${Object.keys(lives).length} live`)
})

/** Node 20: a weak Hash and a strong Server, both on Node's list; the Server's C++ part is a root of its own. */
const NODE = `
  root -> environment -internal:principal_realm-> realm -internal:cleanup_queue-> queue
  queue [1] -> hashPart -internal:native_to_javascript-> Hash -internal:javascript_to_native-> hashPart
  queue [2] -> serverPart -internal:native_to_javascript-> Server -internal:javascript_to_native-> serverPart
  queue [3] -> plain
  root [7] -> serverPart
  root -> cache.entry -> Hash
  root -> cache.server -> Server
  hashPart -internal:mdctx-> state
  environment: synthetic "Node / Environment" 100
  realm: native "Node / Realm" 100
  queue: native "Node / CleanupQueue" 100
  hashPart: native "Node / Hash" 10
  serverPart: synthetic "Node / TCPServerWrap" 10
  state: native "Node / mdctx" 1000
  plain: native "Node / AsyncHooks" 10
`

const nodeOf = (snapshot: Snapshot, name: string) => {
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (snapshot.strings.get(snapshot.nodeName[node]) === name) return node
  }
  throw new Error(name)
}

test("Node's list of objects with a C++ side keeps nothing alive, but for what is no such object", async () => {
  const snapshot = await heapOf(NODE)
  const left = reachableWithout(snapshot, cutEdges(snapshot, resolveCuts(snapshot, ['cache.entry', 'cache.server'])))
  const lives = (name: string) => left.has(nodeOf(snapshot, name))
  assert.equal(lives('Hash'), false)
  assert.equal(lives('Node / mdctx'), false)
  assert.equal(lives('Server'), true)
  assert.equal(lives('Node / AsyncHooks'), true)
  const hash = nodeOf(snapshot, 'Hash')
  const cache = nodeOf(snapshot, 'cache')
  assert.equal(dominatorTree(snapshot).dominator[hash], snapshot.root)
  assert.equal(keptTree(snapshot).dominator[hash], cache)
  // 16 each for the cache and the Hash, 10 and 1000 behind it.
  assert.equal(keptSizes(snapshot)[cache], 16 + 16 + 10 + 1000)
  assert.equal(retainedSizes(snapshot, 'devtools')[cache], 16)
})

test('a file without such objects has one dominator tree', async () => {
  const snapshot = await heapOf('root -> A.b -> B')
  assert.equal(hasOtherHolders(snapshot), false)
  assert.equal(keptTree(snapshot), dominatorTree(snapshot))
})

test('targets of WeakRefs and FinalizationRegistries that V8 up to 9.x does not mark', async () => {
  const old = await heapOf(`
    root -> WeakRef -hidden:2-> Target
    root -> registry -hidden:4-> cell -hidden:1-> Watched
    cell -hidden:2-> Token
    cell -hidden:3-> Holdings
    cell: hidden "system / WeakCell" 72
  `)
  const reached = (snapshot: Snapshot) =>
    ['Target', 'Watched', 'Token', 'Holdings'].filter(name => reachableNodes(snapshot).has(nodeOf(snapshot, name)))
  assert.deepEqual(reached(old), ['Holdings'])
  const recent = await heapOf(`
    root -> WeakRef -weak:target-> Target
    root -> registry -hidden:4-> cell -weak:target-> Watched
    cell -weak:unregister_token-> Token
    cell -hidden:1-> Holdings
    cell: hidden "system / WeakCell" 72
  `)
  assert.deepEqual(reached(recent), ['Holdings'])
})
