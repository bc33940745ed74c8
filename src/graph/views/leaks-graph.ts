/** What leaks as a graph: a frame for each suspect of the text, with the path to an example. */
import {retainedBySet} from '../../analyze/graph/retained-set.ts'
import type {LeakedSet} from '../../analyze/growth/leaks.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {info, mergeNode} from '../answer/graph-parts.ts'
import {createResultGraph, type ResultChain, type ResultGraph, type ResultOwner} from '../answer/result.ts'
import {toGraph} from '../answer/to-graph.ts'
import type {KnownNote} from './known.ts'
import {joined} from './leak-places.ts'
import {type LeakView, ownersOfSet} from './leak-row.ts'
import type {LeaksAnswer} from './leak-suspects.ts'
import {leakRows, leaksViewOf, unknownSuspects} from './leaks-view.ts'

/** Each suspect that the text lists, in a frame of its own: the path of its first owner to an example, which stands for all that is held so. */
export function leaksGraph(
  answer: LeaksAnswer,
  question: 'growth' | 'leaks',
  notes: readonly KnownNote[] = [],
): ResultGraph {
  const {snapshot} = answer
  const parted = leakRows(answer, notes)
  const view = leaksViewOf(answer, parted, notes)
  const {rows, total, limits} = view
  const {count, selfBytes} = total
  const graph = createResultGraph(
    info(snapshot, {question, subject: 'new objects', direction: 'in', count, selfBytes, limits}),
  )
  const paths = parted.rows.map(({set}) => pathOf(snapshot, set))
  const chains = paths.map((path, i) => addApart(graph, path.graph, `${i + 1} `))
  const frames = rows.map((row, i) => ({title: `${i + 1}. ${suspectTitle(row)}`, nodes: chains[i].nodes}))
  for (const [i, {also}] of rows.entries()) {
    const [target] = chains[i].nodes.slice(-1)
    const notes = also.map(({holder}) => `also held by ${holder}`)
    graph.updateNodeAttribute(target, 'notes', (own = []) => [...own, ...notes])
  }
  graph.mergeAttributes({chains, frames})
  const list = rows.flatMap((row, i): ResultOwner[] => {
    const {count, selfBytes, retainedBytes, retainedOffHeapBytes} = row
    const owner = paths[i].owner
    return owner === undefined ? [] : [{...owner, count, alone: count, selfBytes, retainedBytes, retainedOffHeapBytes}]
  })
  const members = joined(...unknownSuspects(answer, parted.known).map(({set}) => set.members))
  const {bytes, offHeapBytes} = retainedBySet(snapshot, members)
  graph.setAttribute('owners', {
    summary: plural(total.rows, 'suspect'),
    verdict: rows.flatMap(({verdict}, i) => (verdict === '' ? [] : [`${i + 1}. ${verdict}`])).join('; '),
    cuts: [],
    allocated: [],
    list,
    total: total.rows,
    shared: 0,
    unheld: 0,
    retainedBytes: bytes,
    retainedOffHeapBytes: offHeapBytes,
  })
  return graph
}

function suspectTitle({holder, place, kind, confidence}: LeakView): string {
  return `${holder}${place === '' || holder.includes(place) ? '' : ` (${place})`}: ${kind}, ${confidence} confidence`
}

/** The path of the first owner of a set; the example alone where nothing that was followed holds it. */
function pathOf(snapshot: Snapshot, set: LeakedSet): {graph: ResultGraph; owner: ResultOwner | undefined} {
  const answer = ownersOfSet(snapshot, set)
  const graph = toGraph({...answer, owners: answer.owners.slice(0, 1)})
  const [owner] = answer.owners
  if (owner === undefined) {
    const target = mergeNode(graph, snapshot, set.outermost[0], 'target', 0)
    graph.setAttribute('chains', [{nodes: [target], edges: []}])
    return {graph, owner: undefined}
  }
  const [{nodes}] = graph.getAttribute('chains')
  const {count, selfBytes, retainedBytes} = owner
  graph.mergeNodeAttributes(nodes[nodes.length - 1], {count, selfBytes, retainedBytes})
  return {graph, owner: graph.getAttribute('owners')?.list[0]}
}

/** Adds the one chain of a graph to another, by keys that no other chain has: its objects may be on several. */
function addApart(graph: ResultGraph, path: ResultGraph, prefix: string): ResultChain {
  const [{nodes, edges, cut, ...rest}] = path.getAttribute('chains')
  for (const node of new Set(nodes)) graph.addNode(prefix + node, path.getNodeAttributes(node))
  for (const edge of new Set(edges)) {
    graph.addEdgeWithKey(
      prefix + edge,
      prefix + path.source(edge),
      prefix + path.target(edge),
      path.getEdgeAttributes(edge),
    )
  }
  const named = (keys: readonly string[]) => keys.map(key => prefix + key)
  return {...rest, nodes: named(nodes), edges: named(edges), ...(cut === undefined ? {} : {cut: prefix + cut})}
}
