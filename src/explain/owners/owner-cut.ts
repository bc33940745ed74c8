/** What to write behind `what-if --cut` for an owner to let go, and what that frees, measured. */

import {cutBetween, cutInto, cutOfElements} from '../../analyze/cuts/cut-text.ts'
import {cutEdges, resolveCuts, shadowEdgesOf} from '../../analyze/cuts/cuts.ts'
import {exportName} from '../../analyze/facts/cut-variables.ts'
import {dictionaryTest, isOfOneType} from '../../analyze/facts/dictionaries.ts'
import {retainingEdges} from '../../analyze/facts/edge-policy.ts'
import {globalObjects} from '../../analyze/facts/roots.ts'
import {isTimer, isTimerPart, timerLinks} from '../../analyze/facts/timers.ts'
import {freedByCut} from '../../analyze/graph/retained-set.ts'
import type {Owner, OwnersAnswer} from '../../analyze/owners/owners.ts'
import {pathNames} from '../../analyze/owners/path-names.ts'
import {variableName} from '../../snapshot/code/block-variables.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {functionName} from '../code/code-nodes.ts'
import {originalName} from '../code/edge-label.ts'
import {placeOf} from '../places/source-place.ts'
import {ownerWords} from './owner-words.ts'

/** Of the owners so many are asked what cutting them frees: each costs a few looks at all edges. */
const MEASURED_OWNERS = 4
/** Edges of a cut that are held against the owner: more are of the same name. */
const EDGES_COMPARED = 1000
/** An owner of so few edges is cut edge by edge if no name means it. */
const EDGES_WRITTEN = 3

export interface MeasuredCuts {
  /** By owner what to give to `what-if`, several for one of a few edges; none where no expression names it, or it is not needed. */
  texts: string[][]
  /** The one owner that frees most if it alone lets go, and how many objects; undefined if none frees any. */
  best: {owner: number; frees: number} | undefined
  /** By owner how many objects it frees if it alone lets go; undefined where that was not measured. */
  frees: (number | undefined)[]
  /** Whether all owners' cuts together free all objects; undefined if not all were measured. */
  areAll: boolean | undefined
  /** The same of `texts`. */
  areAllTold: boolean
  /** All the names of the first owner's object, where no owner's cut alone frees as many: they must let go of it together. */
  together: {texts: string[]; frees: number} | undefined
  /** One cut nearer to the objects than the owners, which frees all: a variable that several functions share; '' if there is none. */
  atOnce: string
}

/** Tries cuts for the one owner that frees most, or, if none frees any alone, for each of the first MEASURED_OWNERS. */
export function measuredCuts(answer: OwnersAnswer): MeasuredCuts {
  const {snapshot, owners, total, target, unheld} = answer
  const held = target.nodes.length - unheld
  const measured = owners.slice(0, MEASURED_OWNERS)
  const {best, frees} = mostFreeing(answer, measured)
  const together =
    namesTogether(answer, measured, best) ??
    variablesTogether(answer, measured, best) ??
    instancesTogether(answer, measured, best)
  if (best !== undefined) {
    const texts = measured.map((owner, i) => (i === best.owner ? bestCut(answer, owner, best.frees) : []))
    return {texts, best, frees, areAll: undefined, areAllTold: false, together, atOnce: ''}
  }
  const texts = measured.map(owner => bestCut(answer, owner, 0))
  const isWhole = measured.length > 0 && measured.length === total.owners
  const areAll = isWhole ? freedBy(answer, withShadowEdges(snapshot, measured)) === held : undefined
  const areAllTold = isWhole && texts.every(({length}) => length > 0) && freedByTexts(answer, texts.flat()) === held
  const different = new Set(texts.flat())
  const shared = different.size === 1 ? [...different][0] : texts.flat().find(text => text.startsWith(VARIABLE))
  const isOne = total.owners > 1 && shared !== undefined && freedByTexts(answer, [shared]) === held
  return {
    texts,
    best,
    frees,
    areAll,
    areAllTold,
    together: areAll === true ? undefined : together,
    atOnce: isOne ? shared : '',
  }
}

/** Undefined if they free fewer than the best owner does, or no more, if code can let go of what that one holds by. */
function namesTogether(
  answer: OwnersAnswer,
  measured: readonly Owner[],
  best: MeasuredCuts['best'],
): MeasuredCuts['together'] {
  const owner = measured[best?.owner ?? 0]
  const isBetter = (frees: number) =>
    frees > (best?.frees ?? 0) || (frees === best?.frees && isOwnSlot(answer.snapshot, owner))
  if (owner === undefined || !isBetter(owner.count)) return undefined
  const texts = namesOfHolder(answer.snapshot, owner)
  if (texts.length < 2) return undefined
  const frees = freedByTexts(answer, texts)
  return isBetter(frees) ? {texts, frees} : undefined
}

