/** How the edges of a cut can be taken away in the living process: as a program would let go of them, where JavaScript can reach them. */

import {variableName} from '../../snapshot/code/block-variables.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {locationRow} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {isFlatText} from '../../snapshot/code/text.ts'
import {parseEphemeronName} from '../../snapshot/columns/ephemerons.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {indexInSorted} from '../../util/bisect.ts'
import type {CutKey, CutStep} from '../../util/cut-step.ts'
import {valueOfVariable} from '../facts/context-scopes.ts'
import {exportModule, exportName} from '../facts/cut-variables.ts'
import {globalObjects} from '../facts/roots.ts'
import {tableLayout} from '../facts/tables.ts'
import {isTimerPart} from '../facts/timers.ts'
import type {Cut} from './cuts.ts'

/** What has to be done in a living process for a cut. */
export interface CutPlan {
  /** In the order of the cuts' edges. */
  steps: CutStep[]
  /** Edges that no code can take away, by reason, most first. */
  unfit: Unfit[]
}

/** Edges of a cut that no step can take away, and why. */
export interface Unfit {
  /** One clause: what they are. */
  reason: string
  /** Number of these edges. */
  edges: number
  /** Ordinal of the first. */
  example: number
}

/** Functions tried for one variable: the first that stops at its beginning does. */
const FUNCTIONS_TRIED = 8
/** Steps at the most: each costs the living process a look at its heap. */
const MAX_STEPS = 2000
/** V8 cuts texts of strings here (`heap-snapshot-generator.cc`, the flag `heap-snapshot-string-limit`). */
const WHOLE_TEXT = 1024

/** Linear in the edges of the cuts, and in the closures where variables are among them. */
export function cutSteps(snapshot: Snapshot, cuts: readonly Cut[]): CutPlan {
  const planner = new Planner(snapshot)
  for (const {edges} of cuts) {
    for (let from = 0; from < edges.length; ) {
      const source = sourceOf(snapshot.firstEdge, edges[from])
      // Edges of one object stand together.
      let to = from
      while (to < edges.length && edges[to] < snapshot.firstEdge[source + 1]) to++
      planner.add(source, edges.subarray(from, to))
      from = to
    }
  }
  return planner.plan()
}

