/** Debian's Chromium, driven by playwright-core, for pages on the disk. */
import {accessSync, constants} from 'node:fs'
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
  const complaints: string[] = []
  page.on('request', request => {
    if (request.url() !== href && request.url() !== 'data:,') complaints.push(`asked for ${request.url()}`)
  })
  page.on('console', message => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', error => complaints.push(`error: ${error.message}`))
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(href)
  return {page, complaints}
}
