/** Sampled allocations: planted programs under `node --heap-prof`, drawn profiles with sums known by hand, and broken ones. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {pathToFileURL} from 'node:url'
import fc from 'fast-check'
import {makers} from '../../src/analyze/facts/makers.ts'
import {makersView} from '../../src/graph/views/makers-view.ts'
import {allocationsSpeedscope, allocationsText, allocationsView, openSnapshot} from '../../src/index.ts'
import * as library from '../../src/public/heapgraph.ts'
import {parseAllocationProfile} from '../../src/read/allocation-profile.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {anyText, terminalHazard} from '../emit/hostile.ts'
import {call, DRAWN, POOL} from '../support/drawn-profile.ts'
import {HANG_MS} from '../support/limits.ts'
import {runs} from '../support/runs.ts'

const folder = temporaryFolder()

const parsed = (head: unknown) => parseAllocationProfile(JSON.stringify({head, samples: []}), 'drawn.heapprofile')

test('by line: what packages and the runtime made is told of the application that called them', async () => {
  const {view} = await allocationsView([parsed(DRAWN)])
  assert.deepEqual(
    view.rows.map(({name, place, bytes, change}) => [name, place, bytes, change]),
    [
      ['makeOne()', 'src/pool.js:31', 5756, null],
      ['handle()', 'src/server.js:4', 1040, null],
      ['(not by application code)', '', 109, null],
    ],
  )
  assert.deepEqual(view.total, {bytes: 6905, rows: 3, change: null, leftBytes: null})
  assert.ok(view.limits.includes('paths of code are below /app/'))
})

test('a script that is gone when the profile is written has no name, but is no part of V8', async () => {
  const gone = call('lost', '', -1, 30)
  gone.callFrame.scriptId = '81'
  const {view} = await allocationsView([parsed(call('(root)', '', -1, 1, gone))])
  assert.deepEqual(
    view.rows.map(({name, place, bytes}) => [name, place, bytes]),
    [
      ['lost()', '', 30],
      ['(not by application code)', '', 1],
    ],
  )
})

test('by package: whose code it is', async () => {
  const {view} = await allocationsView([parsed(DRAWN)], {by: 'package'})
  assert.deepEqual(
    view.rows.map(({name, bytes}) => [name, bytes]),
    [
      ['(application)', 6006],
      ['lodash', 740],
      ['(runtime)', 159],
    ],
  )
})

test('two profiles: what changed, what came and what went', async () => {
  const later = call('(root)', '', -1, 0, call('makeOne', POOL, 30, 256), call('fresh', POOL, 50, 900))
  const {view} = await allocationsView([parsed(DRAWN), parsed(later)])
  assert.deepEqual(
    view.rows.map(({name, bytes, change}) => [name, bytes, change]),
    [
      ['fresh()', 900, 900],
      ['(not by application code)', 0, -109],
      ['handle()', 0, -1040],
      ['makeOne()', 256, -5500],
    ],
  )
  assert.equal(view.total.change, 1156 - 6905)
  assert.match(allocationsText(view), /^ *change +allocated/)
})

test('beside a profile of what is there: how much of each is left, and what was made before', async () => {
  const there = call('(root)', '', -1, 0, call('makeOne', POOL, 30, 5000), call('older', POOL, 70, 300))
  const {view} = await allocationsView([parsed(DRAWN)], {beside: parsed(there)})
  assert.deepEqual(
    view.rows.map(({name, bytes, leftBytes, keeper}) => [name, bytes, leftBytes, keeper]),
    [
      ['makeOne()', 5756, 5000, null],
      ['handle()', 1040, 0, null],
      ['(not by application code)', 109, 0, null],
      ['older()', 0, 300, null],
    ],
  )
  assert.equal(view.total.leftBytes, 5300)
  const packages = await allocationsView([parsed(DRAWN)], {by: 'package', beside: parsed(there)})
  assert.deepEqual(packages.view.rows[0].leftBytes, 5300)
  assert.match(allocationsText(view), /5\.8 kB +83 % +5\.0 kB +87 % +makeOne\(\) +src\/pool\.js:31\n/)
})

test('beside a snapshot with stacks: by the same lines, and what keeps most of it', async () => {
  const file = join(ROOT, 'fixtures/snapshots/tracked.node20.heapsnapshot.gz')
  const snapshot = await openSnapshot(file, {index: 'off'})
  const script = makers(snapshot).frames.find(frame => frame?.name === 'makeOne')!.place!.script
  const url = pathToFileURL(script).href
  const head = call('(root)', '', -1, 0, call('makeOne', url, 16, 20_000), call('gone', url, 90, 7000))
  const {view} = await allocationsView([parsed(head)], {beside: snapshot, sourceMaps: false})
  const [made, gone] = view.rows
  const {makers: alive} = makersView(snapshot)
  const {selfBytes} = alive.find(({name}) => name === 'makeOne()')!
  assert.deepEqual([made.name, made.bytes, made.leftBytes], ['makeOne()', 20_000, selfBytes])
  assert.match(made.keeper!.holder, /^items$/)
  assert.match(made.keeper!.place, /tracked\.cjs:15$/)
  assert.deepEqual([gone.name, gone.leftBytes, gone.keeper], ['gone()', 0, null])
  // All that has a maker is in a row.
  const known = alive.filter(({allocatedCount}) => allocatedCount !== null).reduce((sum, row) => sum + row.selfBytes, 0)
  assert.equal(view.total.leftBytes, known)
  assert.match(allocationsText(view), /items +src\/tracked\.cjs:15\n/)
  await assert.rejects(allocationsView([parsed(head)], {by: 'package', beside: snapshot}), {code: 'USAGE'})
  const without = join(ROOT, 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz')
  const profile = join(folder, 'with.heapprofile')
  writeFileSync(profile, JSON.stringify({head}))
  const refused = await heapgraph(['allocations', profile, '--with', without])
  assert.equal(refused.code, 2)
  assert.match(
    refused.stderr,
    /it has no allocation stacks to say who made what is there; take it with capture --stacks/,
  )
  const {code, stdout} = await heapgraph(['allocations', profile, '--with', file])
  assert.equal(code, 0)
  assert.match(stdout, /still there/)
})

test('speedscope: frames lie in their callers, and are as wide as all below', async () => {
  const {frames} = await allocationsView([parsed(DRAWN)])
  const {profiles, shared} = JSON.parse(allocationsSpeedscope(['drawn'], frames))
  const open: number[] = []
  const widths = new Map<string, number>()
  const began = new Map<number, number>()
  for (const {type, frame, at} of profiles[0].events) {
    if (type === 'O') {
      open.push(frame)
      began.set(frame, at)
    } else {
      assert.equal(open.pop(), frame)
      const {name} = shared.frames[frame]
      widths.set(name, (widths.get(name) ?? 0) + at - began.get(frame)!)
    }
  }
  assert.deepEqual(open, [])
  assert.equal(profiles[0].endValue, 6905)
  assert.deepEqual(
    [...widths].sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ['(anonymous)', 9],
      ['(root)', 6905],
      ['clone', 790],
      ['handle', 6790],
      ['makeOne', 5756],
      ['push', 50],
    ],
  )
})

test('a tree of 200,000 calls in one another', async () => {
  const depth = 200_000
  const frame = JSON.stringify({functionName: 'f', scriptId: '1', url: POOL, lineNumber: 1, columnNumber: 1})
  const open = `{"callFrame":${frame},"selfSize":1,"id":1,"children":[`
  const text = `{"head":${open.repeat(depth)}${']}'.repeat(depth)},"samples":[]}`
  const {view, frames} = await allocationsView([parseAllocationProfile(text, 'deep')])
  assert.deepEqual([view.total.bytes, view.rows.length, frames.length, frames[0].bytes], [depth, 1, depth, depth])
  assert.ok(allocationsSpeedscope(['deep'], frames).length > depth)
})

test('whatever is in a file: a sentence, or rows that add up and steer no terminal', async () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, -1, 1e300, 'x', [], {}, true, undefined, 0.5, 7, '<script>'),
    anyText,
  )
  const change = fc.record({
    key: fc.constantFrom('callFrame', 'selfSize', 'children', 'functionName', 'url', 'lineNumber', 'columnNumber'),
    at: fc.nat(6),
    value,
  })
  const met = {refused: 0, read: 0}
  const property = fc.asyncProperty(fc.array(change, {maxLength: 3}), async changes => {
    let seen = 0
    const text = JSON.stringify({head: DRAWN}, (key, was) => {
      const made = changes.find(({key: of, at}) => of === key && (seen * 7 + at) % 5 === 0)
      seen++
      return made === undefined ? was : made.value
    })
    let profile: ReturnType<typeof parseAllocationProfile>
    try {
      profile = parseAllocationProfile(text, 'x')
    } catch (error) {
      assert.ok(error instanceof HeapgraphError && error.code === 'UNREADABLE', String(error))
      met.refused++
      return
    }
    met.read++
    const all = profile.bytes.reduce((sum, bytes) => sum + bytes, 0)
    for (const by of ['line', 'package'] as const) {
      const {view} = await allocationsView([profile], {by, limit: 1000, sourceMaps: false})
      const sum = view.rows.reduce((sum, {bytes}) => sum + bytes, 0)
      assert.ok(Math.abs(sum - all) <= 1e-6 * Math.max(1, all))
      assert.doesNotMatch(allocationsText(view), terminalHazard)
    }
  })
  await fc.assert(property, {numRuns: runs(300)})
  assert.ok(met.refused > 0 && met.read > 0, JSON.stringify(met))
})

/** What `node --heap-prof` writes of it. */
function profileOf(name: string, text: string): string {
  const into = join(folder, name)
  mkdirSync(join(into, 'src'), {recursive: true})
  const program = join(into, 'src/app.cjs')
  writeFileSync(program, text)
  execFileSync(process.execPath, ['--heap-prof', '--heap-prof-interval=64', `--heap-prof-dir=${into}`, program], {
    timeout: HANG_MS,
    cwd: into,
    stdio: 'ignore',
  })
  const [file] = readdirSync(into).filter(found => found.endsWith('.heapprofile'))
  return join(into, file)
}

