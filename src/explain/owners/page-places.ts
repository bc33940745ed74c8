/**
 * Elements in the document by where they stand in it, identities left out: `<html> › <body> › <li#row-0>`. A way through JavaScript says little
 * of them, since each element leads to all the others of its document.
 */
import {hasPages} from '../../analyze/facts/realms.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import type {TypeSum} from '../../analyze/growth/unexplained.ts'
import {ATTACHED} from '../../snapshot/columns/detachedness.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {elementSelector, parentElement, selectorOf} from '../words/dom-words.ts'

export interface PagePlaces {
  /** Uint32Array(n): 1 + the number of each element's place; 0 for all else, and what is not in a document. */
  ofNode: Uint32Array
  /** By place: its path, the same in every snapshot of the page. */
  paths: readonly string[]
}

/** Undefined for heaps without pages. Linear in nodes. */
export const pagePlaces = memoize((snapshot: Snapshot): PagePlaces | undefined => {
  if (!hasPages(snapshot)) return undefined
  const {nodeCount, nodeName, strings, detachedness} = snapshot
  const ofNode = new Uint32Array(nodeCount)
  const paths: string[] = []
  const numbers = new Map<string, number>()
  // Of elements with as many names; a name may be that of many.
  const selectors = new Map<number, string>()
  const placeSelector = (node: number) =>
    getOrMake(selectors, nodeName[node], () => elementSelector(strings.get(nodeName[node]), 'place'))
  const chain: number[] = []
  const waits = new Set<number>()
  for (let start = 0; start < nodeCount; start++) {
    if (detachedness[start] !== ATTACHED || ofNode[start] !== 0 || selectorOf(snapshot, start) === '') continue
    let at = start
    while (at >= 0 && ofNode[at] === 0 && !waits.has(at) && selectorOf(snapshot, at) !== '') {
      chain.push(at)
      waits.add(at)
      at = parentElement(snapshot, at)
    }
    let above = at < 0 ? 0 : ofNode[at]
    for (let node = chain.pop(); node !== undefined; node = chain.pop()) {
      const key = `${above} ${placeSelector(node)}`
      const place = getOrMake(numbers, key, () => {
        const own = `<${placeSelector(node)}>`
        return paths.push(above === 0 ? own : `${paths[above - 1]} › ${own}`)
      })
      ofNode[node] = place
      above = place
    }
    waits.clear()
  }
  return {ofNode, paths}
})

/** Elements and their bytes by path; undefined for heaps without pages. */
export function pageSums(snapshot: Snapshot): Map<string, TypeSum> | undefined {
  const places = pagePlaces(snapshot)
  if (places === undefined) return undefined
  const {ofNode, paths} = places
  const size = selfSizes(snapshot, 'devtools')
  const sums = paths.map((): TypeSum => ({count: 0, selfBytes: 0}))
  for (let node = 0; node < ofNode.length; node++) {
    if (ofNode[node] === 0) continue
    sums[ofNode[node] - 1].count++
    sums[ofNode[node] - 1].selfBytes += size[node]
  }
  return new Map(paths.map((path, i) => [path, sums[i]]))
}
