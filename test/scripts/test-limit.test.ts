/** A run of tests ends, whatever hangs in a file, and names the file. */
import assert from 'node:assert/strict'
import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {run} from '../capture/processes.ts'
import {ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

/** Ways to hang, by the file's name; `good` does not. */
const FILES = {
  good: "test('good', () => {})",
  'in-before': "setInterval(() => {}, 1000); before(() => new Promise(() => {})); test('never begun', () => {})",
  'in-after': "setInterval(() => {}, 1000); after(() => new Promise(() => {})); test('ended', () => {})",
  'in-test': "setInterval(() => {}, 1000); test('waits', () => new Promise(() => {}))",
  'loop-with-timers': "test('polls', async () => { for (;;) await new Promise(done => setTimeout(done, 20)) })",
  'busy-loop': "process.on('SIGTERM', () => {}); test('busy', () => { for (;;); })",
  'sync-child': "test('sync', () => spawnSync(process.execPath, ['-e', LATER]))",
  'left-alone': "test('ended', () => spawn(process.execPath, ['-e', LATER], {stdio: 'inherit'}).unref())",
}
/** A process that ends by itself some time after the run has. */
const HEAD = `import {spawn, spawnSync} from 'node:child_process'
import {after, before, test} from 'node:test'
const LATER = 'setTimeout(() => {}, 90_000)'
`

test('each file that hangs is named, killed and failed, and the run goes on to its end', {
  timeout: HANG_MS,
}, async () => {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, `${name}.test.mjs`), `${HEAD}${text}\n`)
  const files = readdirSync(folder)
  const reporters = ['spec', 'stdout', pathToFileURL(join(ROOT, 'scripts/test-limit.mjs')).href, 'stderr']
  const options = reporters.map((value, i) => `--test-reporter${i % 2 === 0 ? '' : '-destination'}=${value}`)
  const {ended} = run(process.execPath, ['--test', ...options, `--test-concurrency=${files.length}`, ...files], {
    cwd: folder,
    env: {HEAPGRAPH_TEST_FILE_LIMIT_MS: '3000'},
  })
  const {code, stdout, stderr} = await ended
  assert.equal(code, 1)
  const hanging = Object.keys(FILES).filter(name => name !== 'good')
  for (const name of hanging) {
    assert.match(stderr, new RegExp(`^${name}\\.test\\.mjs is killed: it has been running for \\d+ s$`, 'm'))
    assert.match(stdout, new RegExp(`^✖ \\S*${name}\\.test\\.mjs `, 'm'))
  }
  assert.match(stdout, /^ℹ duration_ms /m)
})
