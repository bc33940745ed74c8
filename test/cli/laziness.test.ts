/**
 * What bin/heapgraph.js loads for a question, as it is built: what none has asked for costs every start. No time is measured;
 * a hook of Node's writes down each module that is loaded.
 */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {ROOT, temporaryFolder, writeApp} from './cli.ts'

const folder = temporaryFolder()
const hooks = join(folder, 'hooks.mjs')
const register = join(folder, 'register.mjs')
const app = writeApp(folder)
const PROGRAM = /\/dist\/program\/[a-z-]+\.js$/

before(() => {
  assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first')
  writeFileSync(
    hooks,
    `import {appendFileSync} from 'node:fs'
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n')
  return next(url, context)
}`,
  )
  writeFileSync(
    register,
    `import {register} from 'node:module'\nregister(${JSON.stringify(pathToFileURL(hooks).href)})\n`,
  )
})

let runs = 0

/** The modules loaded for a command line, as URLs: `file:` and `node:`. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const log = join(folder, `loaded-${runs++}`)
  const bin = join(ROOT, 'bin', 'heapgraph.js')
  const {NODE_OPTIONS: _, FORCE_COLOR: __, ...env} = process.env
  const command = ['--import', pathToFileURL(register).href, bin, ...args]
  await promisify(execFile)(process.execPath, command, {env: {...env, LOADED: log, HEAPGRAPH_NO_INDEX: '1'}})
  const loaded = readFileSync(log, 'utf8').split('\n').slice(0, -1)
  assert.ok(
    loaded.some(url => url.endsWith('/dist/program/program.js')),
    'the hook saw the program',
  )
  return loaded
}

/** Other people's packages among them. */
function packagesOf(loaded: string[]): string[] {
  const names = loaded
    .map(url => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1])
    .filter(name => name !== undefined)
  return [...new Set(names)].sort()
}

test('the version is told without any package, or a line of what reads heaps', async () => {
  for (const flag of ['--version', '-V']) {
    const loaded = await loadedBy(flag)
    assert.deepEqual(packagesOf(loaded), [])
    assert.ok(loaded.filter(url => PROGRAM.test(url)).length <= 4, loaded.join('\n'))
  }
})

test('help needs the parser of arguments only', async () => {
  for (const args of [['--help'], ['help']]) {
    const loaded = await loadedBy(...args)
    assert.deepEqual(packagesOf(loaded), ['commander'])
    assert.deepEqual(
      loaded.filter(url => /node:(?:crypto|worker_threads|zlib|stream)$|-commands?\.js$|\/answer\.js$/.test(url)),
      [],
    )
  }
})

test('a table needs no graph library, a graph no writer of Parquet, and neither needs colors in a pipe', async () => {
  for (const question of [['types'], ['info'], ['list', '--type', 'Buffer'], ['show', '@12345'], ['detached']]) {
    assert.deepEqual(packagesOf(await loadedBy(...question, app)), ['commander'], question[0])
  }
  for (const question of ['backrefs', 'path']) {
    const loaded = await loadedBy(question, '--type', 'Buffer', app)
    assert.deepEqual(packagesOf(loaded), ['commander', 'graphology'])
    assert.ok(!loaded.includes('node:child_process'), 'no picture was asked for')
  }
  assert.deepEqual(packagesOf(await loadedBy('export', app)), ['commander'])
})

test('what is asked for is loaded', async () => {
  const parquet = await loadedBy('export', '-o', join(folder, 'a.parquet'), app)
  assert.deepEqual(packagesOf(parquet), ['commander', 'hyparquet', 'hyparquet-writer'])
})