/** The variables of one call by which the best owner holds, if there are several: a store's listeners, those to come and those of now. */
function variablesTogether(
  answer: OwnersAnswer,
  measured: readonly Owner[],
  best: MeasuredCuts['best'],
): MeasuredCuts['together'] {
  const {snapshot} = answer
  const cuts = best === undefined ? undefined : measured[best.owner].cuts
  if (best === undefined || cuts === undefined || cuts.length < 2 || cuts.length > EDGES_WRITTEN) return undefined
  const names = Array.from(cuts, edge => variableName(snapshot, edge) && nameOf(snapshot, edge))
  const isOne = cuts.every(edge => sourceOf(snapshot.firstEdge, edge) === sourceOf(snapshot.firstEdge, cuts[0]))
  if (!isOne || !names.every(isWord) || new Set(names).size < names.length) return undefined
  const frees = freedByTexts(answer, names)
  return frees >= best.frees ? {texts: names.sort(), frees} : undefined
}

/**
 * The ways to the functions that hold instances of a module, if there are several: each has to be put back. Undefined if they are not told apart
 * by names, or these free fewer.
 */
function instancesTogether(
  answer: OwnersAnswer,
  measured: readonly Owner[],
  best: MeasuredCuts['best'],
): MeasuredCuts['together'] {
  const {snapshot} = answer
  const owner = best === undefined ? undefined : measured[best.owner]
  if (best === undefined || owner?.hasInstances !== true) return undefined
  const functions = new Set(Array.from(owner.cuts, edge => snapshot.edgeTarget[edge]))
  if (functions.size < 2 || functions.size > EDGES_WRITTEN) return undefined
  const texts = [...functions].map(node => {
    const edges: number[] = []
    const start = pathNames(snapshot).pathTo(node, edges)
    const cut = edges.length - 1
    return cut < 0 ? '' : ownerWords(snapshot, {...owner, start, edges, cut, cuts: Uint32Array.of(edges[cut])}).holder
  })
  if (texts.includes('') || new Set(texts).size < texts.length) return undefined
  try {
    const frees = freedByTexts(answer, texts)
    return frees >= best.frees ? {texts: texts.sort(), frees} : undefined
  } catch (error) {
    if (!(error instanceof HeapgraphError)) throw error
    return undefined
  }
}

/** The owner that frees most if it alone lets go. Those that hold fewer alone than another frees are not tried. */
function mostFreeing(answer: OwnersAnswer, measured: readonly Owner[]): Pick<MeasuredCuts, 'best' | 'frees'> {
  const order = measured.map((_, i) => i).sort((a, b) => measured[b].alone - measured[a].alone || a - b)
  const frees = measured.map((): number | undefined => undefined)
  let best: MeasuredCuts['best']
  for (const owner of order) {
    if (measured[owner].alone <= (best?.frees ?? 0)) break
    const freed = freedByOwner(answer, measured[owner])
    frees[owner] = freed
    if (freed > (best?.frees ?? 0)) best = {owner, frees: freed}
  }
  return {best, frees}
}

/** Of a ring of timers others hang on the links that are cut: one that is cleared leaves its neighbors linked. */
function freedByOwner(answer: OwnersAnswer, owner: Owner): number {
  const {snapshot} = answer
  const freed = freedBy(answer, withShadowEdges(snapshot, [owner]))
  const [first] = owner.cuts
  const isOfRing = first !== undefined && timerLinks(snapshot).isLink(sourceOf(snapshot.firstEdge, first), first)
  return isOfRing ? Math.min(freed, owner.alone) : freed
}

const VARIABLE = 'scope var '

function withShadowEdges(snapshot: Snapshot, owners: readonly Owner[]): BitSet {
  return cutEdges(
    snapshot,
    owners.map(({cuts}) => ({edges: cuts, shadowEdges: shadowEdgesOf(snapshot, cuts)})),
  )
}

function freedByTexts(answer: OwnersAnswer, texts: readonly string[]): number {
  return freedBy(answer, cutEdges(answer.snapshot, resolveCuts(answer.snapshot, [...new Set(texts)])))
}

/** Of the objects asked about those that cuts free. */
function freedBy({snapshot, target}: OwnersAnswer, cuts: BitSet): number {
  const isFreed = freedByCut(snapshot, cuts)
  let freed = 0
  for (const node of target.nodes) if (isFreed(node)) freed++
  return freed
}

