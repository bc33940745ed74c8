/**
 * Realms: a page's and each iframe's global object with what belongs to it, those that extensions and drivers have in the same page,
 * contexts of Node's `vm`. V8 has a native context for each.
 */

import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {scriptNames} from '../../snapshot/code/places.ts'
import {nativeContextTest, scopes} from '../../snapshot/code/scopes.ts'
import {isText} from '../../snapshot/code/text.ts'
import {DETACHED} from '../../snapshot/columns/detachedness.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'
import {pageNodes} from './page-nodes.ts'
import {MAX_LABEL, NO_LABEL, SHARED, spreadLabels} from './spread-labels.ts'

/**
 * `page`: a document in a tab; `iframe`: one in a frame of another; `removed frame`: one that is in no frame any more, though its realm
 * lives: an iframe that was removed, a page that was left; `extension`, `driver`: what an extension, or DevTools or a driver of browsers, has
 * of its own in a page; `worker`: of a thread; `main`: of a program; `vm context`: of Node's `vm`; `engine`: the browser's own, without a page.
 */
export type RealmKind =
  | 'page'
  | 'iframe'
  | 'removed frame'
  | 'extension'
  | 'driver'
  | 'worker'
  | 'main'
  | 'vm context'
  | 'engine'

export interface Realm {
  /** Ordinal of V8's native context. */
  context: number
  kind: RealmKind
  /** Address of the page, iframe or extension; '' where the file does not say. */
  address: string
  /** Ordinal of the element that an iframe is in; -1 for all else. */
  frameElement: number
  /** The script that most of its functions are of; '' if none has a name. */
  script: string
  /** `iframe http://host/path`, `vm context plugin.js`; with the context's id behind if others are called the same. */
  name: string
}

/** By the context's id, ascending: the realm of label i + 1. */
export const realms = memoize((snapshot: Snapshot): readonly Realm[] => {
  const contexts = nativeContexts(snapshot)
  const labels = ownLabels(snapshot)
  const scripts = scriptsOfRealms(snapshot, labels, contexts.length)
  const facts = kindsOf(snapshot, contexts, scripts)
  const found = contexts.map((context, i): Realm => {
    const {kind, address, frameElement} = facts[i]
    const script = mostUsed(scripts[i])
    const of = address === '' && TOLD_BY_SCRIPT.has(kind) ? script : address
    return {context, kind, address, frameElement, script, name: of === '' ? kind : `${kind} ${of}`}
  })
  const count = new Map<string, number>()
  for (const {name} of found) count.set(name, (count.get(name) ?? 0) + 1)
  return found.map(realm =>
    count.get(realm.name) === 1 ? realm : {...realm, name: `${realm.name} @${snapshot.nodeId[realm.context]}`},
  )
})

/** V8 knows no address of a window without a frame, and none of a context of Node's. */
const TOLD_BY_SCRIPT = new Set<RealmKind>(['removed frame', 'vm context'])

/**
 * Uint16Array(n): 1 + the number of each node's realm, or SHARED. Objects, functions and scopes are of the realm in which they were made,
 * as V8 tells (`JSReceiver::GetCreationContext`): that of a function's scope, and of an object's map; elements of a page, of their
 * document's. All else, as strings, arrays, code and what Blink has no objects for, is of the realm whose nodes alone hold it (`spreadLabels`), as
 * V8 counts for `performance.measureUserAgentSpecificMemory` (`NativeContextInferrer`, src/heap/memory-measurement.cc).
 */
export const realmColumn = memoize(
  (snapshot: Snapshot): Uint16Array => spreadLabels(snapshot, ownLabels(snapshot).slice()),
)

/** V8's native contexts, ordinals by id; no more than there are labels. */
const nativeContexts = memoize((snapshot: Snapshot): number[] => {
  const {nodeCount, nodeId, nodeName} = snapshot
  const isContext = nativeContextTest(snapshot)
  const found: number[] = []
  for (let node = 0; node < nodeCount; node++) {
    if (!isText(snapshot, node) && isContext(nodeName[node])) found.push(node)
  }
  return found.sort((a, b) => nodeId[a] - nodeId[b]).slice(0, MAX_LABEL)
})

