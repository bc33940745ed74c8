/** The person's own browser: found on the disk and started with nothing of theirs in it, or one that runs already. */
import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import type {Browser, BrowserContext, BrowserContextOptions} from 'playwright-core'
import {optionalPackage} from '../../files/optional-package.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {WHOLE_STRINGS} from '../inspect/prepare.ts'
import {isLoopback} from '../inspect/targets.ts'

/** Which browser is started, and how. */
export interface BrowserOptions {
  /** A program on the disk; else one is looked for. */
  browser?: string
  /** One that runs already, with `--remote-debugging-port`. */
  port?: number
  /** With a window. */
  headed?: boolean
  /** Cookies and local storage to begin with: a file that Playwright's `storageState` writes. */
  storageState?: string
  /** Scripts whole in the snapshots. */
  isFull: boolean
}

export interface OpenBrowser {
  context: BrowserContext
  /** `Chromium 156.0.1` */
  name: string
  close(): Promise<void>
}

/** Opens a context of its own, which shares nothing with the person's windows. Throws UNREADABLE if there is no browser, or it does not start. */
export async function openBrowser(options: BrowserOptions, url: string): Promise<OpenBrowser> {
  const {chromium} = await playwright()
  const browser = await start(chromium, options)
  try {
    const context = await browser.newContext(contextOptions(options, url))
    return {context, name: `Chromium ${browser.version()}`, close: () => closed(context, browser)}
  } catch (error) {
    await browser.close().catch(() => {})
    throw failure('no page can be opened', error)
  }
}

/** Of a browser that is not ours the connection alone is closed. */
async function closed(context: BrowserContext, browser: Browser): Promise<void> {
  await context.close().catch(() => {})
  await browser.close().catch(() => {})
}

function contextOptions({storageState}: BrowserOptions, url: string): BrowserContextOptions {
  return {
    // Who develops on this machine signs certificates themselves.
    ignoreHTTPSErrors: isLoopback(new URL(url).hostname),
    acceptDownloads: false,
    ...(storageState !== undefined && {storageState}),
  }
}

async function playwright(): Promise<typeof import('playwright-core')> {
  const loaded = await optionalPackage('playwright-core', () => import('playwright-core'))
  if (loaded !== undefined) return loaded.chromium === undefined ? loaded.default : loaded
  throw new HeapgraphError(
    'UNREADABLE',
    'pages are driven by playwright-core, which is not installed',
    'npm install playwright-core; it downloads no browser',
  )
}

type Chromium = typeof import('playwright-core')['chromium']

async function start(chromium: Chromium, {browser, port, headed, isFull}: BrowserOptions): Promise<Browser> {
  try {
    if (port !== undefined) return await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    return await chromium.launch({
      executablePath: browser ?? findBrowser(),
      headless: headed !== true,
      // Chromium refuses to start as root with a sandbox, as in most containers.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [
        '--disable-dev-shm-usage',
        // A tab in the background would be slowed down.
        '--disable-background-timer-throttling',
        // One process, and so one heap, whatever else is opened.
        '--disable-features=BackForwardCache',
        ...(isFull ? [`--js-flags=${WHOLE_STRINGS}`] : []),
      ],
    })
  } catch (error) {
    if (error instanceof HeapgraphError) throw error
    throw failure(port === undefined ? 'the browser does not start' : `no browser answers at port ${port}`, error)
  }
}

/** Playwright's messages have a log behind the first line. */
export function failure(what: string, error: unknown): HeapgraphError {
  const [first] = (error instanceof Error ? error.message : String(error)).split('\n')
  return new HeapgraphError('UNREADABLE', `${what}: ${first}`)
}

/** The first that is there. `CHROMIUM` in the environment goes before. */
function findBrowser(): string {
  const {CHROMIUM} = process.env
  const found = [...(CHROMIUM ? [CHROMIUM] : []), ...usualPlaces(process.platform, process.env)].find(existsSync)
  if (found !== undefined) return found
  throw new HeapgraphError(
    'UNREADABLE',
    'no Chrome, Chromium or Edge is found',
    'name one with --browser PATH, or connect to one that runs with --port',
  )
}

/** Where installers put Chrome, Chromium and Edge. */
export function usualPlaces(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
    const folders = ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])]
    return folders.flatMap(folder => apps.map(app => join(folder, `${app}.app/Contents/MacOS/${app}`)))
  }
  if (platform === 'win32') {
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ]
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      folder => folder !== undefined,
    )
    return folders.flatMap(folder => programs.map(program => `${folder}\\${program}`))
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge']
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  return names.flatMap(name => folders.map(folder => join(folder, name)))
}
