/** All that the page knows besides its address: the key, the files, and answers. The view is in the address alone. */
import {signal} from '@preact/signals'
import type {ExploreAnswer, NotesAnswer, ReportData} from '../../src/emit/page/explore-questions.ts'
import type {KnownNote} from '../../src/graph/views/known.ts'
import {askThread, progressOfThread} from './full.ts'

/** Where the page is: `#/list?type=Map`. */
export interface Route {
  view: string
  /** Of the file shown, from 0 on. */
  file: number
  params: URLSearchParams
}

export const route = signal<Route>(routeOf(location.hash))
/** As they were named on the command line. */
export const files = signal<readonly string[]>([])
/** Of memory over time; the server numbers them behind the files. */
export const recordings = signal<readonly string[]>([])
/** Why nothing can be asked any more; '' if it can. */
export const trouble = signal('')
/** How often the server has found files changed; answers of one number belong together. */
export const changes = signal(0)
/** Whether that was while this page was open. */
export const isChanged = signal(false)
/** What is to be known before a file is read: that memory may not do. */
export const remarks = signal<readonly string[]>([])

/** What was said of suspects, and where it is kept. */
export const notes = signal<NotesAnswer>({file: null, notes: []})

function routeOf(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?')
  const params = new URLSearchParams(query)
  const [view, id] = path.split('/')
  if (id !== undefined) params.set('id', id)
  return {view: view === '' ? 'overview' : view, file: Number(params.get('file') ?? 0), params}
}

addEventListener('hashchange', () => {
  route.value = routeOf(location.hash)
})

export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** The address of a view; parameters that are undefined or '' are left out, and the file is kept. */
export function linkTo(view: string, params: Record<string, string | number | undefined> = {}): string {
  const query = new URLSearchParams()
  const file = params.file ?? route.value.file
  for (const [name, value] of Object.entries({...params, file: file === 0 ? undefined : file})) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return `#/${view}${text === '' ? '' : `?${text}`}`
}

export function goTo(view: string, params: Record<string, string | number | undefined> = {}): void {
  location.hash = linkTo(view, params)
}

/** The same view with other parameters. */
export function change(params: Record<string, string | number | undefined>): void {
  const {view, params: old} = route.value
  goTo(view, {...Object.fromEntries(old), ...params})
}

/** `changes`: as many as there were when it was asked. */
export type Answer = ExploreAnswer & {changes?: number}

const KEY = 'heapgraph-key'
const KEPT_ANSWERS = 60
/** By the words of the question, the last asked last. */
const answers = new Map<string, Answer>()

/** Of a report: all that can be answered. */
const report = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as Partial<ReportData>
export const isReport = report.files !== undefined
/** Whether more can be asked than what a report was given. */
export const canAsk = !isReport || report.full !== undefined
export const leftOut = report.leftOut ?? []

/** Properties shown as columns of a type's objects, where the address names none. */
export function columnsOf(type: string | null): string {
  return (canAsk ? undefined : report.columns?.[type ?? '']) ?? ''
}

/** Takes the key for the token of the address, or the one this window has had, or another window of this browser has. */
export async function begin(): Promise<void> {
  if (report.files !== undefined) {
    recordings.value = report.recordings ?? []
    files.value = report.files
    notes.value = {file: null, notes: report.notes ?? []}
    return
  }
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1]
  if (token !== undefined) {
    history.replaceState(null, '', '#/overview')
    route.value = routeOf(location.hash)
    await takeKeyFor(token)
  } else if (sessionStorage.getItem(KEY) === null) keepKey(await keyOfOthers())
  shareKey()
  notes.value = await post<NotesAnswer>('/notes', {})
  const given = await post<{files: string[]; recordings: string[]; changes: number}>('/files', {})
  changes.value = given.changes
  recordings.value = given.recordings
  files.value = given.files
}

/** A token that is used up may be that of an address which was opened here before. */
async function takeKeyFor(token: string): Promise<void> {
  try {
    keepKey((await post<{key: string}>('/key', {token})).key)
  } catch (error) {
    const key = await keyOfOthers()
    if (key === undefined) throw error
    trouble.value = ''
    keepKey(key)
  }
}

function keepKey(key: string | undefined): void {
  if (key !== undefined) sessionStorage.setItem(KEY, key)
}

/** Windows of this page only hear of it: channels end at the origin, port included. https://html.spec.whatwg.org/#broadcasting-to-other-browsing-contexts */
const OTHERS_ANSWER_MS = 1000

/** The key that another window has, such as the one in which a link to this was clicked; undefined if none answers. */
function keyOfOthers(): Promise<string | undefined> {
  const channel = new BroadcastChannel(KEY)
  return new Promise<string | undefined>(resolve => {
    channel.onmessage = ({data}: MessageEvent<{key?: string}>) => {
      if (data.key !== undefined) resolve(data.key)
    }
    channel.postMessage({})
    setTimeout(resolve, OTHERS_ANSWER_MS, undefined)
  }).finally(() => channel.close())
}

function shareKey(): void {
  const channel = new BroadcastChannel(KEY)
  channel.onmessage = ({data}: MessageEvent<{key?: string}>) => {
    const key = sessionStorage.getItem(KEY)
    if (data.key === undefined && key !== null) channel.postMessage({key})
  }
}

/** Says something of a suspect, instead of what was said before. */
export async function sayOf(note: KnownNote): Promise<void> {
  notes.value = await post<NotesAnswer>('/notes', {note})
}

export async function takeBack(fingerprint: string): Promise<void> {
  notes.value = await post<NotesAnswer>('/notes', {remove: fingerprint})
}

/** Asks; the same question is asked once. `signal` gives it up. */
export async function ask(args: readonly string[], signal: AbortSignal): Promise<Answer> {
  const name = JSON.stringify(args)
  const known = report.answers?.[name] ?? answers.get(name)
  if (known !== undefined) return known
  if (isReport && report.full === undefined)
    throw new Error('This report does not have this answer: ask heapgraph explore, where the snapshot is.')
  const answer: Answer =
    report.full === undefined
      ? await post<Answer>('/answer', {args}, signal)
      : await askThread(report.full, [...files.value, ...recordings.value], args, signal)
  const {changes: counted = changes.value} = answer
  // It was asked before a change that another question has shown meanwhile.
  if (counted < changes.value) return answer
  if (counted > changes.value) {
    answers.clear()
    isChanged.value = true
    changes.value = counted
  }
  answers.set(name, answer)
  const first = answers.keys().next().value as string
  if (answers.size > KEPT_ANSWERS) answers.delete(first)
  return answer
}

/** What the question that is answered now does. */
export async function progressOfEngine(): Promise<string> {
  if (isReport) return progressOfThread()
  const told = await post<{progress: string; remarks: string[]}>('/progress', {})
  if (told.remarks.length > remarks.value.length) remarks.value = told.remarks
  return told.progress
}

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: {'content-type': 'application/json', authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}`},
    body: JSON.stringify(body),
    ...(signal && {signal}),
  }).catch(error => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    trouble.value = 'heapgraph has ended. Start it again, and open the new address.'
    throw error
  })
  const told = (await response.json()) as T & {error?: string}
  if (response.status === 401 || response.status === 403) {
    trouble.value =
      'This window has no access. Each address that heapgraph prints is good once: start it again for another.'
  }
  if (!response.ok) throw new Error(told.error ?? response.statusText)
  return told
}