/** Whether some realms have no label, for there are too many: what is theirs counts as shared. */
export function hasMoreRealms(snapshot: Snapshot): boolean {
  return nativeContexts(snapshot).length === MAX_LABEL
}

/** Slots of a native context that lead to its global object: the object itself, what stands for it, and its name up to V8 14. */
const GLOBALS = ['global_object', 'global_proxy_object', 'extension']

/** Uint16Array(n): labels of what is of a realm by itself; NO_LABEL for all else. */
const ownLabels = memoize((snapshot: Snapshot): Uint16Array => {
  const {nodeCount, nodeKind} = snapshot
  const labels = new Uint16Array(nodeCount).fill(NO_LABEL)
  const target = internalTargets(snapshot)
  const contexts = nativeContexts(snapshot)
  if (contexts.length === 0) return labels
  contexts.forEach((context, i) => {
    labels[context] = i + 1
    for (const slot of GLOBALS) {
      const global = target(context, slot)
      if (global >= 0 && HAS_REALM.has(nodeKind[global]) && labels[global] === NO_LABEL) labels[global] = i + 1
    }
  })
  labelFromMaps(snapshot, labels)
  labelPages(snapshot, labels)
  return labels
})

const HAS_REALM = new Set<number>([
  NodeKind.object,
  NodeKind.closure,
  NodeKind.regexp,
  NodeKind.native,
  NodeKind['object shape'],
])

/** Each node on the way up is looked at once. */
function labelFromMaps(snapshot: Snapshot, labels: Uint16Array): void {
  const {nodeCount, nodeKind} = snapshot
  const above = realmGiver(snapshot)
  const asked = new BitSet(nodeCount)
  const path: number[] = []
  for (let start = 0; start < nodeCount; start++) {
    if (!HAS_REALM.has(nodeKind[start])) continue
    let node = start
    while (node >= 0 && labels[node] === NO_LABEL && !asked.has(node)) {
      asked.add(node)
      path.push(node)
      node = above(node)
    }
    const label = node < 0 ? NO_LABEL : labels[node]
    for (const below of path) labels[below] = label
    path.length = 0
  }
}

/**
 * Of a node the one whose realm is its own: of a function and a scope the scope around, of a map its native context, the map it was derived
 * from or its constructor, of all else its map; -1 if there is none.
 */
function realmGiver(snapshot: Snapshot): (node: number) => number {
  const {nodeKind, nodeName} = snapshot
  const target = internalTargets(snapshot)
  const {isScope} = scopes(snapshot)
  const isMapName = nameTest(snapshot, text => /^system \/ Map(?: |$)/.test(text))
  const ofMap = (map: number) => {
    const own = target(map, 'native_context')
    if (own >= 0) return own
    // Since V8 12.0 each native context has a map of maps.
    const meta = target(map, 'map')
    const ofMeta = meta < 0 || meta === map ? -1 : target(meta, 'native_context')
    if (ofMeta >= 0) return ofMeta
    const derived = target(map, 'back_pointer')
    if (derived >= 0) return derived
    const maker = target(map, 'constructor')
    return maker >= 0 && nodeKind[maker] === NodeKind.closure ? maker : -1
  }
  return node => {
    if (isMapName(nodeName[node])) return ofMap(node)
    if (isScope(node)) return target(node, 'previous')
    const context = nodeKind[node] === NodeKind.closure ? target(node, 'context') : -1
    return context >= 0 ? context : target(node, 'map')
  }
}

