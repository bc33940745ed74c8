/** Places for cards that were not drawn at first: beside what holds them or is held by them, where nothing is yet. */
import type {Point, Spline} from '../../src/emit/picture/geometry.ts'

export interface Box extends Point {
  width: number
  height: number
}

const apart = 14
const labelRoom = 40

/**
 * The middle of a box beside `beside`: on the side of holders (left, or above) or of held (right, or below), as near to `wanted` as
 * there is room between `taken`.
 */
export function freePlace(
  box: {width: number; height: number},
  beside: Box,
  {holds, isDown, label}: {holds: boolean; isDown: boolean; label: number},
  wanted: number,
  taken: readonly Box[],
): Point {
  const way = holds ? -1 : 1
  const room = isDown ? 70 : Math.max(labelRoom, label + 44)
  const along = isDown
    ? beside.y + way * (beside.height / 2 + room + box.height / 2)
    : beside.x + way * (beside.width / 2 + room + box.width / 2)
  const at = (across: number): Point => (isDown ? {x: across, y: along} : {x: along, y: across})
  const step = apart
  for (let distance = 0; ; distance += step) {
    for (const across of distance === 0 ? [wanted] : [wanted + distance, wanted - distance]) {
      if (!taken.some(other => overlap({...at(across), ...size(box)}, other))) return at(across)
    }
  }
}

function size({width, height}: {width: number; height: number}): {width: number; height: number} {
  return {width: width + apart, height: height + apart}
}

export function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height
}

const arrowLength = 9

/** A line from one box to another, between the sides that face each other, and the middle of its label. */
export function lineBetween(from: Box, to: Box, isDown: boolean): Spline {
  if (from === to) return loop(from)
  const forward = isDown ? from.y <= to.y : from.x <= to.x
  const way = forward ? 1 : -1
  if (isDown) {
    const start = {x: from.x, y: from.y + (way * from.height) / 2}
    const tip = {x: to.x, y: to.y - (way * to.height) / 2}
    const end = {x: tip.x, y: tip.y - way * arrowLength}
    const middle = (start.y + end.y) / 2
    const points = [start, {x: start.x, y: middle}, {x: end.x, y: middle}, end]
    return {points, tip, label: {x: (start.x + end.x) / 2, y: middle}}
  }
  const start = {x: from.x + (way * from.width) / 2, y: from.y}
  const tip = {x: to.x - (way * to.width) / 2, y: to.y}
  const end = {x: tip.x - way * arrowLength, y: tip.y}
  const middle = (start.x + end.x) / 2
  const points = [start, {x: middle, y: start.y}, {x: middle, y: end.y}, end]
  return {points, tip, label: {x: middle, y: (start.y + end.y) / 2}}
}

function loop({x, y, width, height}: Box): Spline {
  const [right, top] = [x + width / 2, y - height / 4]
  const tip = {x: right, y: y + height / 4}
  const end = {x: right + arrowLength, y: tip.y}
  return {
    points: [{x: right, y: top}, {x: right + 40, y: top}, {x: right + 40, y: tip.y}, end],
    tip,
    label: {x: right + 40, y},
  }
}
