/** `growth` and `leaks` with one of their snapshots from standard input: that of the process, so each runs as one. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {HANG_MS} from '../support/limits.ts'
import {APP, EMPTY_HEAP, ROOT, temporaryFolder, writeApp} from './cli.ts'

const app = writeApp(temporaryFolder())
const input = Buffer.from(APP)
before(() => assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first'))

function heapgraph(args: string[], stdin?: Buffer) {
  const options = {encoding: 'utf8' as const, timeout: HANG_MS, ...(stdin === undefined ? {} : {input: stdin})}
  return spawnSync(process.execPath, [join(ROOT, 'bin/heapgraph.js'), ...args], options)
}

for (const command of ['growth', 'leaks']) {
  test(`${command}: either file may come through a pipe, and the answer is the same`, () => {
    const line = (base: string, later: string) => [command, base, later]
    const {status, stdout} = heapgraph(line(EMPTY_HEAP, app))
    assert.ok(stdout.length > 100)
    for (const piped of [
      heapgraph(line(EMPTY_HEAP, '-'), input),
      heapgraph(line('-', app), readFileSync(EMPTY_HEAP)),
    ]) {
      assert.deepEqual([piped.status, piped.stdout], [status, stdout], piped.stderr)
      // What to ask next does not name a pipe that is empty by then.
      assert.match(piped.stderr, /^next: heapgraph /m)
      assert.ok(!/ -( |$)/m.test(piped.stderr), piped.stderr)
    }
    const both = heapgraph(line('-', '-'), input)
    assert.deepEqual([both.status, both.stdout], [2, ''])
    assert.match(both.stderr, /^heapgraph: two snapshots cannot both be on standard input; name the files\n$/)
    const cut = heapgraph(line(app, '-'), input.subarray(0, 900))
    assert.deepEqual([cut.status, cut.stdout], [2, ''])
    assert.match(cut.stderr, /^heapgraph: standard input: .*the file ends too early; [^\n]+\n$/)
  })
}
