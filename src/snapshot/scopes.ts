/** Scopes: what V8 calls contexts, the variables of a module or of one call of a function that functions inside still see. */
import {oncePer} from '../util/memo.ts'
import {internalTargets} from './internal-edges.ts'
import {nameTest} from './names.ts'
import {locationRow} from './places.ts'
import {NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** `module`: of a whole module or script; `call`: of one call of a function or block; `builtin`: V8's own, as of an `await`. */
export type ScopeKind = 'module' | 'call' | 'builtin'

export interface Scopes {
  isScope(node: number): boolean
  kind(scope: number): ScopeKind
  /** A living function whose calls make such scopes, by ordinal; -1 if there is none. */
  function(scope: number): number
  /** A living function written inside the scope, by ordinal; -1 if there is none. */
  inner(scope: number): number
  /** Row of the locations that tells the scope's script: its function's, or that of a function inside; -1 if there is none. */
  locationRow(node: number): number
}

/** V8 names scopes `system / Context`, in newer versions with ` / scope @N` behind it. */
const SCOPE_NAME = /^system \/ Context( |$)/

/**
 * Finds scopes' functions in one pass over the closures: a closure's SharedFunctionInfo has (as `name_or_scope_info`) the ScopeInfo
 * that the scopes of its calls have (as `scope_info`); a closure's `context` is the scope it is written in (V8's
 * `V8HeapExplorer::ExtractJSFunctionReferences` and `ExtractContextReferences`, heap-snapshot-generator.cc).
 */
export const scopes = oncePer((snapshot: Snapshot): Scopes => {
  const {nodeCount, nodeKind, nodeName, locations} = snapshot
  const target = internalTargets(snapshot)
  const isScopeName = nameTest(snapshot, text => SCOPE_NAME.test(text))
  const isScope = (node: number) => nodeKind[node] === NodeKind.object && isScopeName(nodeName[node])
  // Ordinal and one, by the ordinal of a ScopeInfo and of a scope.
  const functionOfInfo = new Uint32Array(nodeCount)
  const innerOfScope = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.closure) continue
    const shared = target(node, 'shared')
    const info = shared < 0 ? -1 : target(shared, 'name_or_scope_info')
    if (info >= 0 && functionOfInfo[info] === 0) functionOfInfo[info] = node + 1
    const scope = target(node, 'context')
    if (scope >= 0 && innerOfScope[scope] === 0 && locationRow(snapshot, node) >= 0) innerOfScope[scope] = node + 1
  }
  // A function inside an inner scope is inside the outer one too.
  for (let node = 0; node < nodeCount; node++) {
    if (innerOfScope[node] === 0) continue
    const inner = innerOfScope[node]
    for (
      let outer = target(node, 'previous');
      outer >= 0 && innerOfScope[outer] === 0;
      outer = target(outer, 'previous')
    ) {
      innerOfScope[outer] = inner
    }
  }
  const functionOf = (scope: number) => {
    const info = target(scope, 'scope_info')
    const found = info < 0 ? -1 : functionOfInfo[info] - 1
    return found >= 0 && !isModuleFunction(snapshot, found) ? found : -1
  }
  const isNativeName = nativeContextTest(snapshot)
  const kind = (scope: number): ScopeKind => {
    const outer = target(scope, 'previous')
    if (outer < 0 || !isNativeName(nodeName[outer])) return outer < 0 ? 'builtin' : 'call'
    // Scopes that V8's builtins make, for `await` or Promise.all, have the native context's own ScopeInfo.
    const info = target(scope, 'scope_info')
    if (info >= 0 && info === target(outer, 'scope_info')) return 'builtin'
    return functionOf(scope) < 0 ? 'module' : 'call'
  }
  return {
    isScope,
    kind,
    function: functionOf,
    inner: scope => innerOfScope[scope] - 1,
    locationRow(node) {
      if (locations.node.length === 0 || !isScope(node)) return -1
      const inside = innerOfScope[node] - 1
      const of = inside >= 0 ? inside : functionOf(node)
      return of < 0 ? -1 : locationRow(snapshot, of)
    },
  }
})

/** Whether a string index is the name of a native context, the scope of all scripts of a page or process; V8 adds ` / URL`. */
export function nativeContextTest(snapshot: Snapshot): (name: number) => boolean {
  return nameTest(snapshot, text => /^system \/ NativeContext( |$)/.test(text))
}

/** The function that V8 makes of a whole module or script begins where the text does. */
function isModuleFunction(snapshot: Snapshot, closure: number): boolean {
  const {locations} = snapshot
  const row = locationRow(snapshot, closure)
  return row >= 0 && locations.line[row] === 0 && locations.column[row] === 0
}
