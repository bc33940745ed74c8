/** The part of a tree that a picture of areas has room for: all else is counted in cells of its own, so that areas add up. */
import type {FlameRow, FlameView} from '../../graph/views/flame-view.ts'
import {formatBytes, formatPercent, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {nodeTitle, signedText, times} from '../safe/wording.ts'
import {type LookName, lookName, looks} from './looks.ts'

/** One object, or one call, or what was left out below one. Its bytes are its own and those of all its children, exactly. */
export interface AreaCell {
  look: LookName
  /** `ƒ Function`; of what was left out, how much. */
  name: string
  /** Preview and place. */
  about: string
  /** V8's; undefined for calls, and for what was left out. */
  id: number | undefined
  type: string
  isOwn: boolean
  count: number
  selfBytes: number
  bytes: number
  /** Of a picture of what has changed; undefined in others. */
  changed?: AreaChange
  children: AreaCell[]
}

/** Bytes more than before, or fewer. */
export interface AreaChange {
  /** Of the cell with all in it. */
  bytes: number
  /** Its own. */
  selfBytes: number
  tint: Tint
}

/** How much a cell's own change is beside the largest one; below 0 for fewer bytes, 0 for none to speak of. */
export type Tint = -3 | -2 | -1 | 0 | 1 | 2 | 3

/** What the bytes of cells are, and of how many in all they are shares. */
export interface AreaMeasure {
  means: keyof typeof MEANINGS
  wholeBytes: number
}

const MEANINGS = {
  retained: {whole: 'of the heap', own: 'self'},
  allocated: {whole: 'of all', own: 'by itself'},
} as const

export interface AreaTree {
  root: AreaCell
  /** How many objects there are in all, in cells or left out. */
  objects: number
}

export interface AreaLimits {
  cells: number
  /** Levels below the first. */
  depth: number
  /** Cells of a smaller share of the first (0 to 1) could not be seen. */
  share: number
}

/**
 * The largest rows, the others by their types, and what is too small even so in one cell. A row is never larger than its parent, and
 * stands behind it, so the parent of each is among the largest.
 */
export function areaTree({rows, objects}: FlameView, limits: AreaLimits): AreaTree {
  const kept = largestRows(
    rows.map(({parent, retainedBytes, id, count}) => ({
      parent,
      bytes: retainedBytes,
      isAlone: id !== undefined && count === 1,
    })),
    limits,
  )
  const cells = new Map<number, AreaCell>()
  const left = new Map<number, FlameRow[]>()
  for (const [index, row] of rows.entries()) {
    if (kept.has(index)) {
      const cell = objectCell(row)
      cells.set(index, cell)
      cells.get(row.parent)?.children.push(cell)
    } else if (cells.has(row.parent)) {
      const others = left.get(row.parent)
      if (others === undefined) left.set(row.parent, [row])
      else others.push(row)
    }
  }
  const least = limits.share * rows[0].retainedBytes
  for (const [parent, others] of left) addLeft(cells.get(parent)!, others, least)
  return {root: cells.get(0)!, objects}
}

/** A row of a tree, behind its parent, whose bytes are no fewer. */
interface TreeRow {
  /** -1 for the first. */
  parent: number
  bytes: number
  /** Whether it may have a cell of its own. */
  isAlone: boolean
}

/** Those that get cells of their own: with each its parent, too. */
export function largestRows(rows: readonly TreeRow[], {cells, depth, share}: AreaLimits): Set<number> {
  const levels = new Uint32Array(rows.length)
  for (const [index, {parent}] of rows.entries()) if (parent >= 0) levels[index] = levels[parent] + 1
  const least = share * rows[0].bytes
  const seen = [...rows.keys()].filter(
    index => rows[index].isAlone && levels[index] <= depth && rows[index].bytes >= least,
  )
  seen.sort((a, b) => rows[b].bytes - rows[a].bytes || a - b)
  return new Set([0, ...seen.slice(0, cells)])
}

/** Types beside each other that are told by name, at the most. */
const MAX_TYPES = 8

function addLeft(parent: AreaCell, others: FlameRow[], least: number): void {
  const byType = new Map<string, AreaCell>()
  const rest = {count: 0, bytes: 0}
  for (const row of others) {
    if (row.id === undefined) {
      rest.count += row.count
      rest.bytes += row.retainedBytes
      continue
    }
    const key = `${row.kind} ${row.type}`
    const sum = byType.get(key)
    if (sum === undefined) byType.set(key, objectCell(row, ''))
    else {
      sum.count += row.count
      sum.bytes += row.retainedBytes
    }
  }
  const largest = [...byType.values()].sort((a, b) => b.bytes - a.bytes || a.id! - b.id!)
  for (const [place, cell] of largest.entries()) {
    if (place < MAX_TYPES && cell.bytes >= least) {
      parent.children.push({...cell, selfBytes: cell.bytes, name: `${cell.name}${times(cell.count)}`})
    } else {
      rest.count += cell.count
      rest.bytes += cell.bytes
    }
  }
  if (rest.bytes > 0) parent.children.push(restCell(plural(rest.count, 'more object'), rest.count, rest.bytes))
}

function objectCell(row: FlameRow, about = aboutOf(row)): AreaCell {
  const {type, kind, code, id, count, selfBytes, retainedBytes, parent} = row
  const look = parent < 0 ? 'target' : lookName({role: 'node', type, kind})
  const sign = looks[look].sign
  const name = `${sign === '' ? '' : `${sign} `}${nodeTitle(row)}`
  return {
    look,
    name,
    about,
    id,
    type,
    isOwn: code === 'application',
    count,
    selfBytes,
    bytes: retainedBytes,
    children: [],
  }
}

function aboutOf({preview, place}: FlameRow): string {
  return [preview, place].filter(text => text !== '').join(' · ')
}

/** What is too small: `words` say how much of it there is. */
export function restCell(words: string, count: number, bytes: number, changed?: AreaChange): AreaCell {
  const name = `… ${words}`
  const none = {about: '', id: undefined, type: '', isOwn: false, children: []}
  return {look: 'more', name, count, selfBytes: bytes, bytes, ...(changed && {changed}), ...none}
}

/** `12.4 MB, 31 %`; of what has changed `12.4 MB, +1.2 MB`. */
export function areaSize({bytes, changed}: AreaCell, {wholeBytes}: AreaMeasure): string {
  const more = changed === undefined ? formatPercent(bytes, wholeBytes) : changeText(changed.bytes)
  return `${formatBytes(bytes)}, ${more}`
}

/** '' where that says no more than the cell's bytes do. */
function ownText({look, selfBytes, bytes, changed}: AreaCell, word: string): string {
  const isLeaf = selfBytes === bytes && changed?.selfBytes === changed?.bytes
  if (look === 'more' || isLeaf || (selfBytes === 0 && (changed?.selfBytes ?? 0) === 0)) return ''
  return `${word} ${formatBytes(selfBytes)}${changed === undefined ? '' : `, ${changeText(changed.selfBytes)}`}`
}

/** `+1.2 MB`, `-3 B`, or `=`. */
export function changeText(bytes: number): string {
  return signedText(Math.round(bytes), formatBytes)
}

/** All that there is to say of a cell. */
export function areaTip(cell: AreaCell, measure: AreaMeasure): string {
  const {name, about, id, count, bytes, changed} = cell
  const {whole, own} = MEANINGS[measure.means]
  const parts = [
    about,
    `${measure.means} ${formatBytes(bytes)}, ${formatPercent(bytes, measure.wholeBytes)} ${whole}`,
    changed === undefined ? '' : `change ${changeText(changed.bytes)}`,
    ownText(cell, own),
    id === undefined ? '' : `${count === 1 ? '' : 'e.g. '}@${id}`,
  ]
  return forTerminal([name, ...parts.filter(text => text !== '')].join(' · '), 500)
}