interface Candidate {
  text: string
  /** The edges it names must be from objects that are found as this one is, … */
  source?: number
  /** … or, where a function's name tells, lead to objects of this one's kind. */
  target?: number
  /** Words of the whole path: the edges must be from objects found as the path's own edge among them is. */
  path?: readonly number[]
}

/** The first of the expressions that means the owner's edges and no others, and frees as much. */
function bestCut(answer: OwnersAnswer, owner: Owner, wanted: number): string[] {
  const {snapshot} = answer
  const own = withShadowEdges(snapshot, [owner]).members()
  const {patternOf, kindOf} = pathNames(snapshot)
  const {edgeTarget, firstEdge, nodeId, nodeKind} = snapshot
  const isMeant = (edges: Uint32Array, {source: asked, target, path}: Candidate) => {
    const compared = edges.subarray(0, EDGES_COMPARED)
    const own = path?.find(edge => edges.includes(edge))
    if (path !== undefined && own === undefined) return false
    // What one of V8's roots has is no code's to let go of.
    if (own !== undefined && nodeKind[sourceOf(firstEdge, own)] === NodeKind.synthetic) return false
    const source = own === undefined ? asked : sourceOf(firstEdge, own)
    if (source === undefined) return compared.every(edge => kindOf(edgeTarget[edge]) === kindOf(target ?? 0))
    return compared.every(edge => patternOf(sourceOf(firstEdge, edge)) === patternOf(source))
  }
  const names = isOwnSlot(snapshot, owner) ? namesOfHolder(snapshot, owner) : []
  if (names.length > 0 && wanted > 0 && freedByTexts(answer, names) >= wanted) return names
  for (const candidate of candidates(snapshot, owner)) {
    try {
      const resolved = resolveCuts(snapshot, [candidate.text])
      if (!isMeant(resolved[0].edges, candidate)) continue
      const cut = cutEdges(snapshot, resolved)
      // What has all of the owner's edges frees no less.
      const frees = () => own.every(edge => cut.has(edge)) || freedBy(answer, cut) >= wanted
      if (wanted === 0 || frees()) return [candidate.text]
    } catch (error) {
      // A name that no expression can have.
      if (!(error instanceof HeapgraphError)) throw error
    }
  }
  if (owner.cuts.length > EDGES_WRITTEN) return []
  return Array.from(owner.cuts, edge => cutBetween(nodeId[sourceOf(firstEdge, edge)], nodeId[edgeTarget[edge]]))
}

function* candidates(snapshot: Snapshot, owner: Owner): Generator<Candidate> {
  const {start, edges, cut, cuts} = owner
  const {edgeKind, edgeTarget, firstEdge, nodeId} = snapshot
  const nodeAt = (i: number) => (i === 0 ? start : edgeTarget[edges[i - 1]])
  yield* ofListeners(snapshot, owner, nodeAt)
  yield* ofTimers(snapshot, owner, nodeAt)
  // Where all paths come together, the collection is what is let go of; elsewhere a function's variable is nearer.
  if (!owner.isGathered) yield* ofFunctions(snapshot, owner, nodeAt)
  const source = nodeAt(cut)
  const isOne = cuts.every(edge => sourceOf(firstEdge, edge) === source)
  const kind = edgeKind[edges[cut]]
  const name = nameOf(snapshot, edges[cut])
  const isTable = kind === EdgeKind.internal && name === 'table'
  let byId: Candidate | undefined
  const above = cut === 0 ? [] : namesAlong(snapshot, nodeAt(cut - 1), edges[cut - 1])
  // Entries of an object used as a map are let go of as a Map's are.
  const isKey = kind === EdgeKind.property && isDictionaryOfOneType(snapshot, source)
  if (isIndexed(kind) || isTable || isKey) {
    const slots = isTable ? nodeAt(cut + 1) : source
    const named = variablePath(snapshot, edges.slice(0, cut))
    if (named !== '') yield {text: cutOfElements(named), source: slots}
    for (const path of above) yield {text: cutOfElements(path), source: slots}
    if (isOne) byId = {text: cutOfElements(cutInto(nodeId[source])), source: slots}
  } else {
    for (const text of namesAlong(snapshot, source, edges[cut])) yield {text, source}
    if (kind === EdgeKind.property) {
      const before =
        cut === 0 ? (moduleExports(snapshot).has(source) ? 'exports' : '') : nameOf(snapshot, edges[cut - 1])
      if (isWord(before)) yield {text: `${before}${accessor(name)}`, source}
      if (isOne) byId = {text: `@${nodeId[source]}${accessor(name)}`, source}
    }
  }
  const {holder, container} = ownerWords(snapshot, owner)
  for (const text of [container, holder]) yield {text, path: edges}
  // Letting go of the owner as a whole.
  if (cut > 0) for (const text of above) yield {text, source: nodeAt(cut - 1)}
  // Names are read, and last until the next snapshot of another process.
  if (byId !== undefined) yield byId
}