const THREE = (gamma: number) => `const kept = (globalThis.kept = [])
function makeAlpha() { return new Array(200).fill(0.5) }
function makeBeta() { return new Array(200).fill(0.5) }
function makeGamma() { return new Array(200).fill(0.5) }
globalThis.makers = [makeAlpha, makeBeta, makeGamma]
for (let i = 0; i < 900; i++) {
  kept.push(makeAlpha())
  if (i % 3 === 0) kept.push(makeBeta())
  if (i % 9 < ${gamma}) kept.push(makeGamma())
}
`

test('a living program: three makers in the ratio of what they keep', async () => {
  const file = profileOf('three', THREE(1))
  const {stdout, code} = await heapgraph(['allocations', '--json', file])
  assert.equal(code, 0)
  const {rows} = JSON.parse(stdout)
  const bytes = (name: string) => rows.find((row: {name: string}) => row.name === name)?.bytes ?? 0
  const [alpha, beta, gamma] = ['makeAlpha()', 'makeBeta()', 'makeGamma()'].map(bytes)
  // 900, 300 and 100 arrays of 1,600 bytes, each of which is sampled.
  for (const [found, arrays] of [
    [alpha, 900],
    [beta, 300],
    [gamma, 100],
  ])
    assert.ok(Math.abs(found / (arrays * 1600) - 1) < 0.15, `${found} of ${arrays * 1600}`)
  assert.match((await heapgraph(['allocations', file])).stdout, /makeAlpha\(\) +.*app\.cjs:2\n/)
  const later = await heapgraph(['allocations', file, profileOf('more', THREE(9))])
  assert.match(later.stdout, /\+[\d.]+ MB .*makeGamma\(\)/)
})

test('in a program: the answer of a file as text and JSON', async () => {
  const file = join(folder, 'library.heapprofile')
  writeFileSync(file, JSON.stringify({head: DRAWN}))
  const answer = await library.allocations(file, {beside: file, limit: 1})
  assert.deepEqual([answer.view.rows[0].leftBytes, answer.frames.length], [5756, 8])
  assert.match(library.toText(answer), /makeOne\(\)/)
  assert.equal(JSON.parse(library.toJson(answer)).schema, 'heapgraph/allocations/1')
})

test('what is no profile is refused in a sentence', async () => {
  const file = join(folder, 'not.heapprofile')
  writeFileSync(file, '{"nodes": []}')
  const {code, stderr} = await heapgraph(['allocations', file])
  assert.equal(code, 2)
  assert.match(stderr, /not\.heapprofile: not an allocation profile: it has no head; give a \.heapprofile/)
  const missing = await heapgraph(['allocations', join(folder, 'none')])
  assert.match(missing.stderr, /no such file; check the path/)
})
