/** The program of the explorer's thread: answers command lines, and keeps the last snapshot open for the next. */
import {parentPort} from 'node:worker_threads'
import {type FileStamp, openSnapshot, type Snapshot, sameStamp, stampOf} from '../../index.ts'
import type {Context} from '../answer.ts'
import type {Io} from '../io.ts'
import {executeCli} from '../main.ts'
import type {Answered, Told} from './engine-client.ts'

const PROGRESS_EVERY_MS = 200

/** One at a time: the answer of two is not faster, and memory is for one. */
let kept: {file: string; stamp: FileStamp | undefined; snapshot: Snapshot} | undefined

function opening(say: (told: Told) => void): NonNullable<Context['open']> {
  return async (file, options = {}) => {
    if (typeof file !== 'string') return openSnapshot(file, options)
    const stamp = stampOf(file)
    if (kept !== undefined && kept.file === file) {
      if (sameStamp(kept.stamp, stamp)) return kept.snapshot
      say({isChanged: true})
    }
    kept = undefined
    let last = 0
    const snapshot = await openSnapshot(file, {
      ...options,
      onProgress(stage, done, total) {
        if (Date.now() - last < PROGRESS_EVERY_MS) return
        last = Date.now()
        say({progress: total === undefined ? stage : `${stage} ${Math.floor((100 * done) / total)} %`})
      },
    })
    kept = {file, stamp, snapshot}
    return snapshot
  }
}

parentPort?.on('message', async (line: string[]) => {
  const written = {stdout: '', stderr: ''}
  const stream = (name: keyof typeof written) => ({
    write(text: string | Uint8Array) {
      written[name] += text
    },
  })
  const say = (told: Told) => parentPort?.postMessage(told)
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: process.env,
  }
  const code = await executeCli(line, io, opening(say))
  const answer: Answered = {code, ...written}
  parentPort?.postMessage(answer)
})
