/** Answers that are kept beside an index: used for the very same question of the very same things only, and believed by their checksums only. */
import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {
  hideTexts,
  openSnapshot,
  pruneIndexes,
  type Snapshot,
  savedAnswer,
  saveIndex,
  select,
} from '../../../src/index.ts'
import {LONGEST_ANSWER_BYTES} from '../../../src/snapshot/columns/answers.ts'
import {useTextsBeside} from '../../../src/snapshot/columns/settings.ts'
import {heapgraph, ROOT, temporaryFolder} from '../../cli/cli.ts'

const folder = temporaryFolder()
const FIXTURE = join(ROOT, 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz')
const file = join(folder, 'app.heapsnapshot')
writeFileSync(file, gunzipSync(readFileSync(FIXTURE)))

let count = 0
const newIndex = () => join(folder, `${count++}.hgx`)
const open = (index: string) => openSnapshot(file, {index})

/** Asks for `answer`; whether it had to be computed. */
function ask(snapshot: Snapshot, answer: unknown = 1, options: unknown = {}, of = [select(snapshot, {type: 'Map'})]) {
  let isComputed = false
  const got = savedAnswer(snapshot, {question: 'test', options, of}, () => {
    isComputed = true
    return answer
  })
  return {got, isComputed}
}

async function keep(index: string, answer: unknown = 1): Promise<void> {
  const snapshot = await open(index)
  assert.deepEqual(ask(snapshot, answer), {got: answer, isComputed: true})
  saveIndex(snapshot)
}

test('an answer is kept for the same question of the same objects, and for no other', async () => {
  const index = newIndex()
  await keep(index, {a: [1, 'two', null]})
  const snapshot = await open(index)
  assert.deepEqual(ask(snapshot, 'other'), {got: {a: [1, 'two', null]}, isComputed: false})
  assert.equal(ask(snapshot, 2, {limit: 1}).isComputed, true)
  assert.equal(ask(snapshot, 2, {}, [select(snapshot, {type: 'Array'})]).isComputed, true)
  assert.equal(ask(snapshot, 2, {}, [{...select(snapshot, {type: 'Map'}), subject: 'another name'}]).isComputed, true)
  assert.equal(ask(snapshot, 2, {}, []).isComputed, true)
})

test('it has been through JSON the first time, too', async () => {
  const snapshot = await openSnapshot(file)
  assert.deepEqual(ask(snapshot, {a: undefined, b: 1}).got, {b: 1})
  assert.deepEqual(ask(await open(newIndex()), {a: undefined, b: 1}).got, {b: 1})
})

test('new answers are added to those that are kept; one that is too long is not', async () => {
  const index = newIndex()
  await keep(index)
  const second = await open(index)
  ask(second, 2, 'second')
  ask(second, 'x'.repeat(LONGEST_ANSWER_BYTES), 'long')
  saveIndex(second)
  const third = await open(index)
  assert.deepEqual(
    [ask(third), ask(third, 3, 'second')],
    [
      {got: 1, isComputed: false},
      {got: 2, isComputed: false},
    ],
  )
  assert.equal(ask(third, 3, 'long').isComputed, true)
})

test('texts beside the snapshot are part of the question', async () => {
  const index = newIndex()
  const texts = new Map<string, string | null>([
    ['a.js', 'one'],
    ['gone.js', null],
  ])
  const beside = async (key: string, now: ReadonlyMap<string, string | null>) => {
    const snapshot = await open(index)
    useTextsBeside(snapshot, {key, read: texts, keyOf: name => now.get(name) ?? null})
    return snapshot
  }
  const first = await beside('maps', texts)
  ask(first)
  saveIndex(first)
  assert.equal(ask(await beside('maps', texts)).isComputed, false)
  assert.equal(ask(await beside('other maps', texts)).isComputed, true)
  assert.equal(ask(await beside('maps', new Map([['a.js', 'two']]))).isComputed, true)
  assert.equal(ask(await beside('maps', new Map([...texts, ['gone.js', 'there']]))).isComputed, true)
  assert.equal(ask(await open(index)).isComputed, true)
})

test('who sees no texts gets no answer that was made with them, and leaves none', async () => {
  const index = newIndex()
  await keep(index)
  const before = readFileSync(`${index}.answers`)
  const snapshot = await open(index)
  hideTexts(snapshot)
  assert.equal(ask(snapshot).isComputed, true)
  saveIndex(snapshot)
  assert.deepEqual(readFileSync(`${index}.answers`), before)
})

test('damaged and foreign files of answers are not used', async () => {
  const index = newIndex()
  await keep(index, 'the answer')
  const whole = readFileSync(`${index}.answers`)
  for (let at = 0; at < whole.length; at += 7) {
    const bytes = Buffer.from(whole)
    bytes[at] ^= 1
    writeFileSync(`${index}.answers`, bytes)
    // Some bytes between columns mean nothing.
    assert.equal(ask(await open(index), 'the answer').got, 'the answer')
  }
  for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 40), Buffer.alloc(0)]) {
    writeFileSync(`${index}.answers`, bytes)
    assert.equal(ask(await open(index)).isComputed, true)
  }
  // The next answer takes its place.
  await keep(index)
  assert.equal(ask(await open(index)).isComputed, false)
})

test('the command line answers the same from what is kept, in text and JSON', async () => {
  for (const command of [
    ['suspects', '--min-share', '2'],
    ['why', '--type', 'Map'],
    ['backrefs', '--type', 'Map'],
    ['refs', '--type', 'Map'],
    ['path', '--type', 'Map', '--count', '2'],
    ['dominators'],
  ]) {
    const index = newIndex()
    const without = await heapgraph([...command, file, '--no-index'])
    const first = await heapgraph([...command, file, '--index', index])
    const kept = statSync(`${index}.answers`).mtimeMs
    const again = await heapgraph([...command, file, '--index', index])
    assert.equal(first.stdout, without.stdout)
    assert.equal(again.stdout, without.stdout)
    assert.equal(again.code, without.code)
    const json = await heapgraph([...command, file, '--index', index, '--format', 'json'])
    assert.equal(json.stdout, (await heapgraph([...command, file, '--no-index', '--format', 'json'])).stdout)
    // Nothing was computed that would have to be kept.
    assert.equal(statSync(`${index}.answers`).mtimeMs, kept, command.join(' '))
  }
})

test('answers go with their index', async () => {
  const indexes = join(folder, 'indexes')
  const snapshot = await openSnapshot(file, {index: 'auto', indexFolder: indexes})
  ask(snapshot)
  saveIndex(snapshot)
  const [index, answers] = readdirSync(indexes).sort()
  assert.equal(answers, `${index}.answers`)
  pruneIndexes(indexes)
  assert.equal(existsSync(join(indexes, answers)), true)
  rmSync(join(indexes, index))
  pruneIndexes(indexes)
  assert.deepEqual(readdirSync(indexes), [])
})
