/** Rules for scopes and modules: the variables and exports that code sees. */

import {exportName} from '../../analyze/facts/cut-variables.ts'
import {variableName} from '../../snapshot/code/block-variables.ts'
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {originalOfVariable} from '../../snapshot/code/original-names.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {isText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import {shownScript} from '../places/script-root.ts'
import {placeOf} from '../places/source-place.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {exportsStart, isBuiltin, isGlobal, isRealm, moduleStart, scopeStart, sideOf, startValue} from './code-nodes.ts'
import {type StartValue, start} from './step.ts'

// Scopes (`V8HeapExplorer::ExtractContextReferences`, heap-snapshot-generator.cc)

/** Where a realm keeps its global object (`Context::global_object`, contexts.h). */
const GLOBAL_SLOTS = new Set(['global_object', 'extension'])

/** `realm → global object`, whatever its class is called: that of a context of `vm` may be an `Object` (`Context::global_object`, contexts.h). */
export const globalOfRealm: Rule = (chain, at) => {
  const {snapshot} = chain
  if (!isRealm(snapshot, chain.source(at)) || !GLOBAL_SLOTS.has(chain.name(at))) return undefined
  const step = isGlobal(snapshot, chain.target(at))
    ? startValue(snapshot, chain.target(at))
    : start('global', 'globalThis')
  return {length: 1, step, alone: step, inCode: false}
}

/**
 * `function → context → previous … → variable`: the variable that the function sees, or the module that it is written in, or, from the
 * outermost scope on, the global object of its realm.
 */
export const scopeOfFunction: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  let end = chain.is(at, EdgeKind.internal, 'previous') ? at : at + 1
  while (chain.is(end, EdgeKind.internal, 'previous') && isScope(chain.target(end))) end++
  if (chain.is(end, EdgeKind.internal, 'previous')) {
    const global = end + 1 < chain.length ? globalOfRealm(chain, end + 1) : undefined
    if (global !== undefined) return {...global, length: end + 1 + global.length - at}
  }
  if (end === at) return undefined
  const scope = chain.target(end - 1)
  if (!isScope(scope)) return undefined
  if (kind(scope) === 'module') {
    return {length: end - at, ...scopeReached(chain, scope)}
  }
  const variable = scopeVariable(chain, end)
  return variable && {...variable, length: end + variable.length - at}
}

/** A scope that has a name by itself. */
function scopeReached({snapshot}: Chain, scope: number): Pick<Fold, 'step' | 'alone' | 'inCode'> {
  const step = scopeStart(snapshot, scope)
  return {step, alone: step, inCode: sideOf(snapshot, scope) !== 'runtime'}
}

/** `scope → variable`; a variable that changes has a cell of its own in newer versions (`ContextCell`, context-cell.tq). */
export const scopeVariable: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  const scope = chain.source(at)
  const isHidden = chain.kind(at) === EdgeKind.hidden
  if (!isScope(scope) || kind(scope) === 'builtin' || (!isHidden && chain.kind(at) !== EdgeKind.context))
    return undefined
  const inCell = chain.kind(at + 1) === EdgeKind.hidden && chain.isRaw(chain.target(at), 'ContextCell')
  const edge = chain.edge(at)
  const name = originalOfVariable(chain.snapshot, edge) ?? variableName(chain.snapshot, edge)
  const inCode = sideOf(chain.snapshot, scope) !== 'runtime'
  return {
    length: inCell ? 2 : 1,
    step: {kind: 'scopeVariable', name, ofModule: kind(scope) === 'module'},
    inCode,
  }
}

/** `realm → script_context_table → scope`: `let` and `class` at the top of a script. */
export const scriptScope: Rule = (chain, at) => {
  if (at + 1 >= chain.length || chain.slot(at + 1) < 0) return undefined
  const scope = chain.target(at + 1)
  if (!scopes(chain.snapshot).isScope(scope)) return undefined
  const reached = scopeReached(chain, scope)
  if (reached.alone?.of !== 'module' || reached.alone.file !== '') return {length: 2, ...reached}
  const script = start('module', 'script')
  return {...reached, length: 2, step: script, alone: script}
}

/** What V8's resolving functions see of the promise they are for (`CreatePromiseResolvingFunctionsContext`, promise-misc.tq). */
export const resolvedPromise: Rule = (chain, at) => {
  if (chain.kind(at + 1) !== EdgeKind.hidden || chain.targetType(at + 1) !== 'Promise') return undefined
  return isBuiltin(chain.snapshot, chain.source(at))
    ? {length: 2, step: {kind: 'promise', part: 'resolves'}, inCode: true}
    : undefined
}

// Modules

/** `module record → body → scope`, `module record → exports → cell → value` (`SourceTextModule`, source-text-module.tq). */
export const moduleRecord: Rule = (chain, at) => {
  const record = chain.source(at)
  if (!chain.isRaw(record, 'SourceTextModule')) return undefined
  const {isScope, kind} = scopes(chain.snapshot)
  if (chain.is(at + 1, EdgeKind.internal, 'context')) {
    const scope = chain.target(at + 1)
    if (!isScope(scope) || kind(scope) !== 'module') return undefined
    return {length: 2, ...scopeReached(chain, scope)}
  }
  if (
    chain.slot(at + 1) < 0 ||
    !chain.is(at + 2, EdgeKind.internal, 'value') ||
    !chain.isRaw(chain.target(at + 1), 'Cell')
  ) {
    return undefined
  }
  const module = moduleOf(chain, at)
  const key = chain.slotBefore(at + 1)
  const isExport = key >= 0 && isText(chain.snapshot, key)
  const name = isExport ? chain.text(key) : ''
  const step = start('export', `${module.words} · ${isExport ? `export ${name}` : 'binding'}`, module.file, name)
  return {length: 3, step, alone: step, inCode: true}
}

/** From the cell of an ES module's export, where a path begins there. */
export const exportedValue: Rule = (chain, at) => {
  const name = exportName(chain.snapshot, chain.edge(at))
  return name === undefined ? undefined : {length: 1, step: {kind: 'export', name}, inCode: true}
}

/** By the place of the module's body, or the address that Node's wrapper of it has. */
function moduleOf(chain: Chain, at: number): StartValue {
  const {snapshot} = chain
  const record = chain.source(at)
  for (let edge = snapshot.firstEdge[record]; edge < snapshot.firstEdge[record + 1]; edge++) {
    const kind = snapshot.nodeKind[snapshot.edgeTarget[edge]]
    const place =
      kind === NodeKind.object || kind === NodeKind.closure ? placeOf(snapshot, snapshot.edgeTarget[edge]) : undefined
    if (place !== undefined && snapshot.edgeKind[edge] === EdgeKind.hidden) return moduleStart(place.shown)
  }
  const url = at === 0 ? -1 : propertyTarget(snapshot, chain.source(at - 1), 'url')
  return moduleStart(url < 0 ? '' : shownScript(snapshot, chain.text(url).replace(/^file:\/\//, '')))
}

/** `exports` of Node's record of a CommonJS module (lib/internal/modules/cjs/loader.js). */
export const commonJsExports: Rule = (chain, at) => {
  const file = propertyTarget(chain.snapshot, chain.source(at), 'filename')
  if (chain.type(chain.source(at)) !== 'Module' || file < 0) return undefined
  const name = chain.text(file)
  const step = exportsStart(shownScript(chain.snapshot, name))
  return {length: 1, step, alone: step, inCode: originOfScript(name).code !== 'runtime'}
}
