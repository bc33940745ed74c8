/** Scopes: what V8 calls contexts, the variables of a module or of one call of a function that functions inside still see. */

import {memoize} from '../../util/memo.ts'
import {SparseColumn} from '../../util/sparse-column.ts'
import {savedColumn, savedGroup} from '../columns/saved.ts'
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets} from './internal-edges.ts'
import {nameTest} from './names.ts'
import {nodesThat} from './nodes.ts'
import {locationRow} from './places.ts'
import {isText} from './text.ts'

/**
 * `module`: of a whole module or script; `call`: of one call of a function, or of a block, a loop's round or a class body;
 * `builtin`: V8's own, as of an `await`.
 */
export type ScopeKind = 'module' | 'call' | 'builtin'

/** Questions about scopes; each costs the edges of the scope and a bisection. */
export interface Scopes {
  isScope(node: number): boolean
  kind(scope: number): ScopeKind
  /** A living function whose calls make such scopes, by ordinal; -1 if there is none, as for blocks, and functions that are gone. */
  function(scope: number): number
  /** Name of the function whose calls make such scopes, as far as V8 still has its code, even if no such function lives; else ''. */
  functionName(scope: number): string
  /** A living function written inside the scope, of those directly inside the first in the text, by ordinal; -1 if there is none. */
  inner(scope: number): number
  /** The scope around this one; -1 for the outermost. */
  outer(scope: number): number
  /** Row of the locations that tells the scope's script: its inner function's, or its own function's; -1 if there is none. */
  locationRow(scope: number): number
}

/** V8 names scopes `system / Context`, in newer versions with ` / scope @N` behind it. */
const SCOPE_NAME = /^system \/ Context( |$)/
/** One for each page or realm, in pages with its address behind it. */
const NATIVE_CONTEXT_NAME = /^system \/ NativeContext( |$)/

/** SharedFunctionInfos bear the function's name, in newer versions with this before it; this is all there is of one without a name. */
export const SHARED_NAME = /^\(shared function info\)$|^system \/ SharedFunctionInfo(?: \/ |$)/

/**
 * Finds scopes' functions in one pass over the closures: a closure's SharedFunctionInfo has (as `name_or_scope_info`) the ScopeInfo
 * that the scopes of its calls have (as `scope_info`); a closure's `context` is the scope it is written in (V8's
 * `V8HeapExplorer::ExtractJSFunctionReferences` and `ExtractContextReferences`, heap-snapshot-generator.cc).
 */
export const scopes = memoize((snapshot: Snapshot): Scopes => {
  const {nodeKind, nodeName, strings} = snapshot
  // Most nodes are no scopes: for them edges and locations are not read from an index.
  let targets: ReturnType<typeof internalTargets> | undefined
  const target = (node: number, name: string) => {
    targets ??= internalTargets(snapshot)
    return targets(node, name)
  }
  const isScopeName = nameTest(snapshot, text => SCOPE_NAME.test(text))
  const isNativeName = nativeContextTest(snapshot)
  const isScope = (node: number) => nodeKind[node] === NodeKind.object && isScopeName(nodeName[node])

  const functionOf = (scope: number) => {
    const info = target(scope, 'scope_info')
    const found = info < 0 ? -1 : functionsOfInfos(snapshot).get(info)
    return found >= 0 && !startsTheText(snapshot, found) ? found : -1
  }
  const kind = (scope: number): ScopeKind => {
    const outer = target(scope, 'previous')
    if (outer < 0) return 'builtin'
    if (!isNativeName(nodeName[outer])) return 'call'
    // Scopes that V8's builtins make, for `await` or Promise.all, have the native context's own ScopeInfo.
    const info = target(scope, 'scope_info')
    if (info >= 0 && info === target(outer, 'scope_info')) return 'builtin'
    // With nothing but the native context around: a module's or script's own scope, that of a bundle's outermost function, which ran
    // once and is gone, or that of a function of a page's script, which lives on as a global variable.
    const made = functionOf(scope)
    return made < 0 || isOnlyInStacks(snapshot, made) ? 'module' : 'call'
  }
  return {
    isScope,
    kind,
    function: functionOf,
    functionName(scope) {
      const found = functionOf(scope)
      if (found >= 0) return strings.get(nodeName[found])
      const info = target(scope, 'scope_info')
      const shared = info < 0 ? -1 : sharedOfInfos(snapshot).get(info)
      return shared < 0 ? '' : strings.get(nodeName[shared]).replace(SHARED_NAME, '')
    },
    inner: scope => innerFunctions(snapshot).get(scope),
    outer(scope) {
      const outer = target(scope, 'previous')
      return outer >= 0 && isScope(outer) ? outer : -1
    },
    locationRow(scope) {
      if (!isScope(scope) || snapshot.locations.node.length === 0) return -1
      const inner = innerFunctions(snapshot).get(scope)
      const of = inner >= 0 ? inner : functionOf(scope)
      return of < 0 ? -1 : locationRow(snapshot, of)
    },
  }
})

