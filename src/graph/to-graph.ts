/** Every answer about edges as a result graph: ordinals become ids, names and words here, and nowhere later. */
import type {CyclesAnswer} from '../analyze/cycles.ts'
import type {DominatorsAnswer} from '../analyze/dominator-view.ts'
import type {Joint, NeighborGroup, NeighborsAnswer} from '../analyze/neighbors.ts'
import {offHeapBytes} from '../analyze/off-heap.ts'
import type {OwnersAnswer} from '../analyze/owners.ts'
import type {Path, PathAnswer} from '../analyze/path.ts'
import {rootNodes} from '../analyze/roots.ts'
import {selfSizes} from '../analyze/self-sizes.ts'
import {type CodeStep, codePath, codePathText, foldRepeats} from '../explain/code-path.ts'
import {describe} from '../explain/describe.ts'
import {edgeKindName, edgeLabel, edgeStrength, jointLabel} from '../explain/edge-label.ts'
import {measuredCuts} from '../explain/owner-cut.ts'
import {cutsOfVerdict, ownersSentence, ownerWords, verdict} from '../explain/owner-words.ts'
import {abstractLabel} from '../explain/pattern-label.ts'
import {rootSentence} from '../explain/script-root.ts'
import {sizesSentence} from '../explain/sizes.ts'
import {describeWayHolder} from '../explain/way-holder.ts'
import {codeOf} from '../snapshot/code-origin.ts'
import {sourceOf} from '../snapshot/retainers.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../util/units.ts'
import {
  createResultGraph,
  type ResultChain,
  type ResultCycle,
  type ResultEdge,
  type ResultGraph,
  type ResultInfo,
  type ResultNode,
  type ResultOwner,
  type ResultRole,
  type ResultStep,
} from './result.ts'
import {snapshotView} from './snapshot-view.ts'

export type GraphAnswer = NeighborsAnswer | PathAnswer | CyclesAnswer | DominatorsAnswer | OwnersAnswer

export interface GraphOptions {
  /** Paths with every edge as V8 has it, not as JavaScript. */
  raw?: boolean
  /** Who owns the objects asked about. */
  by?: OwnersAnswer
}

/** The answer as a small graphology graph, keys `@id`, that every emitter takes. */
export function toGraph(answer: GraphAnswer, options: GraphOptions = {}): ResultGraph {
  const graph = graphOf(answer, options)
  if (options.by !== undefined) addOwners(graph, options.by)
  const owners = graph.getAttribute('owners')?.list ?? []
  const places = [...graph.mapNodes((_, {place}) => place), ...owners.map(({place}) => place), ...modulesNamed(graph)]
  const sentence = rootSentence(answer.snapshot, places)
  return sentence.length === 0 ? graph : graph.updateAttribute('limits', (limits = []) => [...limits, ...sentence])
}

/** Files that paths name as their modules. */
function modulesNamed(graph: ResultGraph): string[] {
  const steps = graph.getAttribute('chains').flatMap(chain => chain.steps ?? [])
  return steps.flatMap(({text}) => /module (.+?)(?: · |$)/s.exec(text)?.[1] ?? [])
}

function graphOf(answer: GraphAnswer, {raw = false}: GraphOptions): ResultGraph {
  if (answer.question === 'owners') return ownersGraph(answer, raw)
  if (answer.question === 'path') return pathGraph(answer, raw)
  if (answer.question === 'cycles') return cyclesGraph(answer)
  return answer.question === 'dominators' ? dominatorsGraph(answer) : neighborsGraph(answer, raw)
}

function info(
  snapshot: Snapshot,
  fields: Omit<ResultInfo, 'snapshot' | 'chains' | 'cycles' | 'owners' | 'offHeap' | 'heapBytes'>,
): ResultInfo {
  const none = {offHeap: null, heapBytes: null, chains: [], cycles: [], owners: null}
  return {...fields, snapshot: snapshotView(snapshot), ...none}
}