/** Documents are of their window's realm, and elements of their document's. */
function labelPages(snapshot: Snapshot, labels: Uint16Array): void {
  const {nodeCount, edgeTarget, nodeKind} = snapshot
  const {isPageNode, isTreeScope, treeScopeEdge} = pageNodes(snapshot)
  const target = internalTargets(snapshot)
  for (const context of nativeContexts(snapshot)) {
    const window = target(context, 'global_proxy_object')
    const edge = window < 0 || nodeKind[window] !== NodeKind.native ? -1 : treeScopeEdge(window)
    if (edge >= 0 && labels[edgeTarget[edge]] === NO_LABEL) labels[edgeTarget[edge]] = labels[context]
  }
  const scopeOf = (node: number) => {
    const edge = treeScopeEdge(node)
    return edge < 0 || edgeTarget[edge] === node ? -1 : edgeTarget[edge]
  }
  for (let node = 0; node < nodeCount; node++) {
    if (labels[node] !== NO_LABEL || !isPageNode(node) || isTreeScope(node)) continue
    let scope = scopeOf(node)
    // Shadow roots are in the tree of another.
    for (let depth = 0; scope >= 0 && labels[scope] === NO_LABEL && depth < MAX_DEPTH; depth++) scope = scopeOf(scope)
    if (scope >= 0) labels[node] = labels[scope]
  }
}

/** Shadow roots inside one another. */
const MAX_DEPTH = 20

/** By realm, how many of its functions are of each script, by name. */
function scriptsOfRealms(snapshot: Snapshot, labels: Uint16Array, count: number): Map<string, number>[] {
  const {locations, nodeKind} = snapshot
  const found = Array.from({length: count}, () => new Map<string, number>())
  const names = scriptNames(snapshot)
  for (let row = 0; row < locations.node.length; row++) {
    const label = labels[locations.node[row]]
    if (label === NO_LABEL || label === SHARED || nodeKind[locations.node[row]] !== NodeKind.closure) continue
    const script = names.get(locations.scriptId[row])
    if (script === undefined || script === '') continue
    const scripts = found[label - 1]
    scripts.set(script, (scripts.get(script) ?? 0) + 1)
  }
  return found
}

function mostUsed(scripts: ReadonlyMap<string, number>): string {
  let best = ''
  let most = 0
  for (const [script, count] of scripts) {
    if (count > most || (count === most && script < best)) [best, most] = [script, count]
  }
  return best
}

/** By realm what its global object is called. */
function globalNames(snapshot: Snapshot): string[] {
  const {nodeName, strings} = snapshot
  const target = internalTargets(snapshot)
  return nativeContexts(snapshot).map(context => {
    const global = GLOBAL_NAMES.map(slot => target(context, slot)).find(node => node >= 0)
    return global === undefined ? '' : strings.get(nodeName[global])
  })
}

const GLOBAL_NAMES = ['global_object', 'extension']

/** Whether there are pages in the file: Deno's global object is called Window, too. Costs a look at each node's name. */
export const hasPages = memoize((snapshot: Snapshot): boolean => {
  if (!globalNames(snapshot).some(name => WINDOW.test(name))) return false
  const {isTreeScope} = pageNodes(snapshot)
  for (let node = 0; node < snapshot.nodeCount; node++) if (isTreeScope(node)) return true
  return false
})

type RealmFacts = Pick<Realm, 'kind' | 'address' | 'frameElement'>

