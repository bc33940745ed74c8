/** A chain of edges as the JavaScript that reaches its end. `code-rules.ts` says what V8's slots stand for; here steps become a path. */
import {dictionaryTest} from '../../analyze/facts/dictionaries.ts'
import {isTimer, TIMER_CALLBACKS, timerCallback, timerLinks} from '../../analyze/facts/timers.ts'
import {originalOfProperty} from '../../snapshot/code/original-names.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {componentTitle} from '../words/component-words.ts'
import {Chain} from './code-chain.ts'
import type {Fold} from './code-fold.ts'
import {functionName, isGlobal, sideOf, startValue, stepPlace} from './code-nodes.ts'
import {foldAt} from './code-rules.ts'
import {component} from './component-rules.ts'
import {edgeLabel} from './edge-label.ts'
import {abstractLabel} from './pattern-label.ts'
import {functionNameOf, isAccess, property, type StartValue, type StepValue, start} from './step.ts'
import {foldedLabel, jointOf, repeatWords, stepWords, timesWords} from './step-words.ts'

export interface CodeStep {
  /** What it is: for whoever asks more than how it is written. */
  value: StepValue
  /**
   * What is appended to the text so far: `.entries`, `[3]`, `.get("k1")`, ` · scope var users`. The first step of a path names where it
   * begins: `globalThis`, `module src/cache.js`, `Timeout`, and stands for what the runtime itself does before that.
   */
  text: string
  /** The same with indexes, keys and identities left out: equal for all members of a group. */
  pattern: string
  /** Ordinal the step leads to. */
  node: number
  /** The edges it stands for: `firstEdge` to `endEdge - 1` of the chain. */
  firstEdge: number
  endEdge: number
  /** The step alone, without the name of the function it leads to: `scope var users`, `… 5 steps: Timeout`. */
  label: string
  /** How often the step is repeated. */
  times: number
  /** `src/bus.js:40`: line of the function that the step names; '' if there is none. */
  place: string
  /** False for what V8 or the runtime does. */
  inCode: boolean
  /** The function that it leads to, where the words name it because the path goes on through what that sees; '' if not. */
  functionName: string
}

export interface CodePathOptions {
  /** Every edge a step of its own, as V8 has it. */
  raw?: boolean
  /** Leaves equal steps in a row apart. */
  unfolded?: boolean
  /** Place of an edge in the chain whose step, and the one before, are told though they be the runtime's: the edge to cut. */
  keep?: number | undefined
}

/**
 * A chain of edge ordinals, each beginning where the one before ends, the first at `start`, as JavaScript. The steps' slices of the
 * chain follow one another without a gap; memory is bounded by the chain.
 */
export function codePath(
  snapshot: Snapshot,
  start: number,
  edges: ArrayLike<number>,
  {raw = false, unfolded = false, keep}: CodePathOptions = {},
): CodeStep[] {
  const chain = new Chain(snapshot, start, edges)
  const steps = raw
    ? rawSteps(chain)
    : namedFunctions(chain, withoutRuntime(chain, keeping(codeSteps(chain), keep))).map(inWords)
  return raw || unfolded ? steps : foldRepeats(steps)
}

/** Steps shown of a longer path: the rest of its middle is counted. */
const SHOWN_FIRST = 40
const SHOWN_LAST = 20

/** The path on one line; of a very long one the middle is counted instead. */
export function codePathText(
  steps: readonly CodeStep[],
  {
    places = false,
    pattern = false,
    counts = true,
  }: {
    places?: boolean
    pattern?: boolean
    /** Whether to say how often a step is repeated, which tells no place from another. */
    counts?: boolean
  } = {},
): string {
  const cut = steps.length - SHOWN_FIRST - SHOWN_LAST
  const textOf = (step: CodeStep) => {
    const times = counts ? timesWords(step.times) : step.times > 1 ? ' ×…' : ''
    const place = places && step.place !== '' ? ` (${step.place})` : ''
    return (pattern ? step.pattern : step.text) + times + place
  }
  if (cut <= 0) return steps.map(textOf).join('')
  const first = steps.slice(0, SHOWN_FIRST).map(textOf).join('')
  return `${first} … ${plural(cut, 'more step')} … ${steps.slice(-SHOWN_LAST).map(textOf).join('')}`
}

