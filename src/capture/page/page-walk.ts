/**
 * A walk on a page: what is done there is repeated, and between the repetitions stand three snapshots over one connection, so that ids name the same
 * objects in all of them.
 */
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type {JSHandle, Page} from 'playwright-core'
import {makePrivateFolder, writePrivately} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {getOrMake} from '../../util/memo.ts'
import {formatBytes, plural} from '../../util/units.ts'
import {DOCTOR_FILES, type TakenSnapshot} from '../doctor/doctor.ts'
import type {Sources} from '../inspect/prepare.ts'
import type {Connection} from '../inspect/protocol.ts'
import {takeOver} from '../inspect/remote.ts'
import {isLoopback} from '../inspect/targets.ts'
import {type BrowserOptions, failure, openBrowser} from './browser.ts'
import {type Found, findSteps} from './crawl.ts'
import {addressOf} from './page-address.ts'
import {pageConnection} from './page-connection.ts'
import {watchPage} from './page-events.ts'
import {framesOfOthers, type PageFrame} from './page-frames.ts'
import {keepSourceMaps} from './page-maps.ts'
import {followWorkers, type PageWorker, type PageWorkers} from './page-workers.ts'
import type {LoadedScenario, Step} from './scenario.ts'

/** Pictures of the page, by these names; the snapshots are called as those of programs. */
export const PAGE_PICTURES = {
  base: '1-base.png',
  action: '2-action.png',
  back: '3-back.png',
  final: '4-final.png',
} as const

/** In the folder of the walk. */
export const MAPS_FOLDER = 'maps'

/** In the folder of the walk, too: snapshots of workers, `1-base.heapsnapshot`. */
export const WORKERS_FOLDER = 'workers'

/** The same of frames of other sites. */
export const FRAMES_FOLDER = 'frames'

/** Workers whose heaps are taken, the oldest. */
const MAX_WORKERS = 3
/** Heaps of frames of other sites that are taken, the first in the page. */
const MAX_FRAMES = 3

/** Which page is walked, how, and where the files go. */
export interface PageWalkOptions extends Omit<BrowserOptions, 'isFull'> {
  /** What is opened; else what the scenario names. */
  url?: string
  /** What is done; without one, what the page offers is tried: see crawl.ts. */
  scenario?: LoadedScenario
  /** Rounds between two snapshots; else the scenario's, else 7, a number that nothing grows by on its own. */
  repeat?: number
  /** Where the files go; made if need be. */
  folder: string
  /** Whether the snapshots hold the texts of scripts. */
  sources?: Sources
  /** How long a page may go on loading after each step before it is taken as it is; 2 s. */
  settleMs?: number
  /** Ends the walk. */
  signal?: AbortSignal
  /** One sentence for a person. */
  onNote?: (text: string) => void
}

/** What the page holds after garbage was collected. `Performance.getMetrics` of the DevTools protocol. */
export interface PageMetrics {
  /** Used in the page's JavaScript heap. */
  heapBytes: number
  /** Number of DOM nodes, attached or not. */
  domNodes: number
  /** Number of event listeners of the page. */
  listeners: number
  /** Number of documents, those of frames among them. */
  documents: number
  /** Number of workers that pages here have started, each with a heap of its own, which the page's snapshot does not have. */
  workers: number
}

/** A snapshot of a page. */
export interface PageSnapshot {
  /** Before the rounds, after them, or after as many again. */
  role: TakenSnapshot['role']
  /** Of the file. */
  path: string
  /** Size of the file. */
  bytes: number
  /** Rounds that were done by then, the first one to warm up not counted. */
  rounds: number
  /** What the page held when it was taken. */
  metrics: PageMetrics
}

/** The heap of a worker, or of a frame of another site, that was there before the rounds. */
export interface WorkerHeap {
  /** Address of its script, or of the frame's document. */
  address: string
  /** Paths of its snapshots, taken right after those of the page: as many as it lived, and answered, for. */
  snapshots: string[]
  /** Folder with the source maps of a frame's scripts, if there are any. */
  maps?: string
}

