/**
 * The text of a string, of whatever kind V8 made it: the one way to read it.
 *
 * V8 writes flat strings, cut after 1,024 characters unless `--heap-snapshot-string-limit` says otherwise, and strings joined of parts
 * as nodes with edges `first` and `second` (`HeapSnapshotGenerator::AddEntry`, `ExtractStringReferences` in
 * heap-snapshot-generator.cc). A string that has become another (thin) leads there by `actual`. Of a part of another string there
 * is only the edge `parent`: not which part it is.
 */
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'

/** Kinds of nodes that are strings. */
export const TEXT_KINDS: readonly number[] = [
  NodeKind.string,
  NodeKind['concatenated string'],
  NodeKind['sliced string'],
]

/** Whether a node is a string of any kind. */
export function isText({nodeKind}: Pick<Snapshot, 'nodeKind'>, node: number): boolean {
  const kind = nodeKind[node]
  return kind === NodeKind.string || kind === NodeKind['concatenated string'] || kind === NodeKind['sliced string']
}

/** Whether a node is a string whose name is its text: equal names are equal beginnings. */
export function isFlatText({nodeKind}: Pick<Snapshot, 'nodeKind'>, node: number): boolean {
  return nodeKind[node] === NodeKind.string
}

/** Whether a string is joined of two others. */
export function isJoinedText({nodeKind}: Pick<Snapshot, 'nodeKind'>, node: number): boolean {
  return nodeKind[node] === NodeKind['concatenated string']
}

/** Whether a string is a part of another. */
export function isPartOfText({nodeKind}: Pick<Snapshot, 'nodeKind'>, node: number): boolean {
  return nodeKind[node] === NodeKind['sliced string']
}

/** V8's name of a part of another string instead of its text; other producers write the text. */
const UNKNOWN_TEXT = '(sliced string)'

/** Nodes of a rope that are looked at for a short text, and for any text. */
const MIN_STEPS = 4096
const MAX_STEPS = 1 << 20

/** Characters after which V8 cuts a string unless told otherwise. */
export const CUT_LENGTH = 1024

/** More than a string's header takes, in bytes, with what is left free at its end. */
const HEADER_BYTES = 32

export interface ReadText {
  /** With `…` for each part that the file does not have. */
  text: string
  /** Whether every part of it is in the file: an unknown one may be longer than the mark in its place. */
  isKnown: boolean
  /** Whether this is all of the string, as far as the file tells. */
  isWhole: boolean
}

/**
 * What a string says: `length` characters or a little more, or as much as the file has; undefined for a node that is no string.
 * A rope is read from left to right without recursion, and given up after some steps that grow with `length`: it may be deep, or lead
 * back into itself in a file that was made to.
 */
export function readText(snapshot: Snapshot, node: number, length: number): ReadText | undefined {
  if (!isText(snapshot, node)) return undefined
  const {nodeName, strings} = snapshot
  const read: ReadText = {text: '', isKnown: true, isWhole: true}
  const pending = [node]
  let steps = Math.min(Math.max(MIN_STEPS, length), MAX_STEPS)
  while (pending.length > 0 && read.text.length < length && steps-- > 0) {
    const part = pending.pop()!
    const written = isJoinedText(snapshot, part) ? '' : strings.get(nodeName[part])
    if (isJoinedText(snapshot, part)) pending.push(...targets(snapshot, part, ['second', 'first']))
    else if (isPartOfText(snapshot, part) && written === UNKNOWN_TEXT) {
      read.text += '…'
      read.isKnown = read.isWhole = false
    } else if (written === '')
      pending.push(...targets(snapshot, part, ['actual']).filter(node => isText(snapshot, node)))
    else {
      read.text += written
      if (isCut(snapshot, part, written)) read.isWhole = false
    }
  }
  if (pending.length > 0) read.isWhole = false
  return read
}

/** Characters of a name or path that are read: no file's path is longer. */
const LONGEST_NAME = 4096

/** The text of a string that names something; undefined for other nodes, and where a part of it is not in the file. */
export function textOf(snapshot: Snapshot, node: number, length = LONGEST_NAME): string | undefined {
  const read = readText(snapshot, node, length)
  return read?.isKnown ? read.text : undefined
}

/** Where internal edges of these names lead, in the order of the names. */
function targets(snapshot: Snapshot, node: number, names: readonly string[]): number[] {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  const found: number[] = []
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal) continue
    const at = names.indexOf(strings.get(edgeName[edge]))
    if (at >= 0) found[at] = edgeTarget[edge]
  }
  return found.filter(target => target !== undefined)
}

/**
 * Whether V8 wrote the beginning of a flat string only. From V8 14.9 on there is an edge `length`, whose number has its value in files that
 * have values of numbers. Else the string's size tells, unless its characters stand outside the heap: then a round length is taken for a
 * limit.
 */
export function isCut(snapshot: Snapshot, node: number, text: string): boolean {
  const size = snapshot.nodeSelfBytes[node]
  const isShort = text.length < CUT_LENGTH
  if (isShort && size <= HEADER_BYTES + text.length) return false
  const length = lengthOf(snapshot, node)
  if (length !== undefined) return length > text.length
  if (isShort) return false
  const isRound = text.length % CUT_LENGTH === 0 || text.length % 1000 === 0
  if (isRound) return size < text.length || !hasSize(size, text.length * (isLatin(text) ? 1 : 2))
  return !mayBeText(snapshot, node, text)
}

/** Length of a string as its edge tells it: a number node with an edge `value` to its digits. */
function lengthOf(snapshot: Snapshot, node: number): number | undefined {
  const {nodeName, strings} = snapshot
  const value = targets(snapshot, node, ['length']).flatMap(number => targets(snapshot, number, ['value']))[0]
  const digits = value === undefined ? '' : strings.get(nodeName[value])
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

/** More than a string takes whose characters are outside of the heap. */
const MAX_EXTERNAL_BYTES = 64

/** Whether a string may be this text, by its size: V8 stores characters in one byte or two, also such as would need one only. */
export function mayBeText({nodeSelfBytes}: Snapshot, node: number, text: string): boolean {
  const size = nodeSelfBytes[node]
  return size <= MAX_EXTERNAL_BYTES || hasSize(size, 2 * text.length) || (hasSize(size, text.length) && isLatin(text))
}

function hasSize(size: number, bytes: number): boolean {
  return size >= bytes && size <= bytes + HEADER_BYTES
}

function isLatin(text: string): boolean {
  return !/[^\x00-\xff]/.test(text)
}
