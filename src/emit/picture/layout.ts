/** Where boxes, labels and lines go: Graphviz decides it, and sees nothing but sizes, so that no name can do anything to it. */
import {HeapgraphError} from '../../util/errors.ts'
import type {Point, Spline} from './geometry.ts'
import {HOW_TO_SHRINK, type LayoutOptions} from './layout-options.ts'
import {runGraphviz} from './run-graphviz.ts'

/** Left to right, or top to bottom. */
export type Direction = 'LR' | 'TB'

/** Pixels, as everywhere here; Graphviz's points are taken for pixels. */
export interface LayoutRequest {
  direction: Direction
  boxes: {width: number; height: number}[]
  /** Places in `boxes`; an edge that does not rank pushes nothing to its right side. A width of 0 is no label. */
  edges: {from: number; to: number; labelWidth: number; ranks: boolean}[]
  /** Boxes to be kept together in a frame with a title of a certain width; a box is in one frame at most. */
  frames: {boxes: number[]; titleWidth: number}[]
}

/** Everything from the upper left corner; boxes and labels by their middles. */
export interface Layout {
  direction: Direction
  width: number
  height: number
  boxes: Point[]
  edges: Spline[]
  frames: {x: number; y: number; width: number; height: number}[]
}

/**
 * The only label Graphviz sees is a row of these: half an em in its Helvetica. It lies beside the line, so that a label of this size
 * keeps a plate of 18 pixels clear of a thick one.
 */
const FILLER = 'x'
const FILLER_SIZE = 22
const FILLER_WIDTH = 11

/** From top to bottom labels stand right of their lines. */
const APART_FROM_LINE = 10

export async function layOut(request: LayoutRequest, options: LayoutOptions = {}): Promise<Layout> {
  const json = await runGraphviz(layoutDot(request), request.boxes.length, options)
  try {
    return parseLayout(JSON.parse(json), request)
  } catch {
    throw new HeapgraphError('RENDER', 'Graphviz returned an invalid layout', HOW_TO_SHRINK)
  }
}

function layoutDot({direction, boxes, edges, frames}: LayoutRequest): string {
  const apart = direction === 'LR' ? 'nodesep=0.25, ranksep=0.35' : 'nodesep=0.3, ranksep=0.25'
  const clusters = frames.map(
    (frame, i) =>
      `subgraph cluster_${i} { label="${fillerFor(frame.titleWidth)}"; ${frame.boxes.map(box => `b${box};`).join(' ')} }`,
  )
  return [
    // Of frames side by side, Graphviz puts the first lowest where lines go to the right.
    'digraph {',
    `graph [rankdir=${direction}, ${apart}, fontname=Helvetica, fontsize=${FILLER_SIZE}, labeljust=l, margin=14]`,
    'node [shape=box, fixedsize=true, label=""]',
    `edge [fontname=Helvetica, fontsize=${FILLER_SIZE}, arrowsize=0.8]`,
    ...(direction === 'LR' ? clusters.reverse() : clusters),
    ...boxes.map(({width, height}, i) => `b${i} [width=${inches(width)}, height=${inches(height)}]`),
    ...edges.map(({from, to, labelWidth, ranks}, i) => {
      const label =
        labelWidth === 0 ? '' : `, label="${fillerFor(labelWidth + (direction === 'TB' ? APART_FROM_LINE : 0))}"`
      return `b${from} -> b${to} [id=e${i}${label}${ranks ? '' : ', constraint=false'}]`
    }),
    '}\n',
  ].join('\n')
}

function fillerFor(width: number): string {
  return FILLER.repeat(Math.ceil(width / FILLER_WIDTH))
}

function inches(pixels: number): string {
  return (pixels / 72).toFixed(4)
}

interface JsonLayout {
  bb: string
  objects?: {name: string; pos?: string; bb?: string}[]
  edges?: {id?: string; pos?: string; lp?: string}[]
}

/** Throws on whatever is missing or is no number. */
function parseLayout({bb, objects = [], edges = []}: JsonLayout, request: LayoutRequest): Layout {
  const [left, low, right, high] = numbers(bb, 4)
  const point = (text: string): Point => {
    const [x, y] = numbers(text, 2)
    return {x: x - left, y: high - y}
  }
  const byName = new Map(objects.map(object => [object.name, object]))
  const byId = new Map(edges.map(edge => [edge.id, edge]))
  return {
    direction: request.direction,
    width: right - left,
    height: high - low,
    boxes: request.boxes.map((_, i) => point(given(byName.get(`b${i}`)?.pos))),
    edges: request.edges.map((_, i) => {
      const {pos, lp} = given(byId.get(`e${i}`))
      return {...splineOf(given(pos), point), label: lp === undefined ? undefined : point(lp)}
    }),
    frames: request.frames.map((_, i) => {
      const [x1, y1, x2, y2] = numbers(given(byName.get(`cluster_${i}`)?.bb), 4)
      return {x: x1 - left, y: high - y2, width: x2 - x1, height: y2 - y1}
    }),
  }
}

/** `e,tip start control control end …`. */
function splineOf(pos: string, point: (text: string) => Point): Pick<Spline, 'points' | 'tip'> {
  const parts = pos.split(';')[0].trim().split(/\s+/)
  const tip = parts.find(part => part.startsWith('e,'))
  const points = parts.filter(part => !/^[es],/.test(part)).map(point)
  if (points.length < 4) throw new Error('no spline')
  return {points, tip: tip === undefined ? undefined : point(tip.slice(2))}
}

function numbers(text: string, count: number): number[] {
  const found = text.split(',').map(Number)
  if (found.length !== count || !found.every(Number.isFinite)) throw new Error('no number')
  return found
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing')
  return value
}
