/** Strings: the same text several times, parts that keep a large whole alive, texts joined of pieces. Linear in nodes and edges. */

import {nameTest} from '../../snapshot/code/names.ts'
import {
  CUT_LENGTH,
  isCut as isCutText,
  isFlatText,
  isJoinedText,
  isPartOfText,
  isText,
} from '../../snapshot/code/text.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {numberValue} from '../facts/property-value.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {regexOf, regexParts} from '../facts/text-pattern.ts'

/** Strings of one text. */
export interface SameText {
  /** Ordinals, ascending by id. */
  nodes: Uint32Array
  /** Sum of the self sizes of all of them. */
  selfBytes: number
  /** What all but the largest of them take. */
  wastedBytes: number
  /** Whether the file has the beginning of the text only, and nothing that tells whether the rest is the same. */
  isCut: boolean
}

/** Parts of one string. */
export interface Slices {
  /** Ordinal of the whole. */
  parent: number
  /** Self size of the whole. */
  parentBytes: number
  /** Ordinals of its parts, ascending by id. */
  nodes: Uint32Array
  /** Whether nothing but parts holds the whole. */
  isPinned: boolean
}

/** A text joined of others and not yet made one. */
export interface Rope {
  /** Ordinal of the join that is part of no other. */
  node: number
  /** Joins, and texts joined; each counts for one rope only. */
  joins: number
  /** Texts joined; each counts for one rope only. */
  leaves: number
  /** Self sizes of all of these. */
  selfBytes: number
}

/** What `strings` answers. */
export interface StringsAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** The text or `/regex/` asked for; undefined for all. */
  match: string | undefined
  /** Lists have rows that waste or keep at least as many bytes. */
  minBytes: number
  /** By wasted bytes; if a text was asked for, every text that matches, by size. Cut to the limit, as the other lists. */
  same: SameText[]
  /** Long texts that parts keep, most bytes first. */
  slices: Slices[]
  /** Most bytes first. */
  ropes: Rope[]
  /** Over all strings, whether listed or not: counts, and bytes. */
  total: {
    strings: number
    selfBytes: number
    same: number
    wastedBytes: number
    slices: number
    pinnedBytes: number
    ropes: number
    ropeBytes: number
  }
  /** Rows of each list at most. */
  limit: number
}

/** Which texts `strings` looks at, and how many rows it lists. */
export interface StringsOptions {
  /** Only texts that contain this, or match `/regex/`. */
  match?: string
  /** Only what wastes, pins or takes so many bytes. */
  minBytes?: number
  /** Rows of each list; 20 unless given. */
  limit?: number
}

/** Throws USAGE for a bad regular expression. */
export function strings(snapshot: Snapshot, {match, minBytes = 0, limit = 20}: StringsOptions = {}): StringsAnswer {
  const {nodeCount, nodeName} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const isMeant = match === undefined ? () => true : nameTest(snapshot, textTest(match))
  const all = {strings: 0, selfBytes: 0}
  for (let node = 0; node < nodeCount; node++) {
    if (!isText(snapshot, node)) continue
    all.strings++
    all.selfBytes += size[node]
  }
  const bytesOf = ({selfBytes, wastedBytes}: SameText) => (match === undefined ? wastedBytes : selfBytes)
  const same = sameTexts(snapshot, isMeant, match === undefined ? 2 : 1)
    .filter(row => bytesOf(row) >= Math.max(minBytes, match === undefined ? 1 : 0))
    .sort((a, b) => bytesOf(b) - bytesOf(a) || byId(snapshot)(a.nodes[0], b.nodes[0]))
  const slices = slicedStrings(snapshot)
    .filter(({parent, parentBytes}) => parentBytes >= minBytes && isMeant(nodeName[parent]))
    .sort(
      (a, b) =>
        Number(b.isPinned) - Number(a.isPinned) || b.parentBytes - a.parentBytes || byId(snapshot)(a.parent, b.parent),
    )
  // The text of a rope is in pieces.
  const ropes = (match === undefined ? joinedStrings(snapshot) : [])
    .filter(({selfBytes}) => selfBytes >= minBytes)
    .sort((a, b) => b.selfBytes - a.selfBytes || byId(snapshot)(a.node, b.node))
  return {
    snapshot,
    match,
    minBytes,
    same: same.slice(0, limit),
    slices: slices.slice(0, limit),
    ropes: ropes.slice(0, limit),
    total: {
      ...all,
      same: same.length,
      wastedBytes: sum(same, ({wastedBytes}) => wastedBytes),
      slices: slices.length,
      pinnedBytes: sum(slices, ({isPinned, parentBytes}) => (isPinned ? parentBytes : 0)),
      ropes: ropes.length,
      ropeBytes: sum(ropes, ({selfBytes}) => selfBytes),
    },
    limit,
  }
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((all, row) => all + value(row), 0)
}

function byId({nodeId}: Snapshot): (a: number, b: number) => number {
  return (a, b) => nodeId[a] - nodeId[b] || a - b
}

/** A text is looked for anywhere in a string: who knows all of it asks for it by name. */
function textTest(match: string): (text: string) => boolean {
  const parts = regexParts(match)
  if (parts === undefined) return text => text.includes(match)
  const regex = regexOf(...parts)
  return text => regex.test(text)
}

