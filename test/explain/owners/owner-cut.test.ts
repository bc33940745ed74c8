/** Whether what the verdict of `why` promises is so: by `what-if`, with the cuts that the answer itself suggests. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {cutEdges, resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {loadSourceMaps, openSnapshot, owners, type Snapshot, select, toGraph} from '../../../src/index.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {APP_MODULE} from '../../support/drawn-modules.ts'
import {HANG_MS} from '../../support/limits.ts'

const FIXTURES = new URL('../../../fixtures/', import.meta.url)

/** Types whose owners have no name that `what-if` knows: timers without one, the stack, the runtime's own, listeners of pages. */
const NAMELESS = /^(In.*|TraceContext|Chart|<.*)$/

for (const file of readdirSync(new URL('programs/', FIXTURES)).filter(name => name.endsWith('.truth.json'))) {
  const truth = JSON.parse(readFileSync(new URL(`programs/${file}`, FIXTURES), 'utf8'))
  if (truth.holders === undefined) continue
  for (const name of truth.snapshots as string[]) {
    test(`${name}: verdicts are true`, async () => {
      const snapshot = await openSnapshot(readFileSync(new URL(`snapshots/${name}.heapsnapshot.gz`, FIXTURES)))
      await loadSourceMaps(snapshot, {folder: fileURLToPath(new URL('programs/', FIXTURES))})
      for (const {type} of truth.holders as {type: string}[]) if (type !== UNTRUE) assertTrue(snapshot, type)
    })
  }
}

test('a timer is cleared, since its callback would fail without its variable; a store is told by its storage', async () => {
  const told: [snapshot: string, type: string, cut: string][] = [
    ['timer.node20', 'PollState', 'Timeout._onTimeout poll'],
    ['async-context.node20', 'RequestContext', 'Timeout heartbeat · AsyncLocalStorage store'],
    ['async-context.node24', 'RequestContext', 'Timeout heartbeat · AsyncLocalStorage store of storage'],
  ]
  for (const [name, type, cut] of told) {
    const snapshot = await openSnapshot(readFileSync(new URL(`snapshots/${name}.heapsnapshot.gz`, FIXTURES)))
    const target = select(snapshot, {type})
    assert.deepEqual(toGraph(owners(snapshot, target)).getAttribute('owners')!.cuts, [cut])
    assert.equal(freed(snapshot, target.nodes, [cut]), target.nodes.length)
    const other = cut.replace('of storage', 'of elsewhere')
    if (other !== cut) assert.throws(() => resolveCuts(snapshot, [other]))
  }
})

/** A context of `vm` is held by its sandbox and by itself, which looks like two owners. */
const UNTRUE = 'InVmContext'

function assertTrue(snapshot: Snapshot, type: string): void {
  const target = select(snapshot, selectorOf(type))
  const answer = owners(snapshot, target)
  const {verdict, cuts, list} = toGraph(answer).getAttribute('owners')!
  const words = `${type}: ${verdict}; cut ${cuts.join(', ')}`
  assert.match(
    verdict,
    /^(one cut frees |\d+ cuts together free |freed only if all |no one cut frees any; |\d+ objects? (is|are) freed only if several)/,
    words,
  )
  assert.doesNotMatch(verdict, /more ways than were followed/, words)
  if (!NAMELESS.test(type)) assert.ok(cuts.length > 0, words)
  if (cuts.length === 0) return
  const promised = /^(?:one cut frees|\d+ cuts together free) (?:all )?([\d,]+)/.exec(verdict)
  const held = target.nodes.length - answer.unheld
  const expected = promised === null ? held : Number(promised[1].replaceAll(',', ''))
  if (/^(one cut|\d+ cuts|freed only|no one)/.test(verdict)) {
    assert.equal(freed(snapshot, target.nodes, cuts), expected, words)
  }
  if (/^(one cut|\d+ cuts) /.test(verdict)) return
  for (const {cuts: own} of list)
    if (!verdict.includes('at once')) assert.ok(freed(snapshot, target.nodes, own) < held, words)
}

function freed(snapshot: Snapshot, nodes: Uint32Array, cuts: readonly string[]): number {
  if (cuts.length === 0) return 0
  const after = reachableWithout(snapshot, cutEdges(snapshot, resolveCuts(snapshot, cuts)))
  return nodes.filter(node => reachableNodes(snapshot).has(node) && !after.has(node)).length
}

function selectorOf(type: string) {
  if (type.includes('*')) return {name: `/^${type.replaceAll('*', '.*')}/`}
  return type.startsWith('<') ? {name: type} : {type}
}

