/** Of a report that has its snapshots in it: heapgraph in a thread of the page, asked like the server of the explorer. */
import type {ExploreAnswer, FullReport} from '../../src/emit/page/explore-questions.ts'

/** A file for the thread. */
export interface BroughtFile {
  path: string
  bytes: Uint8Array
  /** Milliseconds since 1970. */
  modified: number
}

/** What the thread says. */
export type FullAnswer = {progress: string} | {answer: ExploreAnswer} | {failed: string}

let thread: Promise<Worker> | undefined
let told = ''
let waiting: Promise<unknown> = Promise.resolve()

export function progressOfThread(): string {
  return told
}

/** One question after the other: an answer of two at a time would not come sooner. */
export function askThread(
  full: FullReport,
  paths: readonly string[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<ExploreAnswer> {
  thread ??= start(full, paths)
  const asked = waiting
    .then(() => thread as Promise<Worker>)
    .then(worker => {
      // One that has begun runs to its end: the thread has the only copy of the snapshots.
      signal.throwIfAborted()
      return answerOf(worker, args)
    })
  waiting = asked.catch(() => {})
  return asked
}

function answerOf(worker: Worker, args: readonly string[]): Promise<ExploreAnswer> {
  return new Promise((resolve, reject) => {
    told = ''
    worker.onmessage = ({data}: MessageEvent<FullAnswer>) => {
      if ('progress' in data) told = data.progress
      else if ('answer' in data) resolve(data.answer)
      else reject(new Error(data.failed))
    }
    worker.onerror = ({message}) => reject(new Error(message || 'the thread of this page has ended'))
    worker.postMessage(args)
  })
}

async function start({engine, brought}: FullReport, paths: readonly string[]): Promise<Worker> {
  told = 'unpacking'
  const files: BroughtFile[] = []
  for (const {path, element, modified} of brought) files.push({path, modified, bytes: await unpacked(element)})
  const code = new TextDecoder().decode(await unpacked(engine))
  const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})))
  worker.postMessage(
    {paths, brought: files},
    files.map(({bytes}) => bytes.buffer),
  )
  return worker
}

/** Bytes of an element whose text is base64 of gzip. The element goes: its text would be in memory beside them. */
async function unpacked(id: string): Promise<Uint8Array> {
  const element = document.getElementById(id) as HTMLElement
  const packed = fromBase64(element.textContent ?? '')
  element.remove()
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Of a length that is one of base64's groups. */
const CHARACTERS_AT_ONCE = 1 << 20

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  for (let at = 0; at < text.length; at += CHARACTERS_AT_ONCE) {
    const binary = atob(text.slice(at, at + CHARACTERS_AT_ONCE))
    for (let i = 0; i < binary.length; i++) bytes[length++] = binary.charCodeAt(i)
  }
  return bytes.subarray(0, length)
}
