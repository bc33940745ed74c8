import assert from 'node:assert/strict'
import {test} from 'node:test'
import {hideTexts} from '../../../src/analyze/facts/hidden-texts.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {programs} from '../../support/programs.ts'

const {run} = programs()

function textsOf({strings}: Snapshot): string[] {
  return Array.from({length: strings.count}, (_, index) => strings.get(index))
}

test('nothing that a string of a program says can be read, wherever V8 writes it', async () => {
  const [file] = run(
    'secrets',
    `
    const secret = i => ['planted', 'words', i].join(' ')
    class Session {
      constructor(i) { this.text = secret(i); this.parts = [secret(i + 100)] }
    }
    const sessions = Array.from({length: 5}, (_, i) => new Session(i))
    const labels = new WeakMap(sessions.map((session, i) => [session, secret(i + 200)]))
    const byText = new Map(sessions.map((session, i) => [secret(i + 300), session]))
    // Flat, as texts that were compared or looked up are.
    for (const session of sessions) byText.has(labels.get(session)), byText.has(session.text), byText.has(session.parts[0])
    globalThis.kept = {sessions, labels, byText}
    function round() {}
    `,
  )
  const isPlanted = (text: string) => /planted words \d/.test(text)
  const open = textsOf(await openSnapshot(file))
  assert.ok(open.some(text => isPlanted(text) && text.includes('pair in WeakMap')))
  assert.ok(open.filter(isPlanted).length >= 20)
  const snapshot = await openSnapshot(file)
  hideTexts(snapshot)
  const hidden = textsOf(snapshot)
  assert.deepEqual(hidden.filter(isPlanted), [])
  assert.ok(hidden.includes('Session') && hidden.includes('sessions'), 'names of code stay')
  assert.equal(snapshot.ephemerons.pairCount, (await openSnapshot(file)).ephemerons.pairCount)
})
