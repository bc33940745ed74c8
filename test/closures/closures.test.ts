/**
 * Captured variables that nobody uses, in a living program: which are found, what they keep, and that it goes when the program itself sets
 * them to null. The names in fixtures/programs/captured say what is true of each.
 */
import assert from 'node:assert/strict'
import {type ChildProcess, fork} from 'node:child_process'
import {once} from 'node:events'
import {cpSync, readFileSync, rmSync} from 'node:fs'
import {basename, join} from 'node:path'
import {after, before, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {fromSections, fromTexts, isClosure} from '../../src/analyze/facts/context-scopes.ts'
import {contextUses, keepersOf, unknownUse, usersOf, usesOf} from '../../src/analyze/waste/variable-users.ts'
import {
  type ClosuresView,
  closuresView,
  cutSteps,
  openSnapshot,
  type Snapshot,
  unusedVariable,
  unusedVariables,
  variableUse,
  whatIf,
} from '../../src/index.ts'
import {propertyTarget} from '../../src/snapshot/code/internal-edges.ts'
import {allScopes, scopes} from '../../src/snapshot/code/scopes.ts'
import {EdgeKind, NodeKind} from '../../src/snapshot/columns/schema.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

const PROGRAMS = fileURLToPath(new URL('../../fixtures/programs/captured/', import.meta.url))
const folder = temporaryFolder()

function start(limit: number, folder = PROGRAMS): ChildProcess {
  const execArgv = [`--heap-snapshot-string-limit=${limit}`]
  return fork(join(folder, 'main.cjs'), {execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc']})
}

async function tell(program: ChildProcess, message: object): Promise<void> {
  const answer = once(program, 'message')
  program.send(message)
  await answer
}

async function snapshotOf(program: ChildProcess, name: string): Promise<Snapshot> {
  const file = join(folder, `${name}.heapsnapshot`)
  await tell(program, {write: file})
  return await openSnapshot(file)
}

let program: ChildProcess
let snapshot: Snapshot
let view: ClosuresView

before(
  async () => {
    program = start(10_000_000)
    await once(program, 'message')
    snapshot = await snapshotOf(program, 'captured')
    view = closuresView(unusedVariables(snapshot, 100))
  },
  {timeout: HANG_MS},
)

after(() => {
  program.kill()
})

const EXPECTED = [
  'deadAtTop', 'deadBesideEval', 'deadCase', 'deadDefault', 'deadError', 'deadFinished', 'deadHeritage', 'deadInModule', 'deadItem',
  'deadLocal', 'deadNested', 'deadOriginal', 'deadTwice', 'deadWritten', 'this',
] // biome-ignore format: a table

test('every variable that nobody can use is found, and no other', () => {
  assert.deepEqual(view.rows.map(({variable}) => variable).sort(), EXPECTED)
  const scopes = Object.fromEntries(view.rows.map(row => [row.variable, row.scopes]))
  assert.deepEqual(
    {
      deadOriginal: scopes.deadOriginal,
      deadItem: scopes.deadItem,
      deadTwice: scopes.deadTwice,
      deadLocal: scopes.deadLocal,
    },
    {deadOriginal: 19, deadItem: 2, deadTwice: 2, deadLocal: 1},
  )
  // What is in an array too.
  assert.ok(
    view.limits.some(limit => limit.startsWith('1 more variable that nobody uses')),
    view.limits.join('\n'),
  )
})

test('what could not be decided is counted with the reason', () => {
  // Two functions with a direct eval, and the module around them; the variables of a classic script.
  assert.deepEqual(view.undecided, {eval: 3, global: 1})
})

test('the line of each declaration is told, and functions are those that the text has', () => {
  for (const {variable, kind, place, readers, keepers, mend, scope} of view.rows) {
    assert.notEqual(mend, '')
    assert.notEqual(scope, '')
    assert.ok(keepers.count > 0, variable)
    for (const one of [...readers.list, ...keepers.list]) assert.match(one.place, /\.[cm]js:\d+$/, variable)
    if (kind === 'this') continue
    const [, file, line] = /([^/]+):(\d+)$/.exec(place)!
    const declared = readFileSync(join(PROGRAMS, basename(file)), 'utf8').split('\n')[Number(line) - 1]
    assert.match(declared, new RegExp(`\\b${variable}\\b`), `${variable} at ${place}`)
  }
  const row = (name: string) => view.rows.find(({variable}) => variable === name)!
  assert.deepEqual(
    row('deadOriginal').readers.list.map(({name}) => name),
    ['unused()'],
  )
  assert.deepEqual(
    row('deadOriginal').keepers.list.map(({name}) => name),
    ['a function', 'method()'],
  )
  assert.equal(row('deadWritten').readers.count, 0)
  assert.match(row('deadWritten').mend, /nothing reads deadWritten/)
  assert.match(row('deadLocal').mend, /deadLocal = null/)
  assert.match(row('deadItem').mend, /with let/)
})

/** How many objects with `rows` there are, by their label: what the program has planted. */
function planted(heap: Snapshot): Map<string, number> {
  const {nodeCount, nodeKind, nodeName, strings} = heap
  const counts = new Map<string, number>()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || propertyTarget(heap, node, 'rows') < 0) continue
    const label = propertyTarget(heap, node, 'label')
    if (label < 0 || nodeKind[label] !== NodeKind.string) continue
    const text = strings.get(nodeName[label])
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}

test('who uses a variable is told with its line, for functions that do not use it themselves', () => {
  const {edgeKind, edgeName, firstEdge, nodeCount, strings} = snapshot
  const contextWith = (name: string) => {
    const named = new Set(strings.indexesOf(name))
    for (let node = 0; node < nodeCount; node++) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeKind[edge] === EdgeKind.context && named.has(edgeName[edge])) return node
      }
    }
    throw new Error(`no context with ${name}`)
  }
  const scope = contextWith('liveLocal')
  const use = variableUse(snapshot, scope, 'liveLocal')
  assert.ok(use)
  assert.equal(use.undecided, undefined)
  assert.equal(use.users.length, 1)
  assert.equal(unusedVariable(snapshot, scope, 'liveLocal'), undefined)
  assert.equal(variableUse(snapshot, scope, 'deadLocal')?.users.length, 0)
  const unused = unusedVariable(snapshot, scope, 'deadLocal')
  assert.equal(unused?.retainedBytes, view.rows.find(({variable}) => variable === 'deadLocal')?.retainedBytes)
  assert.equal(variableUse(snapshot, scope, 'nobody'), undefined)
  assert.equal(variableUse(snapshot, snapshot.root, 'deadLocal'), undefined)
  const open = contextWith('openAfterEval')
  assert.equal(variableUse(snapshot, open, 'openAfterEval')?.undecided, 'eval')
  assert.equal(unusedVariable(snapshot, open, 'openAfterEval'), undefined)
})

