import type {ResultGraph} from '../../src/graph/answer/result.ts'
import {addEdge, addNode, graphOf} from './graphs.ts'

/** A node for each name, with the name in every place. */
export function graphOfNames(names: string[]): ResultGraph {
  const graph = graphOf({subject: names[0], limits: names.slice(0, 5)})
  graph.setAttribute('snapshot', {name: names[0], nodeCount: 1, edgeCount: 1, root: ''})
  for (const [index, name] of names.entries()) {
    addNode(graph, `@${index + 1}`, name, {preview: name, place: name, notes: [name]})
    if (index > 0) addEdge(graph, `@${index + 1}`, `@${Math.floor((index + 1) / 2)}`, name)
  }
  return graph
}