/** Whether a string index is the name of a native context. */
export const nativeContextTest = memoize((snapshot: Snapshot) =>
  nameTest(snapshot, text => NATIVE_CONTEXT_NAME.test(text)),
)

/** Whether a node is the scope of a whole module or script: see `ScopeKind`. */
export function isModuleScope(snapshot: Snapshot, node: number): boolean {
  const {isScope, kind} = scopes(snapshot)
  return isScope(node) && kind(node) === 'module'
}

/** All scopes, ascending. */
export const allScopes = savedColumn('scopes', (snapshot: Snapshot): Uint32Array => {
  const {isScope} = scopes(snapshot)
  return nodesThat(snapshot, isScope)
})

/** Of each of `allScopes` what `Scopes.function` says: -1 for none. */
export const scopeMakers = savedColumn(
  'makers of scopes',
  (snapshot: Snapshot): Int32Array => Int32Array.from(allScopes(snapshot), scopes(snapshot).function),
)

/** The scopes of whole modules and scripts, ascending. */
export const moduleScopes = savedColumn('module scopes', (snapshot: Snapshot): Uint32Array => {
  const {kind} = scopes(snapshot)
  return allScopes(snapshot).filter(scope => kind(scope) === 'module')
})

/** All functions, ascending. */
export const allClosures = savedColumn('closures', (snapshot: Snapshot): Uint32Array => {
  const {nodeKind} = snapshot
  return nodesThat(snapshot, node => nodeKind[node] === NodeKind.closure)
})

/** Columns that an index keeps. */
export const functionsOfInfos = saved('functions of scopes', findFunctionsOfInfos)
const sharedOfInfos = saved('code of scopes', findSharedOfInfos)
export const innerFunctions = saved('functions in scopes', findInnerFunctions)

function saved(name: string, find: (snapshot: Snapshot) => SparseColumn): (snapshot: Snapshot) => SparseColumn {
  const columns = savedGroup<Snapshot, Pick<SparseColumn, 'keys' | 'values'>>(name, ['keys', 'values'], snapshot => {
    const {keys, values} = find(snapshot)
    return {keys, values}
  })
  return memoize(snapshot => {
    const {keys, values} = columns(snapshot)
    return new SparseColumn(keys, values)
  })
}

/** Finds all that questions about scopes need, or has it read from the index. */
export function prepareScopes(snapshot: Snapshot): void {
  functionsOfInfos(snapshot)
  sharedOfInfos(snapshot)
  innerFunctions(snapshot)
  allScopes(snapshot)
  scopeMakers(snapshot)
  moduleScopes(snapshot)
  allClosures(snapshot)
}

