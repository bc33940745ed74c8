/** A program that is run to be looked into by its inspector, and stopped afterwards. */
import {closeSync, openSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {makeTemporaryFolder} from '../../files/abandoned.ts'
import {OWNER_ONLY} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {type LiveHeap, SnapshotTaker} from '../agent/snapshot-taker.ts'
import {record} from '../record/record.ts'
import {stopProgram} from '../record/stop-program.ts'

export interface InspectedOptions {
  command: readonly string[]
  /** How long it works before it is looked into, from when a Node of it runs. */
  waitMs: number
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal
  onNote?: (text: string) => void
}

const GRACE_MS = 5_000
/** How long a program may take until a Node of it runs. */
const START_MS = 30_000
const POLL_MS = 50

/**
 * Starts the program, waits, and hands on the address of the inspector of its largest heap. Its output goes to our stderr. Throws UNREADABLE
 * if it cannot be started, ends before, or runs no Node.
 */
export async function withInspected<T>(
  {command, waitMs, env = process.env, signal, onNote = () => {}}: InspectedOptions,
  use: (url: string, heap: LiveHeap) => Promise<T>,
): Promise<T> {
  const folder = makeTemporaryFolder()
  const stderr = process.platform === 'win32' ? openSync(join(folder, 'log'), 'w', OWNER_ONLY) : 2
  try {
    const taker = await SnapshotTaker.open(folder)
    try {
      const output = join(folder, 'rec.jsonl')
      const recorder = await record({command, output, env: taker.environment(env), stdio: stderr})
      try {
        const ended = recorder.done.then(({code}) => {
          throw new HeapgraphError(
            'UNREADABLE',
            `the program ended with exit code ${code} before it could be inspected`,
          )
        })
        ended.catch(() => {})
        const wait = (ms: number) => Promise.race([delay(ms, undefined, signal === undefined ? {} : {signal}), ended])
        for (let ms = 0; ms < START_MS && taker.heaps().length === 0; ms += POLL_MS) await wait(POLL_MS)
        await wait(waitMs)
        const heap = await largest(taker)
        return await Promise.race([use(await taker.inspect(heap), heap), ended])
      } finally {
        await stopProgram(recorder, GRACE_MS, onNote)
      }
    } finally {
      taker.close()
    }
  } finally {
    if (stderr !== 2) closeSync(stderr)
    rmSync(folder, {recursive: true, force: true})
  }
}

async function largest(taker: SnapshotTaker): Promise<LiveHeap> {
  const heaps = taker.heaps().filter(({thread}) => thread === 0)
  const weights = await Promise.all(heaps.map(heap => taker.weigh(heap)))
  const sizes = weights.map(weight => (weight === undefined ? -1 : weight.heapBytes + weight.externalBytes))
  const most = sizes.indexOf(Math.max(...sizes))
  if (most < 0) throw new HeapgraphError('UNREADABLE', 'the program runs no Node process that can be inspected')
  return heaps[most]
}
