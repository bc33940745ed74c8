/** The words of a path's steps: the one home of how a path is written (docs/paths.md). */
import {formatCount, plural} from '../../util/units.ts'
import {propertyLabel} from './edge-label.ts'
import type {StepValue} from './step.ts'

export interface StepWords {
  /** What is appended to the text so far. */
  text: string
  /** The same with indexes, keys and identities left out. */
  pattern: string
  /** The step alone: `scope var users`. */
  label: string
}

/** How a step is set off from what comes before it. */
type Joint = '' | ' ' | ' · ' | ', ' | ' › '

export function jointOf(value: StepValue): Joint {
  switch (value.kind) {
    case 'property':
    case 'element':
    case 'mapValue':
    case 'reaction':
      return ''
    case 'listener':
      return value.of === 'page' ? ' · ' : ' '
    case 'local':
      return ', '
    case 'pageNode':
      return ' › '
    case 'repeat':
      return ''
    default:
      return ' · '
  }
}

/** `functionName`: of the function that the step leads to, said where the path goes on through what it sees; '' if not. */
export function stepWords(value: StepValue, functionName = ''): StepWords {
  const [text, pattern = text, label = text] = wordsOf(value)
  const joint = jointOf(value)
  const name = functionName === '' ? '' : ` ${functionName}`
  return {text: joint + text + name, pattern: joint + pattern + name, label}
}

/** The text, its pattern if that differs, and the label if that does; all without the joint. */
function wordsOf(value: StepValue): [text: string, pattern?: string, label?: string] {
  switch (value.kind) {
    case 'start':
    case 'root':
      return [value.words]
    case 'property': {
      const text = propertyLabel(value.name)
      return value.isKey && value.name !== '__proto__' ? [text, '[…]'] : [text]
    }
    case 'element':
      return [`[${value.index}]`, '[i]']
    case 'mapValue':
      return [`.get(${value.key || '…'})`, '.get(…)']
    case 'mapKey':
      return ['key of Map entry']
    case 'setEntry':
      return ['Set entry']
    case 'weakValue':
      return ['value in WeakMap']
    case 'scopeVariable':
      return variableWords(value)
    case 'export':
      return [value.name]
    case 'listener':
      return [listenerWords(value)]
    case 'callback':
      return [`${value.of} callback${value.functionName === '' ? '' : ` ${value.functionName}`}`]
    case 'reaction':
      return [`.then(${value.functionName || '…'})`]
    case 'awaited':
      return [`awaited by async ${value.functionName}`]
    case 'suspended':
      return [`suspended at ${value.isAsync ? 'async ' : ''}${value.functionName}`]
    case 'local':
      return [`local #${value.slot}`]
    case 'promise':
      return [{result: 'result', resolves: 'resolves Promise', own: 'its Promise'}[value.part]]
    case 'bound':
      return [`bound ${value.part}`]
    case 'boundArgument':
      return [`bound argument ${value.index}`]
    case 'store':
      return [`AsyncLocalStorage store${value.storage === '' ? '' : ` of ${value.storage}`}`]
    case 'iterates': {
      if (value.entry === undefined) return ['iterates']
      const {text, pattern} = stepWords(value.entry)
      return [`iterates${text}`, `iterates${pattern}`]
    }
    case 'finalization':
      return ['held value']
    case 'proxy':
      return [`Proxy ${value.part}`]
    case 'stack':
      return [`unread stack${value.functionName === '' ? '' : `, frame of ${value.functionName}()`}`, 'unread stack']
    case 'bytes':
      return ['its bytes']
    case 'text':
      return [value.part === 'piece' ? 'part of a joined string' : 'string it is cut from']
    case 'this':
      return ['this']
    case 'pageNode':
      return pageNodeWords(value)
    case 'component':
      return [value.part === '' ? value.title : `${value.title} ${value.part}`]
    case 'slot':
    case 'edge':
      return [value.label, value.pattern]
    case 'repeat':
      return repeatParts(
        value.steps.map(step => stepWords(step)),
        value,
      )
  }
}

/** An element in brackets, since a selector has dots, and a property may follow. */
function pageNodeWords({name, isElement}: Extract<StepValue, {kind: 'pageNode'}>): [string, string, string] {
  const text = isElement ? `<${name}>` : name
  return [text, text, `› ${name}`]
}

function variableWords({name, ofModule}: {name: string; ofModule: boolean}): [string, string, string] {
  if (name === '') return ['unnamed scope var', 'unnamed scope var', 'unnamed scope var']
  const text = ofModule ? name : `scope var ${name}`
  return [text, text, `scope var ${name}`]
}

function listenerWords({event, of, isOnce, functionName}: Extract<StepValue, {kind: 'listener'}>): string {
  const name = functionName === '' ? '' : ` ${functionName}`
  if (of === 'page') return `${event || 'event'} listener${name}`
  return `${isOnce ? 'once' : 'on'}${event === '' ? '' : ` ${event}`} listener${name}`
}

/** Of steps that come in a row several times, from the words of each. */
export function repeatWords(
  steps: readonly Pick<StepWords, 'text' | 'pattern' | 'label'>[],
  value: Extract<StepValue, {kind: 'repeat'}>,
): StepWords {
  const [text, pattern, label] = repeatParts(steps, value)
  return {text, pattern, label}
}

function repeatParts(
  steps: readonly StepWords[],
  {isSame}: Extract<StepValue, {kind: 'repeat'}>,
): [text: string, pattern: string, label: string] {
  const around = (words: string) => (steps.length === 1 ? words : `(${words})`)
  const pattern = around(steps.map(step => step.pattern).join(''))
  const text = isSame ? around(steps.map(step => step.text).join('')) : pattern
  return [text, pattern, steps.length === 1 && isSame ? steps[0].label : text]
}

/** Of a step that stands for several of the runtime's own. */
export function foldedLabel(name: string, edges: number): string {
  return `… ${plural(edges, 'step')}: ${name}`
}

/** ` ×3` behind a step that is repeated. */
export function timesWords(times: number): string {
  return times > 1 ? ` ×${formatCount(times)}` : ''
}
