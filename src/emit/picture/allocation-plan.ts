/** Sampled allocations as flames: callers above, each call as wide as what it and those it calls have allocated. */
import type {AllocationFrame} from '../../graph/views/allocation-frames.ts'
import type {AllocationsAnswer} from '../../graph/views/allocations-view.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {limitText} from '../safe/wording.ts'
import type {SeenCell} from './area-cells.ts'
import {type AreaPlan, wordEntries} from './area-plan.ts'
import {type AreaCell, type AreaLimits, changeText, largestRows, restCell, type Tint} from './area-tree.ts'
import {grownFills, type LookName, looks, shrunkFills} from './looks.ts'
import type {LegendEntry} from './picture-words.ts'

/** Whose code it is, in the colors of objects; V8's own has no more to tell than the runtime's. */
const LOOKS: Record<AllocationFrame['code'], LookName> = {
  application: 'closure',
  library: 'native',
  runtime: 'internal',
  unknown: 'internal',
}
const LEGEND: readonly [LookName, string][] = [
  ['closure', 'the application (thick border)'],
  ['native', 'packages'],
  ['internal', 'the runtime'],
]

/**
 * `limits`: what there is room for. Of two profiles the later one, each call in the color of what its own bytes have grown or shrunk by, as Brendan Gregg's
 * differential flame graphs. Linear in the calls, but for sorting those that are drawn. Throws NOTHING_FOUND if no call has bytes.
 */
export function allocationPlan({view, frames, frameLimits}: AllocationsAnswer, limits: AreaLimits): AreaPlan {
  const [first, later] = view.profiles
  const name = later ?? first
  if (frames.length === 0 || frames[0].bytes === 0)
    throw new HeapgraphError('NOTHING_FOUND', `${name}: no sample to draw`, 'sample for longer, or more often')
  const root = callTree(frames, limits)
  const size = formatBytes(Math.round(root.bytes))
  const count = frames.reduce((sum, {bytes}) => sum + Number(bytes > 0), 0)
  const change = root.changed?.bytes
  const of = forTerminal(name, 80)
  return {
    root,
    form: 'flame',
    measure: {means: 'allocated', wholeBytes: root.bytes},
    title: change === undefined ? `allocations: flame view of ${size}` : `allocations: ${size}, ${changeText(change)}`,
    words: drawn =>
      `${later === undefined ? of : `${of} beside ${forTerminal(first, 80)}`} · drawn: ${formatCount(drawn)} of ${plural(count, 'call')}`,
    legend: cells => [...(change === undefined ? codeLegend(cells) : changeLegend(cells)), ...WORDS],
    notes: [...goneNote(frames), ...frameLimits].map(limitText),
    objects: count,
  }
}

/** What only the earlier profile has is nowhere wide. */
function goneNote(frames: readonly AllocationFrame[]): string[] {
  const gone = frames.filter(({bytes}) => bytes === 0)
  if (gone.length === 0) return []
  const bytes = gone.reduce((sum, {selfChange}) => sum - (selfChange ?? 0), 0)
  return [
    `${plural(gone.length, 'call')} of the earlier profile, ${formatBytes(Math.round(bytes))} in all, are in no cell, since the later one has none of them; the two files the other way round draw them`,
  ]
}

/** The largest calls below their callers, larger ones first, and what is too small in one cell beside them. */
function callTree(frames: readonly AllocationFrame[], limits: AreaLimits): AreaCell {
  const kept = largestRows(
    frames.map(({parent, bytes}) => ({parent, bytes, isAlone: bytes > 0})),
    limits,
  )
  const most = frames.reduce((most, {selfChange}) => Math.max(most, Math.abs(selfChange ?? 0)), 0)
  const cells = new Map<number, AreaCell>()
  const left = new Map<AreaCell, {count: number; bytes: number; change: number}>()
  for (const [index, frame] of frames.entries()) {
    const caller = cells.get(frame.parent)
    if (kept.has(index)) {
      const cell = frame.change === null ? callCell(frame) : changedCell(frame, most)
      cells.set(index, cell)
      caller?.children.push(cell)
    } else if (caller !== undefined && frame.bytes > 0) {
      const {count, bytes, change} = left.get(caller) ?? {count: 0, bytes: 0, change: 0}
      left.set(caller, {count: count + 1, bytes: bytes + frame.bytes, change: change + (frame.change ?? 0)})
    }
  }
  for (const cell of cells.values()) {
    cell.children.sort((a, b) => b.bytes - a.bytes)
    const rest = left.get(cell)
    if (rest === undefined) continue
    const {count, bytes, change} = rest
    const changed = cell.changed === undefined ? undefined : {bytes: change, selfBytes: change, tint: 0 as const}
    cell.children.push(restCell(plural(count, 'more call'), count, bytes, changed))
  }
  return cells.get(0)!
}

function callCell({parent, name, place, code, selfBytes, bytes}: AllocationFrame): AreaCell {
  const look = parent < 0 ? 'target' : LOOKS[code]
  return {
    look,
    name: `${looks[look].sign} ${name}`,
    about: place,
    id: undefined,
    type: '',
    isOwn: parent >= 0 && code === 'application',
    count: 1,
    selfBytes,
    bytes,
    children: [],
  }
}

const [GREW, SHRANK] = ['▲', '▼']

/** `most`: the largest change of any call's own. Whose code it is says the border alone. */
function changedCell(frame: AllocationFrame, most: number): AreaCell {
  const [change, selfChange] = [frame.change ?? 0, frame.selfChange ?? 0]
  const tint = tintOf(selfChange, most)
  const sign = tint > 0 ? `${GREW} ` : tint < 0 ? `${SHRANK} ` : ''
  const changed = {bytes: change, selfBytes: selfChange, tint}
  return {...callCell(frame), look: 'object', name: `${sign}${frame.name}`, changed}
}

/** Steps, since nobody tells more of them apart: a half of the largest change, a tenth, a hundredth. */
function tintOf(change: number, most: number): Tint {
  const share = Math.abs(change) / most
  if (!(share >= 0.01)) return 0
  const depth = share >= 0.5 ? 3 : share >= 0.1 ? 2 : 1
  return (change > 0 ? depth : -depth) as Tint
}

const WORDS = wordEntries(['as wide as what it and those it calls have allocated', 'below: what it calls'])

function codeLegend(cells: SeenCell[]): LegendEntry[] {
  const present = new Set(cells.map(({node}) => node.data.look))
  return LEGEND.filter(([look]) => present.has(look)).map(([look, text]) => ({
    fill: looks[look].fill,
    sign: looks[look].sign,
    text,
  }))
}

function changeLegend(cells: SeenCell[]): LegendEntry[] {
  const isThere = (test: (cell: AreaCell) => boolean) => cells.some(({node}) => test(node.data))
  const [grew, shrank] = [grownFills[3], shrunkFills[3]]
  return [
    ...(isThere(({changed}) => changed!.tint > 0)
      ? [{fill: grew, sign: GREW, text: 'by itself more than before'}]
      : []),
    ...(isThere(({changed}) => changed!.tint < 0) ? [{fill: shrank, sign: SHRANK, text: 'by itself less'}] : []),
    ...wordEntries([
      'darker: a larger change',
      'no color: as before, within a hundredth of the largest change',
      isThere(({isOwn}) => isOwn) ? 'thick border: the application' : '',
    ]),
  ]
}