/**
 * All the names of the owner's object: of one that holds by a slot of V8's own, such as a promise by its reactions, code can let go of
 * it alone, and must do so wherever it is named. None if one of the edges into it has no name, or there are more than EDGES_WRITTEN.
 */
function namesOfHolder(snapshot: Snapshot, owner: Owner): string[] {
  const {start, edges, cut} = owner
  const {edgeKind, edgeTarget, nodeKind, retainers} = snapshot
  const kind = edgeKind[edges[cut]]
  const isOwn = isOwnSlot(snapshot, owner)
  const isNamed = kind === EdgeKind.property || kind === EdgeKind.context
  const holder = isNamed ? edgeTarget[edges[cut]] : cut === 0 ? start : edgeTarget[edges[cut - 1]]
  if (!(isOwn || isNamed) || nodeKind[holder] !== NodeKind.object) return []
  const retaining = retainingEdges(snapshot)
  const names: string[] = []
  for (let slot = retainers.first[holder]; slot < retainers.first[holder + 1]; slot++) {
    const edge = retainers.edge[slot]
    // The array of an object's properties has again what the object has.
    if (!retaining.has(edge) || nodeKind[retainers.source[slot]] === NodeKind.array) continue
    const name = namesOf(snapshot, retainers.source[slot], edge).find(text => isOnlyOf(snapshot, text, holder))
    if (name === undefined || names.length === EDGES_WRITTEN) return []
    names.push(name)
  }
  return names.sort()
}

/** Whether an owner holds by a slot that V8 has for its own ends, not for the entries of a collection. */
function isOwnSlot(snapshot: Snapshot, {edges, cut}: Owner): boolean {
  const isInternal = snapshot.edgeKind[edges[cut]] === EdgeKind.internal
  return isInternal && !['table', 'elements'].includes(nameOf(snapshot, edges[cut]))
}

function namesOf(snapshot: Snapshot, source: number, edge: number): string[] {
  const names = namesAlong(snapshot, source, edge)
  if (snapshot.edgeKind[edge] !== EdgeKind.property || !moduleExports(snapshot).has(source)) return names
  return [`exports${accessor(nameOf(snapshot, edge))}`, ...names]
}

/** Whether a text means edges into that object alone. */
function isOnlyOf(snapshot: Snapshot, text: string, node: number): boolean {
  try {
    return resolveCuts(snapshot, [text])[0].edges.every(edge => snapshot.edgeTarget[edge] === node)
  } catch (error) {
    if (!(error instanceof HeapgraphError)) throw error
    return false
  }
}

/** Not what has many parts of all sorts, such as a module's exports: letting go of all of them is no advice. */
function isDictionaryOfOneType(snapshot: Snapshot, node: number): boolean {
  return dictionaryTest(snapshot)(node) && isOfOneType(snapshot, node)
}

/** `GS.watched`: from the last variable or export on the way, by properties alone; '' if there is none. */
function variablePath(snapshot: Snapshot, edges: readonly number[]): string {
  const {edgeKind} = snapshot
  const nameAt = (edge: number) => exportName(snapshot, edge) ?? variableName(snapshot, edge)
  const from = edges.findLastIndex(edge => nameAt(edge) !== '')
  if (from < 0) return ''
  const rest = edges.slice(from + 1)
  if (!rest.every(edge => edgeKind[edge] === EdgeKind.property)) return ''
  const variable = nameAt(edges[from])
  return isWord(variable) ? variable + rest.map(edge => accessor(nameOf(snapshot, edge))).join('') : ''
}

/** `bus on "flush"`. */
function* ofListeners(snapshot: Snapshot, {edges, cut}: Owner, nodeAt: (i: number) => number): Generator<Candidate> {
  // Of where listeners gather, the cut is in the list of one event's.
  const at = edges.findIndex((edge, i) => i >= cut - 2 && nameOf(snapshot, edge) === '_events')
  if (at < 0 || at + 1 >= edges.length) return
  const event = nameOf(snapshot, edges[at + 1])
  // A module's export hangs in a cell of its own.
  const emitter = at === 0 ? '' : (exportName(snapshot, edges[at - 1]) ?? nameOf(snapshot, edges[at - 1]))
  if (isWord(emitter)) yield {text: `${emitter} on ${JSON.stringify(event)}`, source: nodeAt(at + 1)}
}

