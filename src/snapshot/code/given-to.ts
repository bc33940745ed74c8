/**
 * What functions are given to: `window.addEventListener('resize', onResize)`, `setInterval(() => …)`, `useEffect(() => …)`. Blink writes no
 * event of a listener into a heap snapshot, but the text of the script says it.
 */
import type {Snapshot} from '../columns/snapshot.ts'
import {boundTarget} from './bound-functions.ts'
import {NOTHING} from './given-functions.ts'
import {originalAt} from './mapped-scripts.ts'
import type {ScriptSyntax} from './parse-script.ts'
import type {FunctionSyntax, Scope} from './scope-tree.ts'
import {offsetOfFunction, type PlacedScript, placedScript} from './script-lines.ts'
import {classAround, madeAt, nameOffset, scopeAt, variableIn} from './script-names.ts'

/** The call that a function was given to. */
export interface GivenTo {
  /** `addEventListener`: what is called; as people wrote it, if source maps tell. */
  name: string
  /** `window`: what that is a property of; '' if it is none, or is more than a few names. */
  object: string
  /** The first argument, if it is a text: `resize`. '' if not. */
  text: string
  /** Which argument the function is, from 0 on. */
  index: number
  /** Of the name that is called. */
  offset: number
}

/** Characters of what is called that are told. */
const LONGEST_OBJECT = 40
const LONGEST_TEXT = 60
const NAMES = /^[\w$]+(?:\.[\w$]+)*$/

/**
 * The call that a closure, or what it is bound to call, was given to, itself or by its name: the first in the text. Undefined where none is
 * found, or the file has not the script's whole text.
 */
export function givenTo(snapshot: Snapshot, closure: number): GivenTo | undefined {
  const target = boundTarget(snapshot, closure)
  const script = placedScript(snapshot, target)
  const made = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, target))?.function
  return script && made && givenToOf(snapshot, target, script, made)
}

/** The event that a function was given to `addEventListener` for; '' if the file does not say. */
export function listenerEvent(snapshot: Snapshot, closure: number): string {
  const given = givenTo(snapshot, closure)
  return given?.name === 'addEventListener' && given.index === 1 ? given.text : ''
}

/** `givenTo` of a function in the text; `closure`: any of the script's. */
function givenToOf(
  snapshot: Snapshot,
  closure: number,
  script: PlacedScript,
  made: FunctionSyntax,
): GivenTo | undefined {
  const {given, text} = script.syntax
  const row = rowOfFunction(script.syntax, made)
  if (row < 0) return undefined
  const {name, nameEnd, object, text: from, textEnd, index} = given.at(row)
  const called = text.slice(name, nameEnd)
  const owner = text.slice(object, Math.max(object, name - 1))
  return {
    name: originalAt(snapshot, closure, script, name, called) ?? called,
    object: owner.length <= LONGEST_OBJECT && NAMES.test(owner) ? owner : '',
    text: from === NOTHING || textEnd - from > LONGEST_TEXT ? '' : text.slice(from, textEnd),
    index,
    offset: name,
  }
}

/** The first row of the functions given to calls that is of a function; -1 if none is. */
export function rowOfFunction(syntax: ScriptSyntax, made: FunctionSyntax): number {
  const {given} = syntax
  const at = (offset: number) => {
    const row = given.from(offset)
    return row < given.length && given.at(row).argument === offset && !takesBack(syntax, row) ? row : -1
  }
  const own = at(made.start)
  if (own >= 0) return own
  if (made.name === '') return assignedToThis(syntax, made)
  const around = made.scope.outer && classAround(made.scope.outer)
  // Of a class: `this.onResize`, wherever the class gives it away.
  if (around !== undefined) return nearestOfThis(syntax, made, around)
  // Of an object literal, such as the options of a component: what stands nearest.
  if (made.scope.outer?.kind === 'object') return nearestOfThis(syntax, made, made.scope.outer.outer ?? syntax.root)
  for (const {offset} of variableIn(made.scope.outer, made.name)?.uses ?? []) {
    const row = at(offset)
    if (row >= 0) return row
  }
  return -1
}

/** Calls that undo what another did: `removeEventListener`, `off`, `clearTimeout`, `unsubscribe`. */
const TAKES_BACK = /^(?:remove|off(?:[A-Z]|$)|clear|cancel|un(?:subscribe|observe|watch|listen))/

function takesBack({given, text}: ScriptSyntax, row: number): boolean {
  const {name, nameEnd} = given.at(row)
  return TAKES_BACK.test(text.slice(name, nameEnd))
}

