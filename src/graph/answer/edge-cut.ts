/** What a person gives to `what-if` to cut an edge of an answer. */
import {cutBetween, cutInto, cutOfElements} from '../../analyze/cuts/cut-text.ts'
import {isKeyOfOneEdge} from './graph-parts.ts'
import type {ResultGraph} from './result.ts'

/** What can be the type before a property in an expression. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** An expression of `--cut`, exact names as they are in the heap; '' if none means this edge and no other. */
export function cutOfEdge(graph: ResultGraph, edge: string): string {
  const {question, chains, owners} = graph.getAttributes()
  const [from, to] = graph.extremities(edge).map(node => graph.getNodeAttributes(node))
  if (from.id === null || to.id === null) return ''
  // Who takes an object out of the dominator tree takes all references to it.
  if (question === 'dominators') return cutInto(to.id)
  const owner = chains.findIndex(({cut}) => cut === edge)
  const words = owner < 0 ? [] : (owners?.list[owner]?.cuts ?? [])
  if (words.length === 1) return words[0]
  const {label, named, count} = graph.getEdgeAttributes(edge)
  if (named === undefined) return ''
  const isOne = isKeyOfOneEdge(edge) && from.count === 1 && to.count === 1 && count === 1
  if (isOne && from.kind !== 'synthetic') return cutBetween(from.id, to.id)
  if (named === 'variable') return label
  if (!IDENTIFIER.test(from.type)) return ''
  return named === 'element' ? cutOfElements(from.type) : `${from.type}${label}`
}
