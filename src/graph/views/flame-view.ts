/** The dominator tree as rows from parent to child, for pictures of where the memory is. */
import type {DominatorsAnswer, DominatorsOptions} from '../../analyze/answers/dominator-view.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {dominatorTree} from '../../analyze/graph/dominators.ts'
import {describe} from '../../explain/words/describe.ts'
import {titleField} from '../../explain/words/dom-words.ts'
import {sizesSentence} from '../../explain/words/sizes.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {described} from '../answer/graph-parts.ts'
import type {ResultNode} from '../answer/result.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

/** One object of the dominator tree, or what was left out below one. */
export interface FlameRow extends Pick<ResultNode, 'type' | 'title' | 'kind' | 'preview' | 'place' | 'code'> {
  /** Index of the row of its dominator; -1 for the first row. */
  parent: number
  /** V8's id, of the largest if there are several; undefined for what was left out. */
  id: number | undefined
  /** 1; of a type, how many there are beside each other; or how many objects were left out. */
  count: number
  selfBytes: number
  /** Its self size and the retained sizes of the rows below it. */
  retainedBytes: number
}

export interface FlameView {
  name: string
  snapshot: SnapshotView
  /** What the rows begin at: `the whole heap`, `@123`. */
  subject: string
  /** Objects that the first row dominates, itself included. */
  objects: number
  /** Self sizes of the whole heap: what shares are of. */
  heapBytes: number
  /** Parents before their children, the larger children first, what was left out last. */
  rows: FlameRow[]
  limits: string[]
}

/** How much of the dominator tree a flame graph can show; deeper chains say no more, and its readers recurse. */
export const FLAME_LIMITS = {
  depth: 500,
  fan: Number.POSITIVE_INFINITY,
  minShare: 0.0001,
} as const satisfies DominatorsOptions

/** For answers of `dominators(snapshot, {...FLAME_LIMITS})`, or with other limits. */
export function flameView({snapshot, sizes, node, heapBytes, rows}: DominatorsAnswer): FlameView {
  const selfBytes = selfSizes(snapshot, sizes)
  const shown: FlameRow[] = rows.map(({node, parent, retainedBytes}) => {
    const code = codeOf(snapshot, node)
    return {
      parent: parent ?? -1,
      ...described(snapshot, node),
      code,
      count: 1,
      selfBytes: selfBytes[node],
      retainedBytes,
    }
  })
  const left = rows.flatMap(({left}, parent): FlameRow[] => {
    if (left === undefined) return []
    const types = left.types.map(({example, count, retainedBytes}): FlameRow => {
      const {id, type, kind, place} = describe(snapshot, example)
      const code = codeOf(snapshot, example)
      const words = {type, ...titleField(type), kind, preview: ''}
      return {parent, id, ...words, place, code, count, selfBytes: retainedBytes, retainedBytes}
    })
    const count = types.reduce((rest, {count}) => rest - count, left.count)
    const retainedBytes = types.reduce((rest, {retainedBytes}) => rest - retainedBytes, left.retainedBytes)
    if (count === 0) return types
    const words = {type: '', kind: '', preview: '', place: '', code: 'unknown' as const}
    return [...types, {parent, id: undefined, ...words, count, selfBytes: retainedBytes, retainedBytes}]
  })
  return {
    name: snapshot.name,
    snapshot: snapshotView(snapshot),
    subject: node === snapshot.root ? 'the whole heap' : `@${snapshot.nodeId[node]}`,
    objects: dominatorTree(snapshot).count[node],
    heapBytes,
    rows: [...shown, ...left],
    limits: [sizesSentence(sizes)],
  }
}
