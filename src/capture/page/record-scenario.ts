/** Writes a scenario from what a person does in a window of the browser. */
import type {Page} from 'playwright-core'
import {isThere, writeTextPrivately} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {plural} from '../../util/units.ts'
import {type BrowserOptions, failure, openBrowser} from './browser.ts'
import {addressOf} from './page-address.ts'
import {watchPage} from './page-events.ts'
import {PASSWORD, type Recorded, scenarioSource} from './recorded.ts'
import {script} from './recorder-script.ts'

/** Which page is recorded, and where the scenario goes. */
export interface RecordScenarioOptions extends Omit<BrowserOptions, 'isFull'> {
  /** The page that is opened. */
  url: string
  /** The file that is written; it must not be there yet. */
  path: string
  /** With a window, unless it is false: then `onPage` has to do something. */
  headed?: boolean
  /** Hears of the page when it can be used. */
  onPage?: (page: Page) => void
  /** Ends the recording; what was recorded is written. */
  signal?: AbortSignal
  /** One sentence for a person. */
  onNote?: (text: string) => void
}

/** A scenario that was written. */
export interface RecordedScenario {
  /** Of the file that was written. */
  path: string
  /** Steps before the rounds. */
  setup: number
  /** Steps of each round. */
  action: number
}

const LOAD_MS = 30_000
/** What the page calls. */
const BINDING = 'heapgraphRecorded'

/**
 * Opens the page and waits until its window is closed. Steps up to the last document that was loaded are the set-up: nothing of a page outlives its
 * document. Throws USAGE if the file is there, UNREADABLE if there is no browser or the page cannot be opened, NOTHING_FOUND if nothing was done.
 */
export async function recordScenario(options: RecordScenarioOptions): Promise<RecordedScenario> {
  const {path, signal, onNote = () => {}} = options
  const url = addressOf(options.url)
  if (isThere(path))
    throw new HeapgraphError('USAGE', `${path}: it exists`, 'name another file, or use it with --scenario')
  const browser = await openBrowser({...options, headed: options.headed ?? true, isFull: false}, url)
  try {
    const recording = new Recording(url)
    await browser.context.exposeBinding(BINDING, ({page, frame}, told: Recorded | 'document') => {
      recording.hear(told, page.url(), frame === page.mainFrame())
    })
    // Playwright sends the text of the function.
    await browser.context.addInitScript(`${script}
      if (window === window.top) window.${BINDING}('document')
      recorder.listen(told => window.${BINDING}(told))`)
    const page = await browser.context.newPage()
    const isOver = ended(page, signal)
    watchPage(page, onNote).catch(() => {})
    page.on('framenavigated', frame => {
      if (frame === page.mainFrame()) recording.url = frame.url()
    })
    await page.goto(url, {timeout: LOAD_MS, waitUntil: 'load'}).catch(error => {
      throw failure(`opening ${url} failed`, error)
    })
    onNote('do in the window what each round is to do, end where it began, and close the window')
    options.onPage?.(page)
    await isOver
    return await write(path, recording, onNote)
  } finally {
    await browser.close()
  }
}

function ended(page: Page, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(done => {
    const end = () => done()
    page.on('close', end)
    page.on('crash', end)
    if (signal?.aborted) end()
    signal?.addEventListener('abort', end, {once: true})
  })
}

/** What was done until now. */
class Recording {
  /** What was opened. */
  readonly opened: string
  /** Where the page is. */
  url: string
  /** Where the rounds begin. */
  start: string
  setup: Recorded[] = []
  action: Recorded[] = []

  constructor(url: string) {
    this.opened = url
    this.url = url
    this.start = url
  }

  hear(told: Recorded | 'document', url: string, isMain: boolean): void {
    if (told !== 'document') this.action.push(told)
    else if (isMain) {
      this.setup.push(...this.action)
      this.action = []
      this.start = url
    }
  }
}

async function write(path: string, recording: Recording, onNote: (text: string) => void): Promise<RecordedScenario> {
  const {opened, setup, action} = recording
  if (action.length === 0) {
    const what =
      setup.length === 0
        ? 'nothing was done in the window'
        : 'the last step loaded a new document, and nothing was done in that one'
    throw new HeapgraphError('NOTHING_FOUND', `no scenario was recorded: ${what}`, 'click what is to be repeated')
  }
  await writeTextPrivately(path, scenarioSource({url: opened, setup, action}))
  const before = setup.length === 0 ? '' : `${plural(setup.length, 'step')} before the rounds, `
  onNote(`scenario ${path}: ${before}${plural(action.length, 'step')} in each round`)
  if (recording.url !== recording.start) {
    onNote(`it ends at ${recording.url} but began at ${recording.start}: add steps to back that return there`)
  }
  if (setup.concat(action).some(step => 'isSecret' in step)) {
    onNote(`passwords are not in it: set ${PASSWORD} in the environment`)
  }
  return {path, setup: setup.length, action: action.length}
}
