/** Captured variables that nobody uses, in words: who would, who keeps the scope, and what to change. */
import type {UnusedVariable} from '../../analyze/waste/unused-variables.ts'
import type {Keeper, Undecided, User, VariableUse} from '../../analyze/waste/variable-users.ts'
import {placeInText} from '../../snapshot/code/declarations.ts'
import type {FunctionSyntax, Scope, Variable} from '../../snapshot/code/scope-tree.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {functionName} from '../code/code-nodes.ts'
import {codePlaceOf, placeText, sourcePlace} from '../places/source-place.ts'

/** A function of the text, as people call it. */
export interface FunctionWords {
  /** `save()`, `class Cache`, `module`; `function` for one without a name. */
  name: string
  /** `src/cache.js:12`; '' where the file does not say. */
  place: string
}

/** `save() (src/cache.js:12)`. */
function functionText({name, place}: FunctionWords): string {
  return place === '' ? name : `${name} (${place})`
}

/** The functions that read a variable somewhere in the text, in its order; `closure`: any of the script's. */
export function readersOf(snapshot: Snapshot, variable: Variable, closure: number): FunctionWords[] {
  const readers = new Map<FunctionSyntax | Scope | undefined, FunctionWords>()
  for (const {scope, isRead, offset} of variable.uses) {
    // Without the text, scopes are not known to be of functions.
    const key = scope.function ?? (scope.start < 0 ? scope : undefined)
    if (isRead && !readers.has(key)) readers.set(key, wordsOf(snapshot, scope, closure, offset))
  }
  return [...readers.values()]
}

export function keeperWords(snapshot: Snapshot, {scope, closure}: Keeper): FunctionWords {
  if (scope.start >= 0) return wordsOf(snapshot, scope, closure, scope.start)
  // Without the text the closure tells.
  const name = functionName(snapshot, closure)
  return {name: name === '' ? 'a function' : `${name}()`, place: sourcePlace(snapshot, closure)}
}

/** `offset`: of what the place is to be. */
function wordsOf(snapshot: Snapshot, scope: Scope, closure: number, offset: number): FunctionWords {
  const at = offset < 0 ? undefined : placeInText(snapshot, closure, offset)
  return {name: nameOf(scope), place: at === undefined ? '' : placeText(codePlaceOf(snapshot, at))}
}

function nameOf(scope: Scope): string {
  if (scope.kind === 'class') {
    const own = [...scope.variables.values()].find(({kind}) => kind === 'class')
    return own === undefined ? 'a class' : `class ${own.name}`
  }
  const {function: of} = scope
  if (of === undefined)
    return scope.start >= 0 ? 'the module' : scope.kind === 'root' ? 'the script' : 'a function that is gone'
  if (of.kind === 'initializer') return "a class's field"
  return of.name === '' ? NAMELESS : `${of.name}()`
}

const NAMELESS = 'a function'

/** Kinds that can be set to null. */
const ASSIGNABLE: ReadonlySet<string> = new Set(['let', 'var', 'parameter', 'catch', 'variable'])

/** What to change so that the scope keeps it no more: set it to null, move it out, or split the scope. */
export function mendOf({variable, keepers, values}: UnusedVariable, readers: readonly FunctionWords[]): string {
  const {kind, name, scope} = variable
  const owner = scope.start < 0 && scope.function === undefined ? 'its function' : nameOf(scope)
  // Not the function that the variable itself holds.
  const other = keepers.find(({closure}) => !values.includes(closure))
  const keeper = other === undefined ? '' : nameOf(other.scope)
  const kept = keeper === '' || keeper === NAMELESS ? 'the function that lives on' : keeper
  const split = `make ${kept} in a function of its own, which does not see ${name}`
  if (readers.length === 0) return `nothing reads ${name}: remove it`
  if (ASSIGNABLE.has(kind)) return `set ${name} = null where ${owner} is done with it, or ${split}`
  if (kind === 'const') return `declare ${name} with let and set it to null where ${owner} is done with it, or ${split}`
  const among = readers.map(reader => reader.name).filter(reader => reader !== owner)
  const with_ = among.length === 0 ? '' : ` together with ${among.slice(0, 2).join(' and ')}`
  return kind === 'this' ? split : `move ${name}${with_} into a function or module of its own, or ${split}`
}

/** `held for save() (src/cache.js:12), which reads it`: why a context has to keep a variable; '' if that is not known. */
export function usedByText(snapshot: Snapshot, {users}: VariableUse): string {
  if (users.length === 0) return ''
  const [first] = users
  const more = new Set(users.map(({use}) => use.scope.function)).size - 1
  const others = more > 0 ? ` and ${plural(more, 'other function')}` : ''
  return `used by ${functionText(userWords(snapshot, first))}${others}`
}

/** The function that reads a variable, with the line where it does. */
function userWords(snapshot: Snapshot, {use, closure}: User): FunctionWords {
  return wordsOf(snapshot, use.scope, closure, use.offset)
}

const REASONS: Record<Undecided, (scopes: string) => string> = {
  'no text': scopes =>
    `${scopes} not decided: the file has not the whole text of their scripts; heapgraph capture writes it, or node --heap-snapshot-string-limit=10000000`,
  'not parsed': scopes => `${scopes} not decided: their scripts cannot be parsed as JavaScript, or are too large`,
  'not matched': scopes => `${scopes} not decided: they do not agree with the text of their scripts`,
  eval: scopes => `${scopes} not decided: a direct eval may use their variables`,
  'unknown code': scopes => `${scopes} not decided: functions whose place in the text is not known see them`,
  global: scopes => `${scopes} not decided: variables of whole scripts, which every other script may use`,
  unnamed: scopes => `${scopes} not decided: the file does not name the variables of blocks`,
  runtime: scopes => `${scopes} of the runtime not looked at`,
}

/** One sentence for each reason why scopes could not be judged. */
export function undecidedSentences(undecided: ReadonlyMap<Undecided, number>): string[] {
  return [...undecided].sort(([, a], [, b]) => b - a).map(([reason, count]) => REASONS[reason](plural(count, 'scope')))
}
