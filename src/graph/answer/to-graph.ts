/** Every answer about edges as a result graph: ordinals become ids, names and words here, and nowhere later. */

import type {DominatorsAnswer} from '../../analyze/answers/dominator-view.ts'
import type {CyclesAnswer} from '../../analyze/cycles/cycles.ts'
import type {OwnersAnswer} from '../../analyze/owners/owners.ts'
import type {NeighborsAnswer} from '../../analyze/paths/neighbors.ts'
import type {PathAnswer} from '../../analyze/paths/path.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {cyclesGraph} from './cycles-graph.ts'
import {dominatorsGraph} from './dominators-graph.ts'
import {neighborsGraph, setOwnerEntries} from './neighbors-graph.ts'
import {addOwners, ownersGraph} from './owners-graph.ts'
import {pathGraph} from './path-graph.ts'
import type {ResultGraph} from './result.ts'

/** Answers that can become a result graph. */
export type GraphAnswer = NeighborsAnswer | PathAnswer | CyclesAnswer | DominatorsAnswer | OwnersAnswer

/** What a result graph is to have besides the answer. */
export interface GraphOptions {
  /** Paths with every edge as V8 has it, not as JavaScript. */
  raw?: boolean
  /** Who owns the objects asked about. */
  by?: OwnersAnswer
}

/** The answer as a small graphology graph, keys `@id`, that every emitter takes. */
export function toGraph(answer: GraphAnswer, options: GraphOptions = {}): ResultGraph {
  const graph = graphOf(answer, options)
  if (options.by !== undefined) {
    addOwners(graph, options.by)
    setOwnerEntries(graph, options.by)
  }
  const owners = graph.getAttribute('owners')?.list ?? []
  const modules = graph.getAttribute('chains').flatMap(chain => chain.modules ?? [])
  const places = [...graph.mapNodes((_, {place}) => place), ...owners.map(({place}) => place), ...modules]
  const sentences = placeSentences(answer.snapshot, places)
  return sentences.length === 0 ? graph : graph.updateAttribute('limits', (limits = []) => [...limits, ...sentences])
}

function graphOf(answer: GraphAnswer, {raw = false}: GraphOptions): ResultGraph {
  if (answer.question === 'owners') return ownersGraph(answer, raw)
  if (answer.question === 'path') return pathGraph(answer, raw)
  if (answer.question === 'cycles') return cyclesGraph(answer)
  return answer.question === 'dominators' ? dominatorsGraph(answer) : neighborsGraph(answer, raw)
}