function kindsOf(
  snapshot: Snapshot,
  contexts: readonly number[],
  scripts: readonly ReadonlyMap<string, number>[],
): RealmFacts[] {
  const {nodeKind, nodeName, strings} = snapshot
  const target = internalTargets(snapshot)
  const nameOf = (node: number) => (node < 0 ? '' : strings.get(nodeName[node]))
  const globals = globalNames(snapshot)
  const windows = contexts.map(context => target(context, 'global_proxy_object'))
  const isPage = hasPages(snapshot)
  // The page's own world has the window itself, in which Blink's object and JavaScript's are one node; others have only objects for it.
  const hasOwn = windows.some(window => window >= 0 && nodeKind[window] === NodeKind.native)
  const main = isPage ? -1 : mainRealm(scripts)
  return contexts.map((context, i) => {
    const address = / \/ (.*)$/s.exec(nameOf(context).slice(NATIVE_CONTEXT.length))?.[1] ?? ''
    if (WORKER.test(globals[i])) return {kind: 'worker', address, frameElement: -1}
    if (!isPage) {
      if (i !== main) return {kind: 'vm context', address, frameElement: -1}
      return {kind: [...scripts[i].keys()].some(isWorkerScript) ? 'worker' : 'main', address, frameElement: -1}
    }
    if (!WINDOW.test(globals[i])) return {kind: 'engine', address, frameElement: -1}
    if (hasOwn && nodeKind[windows[i]] !== NodeKind.native) {
      return {kind: /^[\w-]+-extension:/.test(address) ? 'extension' : 'driver', address, frameElement: -1}
    }
    return frameOf(snapshot, windows[i], address)
  })
}

const NATIVE_CONTEXT = 'system / NativeContext'
const WINDOW = /^(?:Detached )?Window\b/
const WORKER = /^\w*Work(?:er|let)GlobalScope\b/

function isWorkerScript(script: string): boolean {
  return /^(?:node:)?internal\/main\/worker_thread/.test(script)
}

/** That of a program is the one with the runtime's own functions: contexts of `vm` have none, or a few. */
function mainRealm(scripts: readonly ReadonlyMap<string, number>[]): number {
  let main = 0
  let most = -1
  scripts.forEach((all, i) => {
    let own = 0
    for (const [script, count] of all) if (originOfScript(script).code === 'runtime') own += count
    if (own > most) [main, most] = [i, own]
  })
  return main
}

const FRAME = /^(?:blink::)?LocalFrame$/
const FRAME_OWNER = /^<(?:iframe|frame|object|embed|fencedframe)\b/

/** Blink's window has its frame as long as it is in one, and a frame the element that it is in (`Frame::Trace`, core/frame/frame.cc). */
function frameOf(snapshot: Snapshot, window: number, address: string): RealmFacts {
  const {detachedness, edgeTarget} = snapshot
  const frame = nativeTarget(snapshot, window, FRAME)
  if (frame >= 0) {
    const owner = nativeTarget(snapshot, frame, FRAME_OWNER)
    if (owner < 0) return {kind: 'page', address, frameElement: -1}
    return {kind: 'iframe', address: addressOf(snapshot, owner, address), frameElement: owner}
  }
  const {treeScopeEdge} = pageNodes(snapshot)
  const edge = window < 0 ? -1 : treeScopeEdge(window)
  const isRemoved = edge >= 0 && detachedness[edgeTarget[edge]] === DETACHED
  return {kind: isRemoved ? 'removed frame' : 'page', address, frameElement: -1}
}

function nativeTarget(snapshot: Snapshot, node: number, name: RegExp): number {
  const {edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  if (node < 0) return -1
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    const to = edgeTarget[edge]
    if (nodeKind[to] === NodeKind.native && name.test(strings.get(nodeName[to]))) return to
  }
  return -1
}

/** Of V8's name only the origin is left: an iframe's element may say more. */
function addressOf({nodeName, strings}: Snapshot, owner: number, origin: string): string {
  const src = /\s(?:src|data)="([^"]*)"/.exec(strings.get(nodeName[owner]).slice(0, MAX_NAME))?.[1]
  if (src === undefined || src === '' || !URL.canParse(src, origin)) return origin
  const url = new URL(src, origin)
  return url.origin === origin ? url.href : origin
}

const MAX_NAME = 4096

/** Whether a node is of a window that is in no page any more. */
export const removedFrameTest = memoize((snapshot: Snapshot): ((node: number) => boolean) => {
  const isRemoved = hasPages(snapshot) ? [false, ...realms(snapshot).map(({kind}) => kind === 'removed frame')] : []
  if (!isRemoved.includes(true)) return () => false
  const column = realmColumn(snapshot)
  return node => isRemoved[column[node]]
})
