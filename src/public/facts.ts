/** Facts of single objects, and columns of facts of all. */
import {offHeapBytes as sumOffHeap} from '../analyze/facts/off-heap.ts'
import {selfSizes as computeSelfSizes} from '../analyze/facts/self-sizes.ts'
import {distances as computeDistances, type Distance, toDistance} from '../analyze/graph/distances.ts'
import {retainedSizes as computeRetained, dominatorTree as computeTree} from '../analyze/graph/dominators.ts'
import {scopeText as describeScope, placeOf as findPlace} from '../explain/places/source-place.ts'
import {codeOf as findCode} from '../snapshot/code/code-origin.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {aNumber, checked} from '../util/arguments.ts'
import {formatBytes as writeBytes} from '../util/units.ts'
import {aNode, aSnapshot, nodesOf, sizes} from './checks.ts'

/** Where a function, or an object's constructor, is written: lines and columns from 1 on, 0 if unknown; undefined if the file does not say. */
export const placeOf = checked([aSnapshot, ['node', aNode]], findPlace)

/** Whose code an object or function is of: the application's, a library's, the runtime's, or unknown. */
export const codeOf = checked([aSnapshot, ['node', aNode]], findCode)

/** `module src/cache.js`, `call of onData() (src/bus.js:40)`: what a scope (`system / Context`) belongs to; '' for an object that is none. */
export const scopeText = checked([aSnapshot, ['scope', aNode]], describeScope)

/** Bytes by ordinal, a typed array of `nodeCount`: `devtools` with V8's private parts counted as their owner's, `raw` as the file has them. */
export const selfSizes = checked([aSnapshot, ['model', sizes]], computeSelfSizes)

/** Bytes by ordinal, a typed array of `nodeCount`: what would be freed if the object alone were dropped. */
export const retainedSizes = checked([aSnapshot, ['model', sizes]], computeRetained)

/** Immediate dominators: `Uint32Array(nodeCount)` of ordinals, an order in which what an object dominates stands behind it, and counts. */
export const dominatorTree = checked([aSnapshot], computeTree)

/**
 * How far an object (an ordinal) is from the roots, in edges, as Chrome DevTools counts: `distance` from the nearest user root, or
 * `systemDistance` from the root if only V8's own roots reach it. Both are null for what nothing reaches.
 */
export const distanceOf = checked(
  [aSnapshot, ['node', aNode]],
  (snapshot: Snapshot, node: number): Distance => toDistance(computeDistances(snapshot)[node]),
)

/** What objects (`Uint32Array` of ordinals) have off the heap in all, in bytes: every backing store counts once. */
export const offHeapBytes = checked([aSnapshot, ['nodes', nodesOf]], sumOffHeap)

/** Bytes as people read them: `12.4 MB`. */
export const formatBytes = checked([['bytes', aNumber]], writeBytes)
