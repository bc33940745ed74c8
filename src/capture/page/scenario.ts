/**
 * What is done on a page: a file of the person's, in our form or in memlab's (its interface IScenario), whose functions are written for a page of
 * Puppeteer's: see puppeteer-page.ts.
 */
import {resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {JSHandle, Page} from 'playwright-core'
import {HeapgraphError} from '../../util/errors.ts'
import {failure} from './browser.ts'
import {withPuppeteerMethods} from './puppeteer-page.ts'

/** A part of a walk: what it does, and what it is called in the report. */
export interface Step {
  /** What it is called in the report. */
  name: string
  /** `onHandle` hears of the handles that the page gives. */
  run(page: Page, onHandle: (handle: JSHandle) => void): Promise<unknown>
}

/** What a scenario's file exports; `page` is Playwright's. */
export interface Scenario {
  /** The address that is opened first; `--url` goes before it. */
  url?: string | (() => string | Promise<string>)
  /** Once, when the page has loaded: signs in, opens the part of the application that is looked into. */
  setup?(page: Page): Promise<unknown>
  /** What is suspected to leak, each time the same. */
  action(page: Page): Promise<unknown>
  /** Undoes `action`: the page is as it was before. Without it, `action` does both. */
  back?(page: Page): Promise<unknown>
  /** How often `action` and `back` are done between two snapshots. */
  repeat?: number | (() => number)
}

/** A scenario read and checked. */
export interface LoadedScenario {
  /** Of the file. */
  path: string
  /** Address of the page, if the file has one. */
  url?: string
  /** Steps before the first round, done once. */
  setup: Step[]
  /** `action`, `back`: in this order each time. */
  round: Step[]
  /** Rounds between two snapshots, if the file says how many. */
  repeat?: number
  /** What the file has that has no effect here, in sentences. */
  notes: string[]
}

/** What memlab's files may have, and we do without. */
const WITHOUT_EFFECT = [
  'leakFilter',
  'beforeLeakFilter',
  'retainerReferenceFilter',
  'isPageLoaded',
  'beforeInitialPageLoad',
  'cookies',
]
const FUNCTIONS = ['setup', 'action', 'back'] as const
const MAX_REPEAT = 1000

/** Reads a scenario. Throws UNREADABLE if the file cannot be loaded, USAGE if it is no scenario. */
export async function loadScenario(path: string): Promise<LoadedScenario> {
  const given = await exportsOf(path)
  const wrong = (what: string) => new HeapgraphError('USAGE', `${path}: ${what}`, 'docs/pages.md shows a scenario')
  for (const name of FUNCTIONS) {
    if (given[name] !== undefined && typeof given[name] !== 'function') throw wrong(`${name} is not a function`)
  }
  if (given.action === undefined) throw wrong('it does not export a function named action')
  const url = await resolved(given.url)
  if (url !== undefined && typeof url !== 'string')
    throw wrong('url is neither a string nor a function that returns one')
  const repeat = await resolved(given.repeat)
  if (repeat !== undefined && !isRepeat(repeat)) throw wrong(`repeat is not a whole number from 1 to ${MAX_REPEAT}`)
  const step = (name: 'setup' | 'action' | 'back'): Step[] => {
    const act = given[name]
    return typeof act === 'function'
      ? [{name, run: (page, onHandle) => act.call(given, withPuppeteerMethods(page, onHandle))}]
      : []
  }
  const unused = WITHOUT_EFFECT.filter(name => given[name] !== undefined)
  return {
    path,
    ...(url !== undefined && {url}),
    setup: step('setup'),
    round: [...step('action'), ...step('back')],
    ...(repeat !== undefined && {repeat}),
    notes: unused.length === 0 ? [] : [`${path}: ${unused.join(', ')} of memlab's has no effect here`],
  }
}

function isRepeat(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_REPEAT
}

async function resolved(given: unknown): Promise<unknown> {
  return typeof given === 'function' ? given() : given
}

/** The default export, if it has an action, as that of a CommonJS file has, or else the module's names. */
async function exportsOf(path: string): Promise<Record<string, unknown>> {
  let names: Record<string, unknown>
  try {
    names = await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    throw failure(`${path}: the scenario cannot be loaded`, error)
  }
  const {default: main} = names
  return typeof main === 'object' && main !== null && 'action' in main ? {...main} : names
}
