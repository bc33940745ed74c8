/**
 * The dominator tree as a flame graph for https://www.speedscope.app, in its own format
 * (https://www.speedscope.app/file-format-schema.json): as wide as an object is what it retains, and what it dominates lies
 * upon it. "evented", since a sample would have to repeat the whole stack below it.
 */
import type {AllocationFrame} from '../../graph/views/allocations-view.ts'
import type {FlameRow, FlameView} from '../../graph/views/flame-view.ts'
import {plural} from '../../util/units.ts'
import {forJson, forTerminal} from '../safe/clean.ts'
import {typeName} from '../safe/wording.ts'

interface Frame {
  name: string
  file?: string
  line?: number
}

/** Opens or closes a frame when so many bytes lie before. */
interface FrameEvent {
  type: 'O' | 'C'
  frame: number
  at: number
}

const MAX_NAME_WIDTH = 200

export function toSpeedscope({name, rows}: FlameView): string {
  return profileOf(
    name,
    rows.map(frameOf),
    rows.map(({parent, retainedBytes}) => ({parent, bytes: retainedBytes})),
  )
}

/** Sampled allocations: as wide as a call is what it and those it calls have allocated. */
export function allocationsSpeedscope(name: string, calls: readonly AllocationFrame[]): string {
  return profileOf(name, calls.map(callFrame), calls)
}

function callFrame({name, place}: AllocationFrame): Frame {
  return {name: forTerminal(name, MAX_NAME_WIDTH), ...fileOf(place)}
}

type Row = Pick<AllocationFrame, 'parent' | 'bytes'>

function profileOf(name: string, frames: Frame[], rows: readonly Row[]): string {
  const total = rows[0]?.bytes ?? 0
  const profile = {type: 'evented', name, unit: 'bytes', startValue: 0, endValue: total, events: eventsOf(rows)}
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'heapgraph',
    name,
    activeProfileIndex: 0,
    shared: {frames},
    profiles: [profile],
  }
  return `${forJson(JSON.stringify(file))}\n`
}

/** A frame each: no two objects are one function. */
function frameOf({type, id, place, count}: FlameRow): Frame {
  if (id === undefined) return {name: `(${plural(count, 'more object')})`}
  const name = forTerminal(`${typeName(type)} @${id}${place === '' ? '' : ` ${place}`}`, MAX_NAME_WIDTH)
  return {name, ...fileOf(place)}
}

function fileOf(place: string): Omit<Frame, 'name'> {
  const at = /^(.*):(\d+)$/s.exec(place)
  if (at !== null) return {file: forTerminal(at[1], MAX_NAME_WIDTH), line: Number(at[2])}
  return place === '' ? {} : {file: forTerminal(place, MAX_NAME_WIDTH)}
}

/** Children in their order from where their parent begins; its own size is what is left behind the last. */
function eventsOf(rows: readonly Row[]): FrameEvent[] {
  const children = childrenOf(rows)
  const events: FrameEvent[] = []
  // Each open frame with the bytes at which it began and the number of its children opened so far.
  const open: {frame: number; at: number; opened: number}[] = []
  const enter = (frame: number, at: number) => {
    events.push({type: 'O', frame, at})
    open.push({frame, at, opened: 0})
  }
  if (rows.length > 0) enter(0, 0)
  for (let next = 0, top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = children[top.frame][top.opened++]
    if (child !== undefined) enter(child, next)
    else {
      open.pop()
      next = top.at + rows[top.frame].bytes
      events.push({type: 'C', frame: top.frame, at: next})
    }
  }
  return events
}

function childrenOf(rows: readonly Row[]): number[][] {
  const children = rows.map((): number[] => [])
  for (const [index, {parent}] of rows.entries()) if (parent >= 0) children[parent].push(index)
  return children
}