/** `Timeout._onTimeout poll`, which is cleared, or `Timeout poll · AsyncLocalStorage store`: a callback without its variable would fail. */
function* ofTimers(snapshot: Snapshot, owner: Owner, nodeAt: (i: number) => number): Generator<Candidate> {
  const {edges, cut} = owner
  if (isTimerPart(snapshot, edges[cut])) {
    const timer = snapshot.types.names[snapshot.types.ofNode[nodeAt(cut)]]
    const called = functionName(snapshot, nodeAt(cut + 1))
    if (isWord(called)) yield {text: `${timer}.${nameOf(snapshot, edges[cut])} ${called}`, path: edges}
    return
  }
  const isOfTimer = edges.slice(0, cut + 1).some((_, i) => isTimer(snapshot, nodeAt(i)))
  const {holder, steps} = ownerWords(snapshot, owner)
  const isStore = steps.some(
    ({value, firstEdge, endEdge}) => value.kind === 'store' && firstEdge <= cut && cut < endEdge,
  )
  if (isOfTimer && isStore) yield {text: holder, path: edges}
}

/** `scope var user of onFlush()`: the variable by which a function behind the owner holds the objects. */
function* ofFunctions(snapshot: Snapshot, {edges, cut}: Owner, nodeAt: (i: number) => number): Generator<Candidate> {
  const {edgeTarget, nodeKind, nodeName, strings} = snapshot
  for (let i = edges.length - 1; i > cut; i--) {
    const variable = variableName(snapshot, edges[i])
    if (variable === '') continue
    let above = i
    while (above > cut && nodeKind[nodeAt(above)] !== NodeKind.closure) above--
    const closure = nodeAt(above)
    if (nodeKind[closure] !== NodeKind.closure) return
    const name = strings.get(nodeName[closure])
    // No code can set a `this`.
    if (!isWord(variable) || variable === 'this') continue
    // A function without a name is told by its file.
    const place = name === '' ? placeOf(snapshot, closure) : undefined
    if (place !== undefined) yield {text: `${place.shown} · ${variable}`, target: edgeTarget[edges[i]]}
    yield {text: `${VARIABLE}${variable} of ${name === '' ? '(anonymous)' : name}()`, target: edgeTarget[edges[i]]}
  }
}

/** Names of an edge, the one that says most first. */
function namesAlong(snapshot: Snapshot, source: number, edge: number): string[] {
  const {edgeKind, nodeKind, nodeName, strings, types} = snapshot
  const called = variableName(snapshot, edge)
  if (called !== '') return variable(snapshot, source, called)
  const name = nameOf(snapshot, edge)
  if (edgeKind[edge] !== EdgeKind.property) return []
  if (globalObjects(snapshot).includes(source)) return [`globalThis${accessor(name)}`]
  const isFunction = nodeKind[source] === NodeKind.closure
  const {ofNode, names, originals} = types
  const type = isFunction ? strings.get(nodeName[source]) : (originals?.get(ofNode[source]) ?? names[ofNode[source]])
  return isWord(type) && !COMMON.has(type) ? [`${type}${accessor(name)}`] : []
}

/** Functions of a scope looked at for their script. */
const FUNCTIONS_SEARCHED = 100

const COMMON = new Set(['Object', 'Array', 'Map', 'Set', 'Function'])

function variable(snapshot: Snapshot, scope: number, name: string): string[] {
  if (!isWord(name)) return []
  const {retainers} = snapshot
  const found = [`${VARIABLE}${name}`]
  // Functions in the scope tell its script.
  const end = Math.min(retainers.first[scope + 1], retainers.first[scope] + FUNCTIONS_SEARCHED)
  for (let slot = retainers.first[scope]; slot < end; slot++) {
    const place = placeOf(snapshot, retainers.source[slot])
    if (place === undefined) continue
    found.unshift(`${place.shown} · ${name}`)
    break
  }
  return found
}

/** The name in the source, which cuts may have, too. */
function nameOf(snapshot: Snapshot, edge: number): string {
  const {edgeKind, edgeName, strings} = snapshot
  if (isIndexed(edgeKind[edge])) return ''
  return originalName(snapshot, edge) ?? strings.get(edgeName[edge])
}

function accessor(name: string): string {
  const symbol = /^<symbol (.*)>$/.exec(name)
  if (symbol !== null) return `[Symbol(${symbol[1]})]`
  return isWord(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function isWord(name: string): boolean {
  return /^#?[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)
}
