/** What the Tab key is told, by the program as it is built. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {HANG_MS} from '../support/limits.ts'
import {ROOT, temporaryFolder} from './cli.ts'

const folder = temporaryFolder()
mkdirSync(join(folder, 'snapshots'))
for (const name of ['app.heapsnapshot', 'snapshots/base.heapsnapshot', '.hidden', 'line\nbreak']) {
  writeFileSync(join(folder, name), '')
}

function run(...args: string[]) {
  return spawnSync(process.execPath, [join(ROOT, 'bin/heapgraph.js'), 'complete', ...args], {
    timeout: HANG_MS,
    cwd: folder,
    encoding: 'utf8',
  })
}

/** The words proposed for the last one. */
function proposed(...words: string[]): string[] {
  const lines = run('--', ...words)
    .stdout.split('\n')
    .slice(0, -1)
  assert.equal(lines.pop(), ':4')
  return lines.map(line => line.split('\t')[0])
}

test('commands, options and values are proposed', () => {
  assert.deepEqual(proposed('sus'), ['suspects'])
  assert.deepEqual(proposed('types', '--sha'), ['--shallow'])
  assert.deepEqual(proposed('types', '--format', ''), ['text', 'json'])
  assert.ok(proposed('').includes('backrefs'))
})

test('files are proposed for snapshots and for what is written', () => {
  assert.deepEqual(proposed('types', ''), ['app.heapsnapshot', 'snapshots/'])
  assert.deepEqual(proposed('leaks', 'app.heapsnapshot', 'snapshots/b'), ['snapshots/base.heapsnapshot'])
  assert.deepEqual(proposed('types', '-o', 'snap'), ['snapshots/'])
  assert.deepEqual(proposed('types', 'nowhere/'), [])
})

test('each shell gets its script; any other word is misuse', () => {
  for (const shell of ['zsh', 'bash', 'fish', 'powershell']) {
    const {status, stdout} = run(shell)
    assert.equal(status, 0)
    assert.match(stdout, /complete '?--'?/)
  }
  const bash = spawnSync('bash', ['-n'], {timeout: HANG_MS, input: run('bash').stdout, encoding: 'utf8'})
  if (bash.error === undefined) assert.equal(bash.stderr, '')
  for (const wrong of [run(), run('tcsh')]) {
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /shell/)
  }
})