/** What a step changes each time that it is done, the median of all rounds. */
export interface StepChange extends PageMetrics {
  /** Name of the step. */
  step: string
}

/** What a walk of a page has found and written. */
export interface PageRun {
  /** When the walk began. */
  startedAt: Date
  /** Seconds that it took. */
  seconds: number
  /** Address of the page. */
  url: string
  /** Name and version. */
  browser: string
  /** What a round consists of. */
  steps: string[]
  /** Rounds between two snapshots. */
  repeat: number
  /** Those that were taken, in this order: three if nothing went wrong. */
  snapshots: PageSnapshot[]
  /** Dedicated workers of the page that were there before the rounds: some of them. */
  workers: WorkerHeap[]
  /** Frames of other sites that were there before the rounds, each with a process and a heap of its own: some of them. */
  frames: WorkerHeap[]
  /** What each step changes. */
  changes: StepChange[]
  /** Pictures of the page, by name. */
  pictures: string[]
  /** Where the source maps of the page's scripts are, if it has any. */
  maps?: string
  /** Why it came to an early end, in a sentence; not there if nothing went wrong. */
  problem?: string
  /** What it would have come to next. */
  before: string
  /** Whether its signal ended it early. */
  isInterrupted: boolean
  /** What a reader should know besides, in sentences. */
  notes: string[]
}

const DEFAULT_REPEAT = 7
const DEFAULT_SETTLE_MS = 2_000
/** What timers and frames of the page need to come to rest after each step. */
const BREATH_MS = 100
const LOAD_MS = 30_000

/**
 * Opens the page and walks. Throws UNREADABLE if there is no browser, and USAGE if there is no address; whatever goes wrong later is told in the
 * result, with what there was until then.
 */
export async function walkPage(options: PageWalkOptions): Promise<PageRun> {
  const {folder, scenario, sources, signal} = options
  const url = addressOf(options.url ?? scenario?.url)
  const startedAt = new Date()
  const browser = await openBrowser({...options, isFull: sources !== 'none'}, url)
  const close = () => void browser.close()
  signal?.addEventListener('abort', close, {once: true})
  try {
    makePrivateFolder(folder)
    const page = await browser.context.newPage()
    const session = await browser.context.newCDPSession(page)
    const connection = pageConnection(session, url, {
      ...(signal && {signal}),
      ...(options.onNote && {onNote: options.onNote}),
    })
    const workers = await followWorkers(connection, {...(signal && {signal})})
    const walk = new PageWalk(options, url, page, connection, workers)
    const result = await walk.run()
    return {startedAt, seconds: (Date.now() - startedAt.getTime()) / 1000, url, browser: browser.name, ...result}
  } finally {
    signal?.removeEventListener('abort', close)
    await browser.close()
  }
}

class PageWalk {
  readonly #options: PageWalkOptions
  readonly #url: string
  readonly #page: Page
  readonly #connection: Connection
  readonly #workers: PageWorkers
  readonly #workerHeaps = new Map<PageWorker, WorkerHeap>()
  #frames: PageFrame[] = []
  readonly #frameHeaps = new Map<PageFrame, WorkerHeap>()
  /** Folders. */
  readonly #frameMaps = new Map<PageWorker, string>()
  /** Workers and frames that did not answer. */
  readonly #leftOut = new Set<PageWorker>()
  readonly #snapshots: PageSnapshot[] = []
  readonly #changes = new Map<string, PageMetrics[]>()
  readonly #pictures: string[] = []
  #maps: string | undefined
  readonly #notes: string[]
  /** Of the rounds since the last snapshot: each keeps alive what it is of. */
  #handles: JSHandle[] = []
  readonly #ended: Promise<never>
  #steps: Step[] = []
  #stage = 'the page was open'

  constructor(options: PageWalkOptions, url: string, page: Page, connection: Connection, workers: PageWorkers) {
    this.#options = options
    this.#url = url
    this.#page = page
    this.#connection = connection
    this.#workers = workers
    this.#notes = [...(options.scenario?.notes ?? [])]
    this.#ended = watchPage(page, text => this.#notes.push(text))
    this.#ended.catch(() => {})
  }

