/** The top of the dominator tree as a result graph. */
import type {DominatorsAnswer} from '../../analyze/answers/dominator-view.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {describe} from '../../explain/words/describe.ts'
import {sizesSentence} from '../../explain/words/sizes.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {addEdge, described, info, leftOutNode, nodeKey} from './graph-parts.ts'
import {createResultGraph, type ResultGraph, type ResultRole} from './result.ts'

/** Dominators have no way to name. */
const HOLDS = {label: '', kind: '', count: 1, strength: 'strong'} as const
export function dominatorsGraph(answer: DominatorsAnswer): ResultGraph {
  const {snapshot, sizes, node, rows, heapBytes} = answer
  const self = selfSizes(snapshot, sizes)
  const graph = createResultGraph({
    ...info(snapshot, {
      question: 'dominators',
      subject: node === snapshot.root ? 'the whole heap' : `@${snapshot.nodeId[node]}`,
      direction: 'out',
      count: 1,
      selfBytes: self[node],
      limits: dominatorLimits(answer),
    }),
    heapBytes,
  })
  const key = (of: number) => nodeKey(graph, snapshot, of)
  for (const {node: of, level, parent, retainedBytes} of rows) {
    const role: ResultRole = level === 0 ? 'target' : 'node'
    graph.addNode(key(of), {
      role,
      ...described(snapshot, of),
      code: codeOf(snapshot, of),
      count: 1,
      selfBytes: self[of],
      retainedBytes,
      level,
      notes: [],
    })
    if (parent !== null) addEdge(graph, key(rows[parent].node), key(of), HOLDS)
  }
  // After all objects, so that what was left out stands last below its dominator.
  for (const {node: of, level, left} of rows) {
    if (left === undefined) continue
    const more = `more of ${key(of)}`
    const {count, retainedBytes} = left
    const what = `${plural(count, 'more object')}, retained ${formatBytes(retainedBytes)}`
    graph.addNode(more, leftOutNode(what, {count, retainedBytes, level: level + 1}))
    addEdge(graph, key(of), more, {...HOLDS, count: 0})
  }
  return graph
}

function dominatorLimits({snapshot, sizes, chain, drop, depth, minShare, heapBytes, rows}: DominatorsAnswer): string[] {
  const name = (node: number) => {
    const {title, type, id} = describe(snapshot, node)
    return `${title ?? type} @${id}`
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
