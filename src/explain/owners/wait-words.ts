/** What waits, in words: at which await, for which event, in which stream. */
import type {WaitFact, WaitGroup, WaitKind} from '../../analyze/waiting/wait-group.ts'
import {placeInText} from '../../snapshot/code/declarations.ts'
import {givenTo} from '../../snapshot/code/given-to.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {offsetOfFunction, placedScript} from '../../snapshot/code/script-lines.ts'
import {madeAt} from '../../snapshot/code/script-names.ts'
import {textOf} from '../../snapshot/code/text.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatCount, plural} from '../../util/units.ts'
import {functionName} from '../code/code-nodes.ts'
import {variableOf} from '../code/nodejs-rules.ts'
import {codePlaceOf, placeText, sourcePlace} from '../places/source-place.ts'
import {selectorOf} from '../words/dom-words.ts'

/** `await in load()`, `setInterval poll()`, `EventEmitter "news"`, `Server (TCP), listening on 6::::80`. */
export function waitWords(snapshot: Snapshot, kind: WaitKind, group: WaitGroup): string {
  const called = group.function < 0 ? '' : `${functionName(snapshot, group.function) || '(anonymous)'}()`
  switch (kind) {
    case 'promises':
      return promiseWords(group, called)
    case 'stores':
      return storeWords(snapshot, group)
    case 'timers':
      return timerWords(snapshot, group, called)
    case 'listeners':
      return listenerWords(snapshot, group, called)
    case 'handles':
      return handleWords(snapshot, group)
    case 'chunks':
      return `${typeOf(snapshot, group.of)}${CHUNKS[group.facts[0]] ?? ''}`
    case 'signals':
      return group.how === 'page' ? typeOf(snapshot, group.of) : 'AbortSignal'
  }
}

function promiseWords({how}: WaitGroup, called: string): string {
  if (how === 'await') return `await in ${called}`
  if (how === 'then') return `then(${called.slice(0, -2)})`
  if (how === 'all') return `Promise.all or the like, for ${called}`
  if (how === 'follows') return `another promise, for ${called}`
  return 'a promise made of it, for nothing that is known'
}

function storeWords(snapshot: Snapshot, {of}: WaitGroup): string {
  if (of < 0) return 'one of several AsyncLocalStorages'
  return variableOf(snapshot, of) || `AsyncLocalStorage @${snapshot.nodeId[of]}`
}

const TIMERS: Partial<Record<WaitGroup['how'], string>> = {
  interval: 'setInterval',
  timeout: 'setTimeout',
  immediate: 'setImmediate',
}

/** Of a page's timer, the text of the script says by what it was set. */
function timerWords(snapshot: Snapshot, {how, function: callback}: WaitGroup, called: string): string {
  const given = how === 'page' ? (givenTo(snapshot, callback)?.name ?? '') : ''
  const setter = /^set(?:Timeout|Interval)$/.test(given) ? given : (TIMERS[how] ?? 'timer')
  return `${setter} ${called}`
}

function listenerWords(snapshot: Snapshot, {how, of, event, function: listener}: WaitGroup, called: string): string {
  const emitter = of < 0 ? '(unknown)' : selectorOf(snapshot, of) || typeOf(snapshot, of)
  if (how !== 'page') return `${emitter} ${eventText(event)}`
  const given = givenTo(snapshot, listener)
  const isAdded = given?.name === 'addEventListener' && given.index === 1 && given.text !== ''
  return `${emitter} ${isAdded ? eventText(given.text) : called}`
}

function eventText(event: string): string {
  return event.startsWith('<symbol') ? event : JSON.stringify(event)
}

function handleWords(snapshot: Snapshot, {of, nodes, facts}: WaitGroup): string {
  const handle = typeOf(snapshot, of)
  const owner = typeOf(snapshot, nodes[0])
  const what = owner === handle ? handle : `${owner} (${handle})`
  const file = textProperty(snapshot, nodes[0], 'spawnfile')
  if (file !== '') return `${what} ${file}`
  const key = facts.includes('server') ? textProperty(snapshot, nodes[0], '_connectionKey') : ''
  return key === '' ? what : `${what}, listening (${key})`
}

const CHUNKS: Partial<Record<WaitFact, string>> = {readable: ', to be read', writable: ', to be written'}

function textProperty(snapshot: Snapshot, node: number, name: string): string {
  const value = propertyTarget(snapshot, node, name)
  return value < 0 ? '' : (textOf(snapshot, value) ?? '')
}

function typeOf({types}: Snapshot, node: number): string {
  return types.names[types.ofNode[node]]
}

/** The line of the await, where the file tells which it is, or of what is called; '' if nothing is, or the file does not say. */
export function waitPlace(snapshot: Snapshot, group: WaitGroup): string {
  const {function: called} = group
  if (called < 0) return ''
  const [offset, ...others] = awaitsOf(snapshot, group)
  const place = offset === undefined || others.length > 0 ? undefined : placeInText(snapshot, called, offset)
  return place === undefined ? sourcePlace(snapshot, called) : placeText(codePlaceOf(snapshot, place))
}

/** Offsets of the awaits that a function may be suspended at: one, if V8's number of it is known or there is no other. */
function awaitsOf(snapshot: Snapshot, {how, function: called, step}: WaitGroup): readonly number[] {
  if (how !== 'await') return []
  const script = placedScript(snapshot, called)
  const made = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, called))?.function
  const awaits = made === undefined ? undefined : script?.syntax.awaits.get(made)
  if (awaits === undefined) return []
  const {offsets, isOrdered} = awaits
  return isOrdered && step >= 0 && step < offsets.length ? [offsets[step]] : offsets
}

/** Lines told of a function's awaits. */
const MAX_LINES = 5

/** `one of its awaits in line 12, 15 or 20`; none where it is known which. */
function awaitWords(snapshot: Snapshot, group: WaitGroup): string[] {
  const offsets = awaitsOf(snapshot, group)
  if (offsets.length < 2) return []
  const lines = new Set(offsets.flatMap(offset => placeInText(snapshot, group.function, offset)?.line ?? []))
  const all = [...lines].sort((a, b) => a - b)
  if (all.length === 0) return []
  const shown = all.slice(0, MAX_LINES).join(', ')
  return [`at one of the awaits in line ${shown}${all.length > MAX_LINES ? ' …' : ''}`]
}

/** Of how many promises, emitters or streams; '' where each counts once. */
export function ofWords(kind: WaitKind, {among, most, count}: WaitGroup): string {
  const noun = {promises: 'promise', listeners: 'emitter', chunks: 'stream'}[kind as string]
  if (noun === undefined) return ''
  return among === 1 || among === count
    ? `on ${plural(among, noun)}`
    : `on ${plural(among, noun)}, most ${formatCount(most)}`
}

const FACTS: Partial<Record<WaitFact, string>> = {
  unref: 'unref: keeps no process alive',
  'over limit': 'Node has warned: more than its limit',
  'own limit': 'its limit was set by the program',
}

export function factWords(snapshot: Snapshot, group: WaitGroup): string[] {
  return [...awaitWords(snapshot, group), ...group.facts.flatMap(fact => FACTS[fact] ?? [])]
}
