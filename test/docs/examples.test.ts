/** The programs in examples/ do what they say. They import the package by its name, as people do. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-examples-'))
after(() => rmSync(folder, {recursive: true, force: true}))

const snapshot = (name: string) => join(ROOT, 'fixtures', 'snapshots', `${name}.heapsnapshot.gz`)
const LISTENER = snapshot('listener.node20')
const GROWING = ['base', 'target', 'final'].map(part => snapshot(`growing.node20.${part}`))

const tried = new Set<string>()

/** The variable is set while tests run: an example that is itself a test would report to this one. */
function withoutContext(): NodeJS.ProcessEnv {
  const {NODE_TEST_CONTEXT: _, ...env} = process.env
  return env
}

async function run(example: string, ...args: string[]): Promise<string> {
  tried.add(example)
  const words = [join(ROOT, 'examples', example), ...args]
  const {stdout} = await promisify(execFile)(process.execPath, words, {env: withoutContext()})
  return stdout
}

test('find-owners says who holds the objects, and where', async () => {
  assert.match(await run('find-owners.mjs', LISTENER, 'UserRecord'), /held by .*listener\.cjs:\d+/)
  assert.match(await run('find-owners.mjs', LISTENER, 'NoSuchType'), /^no NoSuchType in /)
})

test('compare-snapshots tells what grew, and what leaks', async () => {
  const text = await run('compare-snapshots.mjs', ...GROWING)
  assert.match(text, /: \d+ → \d+ → \d+, grew every step/)
  assert.match(text, /sessions\.mjs:9/)
})

test('draw-svg writes a picture', async () => {
  const file = join(folder, 'why.svg')
  await run('draw-svg.mjs', LISTENER, 'UserRecord', file)
  assert.match(readFileSync(file, 'utf8'), /<svg [\s\S]*UserRecord[\s\S]*<\/svg>\n$/)
})

test('export-tables writes a row an object', async () => {
  const file = join(folder, 'nodes.csv')
  await run('export-tables.mjs', LISTENER, file)
  assert.equal(readFileSync(file, 'utf8').split('\r\n').length, 39_752 + 2)
})

test('leak.test passes, and fails once the session is kept', async () => {
  await run('leak.test.mjs')
  const text = readFileSync(join(ROOT, 'examples', 'leak.test.mjs'), 'utf8')
  const leaking = text.replace('    open.delete(id)\n', '')
  assert.notEqual(leaking, text)
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(ROOT, join(modules, 'heapgraph'), 'junction')
  const file = join(folder, 'leaking.test.mjs')
  writeFileSync(file, leaking)
  await assert.rejects(
    promisify(execFile)(process.execPath, [file], {env: withoutContext()}),
    (error: {stdout?: string}) => /Session/.test(error.stdout ?? ''),
  )
})

test('every example is tried, and none is long', () => {
  const examples = readdirSync(join(ROOT, 'examples'))
  assert.deepEqual([...tried].sort(), examples.sort())
  for (const name of examples) {
    const lines = readFileSync(join(ROOT, 'examples', name), 'utf8').split('\n')
    assert.ok(lines.length <= 20, `${name} has ${lines.length} lines`)
  }
})