/** A step before its words are made. */
interface OpenStep extends Omit<CodeStep, 'text' | 'pattern' | 'label'> {
  /** What a path may begin with instead. */
  alone: StartValue | undefined
  /** Leads there by steps of the runtime's own, which are not told one by one. */
  isArrival: boolean
}

function startStep({snapshot}: Chain, node: number, endEdge: number): OpenStep {
  return {
    value: startValue(snapshot, node),
    node,
    firstEdge: 0,
    endEdge,
    times: 1,
    place: stepPlace(snapshot, node),
    inCode: sideOf(snapshot, node) !== 'runtime',
    alone: undefined,
    functionName: '',
    isArrival: false,
  }
}

/** Makes the words, last and once. */
function inWords(step: OpenStep, index: number): CodeStep {
  const {value, node, firstEdge, endEdge, times, place, inCode, isArrival, functionName} = step
  const {text, pattern, label} =
    value.kind === 'start' && (index === 0 || isArrival)
      ? startWords(step, value, index)
      : stepWords(value, functionName)
  // Property by property: paths of whole heaps are put into words, and copying an object's rest takes longer than all else.
  return {value, text, pattern, node, firstEdge, endEdge, label, times, place, inCode, functionName}
}

function startWords({isArrival, firstEdge, endEdge, functionName}: OpenStep, {words}: StartValue, index: number) {
  const text = (index === 0 ? words : ` … ${words}`) + (functionName === '' ? '' : ` ${functionName}`)
  return {text, pattern: text, label: isArrival ? foldedLabel(words, endEdge - firstEdge) : words}
}

function rawSteps(chain: Chain): CodeStep[] {
  const steps = [startStep(chain, chain.source(0), 0)]
  for (let at = 0; at < chain.length; at++) steps.push(stepOf(chain, at, plainFold(chain, at), true))
  return steps.map(inWords)
}

function keeping(steps: OpenStep[], keep: number | undefined): OpenStep[] {
  const at = keep === undefined ? -1 : steps.findIndex(({endEdge}) => endEdge > keep)
  return steps.map((step, i) => (at > 0 && (i === at || (i === at - 1 && i > 0)) ? {...step, inCode: true} : step))
}

/** One step for each rule that speaks, or each edge that none does. */
function codeSteps(chain: Chain): OpenStep[] {
  const linked = linksOfTimers(chain)
  const start = startStep(chain, linked === 0 ? chain.source(0) : chain.target(linked - 1), linked)
  const named = linked === 0 ? componentStart(chain) : undefined
  const first = named ?? (linked === 0 ? start : {...start, isArrival: true})
  const steps = [first]
  let inCode = first.inCode
  for (let at = first.endEdge; at < chain.length; ) {
    const fold = foldAt(chain, at) ?? plainFold(chain, at)
    inCode = fold.inCode ?? isInCode(chain, at, fold, inCode)
    steps.push(stepOf(chain, at, fold, inCode))
    at += fold.length
  }
  return steps
}

/** Of a path that begins at what a framework has for a component, the component and what of it the path goes through. */
function componentStart(chain: Chain): OpenStep | undefined {
  const fold = chain.length === 0 ? undefined : component(chain, 0)
  if (fold?.step.kind !== 'component' || componentTitle(chain.snapshot, chain.source(0)) === '') return undefined
  const {title, part} = fold.step
  const value = start('component', part === '' ? title : `${title} ${part}`)
  return {...stepOf(chain, 0, fold, true), value}
}

/** Edges at the start that lead from timer to timer of one list: the path begins at the last, whose neighbors are chance. */
function linksOfTimers(chain: Chain): number {
  const {isLink, isHolding} = timerLinks(chain.snapshot)
  let at = 0
  while (at < chain.length && isLink(chain.source(at), chain.edge(at)) && isHolding(chain.edge(at))) at++
  return at
}

function stepOf(chain: Chain, at: number, {length, step, place, alone}: Fold, inCode: boolean): OpenStep {
  const node = chain.target(at + length - 1)
  return {
    value: step,
    node,
    firstEdge: at,
    endEdge: at + length,
    times: 1,
    place: place ?? stepPlace(chain.snapshot, node),
    inCode,
    alone,
    functionName: '',
    isArrival: false,
  }
}