function sumSelfBytes({nodeSelfBytes}: Snapshot, nodes: Uint32Array): number {
  return nodes.reduce((sum, node) => sum + nodeSelfBytes[node], 0)
}

// backrefs and refs

function neighborsGraph(answer: NeighborsAnswer, raw: boolean): ResultGraph {
  const {snapshot, question, target, groups} = answer
  const inward = question === 'backrefs'
  const graph = createResultGraph(
    info(snapshot, {
      question,
      subject: target.subject,
      direction: inward ? 'in' : 'out',
      count: target.nodes.length,
      selfBytes: sumSelfBytes(snapshot, target.nodes),
      limits: neighborLimits(answer),
    }),
  )
  graph.setAttribute('offHeap', offHeapBytes(snapshot, target.nodes))
  const keys: string[] = []
  const groupOfKey = new Map<string, NeighborGroup>()
  if (target.nodes.length === 0) return graph
  const folded = raw ? new Set<number>() : foldedTables(answer)
  for (const [index, group] of groups.entries()) {
    // A Map's table is no step of its own: what it holds is joined to the Map.
    if (folded.has(index)) {
      keys.push(keys[group.parent])
      continue
    }
    const key = uniqueKey(snapshot, group, groupOfKey)
    keys.push(key)
    if (!graph.hasNode(key)) graph.addNode(key, groupNode(snapshot, group))
    const parent = group.parent < 0 ? undefined : keys[group.parent]
    const isEntry = folded.has(group.parent)
    for (const joint of isEntry && inward ? groups[group.parent].joints : group.joints) {
      const attributes = {
        label: isEntry ? entryLabel(snapshot, joint) : jointLabel(snapshot, joint),
        kind: edgeKindName(snapshot, joint.edgeKind),
        count: joint.edges,
        strength: isEntry ? ('strong' as const) : edgeStrength(snapshot, joint.exampleEdge),
      }
      if (parent !== undefined) addEdge(graph, inward ? key : parent, inward ? parent : key, attributes)
    }
    if (group.left !== undefined) addLeft(graph, key, group, inward)
  }
  return graph
}

/** Groups that are tables of Maps and Sets, told with the Map or Set beyond them and with nothing left out between. */
function foldedTables({snapshot, question, groups}: NeighborsAnswer): Set<number> {
  const {nodeKind, edgeName, strings} = snapshot
  const folded = new Set<number>()
  const isTable = ({edgeKind, exampleEdge}: Joint) =>
    edgeKind === EdgeKind.internal && strings.get(edgeName[exampleEdge]) === 'table'
  for (const [index, {nodes, joints, left, seen, parent}] of groups.entries()) {
    if (parent < 0 || nodeKind[nodes[0]] !== NodeKind.array || left !== undefined || seen) continue
    const children = groups.filter(group => group.parent === index)
    const towardsMap = question === 'backrefs' ? children.flatMap(child => child.joints) : joints
    if (question === 'backrefs' && children.length > 1) continue
    if (children.length > 0 && towardsMap.length > 0 && towardsMap.every(isTable)) folded.add(index)
  }
  return folded
}

/** `.get(…)`: what the edge from a Map's table to an entry is in code. */
function entryLabel(snapshot: Snapshot, {exampleEdge}: Joint): string {
  const {firstEdge, retainers, edgeKind, edgeName, strings} = snapshot
  const table = sourceOf(firstEdge, exampleEdge)
  for (let slot = retainers.first[table]; slot < retainers.first[table + 1]; slot++) {
    const edge = retainers.edge[slot]
    if (edgeKind[edge] !== EdgeKind.internal || strings.get(edgeName[edge]) !== 'table') continue
    return codePathText(codePath(snapshot, retainers.source[slot], [edge, exampleEdge]).slice(1), {
      pattern: true,
    }).trim()
  }
  return edgeLabel(snapshot, exampleEdge)
}

