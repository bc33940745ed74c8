/**
 * A holder or a path as answers write it (`explain/code/step-words.ts`), read back into steps: `module src/cache.js · byId.get(…)`,
 * `bus on "tick" listener onTick`, `Timeout poll · AsyncLocalStorage store`.
 */
import type {ComponentPart} from './component-edges.ts'
import type {Accessor} from './cut-expression.ts'

/** `functionName`: of the function that the step must lead to; '' for any. */
export type PrintedStep = {functionName: string} & (
  | {kind: 'access'; accessor: Accessor}
  /** All that a Map, Set or WeakMap has, or, of a WeakMap's key, what it is the key of. */
  | {kind: 'entries'}
  /** `event`: undefined for those of any event. */
  | {kind: 'listeners'; event: string | undefined}
  | {kind: 'callbacks'; of: string}
  /** `storage`: the variable that has the AsyncLocalStorage; '' for any. */
  | {kind: 'store'; storage: string}
  /** A component of a page, or what one has. */
  | {kind: 'component'; component: ComponentPart}
  /** What V8 keeps in an object by slots of its own: the reactions of a promise, what a bound function has, a suspended function's locals. */
  | {kind: 'inside'}
  /** A variable, an export, or a thing known by its type. */
  | {kind: 'name'; name: string}
)

export interface PrintedPath {
  /** What the path begins with; of a variable in a file its name, or `exports`. */
  head: string
  /** The file that the head is in; '' if it is not said. */
  file: string
  /** `flush()`: the function itself. */
  isCall: boolean
  steps: PrintedStep[]
  /** Whether it has a step that no other form of a cut has. */
  isPrinted: boolean
}

const QUOTED = `"(?:[^"\\\\]|\\\\.)*"`
const SYMBOL = 'Symbol\\([^()]*\\)'

interface Reading {
  pattern: RegExp
  /** Undefined for what says nothing about the edges: where a function is written, how often a step comes. */
  step?: (found: RegExpExecArray) => PrintedStep
  /** Whether other forms have it, too. */
  isCommon?: boolean
}

const access = (accessor: Accessor): PrintedStep => ({kind: 'access', accessor, functionName: ''})
const named = (name: string): PrintedStep => ({kind: 'name', name, functionName: ''})
const entries = (): PrintedStep => ({kind: 'entries', functionName: ''})

/** `unmounted <TicketDetail>`, `<App> useRef #2`, `<App> useResize() useEffect #1 cleanup`, `<App> props`. */
const COMPONENT =
  "(?:(unmounted|alternate) )?<([^<>]+)>(?: (?:(?:(\\w+)\\(\\) )?(use\\w*|hook) #(\\d+)(?: (queue|setter|cleanup|dependencies))?|(props|state(?: queue)?|this|context(?: [^\\s.[\\]()·]+)?|compiler's cache))(?![^ .[,×)]))?"

function componentOf([
  ,
  state = '',
  name,
  owner = '',
  hook,
  number,
  more = '',
  part = '',
]: RegExpExecArray): PrintedStep {
  const component: ComponentPart = {name, state, part: hook === undefined ? part : more}
  if (hook !== undefined) component.hook = {owner, name: hook, number: Number(number)}
  return {kind: 'component', component, functionName: ''}
}

const inside = (): PrintedStep => ({kind: 'inside', functionName: ''})

