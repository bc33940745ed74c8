/** A thread starts in whatever process. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MODULE = pathToFileURL(join(ROOT, 'dist', 'threads', 'open-worker.js')).href
const PROGRAM = `import {openWorker} from '${MODULE}'
const text = "import {parentPort} from 'node:worker_threads'; parentPort.postMessage(true)"
const worker = openWorker(new URL('data:text/javascript,' + encodeURIComponent(text)))
worker.on('message', () => console.log('started'))
worker.on('error', error => console.log(error.message))`

for (const type of [['--input-type=module'], ['--input-type', 'module']]) {
  test(`below node ${type.join(' ')} --eval`, async () => {
    const args = ['--expose-gc', ...type, '--eval', PROGRAM]
    assert.equal((await promisify(execFile)(process.execPath, args)).stdout, 'started\n')
  })
}