/** `@id` for one object, `@id×n` for several; a further group with the same example gets a mark, the same group its key again. */
function uniqueKey({nodeId}: Snapshot, group: NeighborGroup, groupOfKey: Map<string, NeighborGroup>): string {
  const {nodes} = group
  let key = `@${nodeId[nodes[0]]}${nodes.length === 1 ? '' : `×${nodes.length}`}`
  for (;;) {
    const other = groupOfKey.get(key)
    if (other === undefined) break
    if (other.nodes.length === nodes.length && other.nodes.every((node, i) => node === nodes[i])) return key
    key += "'"
  }
  groupOfKey.set(key, group)
  return key
}

function groupNode(snapshot: Snapshot, group: NeighborGroup): ResultNode {
  const {nodes, level} = group
  const example = describe(snapshot, nodes[0])
  const types = level === 0 ? distinctTypes(snapshot, nodes) : 1
  return {
    role: level === 0 ? 'target' : group.isRoot ? 'root' : 'node',
    type: types > 1 ? `${plural(types, 'type')}` : example.type,
    kind: example.kind,
    id: example.id,
    count: nodes.length,
    selfBytes: sumSelfBytes(snapshot, nodes),
    retainedBytes: null,
    preview: common(nodes, node => describe(snapshot, node).preview),
    place: common(nodes, node => describe(snapshot, node).place),
    code: common(nodes, node => codeOf(snapshot, node)) || 'unknown',
    level,
    notes: group.seen ? ['shown above'] : [],
  }
}

function distinctTypes({types}: Snapshot, nodes: Uint32Array): number {
  return new Set(nodes.map(node => types.ofNode[node])).size
}

/** Objects of a group looked at for what they have in common. */
const SAMPLE = 50

/** What the objects of a group have in common, '' if they differ. */
function common<T extends string>(nodes: Uint32Array, property: (node: number) => T): T | '' {
  const first = property(nodes[0])
  return nodes.subarray(1, SAMPLE).every(node => property(node) === first) ? first : ''
}

function addLeft(graph: ResultGraph, key: string, {left, level}: NeighborGroup, inward: boolean): void {
  if (left === undefined) return
  const noun = inward ? 'kind of holder' : 'kind of object'
  const nouns = inward ? 'kinds of holders' : 'kinds of objects'
  const why = left.reason === 'share' ? '' : ` beyond --${left.reason}`
  const more = `more of ${key} (${left.reason})`
  if (graph.hasNode(more)) return
  graph.addNode(more, {
    role: 'more',
    type: `${plural(left.groups, `more ${noun}`, `more ${nouns}`)}${why}`,
    kind: '',
    id: 0,
    count: left.groups,
    selfBytes: 0,
    retainedBytes: null,
    preview: '',
    place: '',
    code: 'unknown',
    level: level + 1,
    notes: [],
  })
  const attributes = {label: '', kind: '', count: left.edges, strength: 'strong' as const}
  addEdge(graph, inward ? more : key, inward ? key : more, attributes)
}

/** graphology's own keys count the graphs of the process: the same question would not give the same JSON twice. */
function addEdge(graph: ResultGraph, from: string, to: string, attributes: ResultEdge): void {
  graph.addEdgeWithKey(`e${graph.size}`, from, to, attributes)
}

function neighborLimits({question, limitsReached, groups, raw}: NeighborsAnswer): string[] {
  const limits: string[] = []
  if (!raw) limits.push("maps, code and other things of V8's own are left out; --raw shows them")
  const what = question === 'backrefs' ? 'holders' : 'objects'
  if (limitsReached.depth !== undefined) {
    limits.push(`${what} beyond ${plural(limitsReached.depth, 'level')} are left out; --depth N shows more`)
  }
  if (limitsReached.fan !== undefined) {
    limits.push(
      `no more than ${plural(limitsReached.fan, `kind of ${what}`, `kinds of ${what}`)} are shown for each line; --fan N shows more`,
    )
  }
  if (limitsReached.share !== undefined) {
    limits.push(
      `${what} of less than ${100 * limitsReached.share} % of the objects are not followed; --min-share 0 follows all`,
    )
  }
  if (groups.length === 1 && question === 'backrefs' && groups[0].left === undefined) {
    limits.push(
      'nothing in this file holds it by a strong reference: it may be garbage not yet collected, or held weakly',
    )
  }
  return limits
}

