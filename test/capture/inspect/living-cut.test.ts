/** Each kind of step made in a living program, and what it says of those that cannot be. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {cutSteps, openLiving, openSnapshot, whatIf} from '../../../src/index.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {type Running, run, runHeapgraph} from '../processes.ts'

const folder = temporaryFolder()
const LIMIT = {timeout: HANG_MS}
const PROGRAM = join(folder, 'holders.cjs')
writeFileSync(
  PROGRAM,
  `const {EventEmitter} = require('node:events')
class Held { constructor(name) { this.name = name; this.rows = new Array(100).fill(1.5) } }
class Private { #held = new Held('private'); static { } get() { return this.#held } }
let calls = 0
const constant = new Held('constant')
const map = new Map([['a', new Held('map a')], ['b', new Held('map b')]])
const weak = new WeakMap()
const key = {}
weak.set(key, new Held('weak'))
const bus = new EventEmitter()
bus.on('tick', function () { return heldByListener })
const heldByListener = new Held('listener')
globalThis.onGlobal = new Held('global')
function see(x = calls++) { calls++; return [constant, key, weak, map, bus] }
globalThis.keep = {see, map, list: [new Held('list 0'), new Held('list 1')], mine: new Private(), weak, key, bus, [Symbol('s')]: new Held('symbol')}
Object.freeze(globalThis.frozen = {held: new Held('frozen')})
globalThis.timer = setTimeout(function waiting() { return this.never }, 1e8)
globalThis.timer.owned = new Held('timer')
setInterval(() => console.log('calls ' + calls + ' ' + typeof globalThis.onGlobal), 100)`,
)

async function started(program: string): Promise<{url: string; running: Running}> {
  const running = run(process.execPath, ['--inspect=127.0.0.1:0', program])
  await until(() => running.said.stdout !== '' && /ws:\S+/.test(running.said.stderr))
  return {url: /ws:\S+/.exec(running.said.stderr)?.[0] ?? '', running}
}

test(
  'variables, properties, entries, elements, listeners: each goes, and none of the program runs for it',
  LIMIT,
  async () => {
    const {url, running} = await started(PROGRAM)
    const living = await openLiving({url})
    const take = async (name: string) => {
      await living.take(join(folder, name))
      return openSnapshot(join(folder, name), {index: 'off'})
    }
    const namesIn = async (name: string) => {
      const snapshot = await take(name)
      const {edgeKind: _, edgeName, edgeTarget, firstEdge, nodeCount, nodeName, strings, types} = snapshot
      const names: string[] = []
      for (let node = 0; node < nodeCount; node++) {
        if (types.names[types.ofNode[node]] !== 'Held') continue
        for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
          if (strings.get(edgeName[edge]) === 'name') names.push(strings.get(nodeName[edgeTarget[edge]]))
        }
      }
      return {snapshot, names: names.sort()}
    }
    const {snapshot, names} = await namesIn('before.heapsnapshot')
    assert.equal(names.length, 12)
    const cuts = [
      'constant',
      'map[]',
      'globalThis.onGlobal',
      'Private.#held',
      'keep.list[1]',
      'keep[Symbol(s)]',
      'on "tick"',
    ]
    const answer = whatIf(snapshot, [...cuts, 'frozen.held', 'weak[]'])
    const {steps, unfit} = cutSteps(snapshot, answer.cuts)
    assert.deepEqual(unfit, [])
    const outcomes = await living.cut(steps)
    const failed = outcomes.filter(outcome => outcome !== 'done')
    assert.deepEqual(failed, [{failed: 'the property cannot be changed'}])
    const after = await namesIn('after.heapsnapshot')
    await living.close()
    assert.deepEqual(
      after.names,
      ['frozen', 'list 0', 'listener', 'timer'].filter(name => after.names.includes(name)),
    )
    for (const gone of ['constant', 'map a', 'map b', 'global', 'private', 'list 1', 'symbol', 'weak']) {
      assert.ok(!after.names.includes(gone), gone)
    }
    for (const stays of ['frozen', 'list 0', 'timer']) assert.ok(after.names.includes(stays), stays)
    const before = running.said.stdout.length
    await until(() => running.said.stdout.length > before + 20)
    // Neither the body nor the default of the parameter of the function that was stopped has run.
    assert.match(running.said.stdout, /calls 0 undefined\n$/)
  },
)

test('what-if --prove on a program: what it said, exit code 0 or 1; it is changed only when asked', LIMIT, async () => {
  const program = join(folder, 'sessions.cjs')
  writeFileSync(
    program,
    `class Session { constructor(i) { this.rows = new Array(50).fill(1.5) } }
const sessions = new Map()
const few = []
for (let i = 0; i < 5000; i++) sessions.set(i, new Session(i))
for (let i = 0; i < 100; i++) few.push(sessions.get(i))
setInterval(() => sessions.size + few.length, 1000); console.log('up')`,
  )
  const words = ['what-if', '--prove', '--wait', '500ms', '--json']
  const {code, stdout, stderr} = await runHeapgraph([...words, '--cut', 'sessions[]', '--', process.execPath, program])
    .ended
  assert.equal(code, 0, stderr)
  const view = JSON.parse(stdout)
  assert.deepEqual([view.schema, view.holds, view.edges], ['heapgraph/proof/1', true, {named: 5000, cut: 5000}])
  const row = view.rows.find((row: {type: string}) => row.type === 'Session')
  assert.deepEqual([row.predicted, row.gone, row.stayed], [4900, 4900, 0])
  assert.match(stderr, /sessions\.cjs \d+ will be changed now: /)
  for (const [args, told] of [
    [['--prove', '--cut', 'a'], /--prove needs a cut and a process/],
    [['--prove', '--cut', 'a', '--pid', '1', '--port', '1'], /more than one process/],
    [['--pid', '1', '--cut', 'a', 'x.heapsnapshot'], /need --prove/],
    [['--cut', 'a'], /missing required argument 'snapshot'/],
  ] as [string[], RegExp][]) {
    const refused = await runHeapgraph(['what-if', ...args]).ended
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, told)
  }
})

test('of an ES module one variable goes, and the others stay as they are', LIMIT, async () => {
  const program = join(folder, 'module.mjs')
  writeFileSync(
    program,
    `class Held { constructor(name) { this.name = name } }
const gone = new Map([['a', new Held('gone')]])
const stays = [new Held('stays')]
export function see() { return [gone, stays] }
globalThis.see = see
setInterval(() => console.log(stays.length, typeof gone), 100)`,
  )
  const {url, running} = await started(program)
  const living = await openLiving({url})
  try {
    await living.take(join(folder, 'module.heapsnapshot'))
    const snapshot = await openSnapshot(join(folder, 'module.heapsnapshot'), {index: 'off'})
    const {steps} = cutSteps(snapshot, whatIf(snapshot, ['scope var gone']).cuts)
    const functions = steps.flatMap(step => (step.kind === 'variable' ? step.functions : []))
    assert.ok(functions.length > 0, JSON.stringify(steps))
    // The code of the whole file sees the variables, too, and would make all of them anew.
    const {node, line, column} = snapshot.locations
    const wholeFiles = [...node.keys()].filter(row => line[row] === 0 && column[row] === 0)
    const ids = new Set(wholeFiles.map(row => snapshot.nodeId[node[row]]))
    assert.ok(functions.every(id => !ids.has(id)))
    const outcomes = await living.cut(steps)
    assert.ok(
      outcomes.every(outcome => outcome === 'done'),
      JSON.stringify(outcomes),
    )
  } finally {
    await living.close()
  }
  const before = running.said.stdout.length
  await until(() => running.said.stdout.length > before + 20)
  // Newer versions of Node count hooks that a test adds as that test's own: nothing else ends a second program.
  running.child.kill('SIGKILL')
  assert.match(running.said.stdout, /\n1 undefined\n$/)
})

test('a program that cannot do without says so', LIMIT, async () => {
  const program = join(folder, 'needs.cjs')
  writeFileSync(program, "const needed = new Map([[1, {}]]); setInterval(() => needed.size, 50); console.log('up')")
  const words = ['what-if', '--prove', '--wait', '500ms', '--cut', 'needed', '--', process.execPath, program]
  const {code, stdout, stderr} = await runHeapgraph(words).ended
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /the program failed after it was changed: TypeError: /)
})
