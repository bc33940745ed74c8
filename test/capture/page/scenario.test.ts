import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {loadScenario} from '../../../src/capture/page/scenario.ts'
import {temporaryFolder} from '../../cli/cli.ts'

const folder = temporaryFolder()
let files = 0

function scenario(text: string, ending = 'mjs'): string {
  const path = join(folder, `s${++files}.${ending}`)
  writeFileSync(path, text)
  return path
}

const names = (steps: {name: string}[]) => steps.map(({name}) => name)

test('a module with names, one with a default export and a CommonJS file are scenarios', async () => {
  const parts = {
    url: "'http://localhost:1/'",
    setup: 'async page => {}',
    action: 'async page => {}',
    back: 'async page => {}',
    repeat: '3',
  }
  const object = `{${Object.entries(parts).map(([name, value]) => `${name}: ${value}`)}}`
  const exported = Object.entries(parts).map(([name, value]) => `export const ${name} = ${value}\n`)
  for (const path of [
    scenario(exported.join('')),
    scenario(`export default ${object}`),
    scenario(`module.exports = ${object}`, 'cjs'),
    // Node's own guess of what such a file exports ends before `repeat`.
    scenario(
      `const action = async () => {}, back = action, setup = action
      module.exports = {action, back, setup, leakFilter() {}, url: () => 'http://localhost:1/', repeat: () => 3}`,
      'cjs',
    ),
  ]) {
    const {url, setup, round, repeat} = await loadScenario(path)
    assert.deepEqual(
      [url, names(setup), names(round), repeat],
      ['http://localhost:1/', ['setup'], ['action', 'back'], 3],
    )
  }
})

test('what has no effect is noted', async () => {
  const {notes} = await loadScenario(scenario('export const action = () => {}; export const leakFilter = () => true'))
  assert.equal(notes.length, 1)
  assert.match(notes[0], /leakFilter/)
})

test('what is no scenario is refused in a sentence', async () => {
  for (const [text, words] of [
    ['export const back = () => {}', /does not export a function named action/],
    ['export const action = 7', /action is not a function/],
    ['export const action = () => {}; export const repeat = 0', /repeat is not a whole number from 1/],
    ['export const action = () => {}; export const url = 5', /url is neither/],
    ['export const action = ', /cannot be loaded/],
    ['throw new Error("no luck")', /cannot be loaded: no luck/],
  ] as const) {
    await assert.rejects(loadScenario(scenario(text)), {name: 'HeapgraphError', message: words})
  }
  await assert.rejects(loadScenario(join(folder, 'none.mjs')), {name: 'HeapgraphError', message: /cannot be loaded/})
})