// path

function pathGraph(answer: PathAnswer, raw: boolean): ResultGraph {
  const {snapshot, target, paths} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'path',
      subject: target.subject,
      direction: 'in',
      count: target.nodes.length,
      selfBytes: sumSelfBytes(snapshot, target.nodes),
      limits: pathLimits(answer),
    }),
  )
  const chains = paths.map(path => (raw ? addPath(graph, snapshot, path) : addCodePath(graph, snapshot, path)))
  graph.setAttribute('chains', chains)
  return graph
}

/** Every edge of V8's. */
function addPath(graph: ResultGraph, snapshot: Snapshot, path: Path, cut?: number): ResultChain {
  const nodes = path.nodes.map((_, i) => addStation(graph, snapshot, path, i))
  const edges = path.edges.map((edge, i) => {
    const key = mergeEdge(graph, snapshot, edge, nodes[i], nodes[i + 1])
    noteBeside(graph, key, edgeLabel(snapshot, edge), path.parallel[i])
    return key
  })
  return {nodes, edges, ...(cut === undefined ? {} : {cut: edges[cut]})}
}

/** One edge for each step that a person would write. */
function addCodePath(graph: ResultGraph, snapshot: Snapshot, path: Path, cut = -1): ResultChain {
  const steps = codePath(snapshot, path.nodes[0], path.edges, {unfolded: true})
  const nodes = [addStation(graph, snapshot, path, 0)]
  const edges: string[] = []
  let cutKey: string | undefined
  for (const {firstEdge, endEdge, label} of steps) {
    if (endEdge === 0) continue
    const from = nodes[nodes.length - 1]
    nodes.push(addStation(graph, snapshot, path, endEdge))
    const key = mergeStep(graph, snapshot, path.edges.slice(firstEdge, endEdge), label, from, nodes[nodes.length - 1])
    if (endEdge - firstEdge === 1) noteBeside(graph, key, label, path.parallel[firstEdge])
    edges.push(key)
    if (firstEdge <= cut && cut < endEdge) cutKey = key
  }
  const folded = foldRepeats(steps)
  return {
    nodes,
    edges,
    ...(cutKey === undefined ? {} : {cut: cutKey}),
    code: codePathText(folded, {places: true}),
    steps: folded.map(step => resultStep(snapshot, step)),
  }
}

function addStation(graph: ResultGraph, snapshot: Snapshot, {nodes}: Path, at: number): string {
  const last = nodes.length - 1
  const isRoot = at === 0 && rootNodes(snapshot).has(nodes[0])
  return mergeNode(graph, snapshot, nodes[at], at === last ? 'target' : isRoot ? 'root' : 'node', last - at)
}

function noteBeside(graph: ResultGraph, key: string, label: string, parallel: number): void {
  if (parallel > 1) graph.setEdgeAttribute(key, 'label', `${label} (+${parallel - 1} more)`)
}

function resultStep({nodeId}: Snapshot, step: CodeStep): ResultStep {
  const {text, pattern, node, firstEdge, endEdge, times, place, inCode} = step
  return {text, pattern, id: nodeId[node], edges: endEdge - firstEdge, times, place, inCode}
}

/** Adds a single object, or finds it where another chain has been through it. */
function mergeNode(graph: ResultGraph, snapshot: Snapshot, node: number, role: ResultRole, level: number): string {
  const key = `@${snapshot.nodeId[node]}`
  if (graph.hasNode(key)) {
    if (role === 'target') graph.setNodeAttribute(key, 'role', role)
    return key
  }
  const selfBytes = snapshot.nodeSelfBytes[node]
  return graph.addNode(key, {
    role,
    ...describe(snapshot, node),
    code: codeOf(snapshot, node),
    count: 1,
    selfBytes,
    retainedBytes: null,
    level,
    notes: [],
  })
}