class Planner {
  readonly #snapshot: Snapshot
  readonly #steps: CutStep[] = []
  readonly #unfit = new Map<string, Unfit>()
  /** By scope or module the steps that wait for functions that see it. */
  readonly #waiting = new Map<number, Extract<CutStep, {kind: 'variable'}>[]>()
  readonly #globals: ReadonlySet<number>

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#globals = new Set(globalObjects(snapshot))
  }

  plan(): CutPlan {
    this.#findFunctions()
    const unfit = [...this.#unfit.values()].sort((a, b) => b.edges - a.edges || a.example - b.example)
    return {steps: this.#steps, unfit}
  }

  /** `edges`: of `source`, ascending. */
  add(source: number, edges: Uint32Array): void {
    const {edgeKind, ephemerons} = this.#snapshot
    const table = this.#ownerOf(source, 'table')
    const ofTable = edges.filter(edge => table >= 0 && !isPropertyLike(edgeKind[edge]))
    if (ofTable.length > 0) this.#addEntries(source, table, ofTable)
    const elements = edges.filter(edge => table < 0 && edgeKind[edge] === EdgeKind.element)
    if (elements.length > 0) this.#addElements(source, elements)
    for (const edge of edges) {
      if (edgeKind[edge] === EdgeKind.element || (table >= 0 && !isPropertyLike(edgeKind[edge]))) continue
      if (ephemerons.edge[indexInSorted(ephemerons.edge, edge)] === edge) this.#addWeakEntry(edge)
      else if (edgeKind[edge] === EdgeKind.property) this.#addProperty(source, edge)
      else this.#addOther(source, edge)
    }
  }

  #addOther(source: number, edge: number): void {
    const {edgeKind, nodeKind} = this.#snapshot
    const isOfScope = scopes(this.#snapshot).isScope(source)
    // V8 before 15 does not name the variables of blocks.
    const name = isOfScope ? variableName(this.#snapshot, edge) || this.#nameOf(edge) : this.#nameOf(edge)
    const object = this.#id(source)
    const exported = exportName(this.#snapshot, edge)
    const module = exportModule(this.#snapshot, edge)
    const isObject = nodeKind[source] === NodeKind.object
    const isVariable = edgeKind[edge] === EdgeKind.context || (edgeKind[edge] === EdgeKind.hidden && name !== '')
    if (isVariable && isOfScope) {
      if (name === 'this') this.#refuse('the `this` of a call, which nothing can set', edge)
      else this.#addVariable(source, name, edge)
    } else if (exported !== undefined && module !== undefined) this.#addVariable(module, exported, edge)
    else if (name === 'table' && isObject) this.#push({kind: 'entries', object, members: 'all', edges: 1}, edge)
    else if (name === 'elements' && isObject) this.#push({kind: 'elements', object, indexes: 'all', edges: 1}, edge)
    else this.#refuse(this.#reasonFor(source, name), edge)
  }

  #reasonFor(source: number, name: string): string {
    const {nodeKind, nodeName, strings, types} = this.#snapshot
    if (nodeKind[source] === NodeKind.synthetic) {
      const root = strings.get(nodeName[source])
      return /stack/i.test(root) ? 'on the stack of code that runs' : `held by V8 itself: ${root || 'its root'}`
    }
    const owner = this.#ownerOf(source, 'parameters_and_registers')
    if (owner >= 0 || name === 'parameters_and_registers') return 'a local variable of a suspended function'
    return `V8's own slot ${name || 'of a number'} of ${types.names[types.ofNode[source]]}`
  }

  #addVariable(holder: number, name: string, edge: number): void {
    const inside = valueOfVariable(this.#snapshot, edge)
    const value = this.#id(inside >= 0 ? inside : this.#snapshot.edgeTarget[edge])
    const step = {kind: 'variable' as const, functions: [], name, value, edges: 1}
    if (!this.#push(step, edge)) return
    const others = this.#waiting.get(holder)
    if (others === undefined) this.#waiting.set(holder, [step])
    else others.push(step)
  }

  #addProperty(source: number, edge: number): void {
    const name = this.#nameOf(edge)
    const object = this.#globals.has(source) ? 0 : this.#id(source)
    const emitter = this.#ownerOf(source, '_events')
    if (name === '__proto__') this.#refuse('a prototype', edge)
    else if (isTimerPart(this.#snapshot, edge)) this.#push({kind: 'timer', object, edges: 1}, edge)
    else if (emitter >= 0 && !name.startsWith('<symbol ')) {
      this.#push({kind: 'listeners', object: this.#id(emitter), event: name, listeners: 'all', edges: 1}, edge)
    } else {
      const last = this.#steps[this.#steps.length - 1]
      // Two symbols of one description.
      const isSame = last?.kind === 'property' && last.object === object
      if (isSame && 'symbol' in last.key && name === `<symbol ${last.key.symbol}>`) last.edges++
      else this.#push({kind: 'property', object, key: keyOf(name), edges: 1}, edge)
    }
  }

  #addElements(source: number, edges: Uint32Array): void {
    const {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind} = this.#snapshot
    if (nodeKind[source] !== NodeKind.object && nodeKind[source] !== NodeKind.closure) {
      for (const edge of edges) this.#refuse(this.#reasonFor(source, ''), edge)
      return
    }
    const [emitter, event] = this.#listenersOf(source)
    let all = 0
    for (let edge = firstEdge[source]; edge < firstEdge[source + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.element) all++
    }
    const isAll = all === edges.length
    const count = {edges: edges.length}
    if (emitter >= 0) {
      const listeners = isAll ? 'all' : Array.from(edges, edge => this.#id(edgeTarget[edge]))
      this.#push({kind: 'listeners', object: this.#id(emitter), event, listeners, ...count}, edges[0])
      return
    }
    const indexes = isAll ? 'all' : Array.from(edges, edge => edgeName[edge])
    this.#push({kind: 'elements', object: this.#id(source), indexes, ...count}, edges[0])
  }

  /** `table`: of the Map or Set `owner`, whose key or value the edges lead to. */
  #addEntries(table: number, owner: number, edges: Uint32Array): void {
    const {edgeTarget, ephemerons, nodeName, strings} = this.#snapshot
    const isWeak = edges.some(edge => ephemerons.edge[indexInSorted(ephemerons.edge, edge)] === edge)
    if (isWeak) {
      for (const edge of edges) this.#addWeakEntry(edge)
      return
    }
    const count = {edges: edges.length}
    const object = this.#id(owner)
    if (edges.length >= this.#slotsHeld(table)) {
      this.#push({kind: 'entries', object, members: 'all', ...count}, edges[0])
      return
    }
    const members = Array.from(edges, edge => {
      const target = edgeTarget[edge]
      if (!isFlatText(this.#snapshot, target)) return this.#id(target)
      const text = strings.get(nodeName[target])
      return text.length < WHOLE_TEXT ? text : this.#id(target)
    })
    this.#push({kind: 'entries', object, members, ...count}, edges[0])
  }

  /** Keys and values that a Map's or Set's table holds. */
  #slotsHeld(table: number): number {
    const {edgeKind, edgeName, edgeTarget, firstEdge, strings, types} = this.#snapshot
    const firstSlot = tableLayout(this.#snapshot, table)?.firstSlot ?? 0
    let count = 0
    for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
      const kind = edgeKind[edge]
      const slot = isIndexed(kind)
        ? edgeName[edge]
        : kind === EdgeKind.internal
          ? Number(strings.get(edgeName[edge]))
          : -1
      const isHole = types.names[types.ofNode[edgeTarget[edge]]] === '(system)'
      if (kind !== EdgeKind.weak && slot >= firstSlot && !isHole) count++
    }
    return count
  }

  #addWeakEntry(edge: number): void {
    const {nodeId} = this.#snapshot
    const entry = parseEphemeronName(this.#nameOf(edge))
    const table = entry === undefined ? -1 : nodeId.indexOf(entry.tableId)
    const owner = table < 0 ? -1 : this.#ownerOf(table, 'table')
    if (entry === undefined || owner < 0) this.#refuse('an entry of a WeakMap of the runtime', edge)
    else this.#push({kind: 'entries', object: this.#id(owner), members: [entry.keyId], edges: 1}, edge)
  }

  #push(step: CutStep, edge: number): boolean {
    if (this.#steps.length >= MAX_STEPS) {
      this.#refuse(`beyond the ${MAX_STEPS} places that are looked up one by one`, edge, step.edges)
      return false
    }
    this.#steps.push(step)
    return true
  }

  #refuse(reason: string, edge: number, edges = 1): void {
    const known = this.#unfit.get(reason)
    if (known === undefined) this.#unfit.set(reason, {reason, edges, example: edge})
    else known.edges += edges
  }

  /** The object whose edge of this name leads to `node`; -1 if there is none. */
  #ownerOf(node: number, name: string): number {
    const {edgeKind, nodeKind, retainers} = this.#snapshot
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      const edge = retainers.edge[slot]
      const source = retainers.source[slot]
      if (edgeKind[edge] === EdgeKind.weak || isIndexed(edgeKind[edge])) continue
      const isOwner = nodeKind[source] === NodeKind.object || nodeKind[source] === NodeKind.closure
      if (isOwner && this.#nameOf(edge) === name) return source
    }
    return -1
  }

  /** The emitter and event that an array has the listeners of; -1 if it is no such array. */
  #listenersOf(array: number): [emitter: number, event: string] {
    const {edgeKind, retainers} = this.#snapshot
    for (let slot = retainers.first[array]; slot < retainers.first[array + 1]; slot++) {
      const edge = retainers.edge[slot]
      if (edgeKind[edge] !== EdgeKind.property) continue
      const emitter = this.#ownerOf(retainers.source[slot], '_events')
      if (emitter >= 0) return [emitter, this.#nameOf(edge)]
    }
    return [-1, '']
  }

  /** Gives each variable the functions that see it, those nearest to it first; without any it is no step. */
  #findFunctions(): void {
    if (this.#waiting.size === 0) return
    const {nodeCount, nodeId, nodeKind} = this.#snapshot
    const {isScope} = scopes(this.#snapshot)
    const target = internalTargets(this.#snapshot)
    const found = new Map<number, {id: number; depth: number}[]>()
    for (let node = 0; node < nodeCount; node++) {
      if (nodeKind[node] !== NodeKind.closure || isWholeFile(this.#snapshot, node)) continue
      let depth = 0
      for (let scope = target(node, 'context'); scope >= 0 && isScope(scope); scope = target(scope, 'previous')) {
        for (const holder of [scope, target(scope, 'extension')]) {
          if (!this.#waiting.has(holder)) continue
          const list = found.get(holder)
          if (list === undefined) found.set(holder, [{id: nodeId[node], depth}])
          else list.push({id: nodeId[node], depth})
        }
        depth++
      }
    }
    for (const [holder, steps] of this.#waiting) {
      const functions = (found.get(holder) ?? [])
        .sort((a, b) => a.depth - b.depth || a.id - b.id)
        .slice(0, FUNCTIONS_TRIED)
        .map(({id}) => id)
      for (const step of steps) {
        if (functions.length > 0) step.functions = functions
        else this.#withdraw(step, holder)
      }
    }
  }

  #withdraw(step: Extract<CutStep, {kind: 'variable'}>, holder: number): void {
    this.#steps.splice(this.#steps.indexOf(step), 1)
    this.#refuse('a variable that no living function sees', this.#snapshot.firstEdge[holder])
  }

  #nameOf(edge: number): string {
    const {edgeKind, edgeName, strings} = this.#snapshot
    return isIndexed(edgeKind[edge]) ? '' : strings.get(edgeName[edge])
  }

  #id(node: number): number {
    return this.#snapshot.nodeId[node]
  }
}

/**
 * Whether a function is all of a file's code. That of a module sees the module's variables too, but a call of it makes them anew, empty, before
 * it stops at its beginning (`SourceTextModule::RunInitializationCode`, v8/src/objects/source-text-module.cc).
 */
function isWholeFile(snapshot: Snapshot, closure: number): boolean {
  const {line, column} = snapshot.locations
  const row = locationRow(snapshot, closure)
  return row >= 0 && line[row] === 0 && column[row] === 0
}

const isPropertyLike = (kind: number) => kind === EdgeKind.property || kind === EdgeKind.context

function keyOf(name: string): CutKey {
  const symbol = /^<symbol (.*)>$/s.exec(name)
  if (symbol !== null) return {symbol: symbol[1]}
  return name.startsWith('#') ? {private: name} : {name}
}
