/**
 * Objects by the path to them as a person would write it, identities left out: what has the same text in another snapshot is the same
 * place in the program, whatever process wrote it.
 */

import {PROGRAM_AND_EMBEDDER_KINDS} from '../../analyze/facts/program-kinds.ts'
import {roles} from '../../analyze/facts/roles.ts'
import {timerCallback} from '../../analyze/facts/timers.ts'
import {NO_GROUP, type PlacePart} from '../../analyze/growth/growth.ts'
import {NO_EDGE} from '../../analyze/owners/named-paths.ts'
import {pathNames} from '../../analyze/owners/path-names.ts'
import {CODE_ORIGINS, codesOfNodes} from '../../snapshot/code/code-origin.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {scriptNames} from '../../snapshot/code/places.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {type CodeStep, codePath, codePathText, fromLastModule, lastModule} from '../code/code-path.ts'
import {PLACE_WORDS, placeParts} from '../code/place-parts.ts'
import {isSlot} from '../code/step.ts'
import {codeNames} from './code-fingerprint.ts'
import {fileName, ownerFingerprint, unheldFingerprint} from './owner-fingerprint.ts'
import {isCalled, type OwnerWords, ownerWords} from './owner-words.ts'

export interface PathGroup {
  /** `module src/cache.js · byId.get(…)`, and the type of what is there. */
  path: string
  /** What `path` is put together from; none where it is too long to be told whole. */
  parts: readonly PlacePart[]
  type: string
  /** The ordinal nearest to where the path begins. */
  example: number
  code: 'application' | 'library' | 'runtime'
}

export interface PathGroups {
  groups: PathGroup[]
  /** Uint32Array(n): every object's group; NO_GROUP for V8's own parts, and for what no code of people's leads to. */
  ofNode: Uint32Array
  /** Patterns of ways beyond the most frequent, and objects there: in no group. */
  left: {patterns: number; count: number}
}

/** Patterns that are put into words. */
const MAX_PATTERNS = 20_000
/** Whose code is on the path to an object: only the runtime's; people's; the application's own. */
const [NONE, PEOPLES, APPLICATION] = [0, 1, 2]

/** Linear in the nodes, and in the patterns put into words. */
export const pathGroups = memoize((snapshot: Snapshot): PathGroups => {
  const {nodeCount, nodeKind, nodeName} = snapshot
  const names = pathNames(snapshot)
  const {isScope} = roles(snapshot)
  const isInternal = nameTest(snapshot, text => text.startsWith('system / '))
  const hasScripts = scriptNames(snapshot).size > 0
  names.findParents()
  const {depth, isUserCode} = alongPaths(snapshot)
  const ofNode = new Uint32Array(nodeCount).fill(NO_GROUP)
  const examples = new Map<number, {node: number; count: number}>()
  for (let node = 0; node < nodeCount; node++) {
    if (!PROGRAM_AND_EMBEDDER_KINDS.has(nodeKind[node]) || isScope(node) || isUserCode[node] === NONE) continue
    if (nodeKind[node] === NodeKind.object && isInternal(nodeName[node])) continue
    if (names.entryOf(node) === NO_EDGE) continue
    const pattern = names.patternOf(node)
    ofNode[node] = pattern
    const found = getOrMake(examples, pattern, () => ({node, count: 0}))
    found.count++
    if (depth[node] < depth[found.node]) found.node = node
  }
  // Of single objects, a browser has more than are compared: those below the application's own code go first.
  const ranked = [...examples].sort(
    ([, a], [, b]) =>
      b.count - a.count || isUserCode[b.node] - isUserCode[a.node] || snapshot.nodeId[a.node] - snapshot.nodeId[b.node],
  )
  const groupOfPattern = new Map<number, number>()
  const numbers = new Map<string, number>()
  const groups: PathGroup[] = []
  for (const [pattern, {node}] of ranked.slice(0, MAX_PATTERNS)) {
    const group = groupAt(snapshot, node, pattern)
    if (group === undefined) continue
    const key = `${group.path}\0${group.type}`
    groupOfPattern.set(
      pattern,
      getOrMake(numbers, key, () => groups.push(group) - 1),
    )
  }
  for (let node = 0; node < nodeCount; node++) {
    if (ofNode[node] !== NO_GROUP) ofNode[node] = groupOfPattern.get(ofNode[node]) ?? NO_GROUP
  }
  const left = ranked.slice(MAX_PATTERNS)
  return {groups, ofNode, left: {patterns: left.length, count: left.reduce((sum, [, {count}]) => sum + count, 0)}}

  function alongPaths({nodeCount}: Snapshot): {depth: Uint32Array; isUserCode: Uint8Array} {
    const depth = new Uint32Array(nodeCount)
    const isUserCode = new Uint8Array(nodeCount)
    const isDone = new Uint8Array(nodeCount)
    const codes = codesOfNodes(snapshot)
    const chain: number[] = []
    for (let from = 0; from < nodeCount; from++) {
      for (let at = from; isDone[at] === 0; at = names.parentOf(at)) {
        chain.push(at)
        isDone[at] = 1
        if (names.entryOf(at) === NO_EDGE) break
      }
      for (let node = chain.pop(); node !== undefined; node = chain.pop()) {
        const above = names.entryOf(node) === NO_EDGE ? -1 : names.parentOf(node)
        depth[node] = above < 0 ? 0 : depth[above] + 1
        // What the runtime keeps begins a path of its own, wherever it hangs.
        const isStart = names.patterns.isStart(names.patternOf(node))
        const below = isStart ? NONE : isUserCode[above]
        isUserCode[node] = below === APPLICATION ? below : Math.max(below, userCode(snapshot, codes, node, isStart))
      }
    }
    return {depth, isUserCode}
  }

  function userCode(snapshot: Snapshot, codes: Uint8Array, node: number, isStart: boolean): number {
    // A file without places, or without names of scripts, cannot tell whose code is whose.
    if (!hasScripts) return PEOPLES
    // Whose a timer is says what it calls: many may call one function, and then nothing else tells that they were never cleared.
    const callback = timerCallback(snapshot, node)
    const code = CODE_ORIGINS[codes[callback < 0 ? node : callback]]
    if (code === 'application' || code === 'library') {
      if (snapshot.nodeKind[node] === NodeKind.synthetic) return NONE
      return code === 'application' ? APPLICATION : PEOPLES
    }
    return isStart && names.codeOf(names.patternOf(node)) !== 'runtime' ? PEOPLES : NONE
  }

  function groupAt(snapshot: Snapshot, node: number, pattern: number): PathGroup | undefined {
    const edges: number[] = []
    const steps = codePath(snapshot, names.pathTo(node, edges), edges)
    // V8's own slots, and what Node keeps at the global object: nothing that a program stores goes there.
    if (steps.some(({value}) => isSlot(value)) || isOfRuntime(steps)) return undefined
    const own = fromLastModule(steps)
    const path = codePathText(own, PLACE_WORDS)
    const parts = placeParts(snapshot, own, edges, node)
    return {
      path,
      parts: parts.map(({text}) => text).join('') === path ? parts : [],
      type: snapshot.types.names[snapshot.types.ofNode[node]],
      example: node,
      code: names.codeOf(pattern),
    }
  }
})