function mergeEdge(graph: ResultGraph, snapshot: Snapshot, edge: number, from: string, to: string): string {
  const key = `e${edge}`
  if (graph.hasEdge(key)) return key
  const attributes = {
    label: edgeLabel(snapshot, edge),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    count: 1,
    strength: edgeStrength(snapshot, edge),
  }
  return graph.addEdgeWithKey(key, from, to, attributes)
}

/** The edges that one step stands for, as one; it holds no better than the weakest of them. */
function mergeStep(
  graph: ResultGraph,
  snapshot: Snapshot,
  edges: readonly number[],
  label: string,
  from: string,
  to: string,
): string {
  const last = edges[edges.length - 1]
  const key = edges.length === 1 ? `e${last}` : `e${edges[0]}-${last}`
  if (graph.hasEdge(key)) return key
  // Another way that the runtime has to the same thing looks alike: the chains share the edge.
  const alike = graph.findEdge(from, to, (_, attributes) => attributes.label === label)
  if (alike !== undefined) return alike
  const isEphemeron = edges.some(edge => edgeStrength(snapshot, edge) === 'ephemeron')
  const strength = isEphemeron ? 'ephemeron' : edges.length > 1 ? 'strong' : edgeStrength(snapshot, last)
  const kind = edgeKindName(snapshot, snapshot.edgeKind[last])
  return graph.addEdgeWithKey(key, from, to, {label, kind, count: 1, strength})
}

function pathLimits({target, from, avoid, through, paths, reached, limitsReached}: PathAnswer): string[] {
  const limits: string[] = []
  const total = target.nodes.length
  const start = from === undefined ? 'the roots' : from.subject
  const without = avoid.length === 0 ? '' : ` without passing ${avoid.join(', ')}`
  const lost = total - reached
  if (lost > 0)
    limits.push(
      `${lost === total ? 'no' : `${plural(lost, 'object has', 'objects have')} no`} path from ${start}${without}: unreachable, or held weakly only`,
    )
  if (through !== undefined && paths.length === 0 && reached > 0) {
    const isCertain = limitsReached.crossing === undefined && limitsReached.untried === undefined
    limits.push(`no path from ${start}${without} through ${through} ${isCertain ? 'exists' : 'was found'}`)
  }
  if (limitsReached.crossing !== undefined)
    limits.push(
      `of ${plural(limitsReached.crossing, 'match', 'matches')} of ${through}, the shortest ways to it and from it cross: a further or shorter path through such is not ruled out`,
    )
  if (limitsReached.untried !== undefined)
    limits.push(`${plural(limitsReached.untried, 'farther match', 'farther matches')} of ${through} not tried`)
  const ends = new Set(paths.map(({nodes}) => nodes[nodes.length - 1])).size
  if (reached > ends && through === undefined)
    limits.push(`${plural(reached, 'object')} can be reached; the shortest paths lead to ${ends} of them`)
  if (limitsReached.count !== undefined)
    limits.push(`there are further paths; --count N shows more than ${limitsReached.count}`)
  if (limitsReached.steps !== undefined)
    limits.push(`the search gave up after ${plural(limitsReached.steps, 'step')}: there may be more paths`)
  return limits
}

// cycles

function cyclesGraph(answer: CyclesAnswer): ResultGraph {
  const {snapshot, through, groups, total} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'cycles',
      subject: through === undefined ? 'objects on cycles' : `cycles through ${through.subject}`,
      direction: 'out',
      count: total.nodeCount,
      selfBytes: total.selfBytes,
      limits: cycleLimits(answer),
    }),
  )
  const cycles = groups.map((group): ResultCycle => {
    const nodes = group.nodes.map(node => mergeNode(graph, snapshot, node, 'node', 0))
    const edges = group.edges.map((edge, i) =>
      mergeEdge(graph, snapshot, edge, nodes[i], nodes[(i + 1) % nodes.length]),
    )
    const {components, nodeCount, selfBytes, members, membersLeft} = group
    const retainedBytes = group.retainedBytes ?? null
    const pattern = group.isScopeOnly ? 'functions and their scopes' : patternText(snapshot, group.nodes, group.edges)
    const heldBy = group.heldBy === undefined ? undefined : addHolder(graph, snapshot, group.heldBy)
    const holder = group.holder === undefined ? undefined : describeWayHolder(snapshot, group.holder.edge)
    const sizes = {components, nodeCount, selfBytes, retainedBytes}
    return {pattern, ...sizes, members, membersLeft, nodes, edges, heldBy, holder}
  })
  graph.setAttribute('cycles', cycles)
  return graph
}