/** Flat strings with one text. The file has each text once, so the number of the text is enough, and none is decoded. */
function sameTexts(snapshot: Snapshot, isMeant: (name: number) => boolean, least: number): SameText[] {
  const {nodeCount, nodeName, strings} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const counts = new Uint32Array(strings.count)
  const isString = (node: number) => isFlatText(snapshot, node) && size[node] > 0
  for (let node = 0; node < nodeCount; node++) if (isString(node)) counts[nodeName[node]]++
  // Each text's nodes stand in a row.
  const next = new Uint32Array(strings.count)
  let listed = 0
  for (let name = 0; name < counts.length; name++) {
    if (counts[name] < least || !isMeant(name)) counts[name] = 0
    next[name] = listed
    listed += counts[name]
  }
  const nodes = new Uint32Array(listed)
  for (let node = 0; node < nodeCount; node++) {
    if (isString(node) && counts[nodeName[node]] > 0) nodes[next[nodeName[node]]++] = node
  }
  const found: SameText[] = []
  for (let from = 0; from < listed; ) {
    const name = nodeName[nodes[from]]
    const group = nodes.subarray(from, from + counts[name])
    from += counts[name]
    const isLong = strings.byteLength(name) >= CUT_LENGTH
    const isCut = isLong && isAnyCut(snapshot, group, strings.get(name))
    for (const part of isCut ? splitCut(snapshot, group) : [group]) {
      if (part.length < least) continue
      const selfBytes = part.reduce((bytes, node) => bytes + size[node], 0)
      const largest = part.reduce((bytes, node) => Math.max(bytes, size[node]), 0)
      const isUnsure = isCut && part.length > 1 && hashOf(snapshot, part[0]) === undefined
      found.push({
        nodes: part.slice().sort(byId(snapshot)),
        selfBytes,
        wastedBytes: selfBytes - largest,
        isCut: isUnsure,
      })
    }
  }
  return found
}

/** Strings of which the file has the same beginning: those of different lengths or hashes (from V8 14.9 on), or sizes, differ behind it. */
function splitCut(snapshot: Snapshot, group: Uint32Array): Uint32Array[] {
  const size = selfSizes(snapshot, 'devtools')
  const parts = new Map<string, number[]>()
  for (const node of group) {
    const key = hashOf(snapshot, node) ?? `${size[node]} bytes`
    getOrMake(parts, key, (): number[] => []).push(node)
  }
  return [...parts.values()].map(nodes => Uint32Array.from(nodes))
}

/** Length and hash that V8 from 14.9 on writes of cut strings, as one text; undefined if they are not there. */
function hashOf(snapshot: Snapshot, node: number): string | undefined {
  const {firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const values: Record<string, number | undefined> = {}
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal) continue
    const name = strings.get(edgeName[edge])
    if (name === 'length' || name === 'hash') values[name] = numberValue(snapshot, edgeTarget[edge])
  }
  return values.hash === undefined ? undefined : `${values.length} ${values.hash}`
}

function slicedStrings(snapshot: Snapshot): Slices[] {
  const {nodeCount, firstEdge, edgeKind, edgeName, edgeTarget, retainers, strings} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const retaining = retainingEdges(snapshot)
  const parentNames = strings.setOf('parent')
  const ofParent = new Map<number, number[]>()
  for (let node = 0; node < nodeCount; node++) {
    if (!isPartOfText(snapshot, node)) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal || !parentNames.has(edgeName[edge])) continue
      getOrMake(ofParent, edgeTarget[edge], (): number[] => []).push(node)
    }
  }
  return [...ofParent].map(([parent, nodes]) => {
    let isPinned = true
    for (let slot = retainers.first[parent]; slot < retainers.first[parent + 1]; slot++) {
      const isSlice = isPartOfText(snapshot, retainers.source[slot])
      if (!isSlice && retaining.has(retainers.edge[slot])) isPinned = false
    }
    return {parent, parentBytes: size[parent], nodes: Uint32Array.from(nodes).sort(byId(snapshot)), isPinned}
  })
}

function joinedStrings(snapshot: Snapshot): Rope[] {
  const {nodeCount, nodeName, firstEdge, edgeKind, edgeTarget, retainers} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const empty = snapshot.strings.setOf('')
  const isJoin = (node: number) => isJoinedText(snapshot, node)
  const isPart = (node: number) => {
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      if (isJoin(retainers.source[slot])) return true
    }
    return false
  }
  const outermost: number[] = []
  for (let node = 0; node < nodeCount; node++) if (isJoin(node) && !isPart(node)) outermost.push(node)
  const seen = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  return outermost.sort(byId(snapshot)).flatMap(top => {
    let parts = 0
    const rope: Rope = {node: top, joins: 0, leaves: 0, selfBytes: 0}
    seen.add(top)
    waiting.push(top)
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      rope.selfBytes += size[node]
      if (!isJoin(node)) {
        rope.leaves++
        continue
      }
      rope.joins++
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        const target = edgeTarget[edge]
        if (edgeKind[edge] !== EdgeKind.internal || !isText(snapshot, target)) continue
        if (isJoin(target) || !empty.has(nodeName[target])) parts++
        if (seen.has(target)) continue
        seen.add(target)
        waiting.push(target)
      }
    }
    // V8 flattens a join by giving it the whole text and an empty second half: nothing is in pieces then.
    return parts < 2 ? [] : [rope]
  })
}

/** Whether the file has the beginning of one of them only. */
function isAnyCut(snapshot: Snapshot, nodes: Uint32Array, text: string): boolean {
  return text.length >= CUT_LENGTH && nodes.some(node => isCutText(snapshot, node, text))
}
