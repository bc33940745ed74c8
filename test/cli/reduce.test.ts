import assert from 'node:assert/strict'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {wordsOfAnswer} from '../../src/cli/same-answer.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {devToolsNumbers} from '../devtools/oracle.ts'
import {heapgraph, ROOT, temporaryFolder} from './cli.ts'

const FOLDER = temporaryFolder()

function fixture(name: string): string {
  const file = join(FOLDER, `${name}.heapsnapshot`)
  writeFileSync(file, gunzipSync(readFileSync(`${ROOT}/fixtures/snapshots/${name}.heapsnapshot.gz`)))
  return file
}

const CASES = [
  ['listener.node20', ['why', '--type', 'EventEmitter']],
  ['seven-leaks.node24', ['path', '--type', 'WeakRef']],
  ['listener-page.chromium', ['why', '--type', 'Chart']],
  // The stacks that the answer needs stay.
  ['tracked.node20', ['makers']],
  ['tracked-in-process.node24', ['types', '--by', 'allocated']],
] as const

for (const [name, question] of CASES) {
  test(`${name}: some kilobytes give the same answer to ${question.join(' ')}`, async t => {
    const input = fixture(name)
    const whole = await openSnapshot(input)
    const output = join(FOLDER, `${name}.reduced.heapsnapshot`)
    const keep = question.join(' ')
    const {code, stderr} = await heapgraph(['reduce', '--no-redact', '--keep', keep, input, output])
    assert.equal(code, 0, stderr)
    t.diagnostic(stderr.split('\n')[0])
    assert.ok(statSync(output).size < 100_000, `${statSync(output).size} bytes`)
    const [before, after] = [
      await heapgraph([...question, '--json', input]),
      await heapgraph([...question, '--json', output]),
    ]
    assert.equal(wordsOfAnswer(after.stdout), wordsOfAnswer(before.stdout))
    // Valid to others, with the same objects under the same ids.
    const part = await openSnapshot(output)
    assert.equal((await devToolsNumbers(readFileSync(output, 'utf8'))).nodeCount, part.nodeCount)
    const typeOf = new Map(Array.from(whole.nodeId, (id, node) => [id, whole.nodeKind[node]]))
    part.nodeId.forEach((id, node) => void assert.equal(part.nodeKind[node], typeOf.get(id)))
  })
}

test('redacted unless told otherwise, with the names of the whole', async () => {
  const input = fixture('listener.node20')
  const output = join(FOLDER, 'redacted.heapsnapshot.gz')
  const {code, stdout, stderr} = await heapgraph(['reduce', '--keep', 'why --type Map', input, output])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /texts hidden[\s\S]*still readable/)
  assert.equal((await heapgraph(['why', '--type', 'Map', output])).code, 0)
  assert.ok(statSync(output).size < 20_000)
})

test('what cannot be kept is said in one sentence', async () => {
  const input = fixture('listener.node20')
  const output = join(FOLDER, 'none.heapsnapshot')
  const lines: [string, RegExp][] = [
    ['why --type Nothing', /has no answer to it/],
    ['leaks', /--keep 'leaks': .*give a question to one snapshot|has no answer/],
    ['explore', /unknown question explore/],
    ['why --type Map -o x.svg', /why takes no -o/],
    ['', /give a question/],
  ]
  for (const [keep, words] of lines) {
    const {code, stderr} = await heapgraph(['reduce', '--keep', keep, input, output])
    assert.equal(code, 2, keep)
    assert.match(stderr, words, keep)
  }
})