/** Steps that come several times end with it, … */
const TIMES = / ×(?:[\d,]+|…)/y
/** … and begin with it, if there are more than one. */
const GROUP = /\((?=[.[ ])/y

/** By what comes next in the text, the first that fits: each is tried from one place on and stops where what it may take ends. */
const READINGS: readonly Reading[] = [
  {pattern: / \([^()]*:\d+(?::\d+)?\)/y},
  {pattern: TIMES},
  {pattern: / … [\d,]+ more steps? …/y},
  {pattern: GROUP},
  {pattern: /\)(?= ×)/y},
  {pattern: new RegExp(`\\.get\\((?:${QUOTED}|${SYMBOL}|[^()"]*)\\)`, 'y'), step: entries},
  // The words are the handler's name: a reaction has it beside others, and they go together.
  {pattern: /\.then\([^()]*\)/y, step: inside},
  {pattern: /\.([^\s.[\]()·]+) \(([gs]et)ter\)/y, step: found => access({name: `${found[2]} ${found[1]}`})},
  {pattern: /\.([^\s.[\]()·]+)/y, step: found => access({name: found[1]}), isCommon: true},
  {pattern: /\[(\d+)\]/y, step: found => access({index: Number(found[1])}), isCommon: true},
  {pattern: /\[[i…]?\]/y, step: () => access('any'), isCommon: true},
  {pattern: /\[Symbol\(([^\]]*)\)\]/y, step: found => access({name: `<symbol ${found[1]}>`}), isCommon: true},
  {pattern: new RegExp(`\\[(${QUOTED})\\]`, 'y'), step: found => access({name: textOf(found[1])}), isCommon: true},
  {
    pattern: new RegExp(` (?:on|once) (${QUOTED}|${SYMBOL}|[^\\s"·]+) listeners?(?![^ ])`, 'y'),
    step: found => ({kind: 'listeners', event: eventOf(found[1]), functionName: ''}),
  },
  {
    pattern: / (?:on listeners?|once listeners?|· event listeners?)(?![^ ])/y,
    step: () => ({kind: 'listeners', event: undefined, functionName: ''}),
  },
  {
    // Of what is no part of the document with its interface: `BroadcastChannel message listener`.
    pattern: / · (?:[A-Z]\w* )?([^\s·]+) listeners?(?![^ ])/y,
    step: found => ({kind: 'listeners', event: found[1] === 'event' ? undefined : found[1], functionName: ''}),
  },
  {
    pattern: / · ([^\s·]+) callbacks?(?![^ ])/y,
    step: found => ({kind: 'callbacks', of: found[1], functionName: ''}),
  },
  {pattern: / · (?:Set entry|key of Map entry|value in WeakMap)(?![^ .[×])/y, step: entries},
  {
    pattern: / · AsyncLocalStorage store(?: of ([^\s.()[\]·]+))?/y,
    step: found => ({kind: 'store', storage: found[1] ?? '', functionName: ''}),
  },
  {
    pattern:
      / · (?:awaited by async|suspended at(?: async)?|unread stack, frame of) (?:\(anonymous\)|[^\s.,()]*)(?:\(\))?/y,
    step: inside,
  },
  {
    pattern:
      /(?: ·|,) (?:local #\d+|result|resolves Promise|its Promise|bound (?:this|function|argument \d+)|held value|Proxy (?:target|handler)|unread stack|its bytes|part of a joined string|string it is cut from|this|unnamed scope var|iterates|‹[^‹›]*›)(?![^ .[,×)])/y,
    step: inside,
  },
  {pattern: new RegExp(` · ${COMPONENT}`, 'y'), step: componentOf},
  // An element, by its tag: `› <div#root.app>`.
  {pattern: / › <([^\s<>.#[\]]+)[^<>]*>/y, step: found => named(`<${found[1]}>`)},
  {pattern: / (?:·|›|…) (?:scope var |export )?(?=\S)/y, step: () => named('')},
]

/** What no reading fits: a name, up to where the next step may begin. */
const REST = /[\s\S][^ .[(),]*/y

/** Behind a name of a file comes what is in it. */
const FILE = /^(?:module (\S[^·]*?)|([^·]*\.[cm]?[jt]sx?)) · (?:scope var |export )?/

const HEAD = new RegExp(`^${COMPONENT}`)

const TASK = /^(?:microtask|process\.nextTick|closure) (\S+)/

/** Linear in the text. Undefined for a text that begins with a step. */
export function parsePrintedPath(text: string): PrintedPath | undefined {
  const file = FILE.exec(text)
  const task = file === null ? TASK.exec(text) : null
  const call = /^([^\s.[\](]+|\(anonymous\))\(\)/.exec(text)
  const component = HEAD.exec(text)
  let head = task?.[1] ?? call?.[1] ?? component?.[0] ?? ''
  const steps: PrintedStep[] = component === null ? [] : [componentOf(component)]
  let isPrinted = task !== null || call !== null || component !== null
  let group: number | undefined
  for (let at = (file ?? task ?? call ?? component)?.[0].length ?? 0; at < text.length; ) {
    const reading = at === 0 ? undefined : READINGS.find(({pattern}) => fits(pattern, text, at))
    if (reading !== undefined) {
      const found = reading.pattern.exec(text)!
      if (reading.step !== undefined) steps.push(reading.step(found))
      isPrinted ||= reading.isCommon !== true
      at = reading.pattern.lastIndex
      if (reading.pattern === GROUP) group = steps.length
      // A chain is let go of where it begins.
      if (reading.pattern === TIMES && at === text.length) steps.length = group ?? Math.max(0, steps.length - 1)
      if (reading.pattern === TIMES) group = undefined
      continue
    }
    REST.lastIndex = at
    const [rest] = REST.exec(text)!
    const last = steps[steps.length - 1]
    if (last === undefined) head += rest
    else if (last.kind === 'name' && !/\s/.test(rest) && last.functionName === '') last.name += rest
    else {
      last.functionName += rest
      isPrinted ||= last.kind !== 'name'
    }
    at += rest.length
  }
  for (const step of steps) step.functionName = step.functionName.trim()
  head = head.trim().replace(/^scope var /, '')
  if (head === '') return undefined
  return {head, file: file?.[1] ?? file?.[2] ?? '', isCall: task !== null || call !== null, steps, isPrinted}
}

/** Leaves the pattern ready to be executed from the same place. */
function fits(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  const is = pattern.test(text)
  pattern.lastIndex = at
  return is
}

function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}

function eventOf(words: string): string {
  const symbol = /^Symbol\((.*)\)$/.exec(words)
  return symbol !== null ? `<symbol ${symbol[1]}>` : words.startsWith('"') ? textOf(words) : words
}
