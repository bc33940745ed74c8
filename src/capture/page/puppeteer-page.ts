/**
 * A page of Playwright's that also takes what only Puppeteer's pages do, so that scenarios written for memlab run as they are. What both have in
 * the same form is Playwright's. Source: https://pptr.dev/api/puppeteer.page and https://playwright.dev/docs/api/class-page
 */
import type {JSHandle, Page} from 'playwright-core'

type Options = Record<string, unknown>
type AnyFunction = (...args: unknown[]) => unknown

const WAIT_UNTIL: Record<string, string> = {networkidle0: 'networkidle', networkidle2: 'networkidle'}
/** How Puppeteer marks a selector that is not CSS, and how Playwright does. */
const SELECTORS: readonly [puppeteers: string, playwrights: string][] = [
  ['xpath/', 'xpath='],
  ['text/', 'text='],
]
/** Methods that take a selector first. */
const BY_SELECTOR = ['$', '$$', 'click', 'focus', 'hover', 'tap', 'type', 'waitForSelector'] as const
/** Methods whose function may have several arguments at Puppeteer's, and one at Playwright's; behind so many that are not its. */
const BY_FUNCTION: Record<string, number> = {evaluate: 0, evaluateHandle: 0, $eval: 1, $$eval: 1}
/** Methods of navigation, and where their options stand. */
const NAVIGATING: Record<string, number> = {
  goto: 1,
  goBack: 0,
  goForward: 0,
  reload: 0,
  waitForNavigation: 0,
  setContent: 1,
}

/** `onHandle` hears of each handle of an element or object that the page gives: until it is disposed of, what it is of stays alive in the page. */
export function withPuppeteerMethods(page: Page, onHandle: (handle: JSHandle) => void): Page {
  const own = withHandlesHeard(methodsOf(page), onHandle)
  return new Proxy(page, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What gives handles. */
const GIVING_HANDLES = ['$', '$$', '$x', 'waitForXPath', 'waitForSelector', 'waitForFunction', 'evaluateHandle']

function withHandlesHeard(methods: Record<string, AnyFunction>, onHandle: (handle: JSHandle) => void): typeof methods {
  const hearing = GIVING_HANDLES.map(name => {
    const give = async (...args: unknown[]) => {
      const given = await methods[name](...args)
      for (const handle of [given].flat()) if (handle !== null) onHandle(handle as JSHandle)
      return given
    }
    return [name, give] as const
  })
  return {...methods, ...Object.fromEntries(hearing)}
}

function methodsOf(page: Page): Record<string, AnyFunction> {
  const call = (name: string, args: unknown[]) => (Reflect.get(page, name) as AnyFunction).apply(page, args)
  const methods: Record<string, AnyFunction> = {
    $x: xpath => page.$$(`xpath=${xpath}`),
    waitForXPath: (xpath, options) => call('waitForSelector', [`xpath=${xpath}`, waiting(options)]),
    waitForNetworkIdle: () => page.waitForLoadState('networkidle'),
    setViewport: size => page.setViewportSize(size as {width: number; height: number}),
    waitForFunction: (fn, options, ...args) =>
      isOptions(options) || args.length > 0
        ? call('waitForFunction', [spread(fn), args, options])
        : call('waitForFunction', [fn, options]),
  }
  for (const name of BY_SELECTOR) {
    methods[name] = (selector, ...args) => {
      const rest = name === 'waitForSelector' ? [waiting(args[0])] : args
      return call(name, [selectorOf(selector), ...rest])
    }
  }
  for (const [name, before] of Object.entries(BY_FUNCTION)) {
    methods[name] = (...args) => {
      const [first, fn, rest] = [args.slice(0, before).map(selectorOf), args[before], args.slice(before + 1)]
      if (rest.length < 2) return call(name, [...first, fn, ...rest])
      return call(name, [...first, before === 0 ? spread(fn) : spreadBehindElement(fn), rest])
    }
  }
  for (const [name, at] of Object.entries(NAVIGATING)) {
    methods[name] = (...args) =>
      call(
        name,
        args.map((arg, i) => (i === at ? navigating(arg) : arg)),
      )
  }
  return methods
}

/** Playwright sends the text of a function to the page. */
function spread(fn: unknown): AnyFunction {
  return new Function('args', `return (${String(fn)})(...args)`) as AnyFunction
}

function spreadBehindElement(fn: unknown): AnyFunction {
  return new Function('element', 'args', `return (${String(fn)})(element, ...args)`) as AnyFunction
}

function selectorOf(selector: unknown): unknown {
  if (typeof selector !== 'string') return selector
  const known = SELECTORS.find(([puppeteers]) => selector.startsWith(puppeteers))
  return known === undefined ? selector : known[1] + selector.slice(known[0].length)
}

function isOptions(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && ('timeout' in value || 'polling' in value)
}

/** `{visible: true}` and `{hidden: true}` are `{state}` at Playwright's. */
function waiting(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return {state: 'attached'}
  const {visible, hidden, ...rest} = options as Options
  if (hidden === true) return {state: 'hidden', ...rest}
  if (visible === true) return {state: 'visible', ...rest}
  return rest
}

function navigating(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options
  const {waitUntil, ...rest} = options as Options
  const [first] = Array.isArray(waitUntil) ? waitUntil : [waitUntil]
  if (typeof first !== 'string') return rest
  return {...rest, waitUntil: WAIT_UNTIL[first] ?? first}
}
