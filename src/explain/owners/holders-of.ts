/** Who holds the objects of a set, by the paths that people would name: for tables that have room for a few words. */
import {pathNames} from '../../analyze/owners/path-names.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {codePath, codePathText} from '../code/code-path.ts'
import {pathHolder} from './path-groups.ts'

export interface SetHolder {
  /** `module src/cache.js · labels[…]`: the path to the objects, with what differs left out. */
  path: string
  /** A line of the holder's; '' if the file does not say. */
  place: string
  /** Objects of the set at the end of such a path. */
  count: number
  exampleId: number
}

/** The most frequent paths to the objects; ties by id. Linear in the objects, once the heap's paths are known. */
export function holdersOfSet(snapshot: Snapshot, nodes: ArrayLike<number>, limit = 3): SetHolder[] {
  const {patternOf} = pathNames(snapshot)
  const {nodeId} = snapshot
  const found = new Map<number, {example: number; count: number}>()
  for (let i = 0; i < nodes.length; i++) {
    const pattern = patternOf(nodes[i])
    const row = found.get(pattern)
    if (row === undefined) found.set(pattern, {example: nodes[i], count: 1})
    else row.count++
  }
  const ranked = [...found.values()].sort((a, b) => b.count - a.count || nodeId[a.example] - nodeId[b.example])
  return ranked.slice(0, limit).map(({example, count}) => {
    return {...holderWords(snapshot, example), count, exampleId: nodeId[example]}
  })
}

/** The named path to an object, in words, and a line of what holds it there. */
function holderWords(snapshot: Snapshot, node: number): {path: string; place: string} {
  const edges: number[] = []
  const steps = codePath(snapshot, pathNames(snapshot).pathTo(node, edges), edges)
  return {path: codePathText(steps, {pattern: true}), place: pathHolder(snapshot, {example: node}).place}
}
