/**
 * The steps of a path as values: what a chain of edges is in JavaScript. Whoever asks what a step is looks at its kind; the words are
 * made from it in `step-words.ts`, last and once.
 */

/** Where a path begins, or where it comes to people's code behind the runtime's. */
export interface StartValue {
  kind: 'start'
  of: 'module' | 'exports' | 'export' | 'global' | 'scope' | 'object' | 'component' | 'task' | 'handle'
  /** `globalThis`, `module src/cache.js`, `Timeout`, `microtask flush`. */
  words: string
  /** The file of a module; '' for others. */
  file: string
  /** The function that the words end with; '' if there is none. */
  functionName: string
}

export type StepValue =
  | StartValue
  /** `isKey`: of an object used as a map, whose properties are entries. */
  | {kind: 'property'; name: string; isKey: boolean}
  | {kind: 'element'; index: number}
  /** `key`: as its `get` would take it; '' where the file does not say. */
  | {kind: 'mapValue'; key: string}
  | {kind: 'mapKey'}
  | {kind: 'setEntry'}
  | {kind: 'weakValue'}
  /** `name`: '' for variables of blocks, whose names V8 does not write. */
  | {kind: 'scopeVariable'; name: string; ofModule: boolean}
  | {kind: 'export'; name: string}
  /** `event`: in words; '' where the file does not say. `target`: the interface of a page's target that is no part of the document. */
  | {
      kind: 'listener'
      event: string
      of: 'emitter' | 'target' | 'page'
      isOnce: boolean
      functionName: string
      target?: string
    }
  /** What a browser will call; `of`: what for, `timer`, `ResizeObserver`. */
  | {kind: 'callback'; of: string; functionName: string}
  | {kind: 'reaction'; functionName: string}
  | {kind: 'awaited' | 'suspended'; functionName: string; isAsync: boolean}
  | {kind: 'local'; slot: number}
  | {kind: 'promise'; part: 'result' | 'resolves' | 'own'}
  | {kind: 'bound'; part: 'this' | 'function'}
  | {kind: 'boundArgument'; index: number}
  /** `storage`: what the program calls the AsyncLocalStorage; '' where the file does not say. */
  | {kind: 'store'; storage: string}
  | {kind: 'iterates'; entry: StepValue | undefined}
  | {kind: 'finalization'}
  | {kind: 'proxy'; part: 'target' | 'handler'}
  | {kind: 'stack'; functionName: string}
  | {kind: 'bytes'}
  | {kind: 'text'; part: 'piece' | 'whole'}
  | {kind: 'this'}
  | {kind: 'pageNode'; name: string; isElement: boolean}
  /** A component of a page's framework; `part`: what of it the path goes through, `useRef #1`, `props`; '' for itself. */
  | {kind: 'component'; title: string; part: string}
  /** What one of V8's roots says of what it has. */
  | {kind: 'root'; words: string}
  /** V8's own slot, of which no rule speaks. */
  | {kind: 'slot'; label: string; pattern: string}
  /** An edge as it is, that is neither of code nor a slot. */
  | {kind: 'edge'; label: string; pattern: string}
  /** Steps that come `times` times in a row. */
  | {kind: 'repeat'; steps: readonly StepValue[]; isSame: boolean}

export type StepKind = StepValue['kind']

export function property(name: string, isKey = false): StepValue {
  return {kind: 'property', name, isKey}
}

export function start(of: StartValue['of'], words: string, file = '', functionName = ''): StartValue {
  return {kind: 'start', of, words, file, functionName}
}

const ENTRIES = new Set<StepKind>(['element', 'mapValue', 'mapKey', 'setEntry'])

/** Whether a step leads from a collection to one of what is in it. */
export function isEntry(value: StepValue): boolean {
  return ENTRIES.has(value.kind) || (value.kind === 'property' && value.isKey)
}

/** A step, or those that are repeated in it. */
export function partsOf(value: StepValue): readonly StepValue[] {
  return value.kind === 'repeat' ? value.steps : [value]
}

/** Whether a step leads to a component of a page, or into what one has. */
export function isOfComponent(value: StepValue): boolean {
  return value.kind === 'component' || (value.kind === 'start' && value.of === 'component')
}

/** Whether a step is written as access to a part: `.a`, `[3]`, `.get("k")`, `.then(…)`. */
export function isAccess(value: StepValue): boolean {
  if (value.kind === 'repeat') return isAccess(value.steps[0])
  return ['property', 'element', 'mapValue', 'reaction'].includes(value.kind)
}

/** Whether a step, or one of those repeated in it, is V8's own slot that nobody has a word for. */
export function isSlot(value: StepValue): boolean {
  return value.kind === 'repeat' ? value.steps.some(isSlot) : value.kind === 'slot'
}

/** The function that a step's words end with; '' if there is none. */
export function functionNameOf(value: StepValue): string {
  if ('functionName' in value) return value.functionName
  const isNamed = value.kind === 'property' || value.kind === 'scopeVariable' || value.kind === 'export'
  return isNamed ? value.name : ''
}
