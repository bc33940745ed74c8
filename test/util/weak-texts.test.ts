import assert from 'node:assert/strict'
import {test} from 'node:test'
import {setImmediate} from 'node:timers/promises'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {weakTexts} from '../../src/util/weak-texts.ts'

/** As V8 makes it where a string is read from a file: equal, not the same. */
const anew = (text: string) => Buffer.from(text).toString()

test('equal texts have one value while somebody holds it', () => {
  const texts = weakTexts<{text: string}>()
  let made = 0
  const get = (text: string) => texts.get(text, () => ({text: `${made++}`}))
  const first = get('const a = 1')
  assert.equal(get(anew('const a = 1')), first)
  assert.notEqual(get('const a = 2'), first)
  assert.equal(made, 2)
})

test('nothing is kept that nobody holds', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const texts = weakTexts<{text: string}>()
  const kept = texts.get('kept', () => ({text: 'kept'}))
  for (let i = 0; i < 100; i++) texts.get(`text ${i}`, () => ({text: 'x'}))
  // Finalizers run in turns of their own.
  for (let i = 0; i < 1000 && texts.size > 1; i++) {
    await setImmediate()
    collect()
  }
  assert.equal(texts.size, 1)
  assert.equal(
    texts.get(anew('kept'), () => ({text: 'another'})),
    kept,
  )
})
