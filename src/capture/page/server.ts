/** The program that serves a page: started before the walk, and stopped after it with all that it has started. */
import {closeSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {makePrivateFolder} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {DOCTOR_FILES, openLog} from '../doctor/doctor.ts'
import {record} from '../record/record.ts'
import {stopProgram} from '../record/stop-program.ts'

export interface ServerOptions {
  command: readonly string[]
  folder: string
  /** Ready when it answers there, whatever it says. */
  url: string
  signal?: AbortSignal
  onNote?: (text: string) => void
}

const READY_MS = 60_000
const ANSWER_MS = 5_000
const POLL_MS = 200
const GRACE_MS = 5_000

/** Throws UNREADABLE if the program cannot be started, ends before it answers, or does not answer in a minute. */
export async function withServer<T>(options: ServerOptions, use: () => Promise<T>): Promise<T> {
  const {command, folder, url, signal, onNote = () => {}} = options
  makePrivateFolder(folder)
  const log = join(folder, DOCTOR_FILES.programLog)
  const fd = openLog(log)
  try {
    const recorder = await record({command, output: join(folder, DOCTOR_FILES.recording), stdio: fd})
    try {
      onNote(`the program runs as process ${recorder.pid}; its output goes to ${log}`)
      const end = recorder.done.then(({code, signal: by}) => {
        const how = by === null ? `with exit code ${code}` : `by ${by}`
        throw new HeapgraphError(
          'UNREADABLE',
          `the program ended ${how} before ${url} answered`,
          `its output is in ${log}`,
        )
      })
      end.catch(() => {})
      await Promise.race([untilAnswering(url, signal, log), end])
      return await use()
    } finally {
      await stopProgram(recorder, GRACE_MS, onNote)
    }
  } finally {
    closeSync(fd)
  }
}

async function untilAnswering(url: string, signal: AbortSignal | undefined, log: string): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until; await delay(POLL_MS)) {
    signal?.throwIfAborted()
    if (await answers(url)) return
  }
  throw new HeapgraphError(
    'UNREADABLE',
    `nothing answered at ${url} in ${READY_MS / 1000} s`,
    `what the program said is in ${log}`,
  )
}

/** A certificate that nobody trusts is an answer, too. */
async function answers(url: string): Promise<boolean> {
  try {
    const {body} = await fetch(url, {method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS)})
    await body?.cancel()
    return true
  } catch (error) {
    const {cause} = error as {cause?: {code?: string}}
    return /CERT|SELF_SIGNED|SSL/.test(cause?.code ?? '')
  }
}
