/**
 * The dominator tree as a flame graph for https://www.speedscope.app, in its own format
 * (https://www.speedscope.app/file-format-schema.json): as wide as an object is what it retains, and what it dominates lies
 * upon it. "evented", since a sample would have to repeat the whole stack below it.
 */
import type {AllocationFrame} from '../../graph/views/allocation-frames.ts'
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
  const {bytes, parent} = {bytes: rows.map(({retainedBytes}) => retainedBytes), parent: rows.map(({parent}) => parent)}
  return fileOf(name, rows.map(frameOf), [profileOf(name, parent, bytes, () => true)])
}

/**
 * Sampled allocations: as wide as a call is what it and those it calls have allocated. Of two profiles what there is more of than before, what there is less of,
 * and the later one, since a flame has no width below 0; `names`: the files.
 */
export function allocationsSpeedscope(names: readonly string[], calls: readonly AllocationFrame[]): string {
  const parent = calls.map(({parent}) => parent)
  const flame = (name: string, bytes: number[]) => profileOf(name, parent, bytes, call => bytes[call] > 0)
  const [first, later = first] = names
  const all = flame(
    later,
    calls.map(({bytes}) => bytes),
  )
  if (names.length < 2) return fileOf(later, calls.map(callFrame), [all])
  const [more, less] = [1, -1].map(sign =>
    summedUp(
      parent,
      calls.map(({selfChange}) => Math.max(0, sign * (selfChange ?? 0))),
    ),
  )
  const changes = [flame(`more than in ${first}`, more), flame(`less than in ${first}`, less)]
  const shown = changes.filter(({endValue}) => endValue > 0)
  return fileOf(later, calls.map(callFrame), [...shown, all])
}

/** Of each call with those it calls, which stand behind it. */
function summedUp(parent: readonly number[], own: readonly number[]): number[] {
  const sums = [...own]
  for (let call = sums.length - 1; call > 0; call--) sums[parent[call]] += sums[call]
  return sums
}

function callFrame({name, place}: AllocationFrame): Frame {
  return {name: forTerminal(name, MAX_NAME_WIDTH), ...placeOf(place)}
}

interface Profile {
  type: 'evented'
  name: string
  unit: 'bytes'
  startValue: 0
  endValue: number
  events: FrameEvent[]
}

/** Of the frames that `isShown` says yes to, and the first. */
function profileOf(
  name: string,
  parent: readonly number[],
  bytes: readonly number[],
  isShown: (frame: number) => boolean,
): Profile {
  const events = eventsOf(parent, bytes, isShown)
  return {type: 'evented', name, unit: 'bytes', startValue: 0, endValue: bytes[0] ?? 0, events}
}

function fileOf(name: string, frames: Frame[], profiles: Profile[]): string {
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'heapgraph',
    name,
    activeProfileIndex: 0,
    shared: {frames},
    profiles,
  }
  return `${forJson(JSON.stringify(file))}\n`
}

/** A frame each: no two objects are one function. */
function frameOf({type, id, place, count}: FlameRow): Frame {
  if (id === undefined) return {name: `(${plural(count, 'more object')})`}
  const name = forTerminal(`${typeName(type)} @${id}${place === '' ? '' : ` ${place}`}`, MAX_NAME_WIDTH)
  return {name, ...placeOf(place)}
}

function placeOf(place: string): Omit<Frame, 'name'> {
  const at = /^(.*):(\d+)$/s.exec(place)
  if (at !== null) return {file: forTerminal(at[1], MAX_NAME_WIDTH), line: Number(at[2])}
  return place === '' ? {} : {file: forTerminal(place, MAX_NAME_WIDTH)}
}

/** Children in their order from where their parent begins; its own size is what is left behind the last. */
function eventsOf(
  parent: readonly number[],
  bytes: readonly number[],
  isShown: (frame: number) => boolean,
): FrameEvent[] {
  const children = childrenOf(parent, isShown)
  const events: FrameEvent[] = []
  // Each open frame with the bytes at which it began and the number of its children opened so far.
  const open: {frame: number; at: number; opened: number}[] = []
  const enter = (frame: number, at: number) => {
    events.push({type: 'O', frame, at})
    open.push({frame, at, opened: 0})
  }
  if (bytes.length > 0) enter(0, 0)
  for (let next = 0, top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = children[top.frame][top.opened++]
    if (child !== undefined) enter(child, next)
    else {
      open.pop()
      next = top.at + bytes[top.frame]
      events.push({type: 'C', frame: top.frame, at: next})
    }
  }
  return events
}

function childrenOf(parents: readonly number[], isShown: (frame: number) => boolean): number[][] {
  const children = parents.map((): number[] => [])
  for (const [index, parent] of parents.entries()) if (parent >= 0 && isShown(index)) children[parent].push(index)
  return children
}
