/**
 * The dominator tree as a flame graph for https://www.speedscope.app, in its own format
 * (https://www.speedscope.app/file-format-schema.json): as wide as an object is what it retains, and what it dominates lies
 * upon it. "evented", since a sample would have to repeat the whole stack below it.
 */
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
  const total = rows[0]?.retainedBytes ?? 0
  const profile = {type: 'evented', name, unit: 'bytes', startValue: 0, endValue: total, events: eventsOf(rows)}
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'heapgraph',
    name,
    activeProfileIndex: 0,
    shared: {frames: rows.map(frameOf)},
    profiles: [profile],
  }
  return `${forJson(JSON.stringify(file))}\n`
}

/** A frame each: no two objects are one function. */
function frameOf({type, id, place, count}: FlameRow): Frame {
  if (id === undefined) return {name: `(${plural(count, 'more object')})`}
  const at = /^(.*):(\d+)$/s.exec(place)
  const named = {name: forTerminal(`${typeName(type)} @${id}${place === '' ? '' : ` ${place}`}`, MAX_NAME_WIDTH)}
  if (at !== null) return {...named, file: forTerminal(at[1], MAX_NAME_WIDTH), line: Number(at[2])}
  return place === '' ? named : {...named, file: forTerminal(place, MAX_NAME_WIDTH)}
}

/** Children in their order from where their parent begins; its own size is what is left behind the last. */
function eventsOf(rows: readonly FlameRow[]): FrameEvent[] {
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
      next = top.at + rows[top.frame].retainedBytes
      events.push({type: 'C', frame: top.frame, at: next})
    }
  }
  return events
}

function childrenOf(rows: readonly FlameRow[]): number[][] {
  const children = rows.map((): number[] => [])
  for (const [index, {parent}] of rows.entries()) if (parent >= 0) children[parent].push(index)
  return children
}
