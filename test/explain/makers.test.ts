/** Who made objects and when, in programs that were tracked: three makers, three keepers, planted counts. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {madeBy} from '../../src/explain/words/allocation-words.ts'
import {
  list,
  makersText,
  makersView,
  openSnapshot,
  owners,
  type Snapshot,
  select,
  show,
  showView,
  suspectsText,
  suspectsView,
  toGraph,
  types,
  typesText,
  typesView,
} from '../../src/index.ts'
import {traces} from '../../src/snapshot/columns/traces.ts'
import {heapgraph} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {ALL_STACKS, trackedPrograms} from '../support/tracked-programs.ts'

/** Each maker gives to each keeper: `MAKES[keeper][maker]` objects a round. */
const MAKES = [
  [30, 20, 10],
  [3, 2, 1],
  [400, 0, 7],
]
const PROGRAM = `
class Session { constructor(n) { this.tag = 'planted' } }
const first = [], second = new Map(), third = new Set()
function makeAlpha(n) {
  return new Session(n)
}
function makeBeta(n) {
  return new Session(n)
}
const makeGamma = n => [n].map(one => new Session(one))[0]
const MAKERS = [makeAlpha, makeBeta, makeGamma]
const MAKES = ${JSON.stringify(MAKES)}
let key = 0
const KEEPERS = [one => first.push(one), one => second.set(key++, one), one => third.add(one)]
function round() {
  MAKES.forEach((makes, keeper) => makes.forEach((count, maker) => {
    for (let i = 0; i < count; i++) KEEPERS[keeper](MAKERS[maker](i))
  }))
}
exports.all = () => [first, second, third]
`
const ROUNDS = 2
const {folder, run} = trackedPrograms()

let heap: Snapshot
before(
  async () => {
    heap = await openSnapshot(run('makers.cjs', PROGRAM, ROUNDS))
  },
  {timeout: HANG_MS},
)

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
const madeByMaker = (maker: number) => ROUNDS * sum(MAKES.map(makes => makes[maker]))
const sessions = () => select(heap, {where: 'type=Session and prop.tag'})

test('types --by allocated: the planted makers with all that they made, and rows that add up to all', () => {
  const all = types(heap, {by: 'allocated', retained: false, limit: 1e6})
  const whole = types(heap, {retained: false})
  assert.equal(sum(all.rows.map(({count}) => count)), whole.total.count)
  assert.equal(sum(all.rows.map(({selfBytes}) => selfBytes)), whole.total.selfBytes)
  const own = types(heap, {by: 'allocated', retained: false, among: sessions()})
  const rows = typesView(own).rows.map(({type, place, count}) => [type, place.replace(`${folder}/`, ''), count])
  const expected = [
    ['makeAlpha()', 'makers.cjs:4', madeByMaker(0)],
    ['makeBeta()', 'makers.cjs:7', madeByMaker(1)],
    ['makeGamma()', 'makers.cjs:10', madeByMaker(2)],
  ]
  // The arrow in `makeGamma` is the function on top: of no name, in the same line.
  assert.deepEqual(
    rows.map(([type, ...rest]) => [type === '(anonymous)' ? 'makeGamma()' : type, ...rest]).sort(),
    expected.sort(),
  )
  const text = typesText(typesView(own))
  assert.match(text, /\n3 rows, /)
  assert.match(
    text,
    /[\d,]+ of [\d,]+ objects have an allocation stack \([\d,]+ of the [\d,]+ that came after the first sample\);/,
  )
})

test('--where allocated: by line, by name, and what has no stack', () => {
  const count = (where: string) => select(heap, {where: `type=Session and prop.tag and ${where}`}).nodes.length
  const all = sessions().nodes.length
  assert.equal(count('allocated~makers.cjs:4$'), madeByMaker(0))
  assert.equal(count('allocated=makers.cjs:7'), madeByMaker(1))
  assert.equal(count('allocated="makeBeta()"'), madeByMaker(1))
  assert.equal(count('allocated!="(no stack)"'), all)
  assert.equal(count('allocated="(no stack)"'), 0)
  assert.ok(select(heap, {where: 'allocated="(no stack)"'}).nodes.length > 1000)
})

test('show tells the whole stack', () => {
  const [node] = select(heap, {where: 'type=Session and allocated="makeBeta()"'}).nodes
  const {stack} = showView(show(heap, node))
  const names = stack?.frames.map(({name}) => name) ?? []
  assert.equal(names[0], 'makeBeta()')
  assert.ok(names.includes('round()'), names.join())
  assert.ok(!names.includes('(root)()'))
  assert.equal(stack?.left, 0)
  assert.equal(showView(show(heap, heap.root)).stack, null)
})

