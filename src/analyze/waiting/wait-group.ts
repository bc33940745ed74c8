/** Things of one kind that wait for the same reason. */

import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {ascendingOrder} from '../../util/ascending-order.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {oddballValue} from '../facts/property-value.ts'
import {sortById} from '../select/select.ts'

/**
 * `promises`: by the `await` or `then` that waits; `stores`: of AsyncLocalStorage; `timers`; `listeners`: by emitter and event; `handles`: open
 * sockets, servers, processes; `chunks`: in streams; `signals`: AbortSignals that may still abort.
 */
export type WaitKind = 'promises' | 'stores' | 'timers' | 'listeners' | 'handles' | 'chunks' | 'signals'

/** What waits for one reason. */
export interface WaitGroup {
  /**
   * `await`, `then`, `all` (an await or then of what Promise.all and the like, `follows`: of another promise, made of it), `nobody`; `interval`, `timeout`,
   * `immediate`; `emitter`, `target`, `page`; or '' where there is one way only.
   */
  how: WaitHow
  /** What tells the line: a function; -1 if none does. */
  function: number
  /** Of an await, V8's number of it within the function, from 0 on; -1 where the file has no numbers. */
  step: number
  /** What it is about: an AsyncLocalStorage, an emitter, the owner of a handle, a stream; -1 if nothing is. */
  of: number
  /** The event; '' for other groups. */
  event: string
  /** How many: listeners, chunks, waits, stores. */
  count: number
  /** Ordinals of what is kept for them, ascending by id: stores, timers, emitters, handles, streams; of promises what waits. */
  nodes: Uint32Array
  /** Promises waited for, emitters, streams; where it is not the number of nodes. */
  among: number
  /** The most at one of those. */
  most: number
  /** What else is to be said. */
  facts: readonly WaitFact[]
}

/** By what it waits, or was set. */
export type WaitHow =
  | 'await'
  | 'then'
  | 'all'
  | 'follows'
  | 'nobody'
  | 'interval'
  | 'timeout'
  | 'immediate'
  | 'emitter'
  | 'target'
  | 'page'
  | ''

/** `unref`: keeps no process alive; `over limit`: Node has warned of too many listeners; `no limit`: set by the program, so that Node does not. */
export type WaitFact = 'unref' | 'over limit' | 'own limit' | 'server' | 'readable' | 'writable'

/** Collects groups by a key: a number where there may be as many waits as nodes. */
export class WaitGroups {
  readonly #snapshot: Snapshot
  readonly #groups = new Map<string | number, Open>()

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  /** `count` more of a group at `node`; `first`: what a new group is like; `at`: what has them, if not the node; `kept`: more that is kept for them. */
  add(
    key: string | number,
    node: number,
    count: number,
    first: () => Partial<WaitGroup>,
    at = node,
    kept: readonly number[] = [],
  ): void {
    const open = getOrMake(
      this.#groups,
      key,
      (): Open => ({
        group: {how: '', function: -1, step: -1, of: -1, event: '', facts: [], ...first()},
        nodes: new GrowableUint32(),
        count: 0,
        at: new GrowableUint32(),
        atCount: new GrowableUint32(),
      }),
    )
    open.nodes.push(node)
    for (const more of kept) open.nodes.push(more)
    open.count += count
    open.at.push(at)
    open.atCount.push(count)
  }

  /** `isEach`: whether each node counts once, however often it was added. */
  all(isEach = false): WaitGroup[] {
    return [...this.#groups.values()].map(({group, nodes, count, at, atCount}) => {
      const unique = uniqueOf(nodes.view())
      const among = distribution(at.view(), atCount.view())
      return {...group, count: isEach ? unique.length : count, nodes: sortById(this.#snapshot, unique), ...among}
    })
  }
}

interface Open {
  group: Omit<WaitGroup, 'count' | 'nodes' | 'among' | 'most'>
  nodes: GrowableUint32
  count: number
  /** What has some of them, and how many, in the order in which they were added. */
  at: GrowableUint32
  atCount: GrowableUint32
}

/** Ascending, each once. */
function uniqueOf(nodes: Uint32Array): Uint32Array {
  const sorted = nodes.slice().sort()
  return sorted.filter((node, i) => i === 0 || sorted[i - 1] !== node)
}

/** How many things have them, and the most at one. */
function distribution(at: Uint32Array, counts: Uint32Array): {among: number; most: number} {
  let [among, most, here, last] = [0, 0, 0, -1]
  for (const i of ascendingOrder(at)) {
    if (at[i] !== last) [among, here, last] = [among + 1, 0, at[i]]
    here += counts[i]
    if (here > most) most = here
  }
  return {among, most}
}

/**
 * The edges of some names, of kind property or internal, in order: one pass over all edges. Those of a property whose value is `undefined`, `null` and
 * the like are among them.
 */
export const namedEdges = memoize((snapshot: Snapshot): ((name: WaitEdge) => Uint32Array) => {
  const {edgeCount, edgeKind, edgeName, strings} = snapshot
  const ofName = new Uint8Array(strings.count)
  EDGES.forEach((name, i) => {
    for (const index of strings.indexesOf(name)) ofName[index] = i + 1
  })
  const found = EDGES.map(() => new GrowableUint32())
  for (let edge = 0; edge < edgeCount; edge++) {
    const kind = edgeKind[edge]
    if (kind !== EdgeKind.property && kind !== EdgeKind.internal) continue
    const name = ofName[edgeName[edge]]
    if (name > 0) found[name - 1].push(edge)
  }
  return name => found[EDGES.indexOf(name)].view()
})

const EDGES = [
  'reactions_or_result',
  'reactions',
  '_onTimeout',
  '_onImmediate',
  '_events',
  '<symbol kEvents>',
  '<symbol kAborted>',
  '<symbol owner_symbol>',
  '<symbol owner>',
  '<symbol kBufferedValue>',
  '<symbol kResourceStore>',
  'buffered',
  'buffer',
  'queue',
] as const

export type WaitEdge = (typeof EDGES)[number]

/** Whether a node is an object of JavaScript's. */
export function isThing({nodeKind}: Snapshot, node: number): boolean {
  return node >= 0 && nodeKind[node] === NodeKind.object
}

export function isFunction({nodeKind}: Snapshot, node: number): boolean {
  return node >= 0 && nodeKind[node] === NodeKind.closure
}

/** The source and target of each of some edges. */
export function* endsOf({firstEdge, edgeTarget}: Snapshot, edges: Uint32Array): Generator<[number, number]> {
  for (const edge of edges) yield [sourceOf(firstEdge, edge), edgeTarget[edge]]
}

/** What all closures of one place in the code have in common; the closure itself where the file does not say. */
export function codeOfFunction(snapshot: Snapshot, closure: number): number {
  const shared = internalTargets(snapshot)(closure, 'shared')
  return shared < 0 ? closure : shared
}

/** Whether a property holds `true`. */
export function isTrue(snapshot: Snapshot, node: number): boolean {
  return node >= 0 && oddballValue(snapshot, node) === 'true'
}