async function verdictOf(
  drawing: string,
): Promise<{verdict: string; cuts: string[]; patterns: string[]; alone: number[]}> {
  const heap = await heapOf(APP_MODULE + drawing)
  const {verdict, cuts, list} = toGraph(owners(heap, select(heap, {type: 'T'}))).getAttribute('owners')!
  return {verdict, cuts, patterns: list.map(({pattern}) => pattern), alone: list.map(({alone}) => alone)}
}

test('links that other owners hold are not freed by the Map that has them all', async () => {
  const {verdict, cuts, alone} = await verdictOf(`
    scopeA -context:lru-> Lru.map -> Map -internal:table-> table [0] -> T1
    table [1] -> T2
    table [2] -> T3
    table: array "" 64
    Lru.head -> T1.next -> T2.next -> T3
  `)
  assert.equal(verdict, 'no one cut frees any; all 2 together free all 3')
  assert.deepEqual(cuts, ['Lru.map', 'Lru.head'])
  assert.deepEqual(alone, [0, 0])
})

test('a variable that two functions share is what lets go at once', async () => {
  const {verdict, cuts} = await verdictOf(`
    scopeA -context:a-> first -internal:context-> call -context:u-> T1
    scopeA -context:b-> second -internal:context-> call
    first: closure first 32 at 1:20:3
    second: closure second 32 at 1:21:3
    call: object "system / Context" 32
    call -internal:previous-> scopeA
  `)
  assert.equal(verdict, 'freed only if all 2 let go, or at once: scope var u of first()')
  assert.deepEqual(cuts, ['scope var u of first()'])
})

test('keys of a dictionary are data', async () => {
  const {verdict, patterns} = await verdictOf(`
    scopeA -context:store-> Store.sessions -> Object.k1 -> T1
    Object.k2 -> T2
    Object.k3 -> T3
    Object.k4 -> T4
    Object: object Object 32
  `)
  assert.deepEqual(patterns, ['module src/a.js · store.sessions[…]'])
  assert.equal(verdict, 'one cut frees all 4: store.sessions[…]')
})

test('names of a few properties, or of different things, are code', async () => {
  const {patterns} = await verdictOf(`
    scopeA -context:settings-> Object.one -> T1
    Object.two -> U1
    Object.three -> V1
    Object.four -> W1
    Object: object Object 32
  `)
  assert.deepEqual(patterns, ['module src/a.js · settings.one'])
})

test('what no expression names is cut by its id', async () => {
  const {verdict, cuts} = await verdictOf('gc -element:1-> T1\n gc -element:2-> T2')
  assert.match(verdict, /^one cut frees all 2: /)
  assert.match(cuts.join(), /^@\d+\[\]$/)
})

test('the root has no owner, and nothing to cut', async () => {
  const heap = await heapOf(APP_MODULE)
  const answer = owners(heap, {subject: 'root', nodes: Uint32Array.of(heap.root)})
  const {verdict, cuts} = toGraph(answer).getAttribute('owners')!
  assert.deepEqual([verdict, cuts], ['', []])
})

/** A promise that never settles has the reactions of all races with it; two names hold it. Runs on the Node that the tests run on. */
const RACES = `
const shutdown = new Promise(() => {})
exports.shutdown = shutdown
class RaceRequest {}
async function handle() {
  const request = new RaceRequest()
  const work = new Promise(resolve => setImmediate(() => resolve(request)))
  return Promise.race([shutdown, work])
}
for (let i = 0; i < 200; i++) void handle()
setTimeout(() => {
  require('node:v8').writeHeapSnapshot(process.argv[2])
  process.exit(0)
}, 20)
`

test('a promise that races go on with is let go of by all its names together', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-races-'))
  t.after(() => rmSync(folder, {recursive: true, force: true}))
  const [program, file] = [join(folder, 'races.cjs'), join(folder, 'races.heapsnapshot')]
  writeFileSync(program, RACES)
  execFileSync(process.execPath, [program, file], {timeout: HANG_MS})
  const snapshot = await openSnapshot(file)
  const target = select(snapshot, {type: 'RaceRequest'})
  if (owners(snapshot, target).owners.length === 0) return t.skip('this version of V8 lets go of them by itself')
  const {verdict, cuts} = toGraph(owners(snapshot, target)).getAttribute('owners')!
  assert.equal(verdict, '2 cuts together free all 200: exports.shutdown and races.cjs · shutdown')
  assert.deepEqual(cuts, ['exports.shutdown', 'races.cjs · shutdown'])
  assert.equal(freed(snapshot, target.nodes, cuts), 200)
  for (const cut of cuts) assert.equal(freed(snapshot, target.nodes, [cut]), 0, cut)
})
