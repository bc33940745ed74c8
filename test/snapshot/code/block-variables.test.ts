/** Variables of blocks in a real snapshot: names that V8 does not write come from the block's ScopeInfo. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {variableName} from '../../../src/snapshot/code/block-variables.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapgraph, temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS} from '../../support/limits.ts'

const folder = temporaryFolder()

/** As Vite and bundlers write modules: all of it in a block of a function. */
const PROGRAM = `(function () {{
  class Kept { constructor() { this.rows = [1] } }
  class Other { constructor() { this.rows = [2] } }
  const counters = [new Kept()]
  const count = () => { counters.push(new Kept()); return [count, counters] }
  let changed = 1
  let first = new Other(), second = new Other()
  const late = () => { changed += 0; return [first, second, changed, late] }
  globalThis.alive = [count, late]
}})()
alive[0]()
require('v8').writeHeapSnapshot('block.heapsnapshot')`

test('variables of a block bear their names where the file tells', async () => {
  writeFileSync(join(folder, 'block.cjs'), PROGRAM)
  execFileSync(process.execPath, ['block.cjs'], {timeout: HANG_MS, cwd: folder, env: {PATH: process.env.PATH}})
  const file = join(folder, 'block.heapsnapshot')
  const snapshot = await openSnapshot(file, {index: 'off'})
  const {edgeTarget, nodeName, strings} = snapshot
  const nameOfTarget = (edge: number) => strings.get(nodeName[edgeTarget[edge]])
  const named = new Map<string, string>()
  for (let edge = 0; edge < snapshot.edgeCount; edge++) {
    const name = variableName(snapshot, edge)
    if (['counters', 'count', 'first', 'second', 'changed'].includes(name)) named.set(name, nameOfTarget(edge))
  }
  assert.equal(named.get('counters'), 'Array')
  assert.equal(named.get('count'), 'count')
  // A small number has no edge: of the slots between two functions nothing tells which is the one that is missing.
  for (const name of ['changed', 'first', 'second']) assert.equal(named.get(name), undefined, name)

  const {stdout, stderr} = await heapgraph(['why', '--type', 'Kept', '--no-index', file])
  assert.match(stdout, /counters\[i\] \(block\.cjs:4\)/, stdout)
  const cut = /what-if --cut '?([^' ]+)'?/.exec(stderr)?.[1] ?? ''
  assert.equal(cut, 'counters[]')
  const answer = await heapgraph(['what-if', '--cut', cut, '--no-index', file])
  assert.equal(answer.code, 0, answer.stderr)
})