/** Characters before a function that may be what it is assigned to. */
const LONGEST_TARGET = 100
const OF_THIS = /\bthis\.([\w$]+)\s*=\s*$/

/** Of `this.onFocus = () => {…}`, which has no name: where the class, or the script, gives `this.onFocus` away. */
function assignedToThis(syntax: ScriptSyntax, {start, scope}: FunctionSyntax): number {
  const name = OF_THIS.exec(syntax.text.slice(Math.max(0, start - LONGEST_TARGET), start))?.[1]
  if (name === undefined) return -1
  let around: Scope = scope
  while (around.outer !== undefined && around.kind !== 'class') around = around.outer
  return nearestOfThis(syntax, {name, start}, around)
}

/** The row of `this.name` in a scope that is nearest to the function. */
function nearestOfThis(
  syntax: ScriptSyntax,
  {name, start}: Pick<FunctionSyntax, 'name' | 'start'>,
  scope: {start: number; end: number},
): number {
  const {given, text} = syntax
  let nearest = -1
  let least = Number.POSITIVE_INFINITY
  for (let row = given.from(scope.start); row < given.length; row++) {
    const {argument} = given.at(row)
    if (argument >= scope.end) break
    const isMeant = text.startsWith(`this.${name}`, argument) && !WORD.test(text.charAt(argument + 5 + name.length))
    if (!isMeant || takesBack(syntax, row) || Math.abs(argument - start) >= least) continue
    nearest = row
    least = Math.abs(argument - start)
  }
  return nearest
}

const WORD = /[\p{ID_Continue}$]/u

/** The call of a hook that a function is in. */
export interface Hook {
  /** `useEffect`. */
  name: string
  /** Which of the hooks of that name that its component gives a function to, from 1 on. */
  number: number
  /** The function that calls the hook, as people named it: a component, or a hook of their own. */
  owner: string
  /** Of the hook's name in the text. */
  offset: number
}

/**
 * React's hooks and those of people's own are called so that its linter knows them (react.dev, "Rules of Hooks"); Vue's (vuejs.org,
 * "Composition API: Lifecycle Hooks", "Reactivity: Core"), Svelte's (svelte.dev, "Lifecycle hooks", `$effect` as it is compiled) and Solid's.
 */
const HOOK =
  /^(?:use[A-Z]\w*|on(?:Before)?(?:Mount|Update|Unmount)(?:ed)?|on(?:Dea|A)ctivated|onDestroy|onCleanup|watch(?:(?:Post|Sync)?Effect)?|user_effect|user_pre_effect|createEffect)$/
/** Functions around one that are looked at. */
const MAX_AROUND = 20

/** The hook that a closure is written in, or is given to: `useEffect(() => {…})`. Undefined where there is none, or the text is not known. */
export function hookOf(snapshot: Snapshot, closure: number): Hook | undefined {
  const target = boundTarget(snapshot, closure)
  const script = placedScript(snapshot, target)
  let made = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, target))?.function
  for (let around = 0; script !== undefined && made !== undefined && around < MAX_AROUND; around++) {
    const given = givenToOf(snapshot, target, script, made)
    const owner = scopeAt(script.syntax.root, given?.offset ?? made.start).function
    if (given !== undefined && given.index === 0 && HOOK.test(given.name) && owner !== undefined && owner.name !== '') {
      const number = hooksBefore(snapshot, target, script, owner, given)
      return {name: given.name, number, owner: sourceName(snapshot, target, script, owner), offset: given.offset}
    }
    made = made.scope.outer?.function
  }
  return undefined
}

/** How many calls of the same name a function makes up to one, that included. */
function hooksBefore(
  snapshot: Snapshot,
  closure: number,
  script: PlacedScript,
  owner: FunctionSyntax,
  {name: hook, offset}: GivenTo,
): number {
  const {given, root, text} = script.syntax
  let number = 0
  for (let row = given.from(owner.start); row < given.length; row++) {
    const {name, nameEnd, index} = given.at(row)
    if (name > offset) break
    const called = text.slice(name, nameEnd)
    const isSame = (originalAt(snapshot, closure, script, name, called) ?? called) === hook
    if (index === 0 && isSame && scopeAt(root, name).function === owner) number++
  }
  return Math.max(1, number)
}

function sourceName(snapshot: Snapshot, closure: number, script: PlacedScript, {name, scope}: FunctionSyntax): string {
  const offset = nameOffset(scope, name)
  return (offset === undefined ? undefined : originalAt(snapshot, closure, script, offset, name)) ?? name
}