  async run(): Promise<Omit<PageRun, 'startedAt' | 'seconds' | 'url' | 'browser'>> {
    const {signal} = this.#options
    let problem: string | undefined
    try {
      await this.#walk()
    } catch (error) {
      if (!(error instanceof HeapgraphError) && signal?.aborted !== true) throw error
      problem = error instanceof HeapgraphError ? error.message : undefined
    }
    const isInterrupted = signal?.aborted === true
    return {
      steps: this.#steps.map(({name}) => name),
      repeat: this.#repeat,
      snapshots: this.#snapshots,
      workers: [...this.#workerHeaps.values()],
      frames: [...this.#frameHeaps.values()],
      changes: [...this.#changes].map(([step, all]) => ({step, ...medians(all)})),
      pictures: this.#pictures,
      ...(this.#maps !== undefined && {maps: this.#maps}),
      ...(problem !== undefined && !isInterrupted && {problem}),
      before: this.#stage,
      isInterrupted,
      notes: this.#notes,
    }
  }

  get #repeat(): number {
    return this.#options.repeat ?? this.#options.scenario?.repeat ?? DEFAULT_REPEAT
  }

  async #walk(): Promise<void> {
    const {scenario} = this.#options
    await this.#do({
      name: `opening ${this.#url}`,
      run: page => page.goto(this.#url, {timeout: LOAD_MS, waitUntil: 'load'}),
    })
    this.#note(`${this.#url} is open`)
    for (const step of scenario?.setup ?? []) await this.#do(step)
    // Once, and never disabled in between: `HeapProfiler.disable` forgets the ids (v8/src/inspector/v8-heap-profiler-agent-impl.cc).
    await this.#connection.send('HeapProfiler.enable')
    await this.#connection.send('Performance.enable')
    // Those of the set-up are used in the rounds.
    this.#handles = []
    this.#steps = scenario?.round ?? (await this.#found())
    this.#stage = 'the first round'
    // What fills once is filled by it: templates, fonts, caches up to their limits.
    if (scenario !== undefined) await this.#round(0)
    const {signal} = this.#options
    this.#frames = await this.#race(framesOfOthers(this.#page, this.#connection, MAX_FRAMES, {...(signal && {signal})}))
    await this.#keepMaps()
    await this.#take('base', 0)
    await this.#rounds(1)
    await this.#take('target', this.#repeat)
    await this.#rounds(1 + this.#repeat)
    await this.#take('final', 2 * this.#repeat)
    this.#noteWorkers()
    this.#stage = 'the end'
  }

  /** Their heaps are their own. */
  #noteWorkers(): void {
    const taken = [...this.#workerHeaps.values()].filter(({snapshots}) => snapshots.length > 1).length
    const own = this.#page.workers().length - taken
    const service = this.#page.context().serviceWorkers().length
    const kinds = [
      ...(own === 0 ? [] : [plural(own, 'worker')]),
      ...(service === 0 ? [] : [plural(service, 'service worker')]),
    ]
    if (kinds.length === 0) return
    const have = own + service === 1 ? 'has a heap of its own, which is' : 'have heaps of their own, which are'
    this.#notes.push(`${kinds.join(' and ')} of the page ${have} not in the snapshots`)
  }

  /** Without them names and lines are the short code's. */
  async #keepMaps(): Promise<void> {
    if (this.#options.sources === 'none') return
    this.#stage = 'the source maps'
    const folder = join(this.#options.folder, MAPS_FOLDER)
    let kept = 0
    const workers = this.#workers.living().slice(0, MAX_WORKERS)
    const own = this.#page.url()
    for (const connection of [this.#connection, ...workers.map(({connection}) => connection)]) {
      kept += await this.#race(keepSourceMaps(connection, this.#page.request, own, folder))
    }
    await this.#keepFrameMaps()
    if (kept === 0) return
    this.#maps = folder
    this.#note(`${plural(kept, 'source map')} of the page in ${folder}`)
  }

  /** Each frame's in a folder of its own: scripts of two sites may have one path. Others are not asked for more than the page asks them for. */
  async #keepFrameMaps(): Promise<void> {
    for (const [i, frame] of this.#frames.entries()) {
      const {address, connection} = frame
      if (!URL.canParse(address) || !isLoopback(new URL(address).hostname)) continue
      const folder = join(this.#options.folder, FRAMES_FOLDER, `${i + 1}-maps`)
      const keep = async () => {
        const kept = await this.#race(keepSourceMaps(connection, this.#page.request, address, folder))
        if (kept > 0) this.#frameMaps.set(frame, folder)
      }
      await this.#unlessLeftOut(frame, () => frame.lives(), keep)
    }
  }

  /** What one of the others does not answer ends its part of the walk only; what ends all is thrown. */
  async #unlessLeftOut(other: PageWorker, isThere: () => boolean, work: () => Promise<void>): Promise<void> {
    if (this.#leftOut.has(other)) return
    try {
      await work()
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      await Promise.race([this.#ended, Promise.resolve()])
      this.#leftOut.add(other)
      // One that ends meanwhile has nothing to tell.
      if (isThere()) this.#notes.push(failure(`${other.address} is left out from here on`, error).message)
    }
  }

  async #found(): Promise<Step[]> {
    this.#note('without a scenario, links, tabs, dialogs and lists of the page are tried')
    const {steps, notes}: Found = await this.#race(findSteps(this.#page, () => this.#settle()))
    this.#notes.push(...notes)
    if (steps.length > 0) return steps
    const hint = 'write a scenario: docs/pages.md shows one'
    throw new HeapgraphError(
      'NOTHING_FOUND',
      `${this.#url}: it has no link, tab, dialog or list that could be tried`,
      hint,
    )
  }

  async #rounds(first: number): Promise<void> {
    for (let i = 0; i < this.#repeat; i++) await this.#round(first + i)
  }

  async #round(number: number): Promise<void> {
    const isWarmUp = number === 0
    let before = isWarmUp ? undefined : await this.#measure()
    for (const [i, step] of this.#steps.entries()) {
      this.#stage = isWarmUp ? `the first ${step.name}` : `${step.name} of round ${number}`
      await this.#do(step)
      if (number === 1 && i < 2) await this.#picture(i === 0 ? 'action' : 'back')
      if (before === undefined) continue
      const now = await this.#measure()
      const all = this.#changes.get(step.name) ?? []
      this.#changes.set(step.name, [...all, difference(now, before)])
      before = now
    }
  }

  async #do({name, run}: Step): Promise<void> {
    try {
      const hear = (handle: JSHandle) => void this.#handles.push(handle)
      // What a person's function throws, or gives that is no promise, comes out here alike.
      await this.#race(Promise.resolve().then(() => run(this.#page, hear)))
    } catch (error) {
      if (error instanceof HeapgraphError || this.#options.signal?.aborted) throw error
      throw failure(`${this.#stage}: ${name} failed`, error)
    }
    await this.#settle()
  }

  /** A page that polls never rests: it is taken as it is. */
  async #settle(): Promise<void> {
    const {settleMs = DEFAULT_SETTLE_MS} = this.#options
    await this.#race(this.#page.waitForLoadState('networkidle', {timeout: settleMs}).catch(() => {}))
    await this.#race(delay(BREATH_MS))
  }

  async #measure(): Promise<PageMetrics> {
    // Messages of the console keep their arguments for a debugger to show (v8/src/inspector/v8-console-message.cc).
    await this.#race(this.#connection.send('Runtime.discardConsoleEntries').catch(() => {}))
    await this.#race(this.#connection.send('HeapProfiler.collectGarbage'))
    const {metrics} = await this.#race(
      this.#connection.send<{metrics: {name: string; value: number}[]}>('Performance.getMetrics'),
    )
    const of = (wanted: string) => metrics.find(({name}) => name === wanted)?.value ?? 0
    return {
      heapBytes: of('JSHeapUsedSize'),
      domNodes: of('Nodes'),
      listeners: of('JSEventListeners'),
      documents: of('Documents'),
      workers: this.#page.workers().length,
    }
  }

