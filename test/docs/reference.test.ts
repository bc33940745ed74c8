/** docs/commands.md and the man page say what the program says. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {ROOT} from '../cli/cli.ts'

test('the reference is what the tables of commands and formats say', () => {
  const {status, stderr} = spawnSync(process.execPath, [join(ROOT, 'scripts/make-reference.mjs'), '--check'], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.equal(status, 0)
})

test('the man page is well-formed', context => {
  const {status, stderr, error} = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', join(ROOT, 'man/heapgraph.1')], {
    encoding: 'utf8',
  })
  if (error !== undefined) return context.skip('groff is not installed')
  assert.equal(stderr, '')
  assert.equal(status, 0)
})