test('asked about one scope, the scripts of those inside say the same as all scripts do', () => {
  const all = contextUses(snapshot)
  const met = {scopes: 0, used: 0, unused: 0, unknown: 0, stack: 0}
  // Many scopes are alike: of each in the text a few.
  const times = new Map<object, number>()
  for (const context of allScopes(snapshot)) {
    const known = all.model.scopeOf(context)
    const key = typeof known === 'object' ? known.scope : all
    times.set(key, (times.get(key) ?? 0) + 1)
    if (times.get(key)! > (key === all ? 40 : 3)) continue
    const one = usesOf(snapshot, context)
    if (one === all) met.stack++
    const told = one.model.scopeOf(context)
    if (typeof known !== 'object' || typeof told !== 'object') {
      assert.equal(told, known)
      met.unknown++
      continue
    }
    assert.ok(told.scope === known.scope && told.script === known.script)
    assert.deepEqual(told.slots, known.slots)
    assert.deepEqual(keepersOf(one, context, known.scope), keepersOf(all, context, known.scope))
    assert.equal(unknownUse(one, context, known.scope), unknownUse(all, context, known.scope))
    for (const variable of known.scope.variables.values()) {
      const users = usersOf(one, context, variable)
      assert.deepEqual(users, usersOf(all, context, variable))
      met[users.length > 0 ? 'used' : 'unused']++
    }
    met.scopes++
  }
  assert.ok(met.scopes > 20 && met.used > 20 && met.unused > 20 && met.unknown > 0, JSON.stringify(met))
})

test('the command says it in text and JSON, and what it left out', async () => {
  const file = join(folder, 'captured.heapsnapshot')
  const text = await heapgraph(['closures', '--limit', '2', file])
  assert.equal(text.code, 0)
  assert.match(text.stdout, /^15 captured variables that nobody uses: .* in \d+ scopes, of \d+ judged\n/)
  assert.match(text.stdout, /1\. let deadOriginal {2}6\d\d\.\d kB .* ×19 {2}.*main\.cjs:25\n/)
  assert.match(text.stdout, /read by unused\(\) \(.*main\.cjs:26\): it does not live, and cannot be made again/)
  assert.match(text.stdout, /2 of 15 variables are shown/)
  const json = await heapgraph(['closures', '--json', file])
  const parsed = JSON.parse(json.stdout)
  assert.equal(parsed.schema, 'heapgraph/closures/1')
  assert.deepEqual(parsed.rows.map(({variable}: {variable: string}) => variable).sort(), EXPECTED)
})

/** Self sizes of what is in one snapshot of the program and in a later one no more: ids are kept from one to the next. */
function bytesGone(earlier: Snapshot, later: Snapshot): number {
  const ids = new Set(later.nodeId)
  let bytes = 0
  for (let node = 0; node < earlier.nodeCount; node++) {
    // V8's own code and shapes come and go.
    const kind = earlier.nodeKind[node]
    const isOwn = kind === NodeKind.object || kind === NodeKind.array || kind === NodeKind.string
    if ((isOwn || kind === NodeKind['concatenated string']) && !ids.has(earlier.nodeId[node])) {
      bytes += earlier.nodeSelfBytes[node]
    }
  }
  return bytes
}

