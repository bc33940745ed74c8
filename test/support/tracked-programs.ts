/** Small programs that a test writes and runs while their allocations are tracked: what comes of it is a snapshot with stacks. */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after} from 'node:test'
import {HANG_MS} from './limits.ts'

/** Behind the program's text. Another thread tracks: in the thread that tracks itself V8 notes few stacks. */
const TRACKED = `
;(() => {
  const {Worker} = require('node:worker_threads')
  const worker = new Worker(\`
    const {parentPort, workerData} = require('node:worker_threads')
    const inspector = require('node:inspector')
    const session = new inspector.Session()
    session.connectToMainThread()
    const chunks = []
    const post = (method, params) => new Promise((done, fail) =>
      session.post('HeapProfiler.' + method, params, error => error ? fail(new Error(error.message)) : done()))
    session.on('HeapProfiler.addHeapSnapshotChunk', message => chunks.push(message.params.chunk))
    const samples = count => new Promise(done => {
      const seen = () => { if (--count <= 0) { session.off('HeapProfiler.lastSeenObjectId', seen); done() } }
      session.on('HeapProfiler.lastSeenObjectId', seen)
    })
    parentPort.on('message', () => {})
    ;(async () => {
      await post('enable')
      let next = samples(2)
      await post('startTrackingHeapObjects', {trackAllocations: true})
      await next
      for (let i = 0; i < workerData.rounds; i++) {
        parentPort.postMessage('round')
        await new Promise(done => parentPort.once('message', done))
        await samples(3)
      }
      await post('stopTrackingHeapObjects', {reportProgress: false})
      require('node:fs').writeFileSync(workerData.file, chunks.join(''))
      parentPort.postMessage('done')
    })()
  \`, {eval: true, workerData: {file: process.argv[2], rounds: Number(process.argv[3])}})
  let number = 0
  worker.on('message', message => {
    if (message === 'done') process.exit()
    round(number++)
    worker.postMessage('made')
  })
})()
`

/** With these V8 notes nearly all stacks: it forgets some whose objects the collector has moved. */
export const ALL_STACKS = ['--no-compact', '--no-opt', '--no-sparkplug', '--no-lazy-feedback-allocation']

/** A folder of the test file's own, and what runs programs in it. */
export function trackedPrograms(): {folder: string; run(name: string, text: string, rounds?: number): string} {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heapgraph-tracked-')))
  after(() => rmSync(folder, {recursive: true, force: true}))
  return {
    folder,
    /** `text`: of a CommonJS module with a function `round(number)`, which is run so often, with samples of V8's before, between and after. */
    run(name, text, rounds = 1) {
      const program = join(folder, name)
      writeFileSync(program, text + TRACKED)
      const file = join(folder, `${name}.heapsnapshot`)
      execFileSync(process.execPath, [...ALL_STACKS, '--no-warnings', program, file, String(rounds)], {
        timeout: HANG_MS,
        stdio: 'ignore',
      })
      return file
    },
  }
}