  async #take(role: TakenSnapshot['role'], rounds: number): Promise<void> {
    this.#stage = `the snapshot ${DOCTOR_FILES[role]}`
    await this.#race(Promise.all(this.#handles.map(handle => handle.dispose().catch(() => {}))))
    this.#handles = []
    if (role !== 'target') await this.#picture(role === 'base' ? 'base' : 'final')
    const metrics = await this.#measure()
    const path = join(this.#options.folder, DOCTOR_FILES[role])
    const {signal} = this.#options
    const {bytes} = await this.#race(takeOver(this.#connection, path, {...(signal && {signal})}))
    this.#snapshots.push({role, path, bytes, rounds, metrics})
    this.#note(`snapshot ${path}  ${formatBytes(bytes)}, after ${plural(rounds, 'round')}`)
    await this.#takeOthers(role)
  }

  /** Those that are there at the base, as long as they live: ids agree in all that one session has taken. */
  async #takeOthers(role: TakenSnapshot['role']): Promise<void> {
    const living = this.#workers.living()
    const workers =
      role === 'base' ? living.slice(0, MAX_WORKERS) : living.filter(worker => this.#workerHeaps.has(worker))
    for (const worker of workers) {
      const isThere = () => this.#workers.living().includes(worker)
      await this.#takeHeap(role, WORKERS_FOLDER, this.#workerHeaps, worker, isThere)
    }
    for (const frame of this.#frames.filter(frame => frame.lives())) {
      await this.#takeHeap(role, FRAMES_FOLDER, this.#frameHeaps, frame, () => frame.lives())
    }
  }

