/** What part a node plays on the path to an object: code of the application's, of a library's, of the runtime's; V8's internals. */
import {codeOf, originOfRow, originOfScript} from '../../snapshot/code/code-origin.ts'
import {eachLocatedNode, placeInScript, placeMapOf} from '../../snapshot/code/places.ts'
import {innerFunctions, moduleScopes, scopes} from '../../snapshot/code/scopes.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'

import {internals} from './internals.ts'

export interface Roles {
  /** Scopes of whole modules and scripts, but for those that were run several times, whose instances something holds: ordinals, ascending. */
  moduleScopes: Uint32Array
  isModuleScope(node: number): boolean
  /** Whether there are scripts that were run several times. */
  hasRepeated: boolean
  /** Of a scope of a script that was run several times the script, one number each; -1 for all other nodes. */
  repeatedScript(node: number): number
  isScope(node: number): boolean
  /** Objects, functions and scopes that Node's, Deno's or the browser's own code made. */
  isRuntime(node: number): boolean
  isLibrary(node: number): boolean
  /** Finds out of all functions and scopes whose they are: for who will ask about most of them. In file order, without looking places up. */
  findAll(): void
  /** Compiled code, maps and other things of V8's that no line of JavaScript names. */
  isInternals(node: number): boolean
}

const UNKNOWN = 0
const APPLICATION = 1
const LIBRARY = 2
const RUNTIME = 3

/** Uint8Array(n) behind it: each node is asked about once. */
export const roles = memoize((snapshot: Snapshot): Roles => {
  const {nodeCount, nodeKind, nodeName, types, strings} = snapshot
  const {isScope, kind: scopeKind} = scopes(snapshot)
  const ofModules = moduleScopes(snapshot)
  const repeated = repeatedModules(snapshot, ofModules)
  const carriers = strings.setOf(...CARRIERS)
  const known = new Uint8Array(nodeCount)
  // Objects of one type have one constructor.
  const ofType = new Uint8Array(types.names.length)
  const isOfBundle = bundleTest(snapshot)
  const find = (node: number): number => {
    const kind = nodeKind[node]
    if (isScope(node) && isOfBundle(node)) return APPLICATION
    if (kind === NodeKind.object && !isScope(node)) {
      if (carriers.has(nodeName[node])) return APPLICATION
      const type = types.ofNode[node]
      if (types.locations[type] < 0) return APPLICATION
      ofType[type] ||= NUMBER[codeOf(snapshot, node)]
      return ofType[type]
    }
    return kind === NodeKind.closure || isScope(node) ? NUMBER[codeOf(snapshot, node)] : APPLICATION
  }
  const code = (node: number) => {
    if (known[node] === UNKNOWN) known[node] = find(node)
    return known[node]
  }
  const findAll = () => {
    eachLocatedNode(snapshot, (node, row) => {
      if (nodeKind[node] === NodeKind.closure || isScope(node)) known[node] = NUMBER[originOfRow(snapshot, row).code]
    })
    const {keys, values} = innerFunctions(snapshot)
    for (let i = 0; i < keys.length; i++) {
      if (known[keys[i]] !== UNKNOWN || !isScope(keys[i])) continue
      known[keys[i]] = isOfBundle(keys[i]) ? APPLICATION : known[values[i]]
    }
  }
  return {
    findAll,
    moduleScopes: ofModules.filter(node => !repeated.has(node)),
    isScope,
    hasRepeated: repeated.size > 0,
    repeatedScript: node => repeated.get(node) ?? -1,
    isModuleScope: node => isScope(node) && scopeKind(node) === 'module' && !repeated.has(node),
    isRuntime: node => code(node) === RUNTIME,
    isLibrary: node => code(node) === LIBRARY,
    isInternals: internals(snapshot),
  }
})

/** Whether a scope is that of a whole bundle, as source maps say, with code of the application in it: its first function may be a library's. */
function bundleTest(snapshot: Snapshot): (scope: number) => boolean {
  const map = placeMapOf(snapshot)
  if (map === undefined) return () => false
  const {kind, locationRow} = scopes(snapshot)
  const known = new Map<number, boolean>()
  const hasApplication = (id: number) =>
    map.sources(id)?.some(source => originOfScript(source).code === 'application') === true
  return scope => {
    const row = kind(scope) === 'module' ? locationRow(scope) : -1
    const id = row < 0 ? -1 : snapshot.locations.scriptId[row]
    return id >= 0 && getOrMake(known, id, () => hasApplication(id))
  }
}

/** Scopes of scripts that were run several times, as test runners and hot reloading do: an instance lives for as long as somebody holds it. */
function repeatedModules(snapshot: Snapshot, modules: Uint32Array): Map<number, number> {
  const ofScript = new Map<string, number[]>()
  for (const scope of modules) {
    const row = scopes(snapshot).locationRow(scope)
    const script = row < 0 ? undefined : placeInScript(snapshot, row)?.script
    if (script === undefined || script === '') continue
    getOrMake(ofScript, script, (): number[] => []).push(scope)
  }
  const several = [...ofScript.values()].filter(({length}) => length > 1)
  return new Map(several.flatMap((instances, script) => instances.map((scope): [number, number] => [scope, script])))
}

const NUMBER = {unknown: APPLICATION, application: APPLICATION, library: LIBRARY, runtime: RUNTIME}

/** Classes of the runtime's whose objects are parts of what has them: AsyncLocalStorage's stores, from Node 24 on. */
const CARRIERS = ['AsyncContextFrame']
