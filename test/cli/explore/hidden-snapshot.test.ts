/** The index of a snapshot whose texts are hidden is written after the answer, by parts, and is the one of a snapshot that is not. */
import assert from 'node:assert/strict'
import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {indexHidden, openHidden} from '../../../src/cli/explore/hidden-snapshot.ts'
import {keepLast} from '../../../src/cli/explore/kept-snapshot.ts'
import {openSnapshot, prepare, type Snapshot, saveIndex, types, typesText, typesView} from '../../../src/index.ts'
import {HIDDEN_TEXT} from '../../../src/snapshot/columns/strings.ts'
import {ROOT, temporaryFolder} from '../cli.ts'

const folder = temporaryFolder()
const file = join(folder, 'srv.heapsnapshot')
const always = async () => true

before(() => {
  writeFileSync(file, gunzipSync(readFileSync(join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz'))))
})

/** As `open` of a command line has it, with an own folder of indexes. */
async function opened(indexFolder = mkdtempSync(join(folder, 'indexes-'))) {
  const keeper = keepLast(openHidden)
  const snapshot = await keeper.open(file, {index: 'auto', indexFolder})
  const index = () => readdirSync(indexFolder).map(name => readFileSync(join(indexFolder, name)))
  return {keeper, snapshot, index, indexFolder}
}

function typesOf(snapshot: Snapshot): string {
  return typesText(typesView(types(snapshot)))
}

/** Whether what the program's strings say can be read. */
function hidesTexts({strings}: Snapshot): boolean {
  let hidden = 0
  for (let index = 0; index < strings.count; index++) if (strings.get(index) === HIDDEN_TEXT) hidden++
  return hidden > 100
}

test('after the answer, with all that can be computed, and the snapshot that is open then has no texts', async () => {
  const plain = await openSnapshot(file, {index: 'auto', indexFolder: mkdtempSync(join(folder, 'plain-'))})
  prepare(plain)
  const {path} = saveIndex(plain)!
  const {keeper, snapshot, index} = await opened()
  const before = typesOf(snapshot)
  assert.deepEqual(index(), [])
  await indexHidden(keeper, always, 0)
  assert.ok(index()[0].equals(readFileSync(path)))
  const after = keeper.kept!.snapshot
  assert.notEqual(after, snapshot)
  assert.equal(await keeper.open(file), after)
  assert.ok(hidesTexts(snapshot) && hidesTexts(after) && !hidesTexts(plain))
  assert.equal(typesOf(after), before)
})

test('what an index has is not computed, and nothing is written where there is nothing to add', async () => {
  const {keeper, snapshot, indexFolder} = await opened()
  typesOf(snapshot)
  await indexHidden(keeper, always, 0)
  const again = await opened(indexFolder)
  typesOf(again.snapshot)
  await indexHidden(again.keeper, always, 0)
  assert.equal(again.keeper.kept!.snapshot, again.snapshot)
})

test('a question that comes meanwhile ends it after a step; what was computed is kept, and the rest is for later', async () => {
  const {keeper, snapshot, index, indexFolder} = await opened()
  typesOf(snapshot)
  let steps = 0
  await indexHidden(keeper, async () => ++steps < 5, 0)
  assert.equal(steps, 5)
  const part = index()[0].length
  assert.ok(hidesTexts(keeper.kept!.snapshot))
  // As a question does that needs more than is there.
  prepare(keeper.kept!.snapshot)
  await indexHidden(keeper, always, 0)
  assert.ok(index()[0].length > part * 1.2, `${part}, then ${index()[0].length} bytes`)
  const whole = await openSnapshot(file, {index: 'auto', indexFolder})
  prepare(whole)
  assert.equal(whole.saved.computed.size, 0)
})

test('none is written of small files, and where none is wanted', async () => {
  const {keeper, snapshot, index} = await opened()
  typesOf(snapshot)
  await indexHidden(keeper, always)
  assert.deepEqual(index(), [])
  const off = keepLast(openHidden)
  typesOf(await off.open(file, {index: 'off'}))
  await indexHidden(off, always, 0)
  assert.equal(off.kept!.snapshot.strings.isHiding, true)
})