  async #takeHeap<Other extends PageWorker>(
    role: TakenSnapshot['role'],
    folderName: string,
    heaps: Map<Other, WorkerHeap>,
    other: Other,
    isThere: () => boolean,
  ): Promise<void> {
    const {address, connection} = other
    const {signal} = this.#options
    const folder = join(this.#options.folder, folderName)
    const maps = this.#frameMaps.get(other)
    const heap = getOrMake(
      heaps,
      other,
      (): WorkerHeap => ({address, snapshots: [], ...(maps !== undefined && {maps})}),
    )
    const number = [...heaps.keys()].indexOf(other) + 1
    const path = join(folder, `${number}-${DOCTOR_FILES[role]}`)
    makePrivateFolder(folder)
    await this.#unlessLeftOut(other, isThere, async () => {
      if (role === 'base') await this.#race(connection.send('HeapProfiler.enable'))
      await this.#race(connection.send('Runtime.discardConsoleEntries').catch(() => {}))
      await this.#race(connection.send('HeapProfiler.collectGarbage'))
      await this.#race(takeOver(connection, path, {...(signal && {signal})}))
      heap.snapshots.push(path)
    })
  }

  /** Without one the walk is as good. */
  async #picture(name: keyof typeof PAGE_PICTURES): Promise<void> {
    const file = PAGE_PICTURES[name]
    const png = await this.#race(this.#page.screenshot({animations: 'disabled', caret: 'hide'}).catch(() => undefined))
    if (png === undefined) return
    writePrivately(join(this.#options.folder, file), put => put(png, 0))
    this.#pictures.push(file)
  }

  #note(text: string): void {
    this.#options.onNote?.(text)
  }

  /** Ends with the work, or before it with what ends all. */
  #race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {})
    return Promise.race([work, this.#ended])
  }
}

const METRICS = ['heapBytes', 'domNodes', 'listeners', 'documents', 'workers'] as const

function difference(now: PageMetrics, before: PageMetrics): PageMetrics {
  return mapMetrics(metric => now[metric] - before[metric])
}

function medians(all: readonly PageMetrics[]): PageMetrics {
  return mapMetrics(metric => {
    const values = all.map(row => row[metric]).sort((a, b) => a - b)
    return values[values.length >> 1]
  })
}

function mapMetrics(of: (metric: (typeof METRICS)[number]) => number): PageMetrics {
  return {
    heapBytes: of('heapBytes'),
    domNodes: of('domNodes'),
    listeners: of('listeners'),
    documents: of('documents'),
    workers: of('workers'),
  }
}
