/** docs/commands.md and the man page say what the program says, docs/api.md what the library's doc comments say; and nothing lacks one. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {exportsOf, PUBLIC_MODULES} from '../../scripts/api-reference.mjs'
import {ROOT} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

test('the reference is what the tables of commands and formats say', () => {
  const {status, stderr} = spawnSync(process.execPath, [join(ROOT, 'scripts/make-reference.mjs'), '--check'], {
    timeout: HANG_MS,
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.equal(status, 0)
})

test('every export has a doc comment: values, types, and every member of interfaces and classes', () => {
  let count = 0
  let members = 0
  for (const [specifier, module] of Object.entries(PUBLIC_MODULES)) {
    for (const {name, kind, comment, text} of exportsOf(module)) {
      count++
      assert.notEqual(comment, '', `${specifier}: ${name} has no doc comment`)
      if (kind !== 'interface' && kind !== 'class') continue
      const lines = text.split('\n')
      const isMember = (line: string) => /^ {4}(?:readonly |get |static )*\w+\??[:(]/.test(line)
      members += lines.filter(isMember).length
      const bare = lines.filter((line, i) => isMember(line) && !lines[i - 1].endsWith('*/'))
      assert.deepEqual(bare, [], `members of ${name} have no doc comment`)
    }
  }
  assert.ok(count > 200 && members > 700, `only ${count} exports and ${members} members were found`)
})

test('the man page is well-formed', context => {
  const {status, stderr, error} = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', join(ROOT, 'man/heapgraph.1')], {
    timeout: HANG_MS,
    encoding: 'utf8',
  })
  if (error !== undefined) return context.skip('groff is not installed')
  assert.equal(stderr, '')
  assert.equal(status, 0)
})
