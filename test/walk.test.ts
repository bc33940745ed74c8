/** docs/tutorial.md, as it stands there, over a server that leaks. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {promisify} from 'node:util'
import {ROOT} from './cli/cli.ts'
import {HANG_MS} from './support/limits.ts'

test("the tutorial's commands for live processes can be run in their order, and find the leak", {
  timeout: HANG_MS,
}, async () => {
  assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first')
  const {stdout} = await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/walk.mjs')], {maxBuffer: 1 << 24})
  const lines = [...stdout.matchAll(/^\$ (?:heapgraph )?(\w+)/gm)].map(([, name]) => name)
  assert.deepEqual(lines, ['doctor', 'record', 'plot', 'capture', 'watch', 'node', 'leaks'])
  assert.match(stdout, /^walked: 7 commands$/m)
})
