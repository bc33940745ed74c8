/** What a person gives to `heapgraph what-if` to cut an edge of an answer. */
import type {ResultGraph} from '../../graph/answer/result.ts'
import {shellWord} from '../../util/shell-word.ts'
import {forTerminal} from '../safe/clean.ts'

/** An expression of `--cut`, as one word of a shell; '' if none means this edge and no other. */
export function cutOf(graph: ResultGraph, edge: string): string {
  const {question, chains, owners} = graph.getAttributes()
  const [from, to] = graph.extremities(edge).map(node => graph.getNodeAttributes(node))
  if (from.role === 'more' || to.role === 'more') return ''
  // Who takes an object out of the dominator tree takes all references to it.
  if (question === 'dominators') return `@${to.id}`
  const owner = chains.findIndex(({cut}) => cut === edge)
  const words = owner < 0 ? [] : (owners?.list[owner]?.cuts ?? [])
  if (words.length === 1) return safeWord(words[0])
  const {label, named, count} = graph.getEdgeAttributes(edge)
  if (named === undefined) return ''
  // Of a step over several edges, the key names the first and the last.
  const isOne = !edge.includes('-')
  if (isOne && from.count === 1 && to.count === 1 && count === 1 && from.kind !== 'synthetic')
    return safeWord(`@${from.id} -> @${to.id}`)
  if (named === 'variable') return safeWord(label)
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(from.type)) return ''
  return safeWord(named === 'element' ? `${from.type}[]` : `${from.type}${label}`)
}

/** As one word of a shell, safe to be shown. */
export function safeWord(text: string): string {
  return shellWord(forTerminal(text))
}