function addHolder(graph: ResultGraph, snapshot: Snapshot, edge: number): string {
  const source = sourceOf(snapshot.firstEdge, edge)
  const from = mergeNode(graph, snapshot, source, rootNodes(snapshot).has(source) ? 'root' : 'node', 1)
  const to = mergeNode(graph, snapshot, snapshot.edgeTarget[edge], 'node', 0)
  return mergeEdge(graph, snapshot, edge, from, to)
}

/** `Parent.child → Child.parent`. */
function patternText(snapshot: Snapshot, nodes: number[], edges: number[]): string {
  const {types} = snapshot
  return nodes.map((node, i) => types.names[types.ofNode[node]] + abstractLabel(snapshot, edges[i])).join(' → ')
}

function cycleLimits({groups, raw, minLength, maxLength, limitsReached, total}: CyclesAnswer): string[] {
  const limits: string[] = []
  if (groups.length > 0) {
    limits.push(
      'a cycle alone is no leak: V8 frees cycles that nothing holds from outside; what holds each must let go',
    )
  }
  if (minLength > 1 || maxLength < Number.POSITIVE_INFINITY) {
    const most = maxLength < Number.POSITIVE_INFINITY ? ` to ${formatCount(maxLength)}` : ' or more'
    limits.push(`only cycles of ${formatCount(minLength)}${most} objects, by the shortest cycle of each component`)
  }
  if (!raw) limits.push('maps, prototypes, constructors, code and other V8 internals are left out; --raw keeps them')
  if (limitsReached.groups !== undefined) {
    limits.push(`${plural(groups.length, 'pattern')} of ${total.groups} are shown; --limit N shows more`)
  }
  if (limitsReached.searched !== undefined) {
    limits.push(
      `in ${plural(limitsReached.searched, 'large component')} the shortest cycle was looked for from some members only`,
    )
  }
  return limits
}

// owners

function ownersGraph(answer: OwnersAnswer, raw: boolean): ResultGraph {
  const {snapshot, target} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'why',
      subject: target.subject,
      direction: 'in',
      count: target.nodes.length,
      selfBytes: answer.total.selfBytes,
      limits: [],
    }),
  )
  graph.setAttribute('offHeap', offHeapBytes(snapshot, target.nodes))
  addOwners(graph, answer)
  const chains = answer.owners.map(({start, edges, cut}) => {
    const nodes = [start, ...edges.map(edge => snapshot.edgeTarget[edge])]
    const path = {nodes, edges, parallel: edges.map(() => 1)}
    return raw ? addPath(graph, snapshot, path, cut) : addCodePath(graph, snapshot, path, cut)
  })
  graph.setAttribute('chains', chains)
  return graph
}

/** Adds the owners as words, and the ways of their examples as objects. */
function addOwners(graph: ResultGraph, answer: OwnersAnswer): void {
  const {snapshot, owners, total, shared, unheld} = answer
  const words = owners.map(owner => ownerWords(snapshot, owner))
  const cuts = measuredCuts(answer)
  const list = owners.map((owner, i): ResultOwner => {
    const {count, selfBytes, retainedBytes, code, example} = owner
    // Links among the objects hold some that no other owner seems to.
    const alone = Math.min(owner.alone, cuts.frees[i] ?? owner.alone)
    const own = cuts.texts[i] ?? []
    return {...words[i], cuts: own, code, count, alone, selfBytes, retainedBytes, exampleId: snapshot.nodeId[example]}
  })
  const summary = ownersSentence(answer, words)
  const {retainedBytes} = total
  graph.setAttribute('owners', {
    summary,
    verdict: verdict(answer, words, cuts),
    cuts: cutsOfVerdict(cuts),
    list,
    total: total.owners,
    shared,
    unheld,
    retainedBytes,
  })
  graph.setAttribute('limits', [...ownerLimits(answer), ...graph.getAttribute('limits')])
}

