/** The program of the thread that answers command lines, one after the other. */
import {setImmediate as nextTurn, setTimeout as pause} from 'node:timers/promises'
import {parentPort, workerData} from 'node:worker_threads'
import {executeCli} from '../main.ts'
import type {EngineOptions, Told} from './engine-client.ts'
import {keepLast} from './kept-snapshot.ts'
import {written} from './written.ts'

const {texts} = workerData as EngineOptions
const hidden = texts ? undefined : await import('./hidden-snapshot.ts')
const say = (told: Told) => parentPort?.postMessage(told)
const keeper = keepLast(hidden?.openHidden, {
  onProgress: progress => say({progress}),
  onRemark: remark => say({remark}),
})

/** Who asks several questions at once, or in quick succession, does not wait for an index in between. */
const QUIET_MS = 1000

let waiting = 0
let turn = Promise.resolve()

parentPort?.on('message', (line: string[]) => {
  waiting++
  turn = turn.then(() => answer(line))
})

async function answer(line: string[]): Promise<void> {
  parentPort?.postMessage(await written(line, (args, io) => executeCli(args, io, keeper.open)))
  waiting--
  if (hidden === undefined) return
  for (let ms = 0; ms < QUIET_MS && waiting === 0; ms += QUIET_MS / 10) await pause(QUIET_MS / 10)
  const goOn = async () => {
    await nextTurn()
    return waiting === 0
  }
  say({progress: 'preparing an index for later questions'})
  // Without an index, later questions take longer.
  await hidden.indexHidden(keeper, goOn).catch(() => {})
  say({progress: ''})
}
