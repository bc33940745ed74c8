/** What cuts would free as a result graph: what lets go, what goes, and what still holds the rest. */

import {type FreedLink, freedLinks, linksToStaying} from '../../analyze/cuts/freed-links.ts'
import type {Fate, WhatIfAnswer} from '../../analyze/cuts/what-if.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {edgeKindName, edgeLabel, edgeNaming, edgeStrength} from '../../explain/code/edge-label.ts'
import {abstractLabel} from '../../explain/code/pattern-label.ts'
import type {Description} from '../../explain/words/describe.ts'
import {elementsTitle, titleField} from '../../explain/words/dom-words.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {rowOrNull} from '../../snapshot/code/places.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatBytes, formatPercent, plural} from '../../util/units.ts'
import {described, info, leftOutNode, mergeNode, namedPart} from './graph-parts.ts'
import {createResultGraph, type ResultEdge, type ResultGraph, type ResultNode} from './result.ts'
import {whatIfView} from './what-if-view.ts'

/** Types of what goes besides what was meant, links that a cut is of, and holders of what stays: the largest, the others are counted. */
const MAX_FREED = 10
const MAX_LINKS = 6
const MAX_FATES = 8

export function whatIfGraph(answer: WhatIfAnswer): ResultGraph {
  const {snapshot, cuts, total, heapBytes} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'what-if',
      subject: cuts.map(({text}) => text).join(', '),
      direction: 'out',
      count: total.count,
      selfBytes: total.selfBytes,
      limits: whatIfView(answer).limits,
    }),
  )
  graph.setAttribute('heapBytes', heapBytes)
  addFates(graph, answer)
  addCuts(graph, answer)
  addFreed(graph, answer)
  addStaying(graph, answer)
  const freed = graph.filterNodes(node => node.startsWith('freed '))
  const share = formatPercent(total.selfBytes, heapBytes)
  const title = `would be freed: ${plural(total.count, 'object')} · ${formatBytes(total.selfBytes)} · ${share} of the heap`
  if (freed.length > 0) graph.setAttribute('frames', [{title, nodes: freed}])
  return graph
}

const freedKey = (type: number) => `freed ${type}`
const staysKey = (type: number) => `stays ${type}`

function addFates(graph: ResultGraph, answer: WhatIfAnswer): void {
  const {fates} = answer
  for (const fate of fates.slice(0, MAX_FATES)) {
    const type = typeOf(answer, fate)
    if (fate.freed > 0) addType(graph, answer, type, 'target')
    if (fate.count > fate.freed) addStays(graph, answer, fate, 'target')
  }
  const left = fates.length - MAX_FATES
  if (left > 0) sayLeft(graph, `what becomes of ${plural(left, 'more type')} is not drawn`)
}

/** Those of a type that stay, and what holds them. */
function addStays(graph: ResultGraph, answer: WhatIfAnswer, fate: Fate, role: ResultNode['role']): void {
  const {snapshot} = answer
  const {count, freed, example} = fate
  if (example === null) return
  const stays = count - freed
  const words = stays === 1 ? described(snapshot, example) : ofSeveral(described(snapshot, example))
  graph.addNode(staysKey(typeOf(answer, fate)), {
    role,
    ...words,
    code: codeOf(snapshot, example),
    count: stays,
    selfBytes: 0,
    retainedBytes: null,
    level: 0,
    notes: [freed === 0 ? 'still held: stays' : `still held: stays, ${plural(freed, 'other goes', 'others go')}`],
  })
  addHolders(graph, answer, fate, staysKey(typeOf(answer, fate)))
}

/** What stays though something that goes holds it too. */
function addStaying(graph: ResultGraph, answer: WhatIfAnswer): void {
  const fates = answer.stays.filter(fate => !graph.hasNode(staysKey(typeOf(answer, fate))))
  const types = fates.map(fate => typeOf(answer, fate))
  for (const link of linksToStaying(answer, types)) {
    if (!graph.hasNode(freedKey(link.from))) continue
    addStays(graph, answer, fates[types.indexOf(link.to)], 'node')
    addTypeLink(graph, answer, link, freedKey(link.from), staysKey(link.to))
  }
}

