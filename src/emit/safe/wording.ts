/** The words and signs that every form of an answer shares, so that picture and text say the same. */

import type {OffHeapBytes, ResultEdge, ResultInfo, ResultNode, ResultRole} from '../../graph/answer/result.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {forTerminal} from './clean.ts'
import type {Paint} from './paint.ts'

const MAX_SNAPSHOT_NAME_WIDTH = 80

export const TARGET_SIGN = '◎'
export const ROOT_SIGN = '▣'
export const CUT_SIGN = '✂'

export function roleSign(role: ResultRole): string {
  if (role === 'target') return TARGET_SIGN
  return role === 'root' ? ROOT_SIGN : ''
}

/** What an object, or each of several, is called. */
export function nodeTitle({title, type}: Pick<ResultNode, 'title' | 'type'>): string {
  return title ?? typeName(type)
}

/** The same with what else there is to say of it, for a cell of a table. */
export function objectWords(object: {title?: string; type: string; preview: string}): string {
  if (object.title !== undefined) return object.title
  return [typeName(object.type), object.preview].filter(text => text !== '').join('  ')
}

/** An anonymous class has the empty name. */
export function typeName(type: string): string {
  return type === '' ? '(unnamed)' : type
}

/** ` ×300`, or nothing for one. */
export function times(count: number): string {
  return count === 1 ? '' : ` ×${formatCount(count)}`
}

export function selfSize(bytes: number): string {
  return `self ${formatBytes(bytes)}`
}

/** `29.0 kB in the heap + 4.1 MB off the heap in 12 backing stores (2 shared by several views)`, or the self size alone. */
export function selfAndOffHeap({selfBytes, offHeap}: Pick<ResultInfo, 'selfBytes' | 'offHeap'>): string {
  if (offHeap === null || offHeap.stores === 0) return selfSize(selfBytes)
  return `${formatBytes(selfBytes - offHeap.inSelfBytes)} in the heap + ${offHeapText(offHeap)}`
}

/** `4.1 MB off the heap in 12 backing stores (2 shared by several views)`: each store counts once. */
export function offHeapText({bytes, stores, sharedStores, pools, outsideStores}: OffHeapBytes): string {
  const remarks = [
    sharedStores > 0 ? `${formatCount(sharedStores)} shared by several views` : '',
    pools > 0
      ? pools === 1
        ? "1 is Node's pool of small Buffers"
        : `${formatCount(pools)} are Node's pools of small Buffers`
      : '',
    outsideStores > 0 ? `${formatCount(outsideStores)} in use by other objects too` : '',
  ].filter(text => text !== '')
  const remark = remarks.length > 0 ? ` (${remarks.join(', ')})` : ''
  return `${formatBytes(bytes)} off the heap in ${plural(stores, 'backing store')}${remark}`
}

/** `retained 12.4 MB (31 %) · self 96 B`: of what is known, what is not nothing. */
export function sizeText({selfBytes, retainedBytes}: ResultNode, heapBytes: number | null): string {
  const share = retainedBytes !== null && heapBytes !== null ? ` (${formatPercent(retainedBytes, heapBytes)})` : ''
  const retained = retainedBytes === null ? '' : `retained ${formatBytes(retainedBytes)}${share}`
  return [retained, selfBytes > 0 ? selfSize(selfBytes) : ''].filter(text => text !== '').join(' · ')
}

/** `@123`, `e.g. @123` for one of several. Roots that V8 makes up have ids, but no object a person could look at. */
export function idText(node: ResultNode): string {
  if (node.id === null || node.kind === 'synthetic') return ''
  return node.count === 1 ? `@${node.id}` : `e.g. @${node.id}`
}

/** How an edge holds, if it does not simply hold. An ephemeron keeps its value only while both its ends live. */
export function strengthText(strength: ResultEdge['strength']): string {
  if (strength === 'ephemeron') return 'needs key and table'
  return strength === 'strong' ? '' : strength
}

/** The edges by which owners hold what serves the objects, and the owners' numbers. */
export function cutEdges({chains}: Pick<ResultInfo, 'chains'>): Map<string, number[]> {
  const owners = new Map<string, number[]>()
  for (const [i, {cut}] of chains.entries()) {
    if (cut !== undefined) owners.set(cut, [...(owners.get(cut) ?? []), i + 1])
  }
  return owners
}

/** `12 more holders: 1,234 references`. */
export function moreText(node: ResultNode, references: number): string {
  const size = node.selfBytes > 0 ? `, ${selfSize(node.selfBytes)}` : ''
  return `… ${node.type}${references > 0 ? `: ${plural(references, 'reference')}` : ''}${size}`
}

export function snapshotText(snapshot: ResultInfo['snapshot']): string {
  return `${forTerminal(snapshot.name, MAX_SNAPSHOT_NAME_WIDTH)}: ${plural(snapshot.nodeCount, 'node')}, ${plural(snapshot.edgeCount, 'edge')}`
}

export function limitText(limit: string): string {
  return `note: ${limit}`
}

export function noteLines(limits: readonly string[], paint: Paint): string[] {
  return limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`)
}

/** `21 → 121 → 221`. */
export function history(values: readonly number[]): string {
  return values.map(formatCount).join(' → ')
}

/** `+1.2 kB`, `-3`, or `=`. */
export function signedText(value: number, format: (value: number) => string): string {
  if (value === 0) return '='
  return `${value > 0 ? '+' : '-'}${format(Math.abs(value))}`
}

const MAX_SUBJECT_WIDTH = 40

/** What the picture is of, in a line: also the title of an SVG. */
export function captionTitle(info: ResultInfo): string {
  const {question, subject, count, selfBytes} = info
  if (question === 'what-if') {
    const cut = forTerminal(subject, 2 * MAX_SUBJECT_WIDTH)
    return `what-if: cut ${cut} frees ${count === 0 ? 'nothing' : `${plural(count, 'object')}, ${formatBytes(selfBytes)}`}`
  }
  return `${question}: ${forTerminal(typeName(subject), MAX_SUBJECT_WIDTH)}${times(count)}, ${selfAndOffHeap(info)}`
}

/** What the eye should follow: the first chain, and the cycles. */
export function boldEdges(info: ResultInfo): Set<string> {
  // Each owner has a chain of its own.
  const isEach = info.owners !== null || info.question === 'what-if'
  const chains = isEach ? info.chains : info.chains.slice(0, 1)
  return new Set([...chains.flatMap(({edges}) => edges), ...info.cycles.flatMap(cycle => cycle.edges)])
}