/** Whether the path leads through what the runtime has at the global object for itself: Node by a symbol (lib/internal/per_context), browsers by numbers. */
function isOfRuntime([first, second]: readonly CodeStep[]): boolean {
  if (first.value.kind !== 'start' || first.value.of !== 'global' || second === undefined) return false
  // Programs give names to what they keep at the global object: numbers are of what the browser hangs there.
  const {value} = second
  if (value.kind === 'element' || (value.kind === 'repeat' && value.steps[0].kind === 'element')) return true
  return value.kind === 'property' && value.name.startsWith('<symbol node:')
}

export interface PathHolder {
  holder: string
  /** The same without the entry that it ends in: of `byId.get(…)` it is `byId`. */
  container: string
  /** A line of the holder's. */
  place: string
  /** Whether it is a function that something calls: a listener, a timer's callback. */
  isCalled: boolean
}

/** The named path to an object, and the place of the edge on it that the objects of its group have in common last. */
function holderPath(
  snapshot: Snapshot,
  example: number,
): {start: number; edges: number[]; steps: CodeStep[]; cut: number} {
  const edges: number[] = []
  const start = pathNames(snapshot).pathTo(example, edges)
  const steps = codePath(snapshot, start, edges)
  if (edges.length === 0) return {start, edges, steps, cut: 0}
  // A module that was run several times is not where the path begins, but what it has is in its own variables.
  const inside = lastModule(steps)
  const abstract = steps.findIndex(({text, pattern}, i) => i > inside && text !== pattern)
  const before = Math.max(0, abstract < 1 ? steps.length - 2 : abstract - 1)
  return {start, edges, steps, cut: Math.max(0, steps[before].endEdge - 1)}
}

/** Whether the holder of a group's objects is a function that something calls: `isCalled` of `pathHolder`, without its words. */
export function isHolderCalled(snapshot: Snapshot, {example}: {example: number}): boolean {
  const {edges, steps, cut} = holderPath(snapshot, example)
  return edges.length > 0 && isCalled(steps, cut)
}

/** What a person must take the objects of a group out of: the path as far as all its objects have it in common. */
export function pathHolder(snapshot: Snapshot, group: {example: number}): PathHolder {
  const {words, first, cut} = holderWords(snapshot, group)
  if (words === undefined) return {holder: first, container: first, place: '', isCalled: false}
  const {holder, container, place, steps} = words
  return {holder, container, place, isCalled: isCalled(steps, cut)}
}

/** What that is called in every process and build: `ownerFingerprint`. */
export function groupFingerprint(snapshot: Snapshot, group: {example: number; type: string}): string {
  const {words} = holderWords(snapshot, group)
  return words === undefined ? unheldFingerprint(group.type) : ownerFingerprint(snapshot, words, group.type)
}

/** The same with names of code only; `type`: what may be told of the group's. */
export function groupCodeFingerprint(
  snapshot: Snapshot,
  group: {example: number},
  type: string,
): {fingerprint: string; file: string} {
  const {words} = holderWords(snapshot, group)
  if (words === undefined) return {fingerprint: unheldFingerprint(type), file: ''}
  return {
    fingerprint: ownerFingerprint(snapshot, words, type, codeNames(snapshot)),
    file: fileName(snapshot, words.place),
  }
}

/** The words for the holder of a group; without, for objects where a path begins, the first step's. */
function holderWords(
  snapshot: Snapshot,
  {example}: {example: number},
): {words: OwnerWords | undefined; first: string; cut: number} {
  const {start, edges, steps, cut} = holderPath(snapshot, example)
  const first = steps[0]?.text ?? ''
  if (edges.length === 0) return {words: undefined, first, cut}
  const path = {start, edges, cut, cuts: Uint32Array.of(edges[cut]), isGathered: false, hasInstances: false}
  return {words: ownerWords(snapshot, path), first, cut}
}