function ownerLimits({total, limitsReached, unheld, target}: OwnersAnswer): string[] {
  const limits: string[] = []
  if (limitsReached.owners !== undefined)
    limits.push(
      `${plural(limitsReached.owners, 'owner')} of ${formatCount(total.owners)} are shown; --owners N shows more`,
    )
  if (unheld > 0 && unheld < target.nodes.length)
    limits.push(`${plural(unheld, 'object is', 'objects are')} held by nothing: garbage, or held weakly only`)
  return limits
}

// dominators

/** Dominators have no way to name. */
const HOLDS = {label: '', kind: '', count: 1, strength: 'strong'} as const

function dominatorsGraph(answer: DominatorsAnswer): ResultGraph {
  const {snapshot, sizes, node, rows, heapBytes} = answer
  const self = selfSizes(snapshot, sizes)
  const key = (of: number) => `@${snapshot.nodeId[of]}`
  const graph = createResultGraph({
    ...info(snapshot, {
      question: 'dominators',
      subject: node === snapshot.root ? 'the whole heap' : key(node),
      direction: 'out',
      count: 1,
      selfBytes: self[node],
      limits: dominatorLimits(answer),
    }),
    heapBytes,
  })
  for (const {node: of, level, parent, retainedBytes} of rows) {
    const role: ResultRole = level === 0 ? 'target' : 'node'
    graph.addNode(key(of), {
      role,
      ...describe(snapshot, of),
      code: codeOf(snapshot, of),
      count: 1,
      selfBytes: self[of],
      retainedBytes,
      level,
      notes: [],
    })
    if (parent >= 0) addEdge(graph, key(rows[parent].node), key(of), HOLDS)
  }
  // After all objects, so that what was left out stands last below its dominator.
  for (const {node: of, level, left} of rows) {
    if (left === undefined) continue
    const more = `more of ${key(of)}`
    graph.addNode(more, {
      role: 'more',
      type: `${plural(left.count, 'more object')}, retained ${formatBytes(left.retainedBytes)}`,
      kind: '',
      id: 0,
      count: left.count,
      selfBytes: 0,
      retainedBytes: left.retainedBytes,
      preview: '',
      place: '',
      code: 'unknown',
      level: level + 1,
      notes: [],
    })
    addEdge(graph, key(of), more, {...HOLDS, count: 0})
  }
  return graph
}

function dominatorLimits({snapshot, sizes, chain, drop, depth, minShare, heapBytes, rows}: DominatorsAnswer): string[] {
  const name = (node: number) => {
    const {type, id} = describe(snapshot, node)
    return `${type} @${id}`
  }
  const limits = [sizesSentence(sizes)]
  if (drop !== undefined && drop.node !== snapshot.root) {
    const share = formatPercent(drop.retainedBytes, heapBytes)
    limits.push(
      `next big drop: ${name(drop.node)} retains ${formatBytes(drop.retainedBytes)} (${share}) in ${plural(drop.childCount, 'object')}, the largest of them ${formatBytes(drop.largestChildBytes)}`,
    )
  }
  if (chain.length > 1) limits.push(`dominated by ${chain.slice(1).map(name).join(', itself by ')}`)
  if (rows.some(({left}) => left !== undefined)) {
    limits.push(
      `${plural(depth, 'level')} of what retains ${formatCount(100 * minShare)} % of the heap or more are shown; --depth, --fan and --min show more`,
    )
  }
  return limits
}
