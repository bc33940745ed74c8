/** The program of the explorer's thread: answers command lines, one after the other. */
import {parentPort} from 'node:worker_threads'
import {executeCli} from '../main.ts'
import type {Told} from './engine-client.ts'
import {keepingLast} from './kept-snapshot.ts'
import {written} from './written.ts'

const opening = keepingLast()
const say = (told: Told) => parentPort?.postMessage(told)
const open = opening({onProgress: progress => say({progress}), onChange: () => say({isChanged: true})})

parentPort?.on('message', async (line: string[]) => {
  parentPort?.postMessage(await written(line, (args, io) => executeCli(args, io, open)))
})
