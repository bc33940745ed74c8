import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {codeAt, useCodeLines} from '../../../src/explain/places/code-frame.ts'
import {loadSourceMaps} from '../../../src/explain/places/source-maps.ts'
import {codePlaceOf, placeText} from '../../../src/explain/places/source-place.ts'
import {openSnapshot, type Snapshot} from '../../../src/index.ts'
import {HANG_MS} from '../../support/limits.ts'

const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'heapgraph-code-')))
after(() => rmSync(FOLDER, {recursive: true, force: true}))

const SCRIPT = join(FOLDER, 'main.cjs')
const LINES = [
  ...Array.from({length: 100}, (_, i) => `// line ${i + 1} of many`),
  'const held = new Map()',
  'exports.hold = key => held.get(key)',
  `const long = [${'1, '.repeat(300)}]`,
  "if (process.env.WHOLE) require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')",
  "setTimeout(() => require('v8').writeHeapSnapshot(process.argv[2], [held, long].slice(9)[0]), 1)",
  '',
]

async function heap(isWhole: boolean): Promise<Snapshot> {
  writeFileSync(SCRIPT, LINES.join('\n'))
  const file = join(FOLDER, 'x.heapsnapshot')
  execFileSync(process.execPath, [SCRIPT, file], {timeout: HANG_MS, env: {...process.env, WHOLE: isWhole ? '1' : ''}})
  return openSnapshot(file)
}

/** The code at a line of the script, named as answers name it. */
const at = (snapshot: Snapshot, line: number) =>
  codeAt(snapshot, placeText(codePlaceOf(snapshot, {script: SCRIPT, line, column: 1})))

const middle = [100, 101, 102].map(line => ({line, text: LINES[line - 1]}))

test("the snapshot's own text, if it is whole", async () => {
  const snapshot = await heap(true)
  rmSync(SCRIPT)
  assert.deepEqual(at(snapshot, 101), middle)
  assert.deepEqual(
    at(snapshot, 1).map(({line}) => line),
    [1, 2, 3],
  )
  assert.deepEqual(
    at(snapshot, LINES.length).map(({line}) => line),
    [LINES.length - 1, LINES.length],
  )
  assert.deepEqual(at(snapshot, LINES.length + 1), [])
  assert.deepEqual(at(snapshot, 0), [])
  // Of a line that nobody wrote the beginning says nothing.
  assert.deepEqual(at(snapshot, 103), [])
  assert.equal(at(snapshot, 102)[2].text.length, 201)
  useCodeLines(snapshot, 0)
  assert.deepEqual(at(snapshot, 101), [])
  useCodeLines(snapshot, 5)
  assert.deepEqual(
    at(snapshot, 101).map(({line}) => line),
    [99, 100, 101, 102, 103],
  )
})

test('the file beside, only if it agrees with what the snapshot has', async () => {
  const alone = await heap(false)
  // The first 1,024 characters have these lines, but for the last, which is cut.
  assert.deepEqual(
    at(alone, 10).map(({text}) => text),
    LINES.slice(8, 11),
  )
  assert.deepEqual(at(alone, 101), [])
  const beside = await heap(false)
  await loadSourceMaps(beside)
  assert.deepEqual(at(beside, 101), middle)
  for (const wrong of [
    ['// other', ...LINES.slice(1)],
    [...LINES.slice(0, 100), '// 100 characters more: '.repeat(4), ...LINES.slice(100)],
  ]) {
    const changed = await heap(false)
    writeFileSync(SCRIPT, wrong.join('\n'))
    await loadSourceMaps(changed)
    assert.deepEqual(at(changed, 101), [])
  }
})

test('a script that no file has is not looked for', async () => {
  const snapshot = await heap(true)
  assert.deepEqual(codeAt(snapshot, '/etc/hosts:1'), [])
  assert.deepEqual(codeAt(snapshot, ''), [])
})