/** From the nearest variable or property that still holds them, by way of what lies between. */
function addHolders(graph: ResultGraph, {snapshot}: WhatIfAnswer, {holders, left}: Fate, stays: string): void {
  for (const {edge, via, count} of holders) {
    const source = sourceOf(snapshot.firstEdge, edge)
    let from = mergeNode(graph, snapshot, source, 'node', 1)
    let words = {label: edgeLabel(snapshot, edge), ...namedPart(edgeNaming(snapshot, edge))}
    for (const node of via) {
      const to = mergeNode(graph, snapshot, node, 'node', 1)
      if (from !== to) addLink(graph, from, to, {...words, kind: '', count: 1, strength: 'strong'})
      from = to
      words = {label: ''}
    }
    const kind = edgeKindName(snapshot, snapshot.edgeKind[edge])
    addLink(graph, from, stays, {...words, kind, count, strength: 'strong'})
  }
  if (left.holders === 0) return
  const more = `more of ${stays}`
  const what = plural(left.holders, 'more kind of holder', 'more kinds of holders')
  graph.addNode(more, leftOutNode(what, {count: left.holders, level: 1}))
  addLink(graph, more, stays, {label: '', kind: '', count: left.count, strength: 'strong'})
}

/** Each cut by the types it leaves and leads to, marked with its number. */
function addCuts(graph: ResultGraph, answer: WhatIfAnswer): void {
  const {snapshot, cuts, after} = answer
  const {edgeTarget, firstEdge, types} = snapshot
  for (const [number, {edges}] of cuts.entries()) {
    const links = new Map<string, {to: string; edges: number[]; sources: Set<number>}>()
    for (const edge of edges) {
      const source = sourceOf(firstEdge, edge)
      const target = edgeTarget[edge]
      const type = types.ofNode[target]
      const to = after.has(target) ? staysKey(type) : freedKey(type)
      const key = `${types.ofNode[source]} ${to} ${abstractLabel(snapshot, edge)}`
      const link = links.get(key)
      if (link === undefined) links.set(key, {to, edges: [edge], sources: new Set([source])})
      else {
        link.edges.push(edge)
        link.sources.add(source)
      }
    }
    const shown = [...links.values()]
      .filter(({to}) => graph.hasNode(to))
      .sort((a, b) => b.edges.length - a.edges.length)
    for (const {to, edges, sources} of shown.slice(0, MAX_LINKS)) {
      const [first] = sources
      const from =
        sources.size === 1
          ? mergeNode(graph, snapshot, first, 'node', 1)
          : addGroup(graph, answer, `cut ${number} ${types.ofNode[first]} ${to}`, sources)
      const key = addLink(graph, from, to, {
        label: edges.length === 1 ? edgeLabel(snapshot, edges[0]) : abstractLabel(snapshot, edges[0]).trim(),
        ...namedPart(edges.length === 1 ? edgeNaming(snapshot, edges[0]) : undefined),
        kind: edgeKindName(snapshot, snapshot.edgeKind[edges[0]]),
        count: edges.length,
        strength: edgeStrength(snapshot, edges[0]),
      })
      const chain = {nodes: [from, to], edges: [key], cut: key}
      graph.updateAttribute('chains', (chains = []) => [...chains, chain])
    }
    if (links.size > MAX_LINKS)
      sayLeft(graph, `of cut ${number + 1}, ${plural(links.size - MAX_LINKS, 'more link')} not drawn`)
  }
}

