/** Holders and held of `backrefs` and `refs` as a result graph: one node for each group. */

import {offHeapBytes} from '../../analyze/facts/off-heap.ts'
import type {OwnersAnswer} from '../../analyze/owners/owners.ts'
import type {Joint, NeighborGroup, NeighborsAnswer} from '../../analyze/paths/neighbors.ts'
import {codePath, codePathText} from '../../explain/code/code-path.ts'
import {edgeKindName, edgeLabel, edgeStrength, jointLabel, jointNaming} from '../../explain/code/edge-label.ts'
import {jointOf} from '../../explain/code/step-words.ts'
import {elementsTitle} from '../../explain/words/dom-words.ts'
import {partOfComponent} from '../../explain/words/hook-words.ts'
import {lackSentence} from '../../explain/words/wholeness-words.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {plural} from '../../util/units.ts'
import {addEdge, described, info, leftOutNode, namedPart, sumSelfBytes} from './graph-parts.ts'
import {createResultGraph, type ResultGraph, type ResultNode, type ResultOwner} from './result.ts'

export function neighborsGraph(answer: NeighborsAnswer, raw: boolean): ResultGraph {
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
  const asked = BitSet.of(snapshot.nodeCount, target.nodes)
  const keys: string[] = []
  const groupOfKey = new Map<string, NeighborGroup>()
  groupsOf.set(graph, groupOfKey)
  if (target.nodes.length === 0) return graph
  const folded = raw ? new Set<number>() : foldedTables(answer)
  for (const [index, group] of groups.entries()) {
    // A Map's table is no step of its own: what it holds is joined to the Map.
    if (folded.has(index)) {
      keys.push(keys[group.parent!])
      continue
    }
    const key = uniqueKey(snapshot, group, groupOfKey)
    keys.push(key)
    if (!graph.hasNode(key)) graph.addNode(key, groupNode(snapshot, group, asked))
    const above = group.parent ?? undefined
    const parent = above === undefined ? undefined : keys[above]
    const isEntry = above !== undefined && folded.has(above)
    for (const joint of isEntry && inward ? groups[above].joints : group.joints) {
      const attributes = {
        label: isEntry ? entryLabel(snapshot, joint) : jointLabel(snapshot, joint),
        ...namedPart(isEntry ? undefined : jointNaming(snapshot, joint)),
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

const groupsOf = new WeakMap<ResultGraph, Map<string, NeighborGroup>>()

/** Where each owner's path comes to the first of the groups: its card, and the path up to it. */
export function setOwnerEntries(graph: ResultGraph, {snapshot, owners}: OwnersAnswer): void {
  const groups = groupsOf.get(graph)
  const said = graph.getAttribute('owners')
  if (groups === undefined || said === null) return
  const paths = owners.map(({start, edges}) => [start, ...edges.map(edge => snapshot.edgeTarget[edge])])
  const onPath = BitSet.of(snapshot.nodeCount, paths.flat())
  const cardOf = new Map<number, string>()
  for (const [key, {nodes}] of groups) {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]
      if (onPath.has(node) && !cardOf.has(node)) cardOf.set(node, key)
    }
  }
  const list = said.list.map((owner, i): ResultOwner => {
    const at = paths[i].findIndex(node => cardOf.has(node))
    if (at < 0) return owner
    const [{text: start}, ...all] = codePath(snapshot, owners[i].start, owners[i].edges)
    // A step over several edges may lead past the card: it is what the path is known by.
    const steps = all.filter(({firstEdge}) => firstEdge < at)
    const joint = steps[0] === undefined ? '' : jointOf(steps[0].value)
    const path = codePathText(steps, {pattern: true}).slice(joint.length)
    return {...owner, entry: {card: cardOf.get(paths[i][at])!, start, startId: snapshot.nodeId[owners[i].start], path}}
  })
  graph.setAttribute('owners', {...said, list})
}

/** Groups that are tables of Maps and Sets, told with the Map or Set beyond them and with nothing left out between. */
function foldedTables({snapshot, question, groups}: NeighborsAnswer): Set<number> {
  const {nodeKind, edgeName, strings} = snapshot
  const folded = new Set<number>()
  const isTable = ({edgeKind, exampleEdge}: Joint) =>
    edgeKind === EdgeKind.internal && strings.get(edgeName[exampleEdge]) === 'table'
  for (const [index, {nodes, joints, left, seen, parent}] of groups.entries()) {
    if (parent === null || nodeKind[nodes[0]] !== NodeKind.array || left !== undefined || seen) continue
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

function groupNode(snapshot: Snapshot, group: NeighborGroup, asked: BitSet): ResultNode {
  const {nodes, level} = group
  const example = described(snapshot, nodes[0])
  const types = level === 0 ? distinctTypes(snapshot, nodes) : 1
  return {
    role: level === 0 ? 'target' : group.isRoot ? 'root' : 'node',
    type: types > 1 ? `${plural(types, 'type')}` : example.type,
    kind: example.kind,
    id: example.id,
    count: nodes.length,
    selfBytes: sumSelfBytes(snapshot, nodes),
    retainedBytes: null,
    ...(types > 1 || example.title === undefined ? {} : groupTitle(snapshot, nodes)),
    preview: common(nodes, node => described(snapshot, node).preview),
    place: common(nodes, node => described(snapshot, node).place),
    code: common(nodes, node => codeOf(snapshot, node)) || 'unknown',
    level,
    notes: group.seen ? [seenNote(asked, nodes)] : [],
  }
}

/** Its objects are in other groups: those of a picture stand anywhere, and those of a text may follow. */
function seenNote(asked: BitSet, nodes: Uint32Array): string {
  return nodes.every(node => asked.has(node)) ? 'among those asked about' : 'already in other groups'
}

/** None where they are called by what they are of, and differ in that. */
function groupTitle(snapshot: Snapshot, nodes: Uint32Array): {title?: string} {
  const title =
    elementsTitle(snapshot, nodes) ||
    common(nodes, node => described(snapshot, node).title ?? '') ||
    common(nodes, node => partOfComponent(snapshot, node)) ||
    (scopes(snapshot).isScope(nodes[0]) ? 'scope' : '')
  return title === '' ? {} : {title}
}

function distinctTypes({types}: Snapshot, nodes: Uint32Array): number {
  const found = new BitSet(types.names.length)
  for (let i = 0; i < nodes.length; i++) found.add(types.ofNode[nodes[i]])
  return found.count()
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
  const what = `${plural(left.groups, `more ${noun}`, `more ${nouns}`)}${why}`
  graph.addNode(more, leftOutNode(what, {count: left.groups, level: level + 1}))
  const attributes = {label: '', kind: '', count: left.edges, strength: 'strong' as const}
  addEdge(graph, inward ? more : key, inward ? key : more, attributes)
}

function neighborLimits({snapshot, question, limitsReached, groups, raw}: NeighborsAnswer): string[] {
  const limits: string[] = []
  if (!raw) limits.push('V8 internals (maps, code and the like) are left out; --raw shows them')
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
      lackSentence(snapshot) ??
        'nothing in this file holds it by a strong reference: it may be garbage not yet collected, or held weakly',
    )
  }
  return limits
}
