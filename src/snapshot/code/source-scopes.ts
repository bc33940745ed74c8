/**
 * What V8 itself says of the scopes of scripts, from 15.6 on: the sections `scopes`, `scope_context_vars` and `scope_uses`
 * (`HeapSnapshotJSONSerializer::SerializeScopes`, heap-snapshot-generator.cc). A scope has a number of its own in its script, the depth at which it is nested, the
 * variables that its contexts hold, in their order, and those of scopes around that code directly in it uses. For scopes that a direct `eval` may look into and for
 * classes V8 lists no variables.
 */
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {optionalLayout} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import type {Scope, Variable} from './scope-tree.ts'

/** Raw numbers of the three sections, as the file has them. */
export interface SourceScopes {
  scopes: Int32Array
  vars: Int32Array
  uses: Int32Array
}

const SECTIONS = {scopes: 'scopes', scope_context_vars: 'vars', scope_uses: 'uses'} as const
type SectionName = keyof typeof SECTIONS

/** Collects the sections while the file is read. */
export class SourceScopesBuilder {
  readonly #numbers = new Map<string, GrowableUint32>()

  /** Takes the numbers of a section; undefined for other keys, and for one that comes again. */
  sink(key: string): ((values: Float64Array, count: number) => void) | undefined {
    if (!(key in SECTIONS) || this.#numbers.has(key)) return undefined
    const numbers = new GrowableUint32()
    this.#numbers.set(key, numbers)
    return (values, count) => {
      for (let i = 0; i < count; i++) numbers.push(values[i])
    }
  }

  /** Undefined if the file has none. */
  finish(): SourceScopes | undefined {
    if (!this.#numbers.has('scopes')) return undefined
    const column = (name: SectionName) => Int32Array.from(this.#numbers.get(name)?.view() ?? [])
    return {scopes: column('scopes'), vars: column('scope_context_vars'), uses: column('scope_uses')}
  }
}

const GROUP = 'scopes of scripts'
const KEYS = ['scopes', 'vars', 'uses'] as const
const NONE: SourceScopes = {scopes: new Int32Array(0), vars: new Int32Array(0), uses: new Int32Array(0)}

/** Keeps them with the snapshot, and so in its index. */
export function keepSourceScopes({saved}: Snapshot, found: SourceScopes): void {
  saved.group<SourceScopes>(GROUP, KEYS, () => found)
}

/** The scopes of each script by their numbers, by the script's ordinal; empty before V8 15.6. What makes no sense is left out. */
export const sourceScopes = memoize((snapshot: Snapshot): ReadonlyMap<number, ReadonlyMap<number, Scope>> => {
  if (!snapshot.saved.has(GROUP)) return new Map()
  return parse(
    snapshot,
    snapshot.saved.group<SourceScopes>(GROUP, KEYS, () => NONE),
  )
})

/** Raw numbers of the sections; undefined if the file has none. */
export function rawScopes({saved}: Snapshot): SourceScopes | undefined {
  return saved.has(GROUP) ? saved.group<SourceScopes>(GROUP, KEYS, () => NONE) : undefined
}

/** Numbers of a row, and where in it the fields stand that are read. */
interface ScopeLayout {
  width: number
  at: number[]
}

/** The fields that are read of each section, by their lists in the header. */
export const SCOPE_FIELDS = {
  scope_fields: ['script_node_index', 'scope_id', 'depth', 'scope_context_vars_count', 'scope_uses_count'],
  scope_context_var_fields: ['name'],
  scope_use_fields: ['declaring_scope_id', 'slot_index'],
} as const

/** Of a scope, of one of its variables, of a use; undefined where the header has not all of them. */
export function scopeLayouts(snapshot: Snapshot): {row: ScopeLayout; name: ScopeLayout; use: ScopeLayout} | undefined {
  const [row, name, use] = Object.entries(SCOPE_FIELDS).map(([key, names]) => fields(snapshot, key, names))
  return row && name && use && {row, name, use}
}

function fields({header}: Snapshot, key: string, names: readonly string[]): ScopeLayout | undefined {
  const layout = optionalLayout(header, key, names)
  return layout && {width: layout.length, at: names.map(name => layout.at[name])}
}

function parse(snapshot: Snapshot, {scopes, vars, uses}: SourceScopes): Map<number, Map<number, Scope>> {
  const {header, nodeCount, strings} = snapshot
  const layouts = scopeLayouts(snapshot)
  const found = new Map<number, Map<number, KnownScope>>()
  const result = new Map<number, Map<number, Scope>>()
  if (layouts === undefined) return result
  const {row, name, use} = layouts
  const pending: KnownScope[] = []
  let around: Scope[] = []
  let last = -1
  let varAt = 0
  let useAt = 0
  for (let start = 0; start + row.width <= scopes.length; start += row.width) {
    const [index, id, depth, varCount, useCount] = row.at.map(at => scopes[start + at])
    const script = index / header.schema.node.length
    if (!Number.isInteger(script) || script < 0 || script >= nodeCount || varCount < 0 || useCount < 0) break
    if (script !== last) around = []
    last = script
    if (depth < 0 || depth > around.length || varAt + varCount * name.width > vars.length) break
    around.length = depth
    const scope = newScope(around.at(-1))
    around.push(scope)
    const slots: Variable[] = []
    for (let i = 0; i < varCount; i++, varAt += name.width) {
      const index = vars[varAt + name.at[0]]
      slots.push(declare(scope, index >= 0 && index < strings.count ? strings.get(index) : ''))
    }
    const ofScript = getOrMake(found, script, () => new Map<number, KnownScope>())
    const known = {scope, slots, ofScript, from: useAt, count: useCount}
    ofScript.set(id, known)
    pending.push(known)
    useAt += useCount * use.width
  }
  for (const {scope, ofScript, from, count} of pending) {
    for (let i = 0; i < count && from + (i + 1) * use.width <= uses.length; i++) {
      const declaring = ofScript.get(uses[from + i * use.width + use.at[0]])
      const variable = declaring?.slots[uses[from + i * use.width + use.at[1]]]
      // Assignments are among them: the file does not tell.
      variable?.uses.push({offset: -1, scope, isRead: true})
    }
  }
  for (const [script, ofScript] of found) {
    result.set(script, new Map([...ofScript].map(([id, {scope}]) => [id, scope])))
  }
  return result
}

interface KnownScope {
  scope: Scope
  slots: readonly Variable[]
  ofScript: ReadonlyMap<number, KnownScope>
  /** Where its uses begin, and how many it has. */
  from: number
  count: number
}

/** As far as the file tells: nothing of a scope's place, nor whether it is a function's. */
function newScope(outer: Scope | undefined): Scope {
  const scope: Scope = {
    kind: outer === undefined ? 'root' : 'block',
    start: -1,
    end: -1,
    outer,
    inner: [],
    function: outer?.function,
    variables: new Map(),
    isStrict: false,
    hasEval: false,
    containsEval: false,
  }
  outer?.inner.push(scope)
  return scope
}

function declare(scope: Scope, name: string): Variable {
  const variable: Variable = {name, kind: 'variable', offset: null, scope, uses: [], isExported: false}
  scope.variables.set(name, variable)
  return variable
}
