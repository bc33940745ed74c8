/**
 * Where boxes, labels and lines go: Graphviz decides it, and sees nothing but sizes, so that no name can do anything to it. It cannot be
 * cancelled from inside, and some graphs take it hours, so it runs in a process of its own that can be killed. (graphviz-cli fails in
 * worker threads besides.)
 */
import type {ChildProcessWithoutNullStreams} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {HeapgraphError} from '../../util/errors.ts'
import {plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import type {Point, Spline} from './geometry.ts'

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

/** Who lays a picture out, and how long that may take. */
export interface LayoutOptions {
  /** Measured: 200 nodes with labeled edges take 0.4 s, 2,000 more than a minute. */
  timeoutMs?: number
  /** Path of a native `dot` to use instead of graphviz-cli. */
  graphviz?: string
}

const DEFAULT_TIMEOUT_MS = 20_000
const MAX_COMPLAINT_WIDTH = 200
const HOW_TO_SHRINK = 'ask for less with --depth or --fan; the DOT form (.dot) still works, for another Graphviz'

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

/** What Graphviz writes for `-Tjson0`; rejects with what it complained of, or that it took too long. */
export async function runGraphviz(
  dot: string,
  nodeCount: number,
  {graphviz, timeoutMs = DEFAULT_TIMEOUT_MS}: LayoutOptions = {},
): Promise<string> {
  return run(await startGraphviz(graphviz), dot, nodeCount, timeoutMs)
}

async function startGraphviz(graphviz: string | undefined): Promise<ChildProcessWithoutNullStreams> {
  // Of all answers, only pictures need it.
  const {spawn} = await import('node:child_process')
  // A debugger port or a loader meant for this process is not meant for that one.
  const {NODE_OPTIONS: _options, ...env} = process.env
  if (graphviz !== undefined) return spawn(graphviz, ['-Tjson0'], {env})
  return spawn(process.execPath, [graphvizCliProgram(), '-Tjson0'], {env})
}

/** The package does not export its program, only the library beside it. */
function graphvizCliProgram(): string {
  return fileURLToPath(new URL('../bin/graphviz.cjs', import.meta.resolve('graphviz-cli')))
}

function run(
  child: ChildProcessWithoutNullStreams,
  dot: string,
  nodeCount: number,
  timeoutMs: number,
): Promise<string> {
  const failed = (what: string) =>
    new HeapgraphError('RENDER', `Graphviz ${what}: a diagram of ${plural(nodeCount, 'node')}`, HOW_TO_SHRINK)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let complaints = ''
    let outOfTime = false
    const giveUp = () => {
      child.stdout.destroy()
      child.stderr.destroy()
      reject(failed(`did not finish within ${timeoutMs / 1000} s`))
    }
    const hasExited = () => child.exitCode !== null || child.signalCode !== null
    const timer = setTimeout(() => {
      outOfTime = true
      if (hasExited()) giveUp()
      else child.kill('SIGKILL')
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-10_000)
    })
    child.on('error', error => {
      clearTimeout(timer)
      reject(new HeapgraphError('RENDER', `Graphviz could not be started: ${error.message}`, HOW_TO_SHRINK))
    })
    // Not 'close' alone: a process that Graphviz had started may hold the pipes open.
    child.on('exit', () => {
      if (outOfTime) giveUp()
    })
    child.on('close', code => {
      clearTimeout(timer)
      const text = Buffer.concat(chunks).toString('utf8')
      if (code === 0 && text !== '') resolve(text)
      else reject(failed(`failed (${complaint(complaints) || `exit code ${code}`})`))
    })
    // If Graphviz goes away early, its exit tells why; the broken pipe does not.
    child.stdin.on('error', () => {})
    child.stdin.end(dot)
  })
}

/** The first line that is not graphviz-cli's harmless remark about widths of characters outside of ASCII. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line !== '' && !line.includes('no value for width of non-ASCII'))
  return forTerminal(lines[0] ?? '', MAX_COMPLAINT_WIDTH)
}