test('who made a set of objects: most first, each with its line', () => {
  const rows = madeBy(heap, sessions().nodes)
  assert.deepEqual(
    rows.map(({count}) => count),
    [madeByMaker(0), madeByMaker(1), madeByMaker(2)].sort((a, b) => b - a),
  )
  const graph = toGraph(owners(heap, sessions()))
  assert.deepEqual(graph.getAttribute('owners')?.allocated, rows)
  const found = suspectsView(heap, {minShare: 0.001})
  const suspect = found.rows.find(({types}) => types.some(({type}) => type === 'Session'))
  assert.ok(suspect !== undefined, JSON.stringify(found.rows.map(({types}) => types)))
  assert.ok(suspect.allocated.length > 0 && sum(suspect.allocated.map(({count}) => count)) <= suspect.count)
  assert.match(suspectsText(found), /\n {3}made by make\w+\(\) \(.*makers\.cjs:\d+\): \d+/)
  assert.ok(found.limits.some(text => text.includes('have an allocation stack')))
})

test('when: rounds are in intervals of their own, in order, and rows add up to all', () => {
  const born = types(heap, {by: 'born', retained: false, limit: 1e6})
  assert.equal(sum(born.rows.map(({count}) => count)), types(heap, {retained: false}).total.count)
  const own = types(heap, {by: 'born', retained: false, among: sessions()})
  assert.deepEqual(
    own.rows.map(({count}) => count),
    Array.from({length: ROUNDS}, () => sum(MAKES.flat())),
  )
  const times = own.rows.map(({type}) => /^([\d.]+) s to ([\d.]+) s$/.exec(type)!.slice(1).map(Number))
  assert.ok(times[0][1] <= times[1][0] + 0.01, JSON.stringify(times))
  const after = select(heap, {where: `type=Session and prop.tag and born > ${times[0][1] + 0.01}s`})
  assert.equal(after.nodes.length, sum(MAKES.flat()))
  assert.equal(
    select(heap, {where: 'type=Session and prop.tag and born > 0s'}).nodes.length,
    ROUNDS * sum(MAKES.flat()),
  )
  assert.equal(list(heap, select(heap, {where: 'born < 0s'})).nodes.length, 0)
})

test('makers: three makers beside three keepers, each with its count; rows and columns add up to types', () => {
  const view = makersView(heap, {among: sessions()})
  const named = (maker: string, owner: RegExp) =>
    sum(
      view.cells
        .filter(cell => view.makers[cell.maker].place.endsWith(maker) && owner.test(view.owners[cell.owner].holder))
        .map(({count}) => count),
    )
  for (const [keeper, owner] of [/^first/, /^second/, /^third/].entries()) {
    const found = ['makers.cjs:4', 'makers.cjs:7', 'makers.cjs:10'].map(maker => named(maker, owner))
    assert.deepEqual(
      found,
      MAKES[keeper].map(count => ROUNDS * count),
      JSON.stringify(view.owners),
    )
  }
  assert.equal(view.total.makers, 3)
  for (const {count, selfBytes, allocatedCount, allocatedBytes} of view.makers) {
    assert.ok(allocatedCount !== null && allocatedCount >= count, `${allocatedCount} of ${count}`)
    assert.ok(allocatedBytes !== null && allocatedBytes >= selfBytes, `${allocatedBytes} of ${selfBytes}`)
  }
  assert.match(makersText(view), /makeAlpha\(\).*makers\.cjs:4\n.*▸ third/)
})

test('makers: whatever the limit, all sums are those of types', () => {
  const {total} = types(heap, {retained: false})
  for (const limit of [1, 2, 15, 10_000]) {
    const view = makersView(heap, {limit})
    const {makers, owners, cells} = view
    for (const rows of [makers, owners, cells]) {
      assert.equal(sum(rows.map(({count}) => count)), total.count)
      assert.equal(sum(rows.map(({selfBytes}) => selfBytes)), total.selfBytes)
    }
    for (const [i, row] of makers.entries()) {
      const own = cells.filter(({maker}) => maker === i)
      assert.deepEqual(
        [sum(own.map(({count}) => count)), sum(own.map(cell => cell.selfBytes))],
        [row.count, row.selfBytes],
      )
    }
    for (const [i, row] of owners.entries()) {
      const own = cells.filter(({owner}) => owner === i)
      assert.deepEqual(
        [sum(own.map(({count}) => count)), sum(own.map(cell => cell.selfBytes))],
        [row.count, row.selfBytes],
      )
    }
    const allocated = sum(makers.map(({allocatedCount}) => allocatedCount ?? 0))
    assert.equal(allocated, sum([...traces(heap).traceCount]))
    assert.equal(makers.find(({name}) => name === '(no stack)')?.allocatedCount, null)
    // Makers as `types --by allocated` has them.
    const byMaker = new Map(
      types(heap, {by: 'allocated', retained: false, limit: 1e6}).rows.map(({type, count, selfBytes}) => [
        `${type} ${count} ${selfBytes}`,
        true,
      ]),
    )
    for (const {name, count, selfBytes} of makers)
      assert.ok(name === '(other makers)' || count === 0 || byMaker.has(`${name} ${count} ${selfBytes}`), name)
    assert.equal(
      view.limits.some(text => text.includes('are told apart')),
      limit < 10_000 && limit < Math.max(view.total.owners, view.total.makers),
    )
  }
})

