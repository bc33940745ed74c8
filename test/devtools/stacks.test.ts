/** Allocation stacks of every node as DevTools' own worker has them, where it can load the file. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {Readable} from 'node:stream'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {stackOf} from '../../src/analyze/facts/makers.ts'
import {openSnapshot} from '../../src/index.ts'
import {devToolsSnapshot} from '../analyze/devtools.ts'
import {trackedPrograms} from '../support/tracked-programs.ts'
import {textOfFile} from './oracle.ts'

/** The worker's own names. */
interface Worker {
  nodeFieldCount: number
  allocationStack(nodeIndex: number): {functionName: string; scriptName: string; line: number; column: number}[] | null
}

const {run} = trackedPrograms()
const PROGRAM = `
const kept = []
function deep(n) { return n === 0 ? {a: [n, 'text ' + n]} : deep(n - 1) }
function round() { for (let i = 0; i < 60; i++) kept.push(deep(i % 40), [i].map(one => new Map([[one, {}]]))) }
exports.kept = kept
`

const FILES: [name: string, path: () => string, text: (path: string) => string][] = [
  [
    'tracked.node20',
    () => fileURLToPath(new URL('../../fixtures/snapshots/tracked.node20.heapsnapshot.gz', import.meta.url)),
    textOfFile,
  ],
  ['a program on this Node', () => run('deep.cjs', PROGRAM, 2), path => readFileSync(path, 'utf8')],
]

for (const [name, path, textOf] of FILES) {
  test(`${name}: the stack of each node is DevTools' own`, async () => {
    const file = path()
    const snapshot = await openSnapshot(file)
    const worker = (await devToolsSnapshot(Readable.from([textOf(file)]))) as unknown as Worker
    let stacks = 0
    let deepest = 0
    for (let node = 0; node < snapshot.nodeCount; node++) {
      const theirs = worker.allocationStack(node * worker.nodeFieldCount) ?? []
      // DevTools has V8's root as the outermost frame.
      const expected = theirs.filter(({functionName}) => functionName !== '(root)')
      const {frames, left} = stackOf(snapshot, node, 100)
      assert.equal(left, 0)
      assert.deepEqual(
        frames.map(({name, place}) => [name, place?.line ?? 0, place?.column ?? 0]),
        expected.map(({functionName, line, column}) => [functionName, line, column]),
        `@${snapshot.nodeId[node]}`,
      )
      for (const [i, {place}] of frames.entries()) {
        const {scriptName} = expected[i]
        assert.equal(place?.script ?? '', scriptName.replace(/^file:\/\//, ''))
      }
      stacks += Number(expected.length > 0)
      deepest = Math.max(deepest, expected.length)
    }
    assert.ok(stacks > 200, `${stacks} stacks`)
    assert.ok(deepest > 5, `${deepest} frames`)
  })
}
