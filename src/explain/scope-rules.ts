/** Rules for scopes and modules: the variables and exports that code sees. */

import {exportName} from '../analyze/cut-variables.ts'
import {variableName} from '../snapshot/block-variables.ts'
import {originOfScript} from '../snapshot/code-origin.ts'
import {propertyTarget} from '../snapshot/internal-edges.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import {scopes} from '../snapshot/scopes.ts'
import {isText} from '../snapshot/text.ts'
import type {Chain} from './code-chain.ts'
import type {Rule} from './code-fold.ts'
import {isBuiltin, scopeName, sideOf} from './code-nodes.ts'
import {shownScript} from './script-root.ts'
import {placeOf} from './source-place.ts'

// Scopes (`V8HeapExplorer::ExtractContextReferences`, heap-snapshot-generator.cc)

/** `function → context → previous … → variable`: the variable that the function sees, or the module that it is written in. */
export const scopeOfFunction: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  let end = at + 1
  while (chain.is(end, EdgeKind.internal, 'previous') && isScope(chain.target(end))) end++
  const scope = chain.target(end - 1)
  if (!isScope(scope)) return undefined
  if (kind(scope) === 'module') {
    const name = scopeName(chain.snapshot, scope)
    return {length: end - at, text: ` · ${name}`, alone: name, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
  }
  const variable = scopeVariable(chain, end)
  return variable && {...variable, length: end + variable.length - at}
}

/** `scope → variable`; a variable that changes has a cell of its own in newer versions (`ContextCell`, context-cell.tq). */
export const scopeVariable: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  const scope = chain.source(at)
  const isHidden = chain.kind(at) === EdgeKind.hidden
  if (!isScope(scope) || kind(scope) === 'builtin' || (!isHidden && chain.kind(at) !== EdgeKind.context))
    return undefined
  const inCell = chain.kind(at + 1) === EdgeKind.hidden && chain.isRaw(chain.target(at), 'ContextCell')
  const word = kind(scope) === 'module' ? '' : 'scope var '
  const name = variableName(chain.snapshot, chain.edge(at))
  const text = isHidden && name === '' ? ' · unnamed scope var' : ` · ${word}${name}`
  const inCode = sideOf(chain.snapshot, scope) !== 'runtime'
  return {
    length: inCell ? 2 : 1,
    text,
    label: isHidden && name === '' ? 'unnamed scope var' : `scope var ${name}`,
    inCode,
  }
}

/** `realm → script_context_table → scope`: `let` and `class` at the top of a script. */
export const scriptScope: Rule = (chain, at) => {
  if (at + 1 >= chain.length || chain.slot(at + 1) < 0) return undefined
  const scope = chain.target(at + 1)
  if (!scopes(chain.snapshot).isScope(scope)) return undefined
  const name = scopeName(chain.snapshot, scope)
  const alone = name === 'module' ? 'script' : name
  return {length: 2, text: ` · ${alone}`, alone, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
}

/** What V8's resolving functions see of the promise they are for (`CreatePromiseResolvingFunctionsContext`, promise-misc.tq). */
export const resolvedPromise: Rule = (chain, at) => {
  if (chain.kind(at + 1) !== EdgeKind.hidden || chain.targetType(at + 1) !== 'Promise') return undefined
  return isBuiltin(chain.snapshot, chain.source(at))
    ? {length: 2, text: ' · resolves Promise', inCode: true}
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
    const name = scopeName(chain.snapshot, scope)
    return {length: 2, text: ` · ${name}`, alone: name, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
  }
  if (
    chain.slot(at + 1) < 0 ||
    !chain.is(at + 2, EdgeKind.internal, 'value') ||
    !chain.isRaw(chain.target(at + 1), 'Cell')
  ) {
    return undefined
  }
  const name = moduleName(chain, at)
  const key = chain.slotBefore(at + 1)
  const isExport = key >= 0 && isText(chain.snapshot, key)
  const binding = isExport ? `export ${chain.text(key)}` : 'binding'
  return {length: 3, text: ` · ${name} · ${binding}`, alone: `${name} · ${binding}`, inCode: true}
}

/** From the cell of an ES module's export, where a path begins there. */
export const exportedValue: Rule = (chain, at) => {
  const name = exportName(chain.snapshot, chain.edge(at))
  return name === undefined ? undefined : {length: 1, text: ` · ${name}`, inCode: true}
}

/** By the place of the module's body, or the address that Node's wrapper of it has. */
function moduleName(chain: Chain, at: number): string {
  const {snapshot} = chain
  const record = chain.source(at)
  for (let edge = snapshot.firstEdge[record]; edge < snapshot.firstEdge[record + 1]; edge++) {
    const kind = snapshot.nodeKind[snapshot.edgeTarget[edge]]
    const place =
      kind === NodeKind.object || kind === NodeKind.closure ? placeOf(snapshot, snapshot.edgeTarget[edge]) : undefined
    if (place !== undefined && snapshot.edgeKind[edge] === EdgeKind.hidden) return `module ${place.shown}`
  }
  const url = at === 0 ? -1 : propertyTarget(snapshot, chain.source(at - 1), 'url')
  return url < 0 ? 'module' : `module ${shownScript(snapshot, chain.text(url).replace(/^file:\/\//, ''))}`
}

/** `exports` of Node's record of a CommonJS module (lib/internal/modules/cjs/loader.js). */
export const commonJsExports: Rule = (chain, at) => {
  const file = propertyTarget(chain.snapshot, chain.source(at), 'filename')
  if (chain.type(chain.source(at)) !== 'Module' || file < 0) return undefined
  const name = chain.text(file)
  const alone = `module ${shownScript(chain.snapshot, name)} · exports`
  return {length: 1, text: ` · ${alone}`, alone, inCode: originOfScript(name).code !== 'runtime'}
}