/** What goes besides, and how it hangs on what was cut. */
function addFreed(graph: ResultGraph, answer: WhatIfAnswer): void {
  const {snapshot, rows, total} = answer
  const shown = rows.slice(0, MAX_FREED).map(({example}) => snapshot.types.ofNode[example])
  const starts = answer.fates.filter(({freed}) => freed > 0).map(fate => typeOf(answer, fate))
  const begun = starts.filter(type => graph.hasNode(freedKey(type)))
  for (const link of freedLinks(answer, begun, shown)) addFreedLink(graph, answer, link)
  const drawn = rows.filter(({example}) => graph.hasNode(freedKey(snapshot.types.ofNode[example]))).length
  if (drawn < total.types) sayLeft(graph, `${drawn} of ${plural(total.types, 'type')} that would be freed are drawn`)
}

function addFreedLink(graph: ResultGraph, answer: WhatIfAnswer, link: FreedLink): void {
  const {from, to} = link
  for (const type of [from, to]) if (!graph.hasNode(freedKey(type))) addType(graph, answer, type, 'node')
  addTypeLink(graph, answer, link, freedKey(from), freedKey(to))
}

function addTypeLink(graph: ResultGraph, {snapshot}: WhatIfAnswer, link: FreedLink, from: string, to: string): void {
  const {edges, example} = link
  addLink(graph, from, to, {
    label: edges === 1 ? edgeLabel(snapshot, example) : abstractLabel(snapshot, example).trim(),
    ...namedPart(edges === 1 ? edgeNaming(snapshot, example) : undefined),
    kind: edgeKindName(snapshot, snapshot.edgeKind[example]),
    count: edges,
    strength: edgeStrength(snapshot, example),
  })
}

/** All objects of a type that would be freed. */
function addType(graph: ResultGraph, answer: WhatIfAnswer, type: number, role: ResultNode['role']): void {
  const {before, after, snapshot} = answer
  const nodes: number[] = []
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (snapshot.types.ofNode[node] === type && before.has(node) && !after.has(node)) nodes.push(node)
  }
  addGroup(graph, answer, freedKey(type), nodes, role)
}

function addGroup(
  graph: ResultGraph,
  {snapshot, sizes}: WhatIfAnswer,
  key: string,
  nodes: Iterable<number>,
  role: ResultNode['role'] = 'node',
): string {
  if (graph.hasNode(key)) return key
  const bytes = selfSizes(snapshot, sizes)
  const all = [...nodes].sort((a, b) => snapshot.nodeId[a] - snapshot.nodeId[b])
  const words = all.length === 1 ? described(snapshot, all[0]) : groupWords(snapshot, all)
  return graph.addNode(key, {
    role,
    ...words,
    code: codeOf(snapshot, all[0]),
    count: all.length,
    selfBytes: all.reduce((sum, node) => sum + bytes[node], 0),
    retainedBytes: null,
    level: 0,
    notes: [],
  })
}

/** Those of a type, by what all have in common. */
function groupWords(snapshot: Snapshot, nodes: readonly number[]): Description {
  const words = ofSeveral(described(snapshot, nodes[0]))
  const title = elementsTitle(snapshot, nodes)
  return title === '' ? words : {...words, title}
}

/** What one says of itself is not true of the others. */
function ofSeveral({title: _, ...words}: Description): Description {
  return {...words, ...titleField(words.type), preview: ''}
}

function typeOf({snapshot}: WhatIfAnswer, {type, location}: Fate): number {
  const {names, locations} = snapshot.types
  return names.findIndex((name, number) => name === type && rowOrNull(locations[number]) === location)
}

function addLink(graph: ResultGraph, from: string, to: string, edge: ResultEdge): string {
  const same = graph.findEdge(from, to, (_, attributes) => attributes.label === edge.label)
  return same ?? graph.addEdgeWithKey(`e${graph.size}`, from, to, edge)
}

function sayLeft(graph: ResultGraph, sentence: string): void {
  graph.updateAttribute('limits', (limits = []) => [...limits, sentence])
}