/** By the ordinal of a ScopeInfo, the first closure that has it. */
function findFunctionsOfInfos(snapshot: Snapshot): SparseColumn {
  const {nodeCount, nodeKind} = snapshot
  const target = internalTargets(snapshot)
  const dense = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.closure) continue
    const shared = target(node, 'shared')
    const info = shared < 0 ? -1 : target(shared, 'name_or_scope_info')
    if (info >= 0 && dense[info] === 0) dense[info] = node + 1
  }
  return SparseColumn.of(dense)
}

/** By the ordinal of a ScopeInfo, the first SharedFunctionInfo that has it. */
function findSharedOfInfos(snapshot: Snapshot): SparseColumn {
  const {nodeCount, nodeKind} = snapshot
  const target = internalTargets(snapshot)
  const dense = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.code) continue
    const info = target(node, 'name_or_scope_info')
    if (info >= 0 && !isText(snapshot, info) && dense[info] === 0) dense[info] = node + 1
  }
  return SparseColumn.of(dense)
}

/** By the ordinal of a scope, a closure with a location inside it. */
function findInnerFunctions(snapshot: Snapshot): SparseColumn {
  const {nodeCount, nodeKind, locations} = snapshot
  const {node: located, line, column} = locations
  const target = internalTargets(snapshot)
  // Rows of the locations until all closures are met, then their nodes; each and one, 0 for none.
  const dense = new Uint32Array(nodeCount)
  /** Whether one closure is written before another of the same scope, by their rows. */
  const isBefore = (a: number, b: number) => line[a] < line[b] || (line[a] === line[b] && column[a] < column[b])
  for (let row = 0; row < located.length; row++) {
    const node = located[row]
    // The last of a node's places counts, as in `locationRow`.
    if (nodeKind[node] !== NodeKind.closure || located[row + 1] === node) continue
    const scope = target(node, 'context')
    if (scope >= 0 && (dense[scope] === 0 || isBefore(row, dense[scope] - 1))) dense[scope] = row + 1
  }
  for (let node = 0; node < nodeCount; node++) if (dense[node] > 0) dense[node] = located[dense[node] - 1] + 1
  const direct = dense.slice()
  // A function inside an inner scope is inside the outer one too.
  for (let node = 0; node < nodeCount; node++) {
    if (direct[node] === 0) continue
    for (let outer = target(node, 'previous'); outer >= 0 && dense[outer] === 0; outer = target(outer, 'previous')) {
      dense[outer] = direct[node]
    }
  }
  return SparseColumn.of(dense)
}

/** Slots from a frame's function back to its code (`CaptureSimpleStackTrace`, v8/src/execution/isolate.cc). */
const FUNCTION_TO_CODE = 2

/** Whether nothing has a function but the frames of errors' stacks: nobody can call it again. */
function isOnlyInStacks(snapshot: Snapshot, closure: number): boolean {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, retainers, strings} = snapshot
  const {first, edge: edges, source: sources} = retainers
  if (first[closure] === first[closure + 1]) return false
  for (let at = first[closure]; at < first[closure + 1]; at++) {
    const edge = edges[at]
    if (edgeKind[edge] === EdgeKind.weak) continue
    if (edgeKind[edge] !== EdgeKind.internal || nodeKind[sources[at]] !== NodeKind.array) return false
    const wanted = String(Number(strings.get(edgeName[edge])) - FUNCTION_TO_CODE)
    // V8 writes slots in order, without those that have small numbers.
    const from = Math.max(firstEdge[sources[at]], edge - FUNCTION_TO_CODE)
    let code = edge - 1
    while (code >= from && strings.get(edgeName[code]) !== wanted) code--
    if (code < from || nodeKind[edgeTarget[code]] !== NodeKind.code) return false
  }
  return true
}

/** The function that V8 makes of a whole module or script begins where the text does. */
function startsTheText(snapshot: Snapshot, closure: number): boolean {
  const {line, column} = snapshot.locations
  const row = locationRow(snapshot, closure)
  return row >= 0 && line[row] === 0 && column[row] === 0
}