test('the program sets the variables to null, and what was predicted goes', async () => {
  const held = await snapshotOf(program, 'held')
  const predicted = view.rows.find(({variable}) => variable === 'deadOriginal')!.retainedBytes
  await tell(program, {letGo: 'deadOriginal'})
  const now = await snapshotOf(program, 'now')
  const went = bytesGone(held, now)
  assert.ok(Math.abs(went - predicted) < 0.1 * predicted, `${predicted} predicted, ${went} went`)
  const others = [
    'deadAtTop',
    'deadBesideEval',
    'deadCase',
    'deadFinished',
    'deadHeritage',
    'deadLocal',
    'deadNested',
    'deadWritten',
  ]
  for (const name of others) await tell(program, {letGo: name})
  const last = await snapshotOf(program, 'last')
  const [before, after] = [planted(snapshot), planted(last)]
  for (const [label, count] of before) {
    const expected = others.includes(label) ? 0 : label === 'deadOriginal' ? 1 : count
    assert.equal(after.get(label) ?? 0, expected, label)
  }
  const left = view.rows.map(({variable}) => variable).filter(name => name !== 'deadOriginal' && !others.includes(name))
  assert.deepEqual(
    closuresView(unusedVariables(last))
      .rows.map(({variable}) => variable)
      .sort(),
    left.sort(),
  )
})

test('a file without whole texts says so, and how to write one', async () => {
  const copy = join(folder, 'captured')
  cpSync(PROGRAMS, copy, {recursive: true})
  const other = start(1024, copy)
  await once(other, 'message')
  await snapshotOf(other, 'cut')
  other.kill()
  // Texts are read from the scripts' files, too.
  rmSync(copy, {recursive: true})
  const {code, stdout, stderr} = await heapgraph(['closures', join(folder, 'cut.heapsnapshot')])
  assert.equal(stdout.includes('deadOriginal'), false)
  assert.match(
    code === 1 ? stderr : stdout,
    /not the whole text of their scripts; heapgraph capture writes it, or node --heap-snapshot-string-limit/,
  )
})

const PAGE = 'fixtures/snapshots/captured-page.chromium.heapsnapshot.gz'
const DEAD_IN_PAGE = ['deadFinished', 'deadItem', 'deadLocal', 'deadNested', 'deadNodes', 'deadOriginal']

test("where the text is cut, V8's own sections say who uses which variable", async () => {
  const page = await openSnapshot(join(ROOT, PAGE))
  const {rows, undecided} = closuresView(unusedVariables(page))
  assert.deepEqual(rows.map(({variable}) => variable).sort(), DEAD_IN_PAGE)
  assert.equal(rows[0].variable, 'deadOriginal')
  assert.equal(rows[0].scopes, 19)
  assert.deepEqual(undecided, {eval: 1, global: 1})
  assert.deepEqual(
    rows[0].keepers.list.map(({name, place}) => [name, place]),
    [['method()', 'captured.js:18']],
  )
})

test('each variable of each scope can be cut by the ids that are told, of blocks and in cells of their own too', async () => {
  for (const heap of [snapshot, await openSnapshot(join(ROOT, PAGE))]) {
    for (const {variable, contexts, values} of unusedVariables(heap, 100).rows) {
      const cuts = contexts.map((context, i) => `@${heap.nodeId[context]} -> @${heap.nodeId[values[i]]}`)
      const {steps, unfit} = cutSteps(heap, whatIf(heap, cuts).cuts)
      // Nothing sets the `this` of a call.
      if (variable.kind === 'this') continue
      assert.deepEqual(unfit, [], variable.name)
      assert.deepEqual(
        steps.map(step => step.kind === 'variable' && [step.name, step.value]),
        values.map(value => [variable.name, heap.nodeId[value]]),
      )
    }
  }
})

test('the sections are kept in an index', async () => {
  const index = join(folder, 'page.hgx')
  const first = await heapgraph(['--index', index, 'closures', '--json', join(ROOT, PAGE)])
  const again = await heapgraph(['--index', index, 'closures', '--json', join(ROOT, PAGE)])
  assert.equal(first.code, 0)
  assert.equal(again.stdout, first.stdout)
})

test('by their texts and by the sections, contexts are of scopes with the same variables', async () => {
  const page = await openSnapshot(join(ROOT, 'fixtures/snapshots/page.chromium.heapsnapshot.gz'))
  const [byText, bySections] = [fromTexts(page), fromSections(page)]
  const {isScope} = scopes(page)
  for (let node = 0; node < page.nodeCount; node++) {
    if (!isClosure(page, node)) continue
    byText.functionOf(node)
    bySections.functionOf(node)
  }
  let compared = 0
  for (let node = 0; node < page.nodeCount; node++) {
    if (!isScope(node)) continue
    const [text, section] = [byText.scopeOf(node), bySections.scopeOf(node)]
    if (typeof text !== 'object' || typeof section !== 'object' || text.scope.kind === 'root') continue
    assert.deepEqual([...section.slots].sort(), [...text.slots].sort())
    compared++
  }
  assert.ok(compared > 5, `${compared} contexts`)
})
