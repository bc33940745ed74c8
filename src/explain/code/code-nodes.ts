/** Nodes in words that may begin a path: what a person calls a global object, a module, a function, a timer. */

import {exportCells} from '../../analyze/facts/cut-variables.ts'
import {rootNodes} from '../../analyze/facts/roots.ts'
import {functionName as nameOfFunction} from '../../snapshot/code/bound-functions.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {originalOfFunction} from '../../snapshot/code/original-names.ts'
import {nativeContextTest, scopes} from '../../snapshot/code/scopes.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {shownScript} from '../places/script-root.ts'
import {scopePlace, scopePlaceText, sourcePlace} from '../places/source-place.ts'
import {componentTitle, fiberTitle} from '../words/component-words.ts'
import {describe} from '../words/describe.ts'
import {selectorOf} from '../words/dom-words.ts'
import {type StartValue, start} from './step.ts'

/** Whose a node is: of people (the application or a library), of the runtime, or of nobody in particular, such as a plain array. */
export type Side = 'people' | 'runtime' | 'neutral'

/**
 * Node's and Deno's global objects, and those of pages. Newer versions of V8 name them with the page's address behind, and from V8 14.9 on
 * with what they are in V8: `global (global*)`, the proxy of it `global (global)`.
 */
const GLOBAL_NAME = /^(?:global|globalThis|Window(?: \[JSGlobalObject\])?)(?: \/| \(global\*?\)|$)/

export function isGlobal(snapshot: Snapshot, node: number): boolean {
  const {nodeKind, nodeName, strings} = snapshot
  const kind = nodeKind[node]
  if (kind !== NodeKind.object && kind !== NodeKind.native) return false
  return GLOBAL_NAME.test(strings.get(nodeName[node])) || (rootNodes(snapshot).has(node) && !isRealm(snapshot, node))
}

/** V8's native context, one for each page or realm. */
export function isRealm(snapshot: Snapshot, node: number): boolean {
  return nativeContextTest(snapshot)(snapshot.nodeName[node])
}

/** Node's own things that no script makes: they have no place. */
const RUNTIME_TYPES = new Set(['ModuleWrap', 'process'])

/** Paths of whole heaps are put into words, and most lead through the same nodes: each is asked once. */
export function sideOf(snapshot: Snapshot, node: number): Side {
  const known = knownSides(snapshot)
  if (known[node] === 0) known[node] = SIDES.indexOf(findSide(snapshot, node)) + 1
  return SIDES[known[node] - 1]
}

const SIDES: readonly Side[] = ['people', 'runtime', 'neutral']
/** Uint8Array(n): the place in SIDES and one; 0 for nodes that nobody has asked about. */
const knownSides = memoize(({nodeCount}: Snapshot) => new Uint8Array(nodeCount))

function findSide(snapshot: Snapshot, node: number): Side {
  const {nodeKind} = snapshot
  if (nodeKind[node] === NodeKind.synthetic || isRealm(snapshot, node)) return 'runtime'
  if (isGlobal(snapshot, node)) return 'runtime'
  const code = codeOf(snapshot, node)
  if (code === 'runtime') return 'runtime'
  if (nodeKind[node] === NodeKind.object && RUNTIME_TYPES.has(snapshot.types.names[snapshot.types.ofNode[node]]))
    return 'runtime'
  if (code !== 'unknown') return 'people'
  // V8's own functions have no place in any script; files before V8 7.0 have no places at all.
  return nodeKind[node] === NodeKind.closure && snapshot.locations.node.length > 0 ? 'runtime' : 'neutral'
}

/** The name of a function, that in the source if source maps tell; '' if it has none. */
export function functionName(snapshot: Snapshot, node: number): string {
  if (snapshot.nodeKind[node] !== NodeKind.closure) return ''
  return originalOfFunction(snapshot, node) ?? nameOfFunction(snapshot, node)
}

/** What objects of one sort are told by: the type of an object; of a function, what says more: its name. */
export function memberName(snapshot: Snapshot, node: number): string {
  const {nodeKind, types} = snapshot
  if (nodeKind[node] === NodeKind.closure) return `${functionName(snapshot, node) || '(anonymous)'}()`
  return types.names[types.ofNode[node]]
}

/** A function of V8's own, which has neither name nor place. */
export function isBuiltin(snapshot: Snapshot, closure: number): boolean {
  return (
    snapshot.nodeKind[closure] === NodeKind.closure &&
    functionName(snapshot, closure) === '' &&
    sideOf(snapshot, closure) === 'runtime'
  )
}

