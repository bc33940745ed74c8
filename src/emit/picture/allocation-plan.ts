/** Sampled allocations as flames: callers above, each call as wide as what it and those it calls have allocated. */
import type {AllocationFrame, AllocationsAnswer} from '../../graph/views/allocations-view.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {limitText} from '../safe/wording.ts'
import type {SeenCell} from './area-cells.ts'
import {type AreaPlan, wordEntries} from './area-plan.ts'
import {type AreaCell, type AreaLimits, largestRows, restCell} from './area-tree.ts'
import {type LookName, looks} from './looks.ts'
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

/** `limits`: what there is room for. Linear in the calls, but for sorting those that are drawn. Throws NOTHING_FOUND if no call has bytes. */
export function allocationPlan({view, frames, frameLimits}: AllocationsAnswer, limits: AreaLimits): AreaPlan {
  const name = view.profiles[view.profiles.length - 1]
  if (frames.length === 0)
    throw new HeapgraphError('NOTHING_FOUND', `${name}: no sample to draw`, 'sample for longer, or more often')
  const root = callTree(frames, limits)
  return {
    root,
    form: 'flame',
    measure: {means: 'allocated', wholeBytes: root.bytes},
    title: `allocations: flame view of ${formatBytes(Math.round(root.bytes))}`,
    words: drawn => `${forTerminal(name, 80)} · drawn: ${formatCount(drawn)} of ${plural(frames.length, 'call')}`,
    legend,
    notes: frameLimits.map(limitText),
    objects: frames.length,
  }
}

/** The largest calls below their callers, larger ones first, and what is too small in one cell beside them. */
function callTree(frames: readonly AllocationFrame[], limits: AreaLimits): AreaCell {
  const kept = largestRows(
    frames.map(({parent, bytes}) => ({parent, bytes, isAlone: true})),
    limits,
  )
  const cells = new Map<number, AreaCell>()
  const left = new Map<AreaCell, {count: number; bytes: number}>()
  for (const [index, frame] of frames.entries()) {
    const caller = cells.get(frame.parent)
    if (kept.has(index)) {
      const cell = callCell(frame)
      cells.set(index, cell)
      caller?.children.push(cell)
    } else if (caller !== undefined) {
      const {count, bytes} = left.get(caller) ?? {count: 0, bytes: 0}
      left.set(caller, {count: count + 1, bytes: bytes + frame.bytes})
    }
  }
  for (const cell of cells.values()) {
    cell.children.sort((a, b) => b.bytes - a.bytes)
    const rest = left.get(cell)
    if (rest !== undefined) cell.children.push(restCell(plural(rest.count, 'more call'), rest.count, rest.bytes))
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

function legend(cells: SeenCell[]): LegendEntry[] {
  const present = new Set(cells.map(({node}) => node.data.look))
  return [
    ...LEGEND.filter(([look]) => present.has(look)).map(([look, text]) => ({
      fill: looks[look].fill,
      sign: looks[look].sign,
      text,
    })),
    ...wordEntries(['as wide as what it and those it calls have allocated', 'below: what it calls']),
  ]
}