/** An edge as it is. */
function plainFold(chain: Chain, at: number): Fold {
  const {snapshot} = chain
  const edge = chain.edge(at)
  const kind = chain.kind(at)
  if (kind === EdgeKind.property) {
    return {
      length: 1,
      step: property(
        originalOfProperty(snapshot, chain.edge(at)) ?? chain.name(at),
        dictionaryTest(snapshot)(chain.source(at)),
      ),
    }
  }
  if (kind === EdgeKind.element) return {length: 1, step: {kind: 'element', index: chain.slot(at)}}
  const isSlot = kind === EdgeKind.internal || kind === EdgeKind.hidden || kind === EdgeKind.weak
  const label = edgeLabel(snapshot, edge)
  return {length: 1, step: {kind: isSlot ? 'slot' : 'edge', label, pattern: abstractLabel(snapshot, edge).trim()}}
}

/** Whether a step that no rule knows is people's: it leads to what is theirs, or on from there by a path that they can write. */
function isInCode(chain: Chain, at: number, {length, step}: Fold, before: boolean): boolean {
  const {snapshot} = chain
  const from = chain.source(at)
  const side = sideOf(snapshot, chain.target(at + length - 1))
  if (side === 'people') return true
  if (step.kind === 'slot') return false
  if (isGlobal(snapshot, from)) return side === 'neutral' && isAccess(step)
  if (!before) return false
  const isCode = snapshot.nodeKind[from] === NodeKind.closure || scopes(snapshot).isScope(from)
  return !isCode || sideOf(snapshot, from) !== 'runtime'
}

/**
 * Folds what the runtime does before the path comes to people's code, or in between, into the step that names where it arrives: a timer,
 * a module, the global object. A path that ends within the runtime keeps its last steps.
 */
function withoutRuntime(chain: Chain, steps: readonly OpenStep[]): OpenStep[] {
  const kept: OpenStep[] = []
  for (let i = 0; i < steps.length; ) {
    let end = i
    while (end < steps.length && !steps[end].inCode) end++
    const next = steps[end]
    if (next === undefined || end === i) {
      do kept.push(steps[i++])
      while (i < end)
      continue
    }
    const {firstEdge} = steps[i]
    const isStart = kept.length === 0
    if (next.alone !== undefined && (isStart || !isAccess(steps[i].value))) {
      kept.push({...next, value: next.alone, firstEdge, isArrival: true})
      i = end + 1
      continue
    }
    const anchor = anchorOf(chain, steps, i, end)
    if (anchor > i) kept.push(arrivalStep(chain, steps[i], steps[anchor]))
    for (i = anchor > i ? anchor + 1 : i; i < end; i++) kept.push(steps[i])
  }
  return kept
}

/** Of the steps of a run of the runtime's the last that leads to what has a name by itself; -1 if all of it reads well as it is. */
function anchorOf(chain: Chain, steps: readonly OpenStep[], from: number, end: number): number {
  let anchor = end - 1
  while (anchor > from && !isNamed(chain.snapshot, steps[anchor].node)) anchor--
  for (let i = from + 1; i <= anchor; i++) if (!isAccess(steps[i].value)) return anchor
  return from === 0 ? -1 : isAccess(steps[from].value) ? -1 : anchor
}

function arrivalStep({snapshot}: Chain, first: OpenStep, last: OpenStep): OpenStep {
  return {
    ...last,
    value: startValue(snapshot, last.node),
    firstEdge: first.firstEdge,
    isArrival: true,
    alone: undefined,
  }
}

