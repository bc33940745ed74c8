/** Of a report that has its snapshots in it: heapgraph in a thread of the page, asked like the server of the explorer. */
import type {ExploreAnswer, FullReport} from '../../src/emit/page/explore-questions.ts'
import {type AnsweringThread, type Asking, askingOneByOne, type Hearing} from '../../src/threads/asking.ts'

/** A file for the thread. */
export interface BroughtFile {
  path: string
  bytes: Uint8Array
  /** Milliseconds since 1970. */
  modified: number
}

/** What the thread says. */
export type FullAnswer = {progress: string} | {answer: ExploreAnswer} | {failed: string}

let told = ''
let asking: Asking<readonly string[], ExploreAnswer> | undefined

export function progressOfThread(): string {
  return told
}

/** One question after the other: an answer of two at a time would not come sooner. One that is given up ends the thread, and the next starts another. */
export function askThread(
  full: FullReport,
  paths: readonly string[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<ExploreAnswer> {
  asking ??= askingOneByOne(hearing => start(full, paths, hearing))
  return asking.ask(args, signal)
}

function start(
  full: FullReport,
  paths: readonly string[],
  {answered, failed, gone}: Hearing<ExploreAnswer>,
): AnsweringThread<readonly string[]> {
  let isEnded = false
  const begun = begin(full, paths)
  const worker = begun.then(one => {
    if (isEnded) one.terminate()
    one.onmessage = ({data}: MessageEvent<FullAnswer>) => {
      if ('progress' in data) told = data.progress
      else if ('answer' in data) answered(data.answer)
      else failed(new Error(data.failed))
    }
    one.onerror = ({message}) => gone(new Error(message || 'the thread of this page has ended'))
    return one
  })
  worker.catch(gone)
  return {
    ask(args) {
      worker.then(
        one => {
          told = ''
          one.postMessage(args)
        },
        () => {},
      )
    },
    end() {
      isEnded = true
      begun.then(
        one => one.terminate(),
        () => {},
      )
    },
  }
}

async function begin({engine, brought}: FullReport, paths: readonly string[]): Promise<Worker> {
  told = 'unpacking'
  const files: BroughtFile[] = []
  for (const {path, element, modified} of brought) files.push({path, modified, bytes: await unpacked(element)})
  const code = URL.createObjectURL(new Blob([await unpacked(engine)], {type: 'text/javascript'}))
  const worker = new Worker(code)
  worker.postMessage(
    {paths, brought: files},
    files.map(({bytes}) => bytes.buffer),
  )
  return worker
}

/** What elements had, packed: a thread that is started anew gets the bytes once more. The browser may keep it out of memory. */
const packedOf = new Map<string, Blob>()

/** Bytes of an element whose text is base64 of gzip. The element goes: its text would be in memory beside them. */
async function unpacked(id: string): Promise<Uint8Array<ArrayBuffer>> {
  let packed = packedOf.get(id)
  if (packed === undefined) {
    const element = document.getElementById(id) as HTMLElement
    packed = new Blob([fromBase64(element.textContent ?? '')])
    packedOf.set(id, packed)
    element.remove()
  }
  const stream = packed.stream().pipeThrough(new DecompressionStream('gzip'))
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
