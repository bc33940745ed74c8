/** Small programs that a test writes, runs with its own Node, and reads the heap snapshots of. */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after} from 'node:test'
import {HANG_MS} from './limits.ts'

/** Behind the program's text: rounds, each followed by a snapshot. They are taken from timers, so that nothing is on the stack. */
const ROUNDS = `
;(async () => {
  const {setTimeout: wait} = require('timers/promises')
  for (const file of process.argv.slice(2)) {
    await round()
    await wait(20)
    globalThis.gc()
    await new Promise(done => setTimeout(() => { require('v8').writeHeapSnapshot(file); done() }, 20))
  }
  process.exit()
})()
`

/** A folder of the test file's own, gone when its tests have run, and what runs programs in it. */
export function programs(): {folder: string; run(name: string, text: string, snapshots?: number): string[]} {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-programs-'))
  after(() => rmSync(folder, {recursive: true, force: true}))
  return {
    folder,
    /**
     * Files of the snapshots of one process. `text`: of a CommonJS module with a function `round`, which may be async; it is run once
     * before each snapshot.
     */
    run(name, text, snapshots = 1) {
      const program = join(folder, name)
      writeFileSync(program, text + ROUNDS)
      const files = Array.from({length: snapshots}, (_, i) => join(folder, `${name}.${i}.heapsnapshot`))
      execFileSync(process.execPath, ['--expose-gc', '--no-warnings', program, ...files], {
        timeout: HANG_MS,
        stdio: 'ignore',
      })
      return files
    },
  }
}
