/** What the walks of `doctor` share: the folder that they write, what is made of the snapshots, the lines and the exit code at the end. */
import {existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {
  DOCTOR_FILES,
  drawHtml,
  drawPicture,
  FRAMES_FOLDER,
  forTerminal,
  HeapgraphError,
  type LeaksAnswer,
  type LeaksView,
  leaksGraph,
  leaksJson,
  leaksMarkdown,
  leaksText,
  MAPS_FOLDER,
  PAGE_PICTURES,
  WORKERS_FOLDER,
} from '../../index.ts'
import {type Context, sayNext} from '../answer.ts'
import {EXIT} from '../io.ts'

/** What is made of the recording and the snapshots. */
export const MADE = {
  report: 'report.md',
  memory: 'memory.svg',
  leaksText: 'leaks.txt',
  leaksJson: 'leaks.json',
  leaksMarkdown: 'leaks.md',
  leaksPicture: 'leaks.svg',
  leaksPage: 'leaks.html',
  proofText: 'proof.txt',
  proofJson: 'proof.json',
} as const

/** In the order in which a person reads them. */
const WHAT: [file: string, what: string][] = [
  [MADE.report, 'this report'],
  [MADE.memory, 'memory over time, with the snapshots marked'],
  [MADE.leaksPicture, 'who holds what is new, drawn'],
  [MADE.leaksPage, 'the same as a page to look around in'],
  [MADE.leaksText, 'the answer of `heapgraph leaks`'],
  [MADE.leaksMarkdown, 'the same for a comment'],
  [MADE.leaksJson, 'the same for a program'],
  [MADE.proofText, 'what the first cut freed in the running program'],
  [MADE.proofJson, 'the same for a program'],
  [PAGE_PICTURES.base, 'the page before the rounds'],
  [PAGE_PICTURES.action, 'the page after the first step of the first round'],
  [PAGE_PICTURES.back, 'the page after the second step of the first round'],
  [PAGE_PICTURES.final, 'the page after all rounds'],
  [DOCTOR_FILES.base, 'the heap before the work, warm'],
  [DOCTOR_FILES.target, 'the heap right after it'],
  [DOCTOR_FILES.final, 'the heap after the same work again, settled'],
  [WORKERS_FOLDER, 'heaps of workers, numbered, taken with those of the page'],
  [FRAMES_FOLDER, 'the same of frames of other sites, with their source maps'],
  [MAPS_FOLDER, 'source maps of the page, for `--source-maps`'],
  [DOCTOR_FILES.recording, 'the recording, for `heapgraph plot`'],
  [DOCTOR_FILES.programLog, 'output of the program'],
  [DOCTOR_FILES.loadLog, 'output of the load command'],
]

/** Nothing of an earlier walk may stand beside what is found now. */
export function clear(folder: string, isForced: boolean): void {
  const names = filesIn(folder)
  if (names.length === 0) return
  const known: string[] = WHAT.map(([file]) => file)
  const count = names.filter(name => known.includes(name)).length
  if (!isForced) {
    const what = count > 0 ? 'it contains an earlier run' : 'it is not empty'
    throw new HeapgraphError(
      'USAGE',
      `${folder}: ${what}`,
      'name another folder with -o, or write over it with --force',
    )
  }
  const folders: string[] = [MAPS_FOLDER, WORKERS_FOLDER, FRAMES_FOLDER]
  for (const file of known) rmSync(join(folder, file), {force: true, recursive: folders.includes(file)})
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  try {
    return readdirSync(folder)
  } catch {
    throw new HeapgraphError('USAGE', `${folder}: not a directory`, 'name another one with -o')
  }
}

/** What is there of all that may be, in the order in which a person reads it. */
export function filesThere(folder: string): {file: string; what: string}[] {
  return WHAT.filter(([file]) => file === MADE.report || existsSync(join(folder, file))).map(([file, what]) => ({
    file,
    what,
  }))
}

/** The answer in all its forms. */
export async function writeLeaks(
  write: (file: string, text: string) => Promise<void>,
  answer: LeaksAnswer,
  leaks: LeaksView,
  notes: string[],
): Promise<void> {
  await write(MADE.leaksText, leaksText(leaks))
  await write(MADE.leaksJson, leaksJson(leaks))
  await write(MADE.leaksMarkdown, leaksMarkdown(leaks))
  if (leaks.rows.length === 0) return
  try {
    const graph = leaksGraph(answer, 'leaks')
    await write(MADE.leaksPicture, (await drawPicture(graph)).svg)
    await write(MADE.leaksPage, (await drawHtml(graph)).html)
  } catch (error) {
    // A picture that Graphviz cannot lay out is no reason to lose the rest.
    if (!(error instanceof HeapgraphError)) throw error
    notes.push(`no picture of the leaks: ${error.message}`)
  }
}

/** What stderr says below the report, and the exit code. */
export interface Closing {
  notes: readonly string[]
  /** Lines on what went wrong; none if nothing did. */
  complaint: readonly string[]
  /** A command line; undefined if there is nothing to ask. */
  next: string | undefined
  /** Leaks were looked for, and there are none. */
  isClean: boolean
}

export function close({io, outcome}: Context, {notes, complaint, next, isClean}: Closing): void {
  for (const note of notes) io.stderr.write(`note: ${forTerminal(note)}\n`)
  for (const line of complaint) io.stderr.write(`${forTerminal(line)}\n`)
  if (next !== undefined) sayNext(io, next)
  if (complaint.length > 0) outcome.exitCode = EXIT.misuse
  else if (isClean) outcome.exitCode = EXIT.nothingFound
}