/** Each line of a script as ten lines further down in a source. */
function mappedTo(source: string, text: string): string {
  const lines = text.trimEnd().split('\n').length
  const map = {version: 3, sources: [source], names: [], mappings: ['AAUA', ...Array(lines - 1).fill('AACA')].join(';')}
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
  return `${text.trimEnd()}\n//# sourceMappingURL=${url}\n`
}

test('makers have the lines of sources, by source maps; hostile names stay text', async () => {
  const name = '\\u001b[31mred\\u202e'
  const text = `const kept = []
const makers = {'${name}'() { return new Kept() }}
class Kept { constructor() { this.tag = 'planted' } }
function round() { for (let i = 0; i < 500; i++) kept.push(makers['${name}']()) }
exports.kept = kept
`
  const file = run('mapped.cjs', mappedTo('src/pool.ts', text), 2)
  const {stdout, code} = await heapgraph(['makers', '--where', 'type=Kept and prop.tag', file])
  assert.equal(code, 0)
  assert.match(stdout, /src\/pool\.ts:12\n/)
  assert.match(stdout, /^ *[\d,]+ .*red.*src\/pool\.ts:12$/m)
  assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'), JSON.stringify(stdout.slice(0, 300)))
  const chosen = await heapgraph(['list', '--where', 'type=Kept and allocated~^src/pool.ts:12$', '--ids', file])
  assert.match(chosen.stdout, /^@\d+\n/)
  const shown = await heapgraph(['show', chosen.stdout.split('\n')[0], file])
  assert.match(shown.stdout, /made by: .*src\/pool\.ts:12\) ‹ round\(\) \(.*src\/pool\.ts:14\)/)
  assert.ok(!shown.stdout.includes('\u001b'))
  const why = await heapgraph(['why', chosen.stdout.split('\n')[0], file])
  assert.match(why.stdout, /made by .*src\/pool\.ts:12\): 1/)
  assert.ok(!why.stdout.includes('\u001b'))
})

const SESSIONS = `const {Worker, isMainThread, parentPort} = require('node:worker_threads')
const kept = new Map()
class Session { constructor() { this.tag = 'planted' } }
function login(key) { kept.set(key, new Session()) }
function refresh(key) { kept.set(key, new Session()) }
function work() {
  for (let i = 0; i < 300; i++) login(kept.size)
  for (let i = 0; i < 100; i++) refresh(kept.size)
}
if (isMainThread) {
  const worker = new Worker(__filename, {argv: process.argv.slice(2)})
  worker.on('message', message => {
    if (message === 'done') process.exit()
    work()
    worker.postMessage('ok')
  })
} else {
  const session = new (require('node:inspector').Session)()
  session.connectToMainThread()
  let chunks = []
  session.on('HeapProfiler.addHeapSnapshotChunk', message => chunks.push(message.params.chunk))
  const post = (method, params) => new Promise((done, fail) =>
    session.post('HeapProfiler.' + method, params, error => (error ? fail(new Error(error.message)) : done())))
  const round = () => new Promise(done => {
    parentPort.once('message', done)
    parentPort.postMessage('work')
  })
  parentPort.on('message', () => {})
  ;(async () => {
    await post('enable')
    await post('startTrackingHeapObjects', {trackAllocations: true})
    for (const file of process.argv.slice(2)) {
      await round()
      await post('takeHeapSnapshot', {reportProgress: false})
      require('node:fs').writeFileSync(file, chunks.join(''))
      chunks = []
    }
    parentPort.postMessage('done')
  })()
}
`

test('leaks says who made the new objects, of snapshots of one tracked process', async () => {
  const program = join(folder, 'sessions.cjs')
  writeFileSync(program, SESSIONS)
  const files = ['base', 'target', 'final'].map(name => join(folder, `${name}.heapsnapshot`))
  execFileSync(process.execPath, [...ALL_STACKS, '--no-warnings', program, ...files], {
    timeout: HANG_MS,
    stdio: 'ignore',
  })
  const {stdout, code} = await heapgraph(['leaks', ...files])
  assert.equal(code, 0)
  assert.match(stdout, /1\. kept \(.*sessions\.cjs:2\)/)
  // Of the 400 that came between base and target V8 may have forgotten stacks since.
  const last = await openSnapshot(files[2])
  const newest = select(last, {where: 'type=Session and prop.tag'}).nodes.toSorted(
    (a, b) => last.nodeId[b] - last.nodeId[a],
  )
  const rows = madeBy(last, newest.slice(400, 800))
  const words = rows.map(({name, place, count}) => `${name} (${place}): ${count}`).join(', ')
  assert.ok(madeBy(last, newest).length > 0)
  assert.equal(/\n {3}made by (.*)\n/.exec(stdout)?.[1] ?? '', words)
  // The code shown is the holder's own.
  assert.match(stdout, /→ 2 │ const kept = new Map\(\)/)
})
