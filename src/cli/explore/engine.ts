/** The program of the thread that answers command lines, one after the other. */
import {parentPort, workerData} from 'node:worker_threads'
import {executeCli} from '../main.ts'
import type {EngineOptions, Told} from './engine-client.ts'
import {keepingLast} from './kept-snapshot.ts'
import {written} from './written.ts'

const {texts} = workerData as EngineOptions
const opening = keepingLast(texts ? undefined : (await import('./hidden-snapshot.ts')).openHidden)
const say = (told: Told) => parentPort?.postMessage(told)
const open = opening({onProgress: progress => say({progress}), onRemark: remark => say({remark})})

parentPort?.on('message', async (line: string[]) => {
  parentPort?.postMessage(await written(line, (args, io) => executeCli(args, io, open)))
})
