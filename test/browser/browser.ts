/** Debian's Chromium, driven by playwright-core, for pages on the disk. */
import {accessSync, constants, readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {delimiter, join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Browser, chromium, type Page} from 'playwright-core'

/** Where a Chromium is; undefined if there is none. `CHROMIUM` names another than that on the PATH. */
export function findChromium(): string | undefined {
  const {CHROMIUM, PATH = ''} = process.env
  const places = PATH.split(delimiter).flatMap(folder =>
    ['chromium', 'chromium-browser'].map(name => join(folder, name)),
  )
  return [...(CHROMIUM === undefined ? [] : [CHROMIUM]), ...places].find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Only where somebody tries things out may tests be skipped that need a browser; `.ci/run` installs one and sets CI. */
export function mayBeSkipped(): string | false {
  const isNeeded = (process.env.CI ?? '') !== ''
  return findChromium() === undefined && !isNeeded ? 'no Chromium on the PATH' : false
}

export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('no Chromium on the PATH, and these tests need one: apt-get install chromium')
  return chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']})
}

export interface Surroundings {
  width: number
  height: number
  colorScheme: 'light' | 'dark'
}

export interface OpenPage {
  page: Page
  /** What must stay empty: requests for anything but the file itself, what the console has, errors. */
  complaints: string[]
}

/** Grows by what must not happen: requests for anything else, what the console has, errors, dialogs. */
export function complaintsOf(page: Page, isOwn: (url: string) => boolean): string[] {
  const complaints: string[] = []
  page.on('request', request => {
    const url = request.url()
    if (!isOwn(url) && url !== 'data:,') complaints.push(`asked for ${url}`)
  })
  page.on('console', message => {
    // Chromium says so of its own software rendering.
    if (!message.text().includes('GL Driver Message')) complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', error => complaints.push(`error: ${error.message}`))
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

export async function openPage(
  browser: Browser,
  file: string,
  {width, height, colorScheme}: Surroundings,
): Promise<OpenPage> {
  const context = await browser.newContext({viewport: {width, height}, colorScheme, hasTouch: width < 500})
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const {href} = pathToFileURL(file)
  const complaints = complaintsOf(page, url => url === href)
  await page.goto(href)
  return {page, complaints}
}

export const laptop: Surroundings = {width: 1280, height: 800, colorScheme: 'light'}
export const everywhere: Surroundings[] = [
  laptop,
  {...laptop, colorScheme: 'dark'},
  {width: 390, height: 844, colorScheme: 'light'},
  {width: 390, height: 844, colorScheme: 'dark'},
]

/** What axe finds, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Evaluated by the debugger, which the page's policy does not concern.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const {axe} = globalThis as unknown as {
      axe: {run(): Promise<{violations: {id: string; nodes: {html: string}[]}[]}>}
    }
    const found = await axe.run()
    return found.violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 200)}`))
  })
}