/** What a path that begins at the node begins with. */
export function startValue(snapshot: Snapshot, node: number): StartValue {
  const name = snapshot.strings.get(snapshot.nodeName[node])
  if (isGlobal(snapshot, node) && (name === 'Object' || GLOBAL_NAME.test(name))) {
    return start('global', name.startsWith('Window') ? 'window' : 'globalThis')
  }
  const file = exportCells(snapshot).get(node)
  if (file !== undefined) return moduleStart(shownScript(snapshot, file))
  const exporter = moduleExports(snapshot).get(node)
  if (exporter !== undefined) return exportsStart(shownScript(snapshot, exporter))
  if (scopes(snapshot).isScope(node)) return scopeStart(snapshot, node)
  if (snapshot.nodeKind[node] === NodeKind.closure) {
    const called = functionName(snapshot, node) || '(anonymous)'
    return start('object', `closure ${called}`, '', called)
  }
  if (componentTitle(snapshot, node) !== '') return start('component', fiberTitle(snapshot, node))
  // What most paths begin at needs no more than its type, which is known.
  const type = snapshot.nodeKind[node] === NodeKind.object ? snapshot.types.names[snapshot.types.ofNode[node]] : ''
  if (type !== '') return start('object', type)
  const selector = selectorOf(snapshot, node)
  if (selector !== '') return start('object', selector)
  const {type: named, kind, preview} = describe(snapshot, node)
  if (kind === 'string' && preview !== '') return start('object', preview)
  return start('object', named || `(${kind})`)
}

/** The words of it. */
export function startName(snapshot: Snapshot, node: number): string {
  return startValue(snapshot, node).words
}

/** `module src/cache.js`. */
export function moduleStart(file: string): StartValue {
  return start('module', file === '' ? 'module' : `module ${file}`, file)
}

/** `module src/cache.js · exports`. */
export function exportsStart(file: string): StartValue {
  return start('exports', `module ${file} · exports`, file)
}

/** `module src/cache.js`, `scope of onData`: what a scope is called where nothing else leads to it. */
export function scopeStart(snapshot: Snapshot, scope: number): StartValue {
  return getOrMake(scopeStarts(snapshot), scope, () => findScopeStart(snapshot, scope))
}

const scopeStarts = memoize((_: Snapshot) => new Map<number, StartValue>())

function findScopeStart(snapshot: Snapshot, scope: number): StartValue {
  const found = scopePlace(snapshot, scope)!
  if (found.of === 'module') return moduleStart(scopePlaceText(found))
  if (found.name === '' && found.function < 0) return start('scope', 'scope')
  return start(
    'scope',
    `${found.of === 'call' ? 'scope of' : 'scope in'} ${found.name || '(anonymous)'}`,
    '',
    found.name,
  )
}

/** `src/bus.js:40`: of a function of people's, of what else has a line to look at; '' for the rest. */
export function stepPlace(snapshot: Snapshot, node: number): string {
  if (snapshot.nodeKind[node] !== NodeKind.closure || sideOf(snapshot, node) !== 'people') return ''
  return getOrMake(stepPlaces(snapshot), node, () => sourcePlace(snapshot, node))
}

const stepPlaces = memoize((_: Snapshot) => new Map<number, string>())

const KEY_LENGTH = 40

/** A key of a Map as its `get` would take it: `"k1"`, `Symbol(x)`, `User @12`, `true`. */
export function keyText(snapshot: Snapshot, node: number): string {
  const {title, type: named, kind, preview, id} = describe(snapshot, node)
  const type = title ?? named
  const name = snapshot.strings.get(snapshot.nodeName[node])
  if (kind === 'symbol') return `Symbol(${shortened(name)})`
  if (preview.startsWith('"')) {
    const text = JSON.parse(preview) as string
    return text.length <= KEY_LENGTH ? preview : `${JSON.stringify(text.slice(0, KEY_LENGTH)).slice(0, -1)}…"`
  }
  if (kind === 'hidden' || kind === 'native')
    return /^(?:true|false|null|undefined)$/.test(name) ? name : `${shortened(type)} @${id}`
  if (kind === 'closure') return `${shortened(name) || '(anonymous)'} @${id}`
  return kind === 'number' || kind === 'bigint' ? '…' : `${shortened(type)} @${id}`
}

function shortened(text: string): string {
  return text.length <= KEY_LENGTH ? text : `${text.slice(0, KEY_LENGTH)}…`
}