/** Types that say nothing about what an object is for. */
const NAMELESS = new Set(['Object', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Arguments'])

/** Whether people know a thing of the runtime's by its type: a Timeout, a Server, a root. */
function isNamed(snapshot: Snapshot, node: number): boolean {
  const {nodeKind, types} = snapshot
  const kind = nodeKind[node]
  if (kind === NodeKind.synthetic || isGlobal(snapshot, node)) return true
  const type = types.names[types.ofNode[node]]
  const isThing = kind === NodeKind.object || (kind === NodeKind.native && !type.startsWith('system / '))
  return isThing && !scopes(snapshot).isScope(node) && !NAMELESS.has(type) && !type.startsWith('{')
}

/** Names functions where the path goes on through what they see, `[3] onVisit · scope var captured`, and timers by what they will call. */
function namedFunctions({snapshot}: Chain, steps: readonly OpenStep[]): OpenStep[] {
  return steps.map((step, i) => {
    const next = steps[i + 1]
    const callback = step.value.kind === 'start' ? timerFunction(snapshot, step.node) : -1
    // Where the path leads through timers, as from one to the next, their functions are beside the point.
    if (callback >= 0 && !(next !== undefined && isCallbackOf(next.value))) return withName(snapshot, step, callback)
    const goesOn = next !== undefined && !next.isArrival && jointOf(next.value) === ' · '
    if (!goesOn || sideOf(snapshot, step.node) !== 'people') return step
    return withName(snapshot, step, step.node)
  })
}

/** Whether a step leads from a timer to what it will call. */
export function isCallbackOf(value: StepValue): boolean {
  if (value.kind === 'callback') return value.of === 'timer'
  return value.kind === 'property' && TIMER_CALLBACKS.includes(value.name)
}

/** The function that one of Node's timers will call; -1 for other nodes. */
function timerFunction(snapshot: Snapshot, node: number): number {
  const callback = isTimer(snapshot, node) ? timerCallback(snapshot, node) : -1
  return callback >= 0 && snapshot.nodeKind[callback] === NodeKind.closure ? callback : -1
}

/** With the name of a function behind the words, unless they end with it, and the function's line. */
function withName(snapshot: Snapshot, step: OpenStep, closure: number): OpenStep {
  const name = functionName(snapshot, closure)
  const place = stepPlace(snapshot, closure)
  const isSaid = name === '' || /^[gs]et /.test(name) || functionNameOf(step.value) === name
  return {...step, place, functionName: isSaid ? '' : name}
}

/** The last module that a path passes, by place in the steps: one that was run several times, if it is not the first; -1 without any. */
export function lastModule(steps: readonly CodeStep[]): number {
  const last = steps.findLastIndex(({value}) => value.kind === 'start' && value.of === 'module')
  return last < steps.length - 1 ? last : -1
}

/** The steps from there on: one place in the program for all instances of a module, whoever leads to them. */
export function fromLastModule(steps: readonly CodeStep[]): readonly CodeStep[] {
  const from = lastModule(steps)
  if (from < 1) return steps
  const [first, ...rest] = steps.slice(from)
  const joint = jointOf(first.value).length
  return [{...first, text: first.text.slice(joint), pattern: first.pattern.slice(joint)}, ...rest]
}

/** Fewer equal steps than this in a row are left as they are. */
const SHORTEST_RUN = 3
/** Steps of the longest pattern that is looked for: `.children[0].children[2]` repeats two. */
const LONGEST_PATTERN = 3

/** Runs of equal steps, or of equal pairs and the like, become one step that counts them. Linear. */
export function foldRepeats(steps: readonly CodeStep[]): CodeStep[] {
  const folded: CodeStep[] = [steps[0]]
  for (let i = 1; i < steps.length; ) {
    let width = 1
    let times = repeats(steps, i, width)
    while (times < SHORTEST_RUN && width < LONGEST_PATTERN) times = repeats(steps, i, ++width)
    if (times < SHORTEST_RUN) folded.push(steps[i++])
    else {
      folded.push(repeated(steps.slice(i, i + width * times), width, times))
      i += width * times
    }
  }
  return folded
}

/** How often the `width` steps from `start` on come in a row. */
function repeats(steps: readonly CodeStep[], start: number, width: number): number {
  let end = start + width
  while (end < steps.length && isAlike(steps[end], steps[end - width])) end++
  return end > steps.length ? 0 : Math.floor((end - start) / width)
}

function isAlike(a: CodeStep, b: CodeStep): boolean {
  return a.pattern === b.pattern && a.place === b.place && a.inCode === b.inCode
}

function repeated(run: readonly CodeStep[], width: number, times: number): CodeStep {
  const last = run[run.length - 1]
  const value: StepValue = {
    kind: 'repeat',
    steps: run.slice(0, width).map(step => step.value),
    isSame: run.every((step, i) => step.text === run[i % width].text),
  }
  return {...last, value, ...repeatWords(run.slice(0, width), value), firstEdge: run[0].firstEdge, times}
}
