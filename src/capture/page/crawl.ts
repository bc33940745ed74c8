/**
 * What can be tried on a page that nobody has written a scenario for: links of the same origin, gone back from; what opens and closes; tabs; lists that
 * scroll. Buttons that say no more than that they are buttons are left alone: one of them deletes.
 */
import type {Page} from 'playwright-core'
import {plural} from '../../util/units.ts'
import {script} from './crawl-script.ts'
import type {Step} from './scenario.ts'

export interface Found {
  steps: Step[]
  /** What was tried and left, in sentences. */
  notes: string[]
}

/** A step that asks for no handles. */
interface Tried extends Step {
  run(page: Page): Promise<unknown>
}

type Kind = 'link' | 'toggle' | 'popup' | 'tabs' | 'scroll'

/** One thing of the page, as page/crawl/main.ts finds it. */
interface Candidate {
  kind: Kind
  /** CSS; of tabs, that of each, the selected one last. */
  selectors: string[]
  text: string
}

/** Calls what page/crawl/main.ts exports, in the page, which it leaves as it was. Playwright sends the text of the function. */
function inPage<A, R>(name: string): (argument: A) => R {
  return new Function('argument', `${script}\nreturn crawl.${name}(argument)`) as (argument: A) => R
}

const MAX_OF_KIND = 8
const CLICK_MS = 3_000

/** Tries each once, which warms the page up, too, and leaves out what does not come back to where it was. */
export async function findSteps(page: Page, settle: () => Promise<void>): Promise<Found> {
  const start = page.url()
  const {candidates, leftOut} = await page.evaluate(
    inPage<number, {candidates: Candidate[]; leftOut: number}>('lookAround'),
    MAX_OF_KIND,
  )
  const steps: Step[] = []
  const notes = leftOut === 0 ? [] : [`${plural(leftOut, 'more link or control', 'more links and controls')} not tried`]
  let leaving = 0
  const failing: string[] = []
  for (const candidate of candidates) {
    const step = stepOf(candidate, settle)
    const document = await documentOf(page)
    const isDone = await step.run(page).then(
      () => true,
      () => false,
    )
    await settle()
    const isSame = (await documentOf(page)) === document
    const isBack = page.url() === start
    if (isDone && isSame && isBack) steps.push(step)
    else if (!isSame) leaving++
    else failing.push(step.name)
    if (!isBack || !isSame) await page.goto(start, {waitUntil: 'load'})
    await settle()
  }
  if (leaving > 0)
    notes.push(`${plural(leaving, 'link')} not tried: they load a new document, and nothing of the page survives that`)
  if (failing.length > 0) notes.push(`not tried, because nothing led back: ${failing.join(', ')}`)
  return {steps, notes}
}

/** Differs from document to document. */
function documentOf(page: Page): Promise<number> {
  return page.evaluate(() => performance.timeOrigin)
}

function stepOf({kind, selectors, text}: Candidate, settle: () => Promise<void>): Tried {
  const [first] = selectors
  const click = (page: Page, selector: string) => page.locator(selector).first().click({timeout: CLICK_MS})
  const name = `${WORDS[kind]} ${text === '' ? first : `"${text}"`}`
  switch (kind) {
    case 'link':
      return {
        name,
        async run(page) {
          await click(page, first)
          await settle()
          await page.goBack({timeout: CLICK_MS})
        },
      }
    case 'toggle':
      return {
        name,
        async run(page) {
          await click(page, first)
          await settle()
          await click(page, first)
        },
      }
    case 'popup':
      return {
        name,
        async run(page) {
          await click(page, first)
          await settle()
          await page.keyboard.press('Escape')
        },
      }
    case 'tabs':
      return {
        name,
        async run(page) {
          for (const selector of selectors) {
            await click(page, selector)
            await settle()
          }
        },
      }
    case 'scroll':
      return {name, run: page => page.locator(first).first().evaluate(inPage<unknown, Promise<void>>('scrollThrough'))}
  }
}

const WORDS: Record<Kind, string> = {
  link: 'link',
  toggle: 'opening and closing',
  popup: 'dialog',
  tabs: 'tabs',
  scroll: 'scrolling',
}
