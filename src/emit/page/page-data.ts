/** What the scripts of pictures are given. Texts are ready to be shown: nothing in them steers or hides. */
import type {AreaView} from '../picture/area-cells.ts'
import type {AreaMeasure} from '../picture/area-tree.ts'
import type {Point} from '../picture/geometry.ts'
import type {PlotFrame} from '../picture/plot.ts'
import type {PackedAreas} from './packed-areas.ts'

export interface GraphPageData {
  /** Downward instead of left to right. */
  isDown: boolean
  nodes: PageNode[]
  edges: PageEdge[]
  /** The command that asks about cuts: `heapgraph what-if {} app.heapsnapshot`. */
  whatIf: string
  /** Whether removing an edge is an answer about one reference, or (dominators) about one object. */
  cuts: 'edges' | 'objects'
}

export interface PageNode {
  /** `Buffer ×300`. */
  name: string
  type: string
  /** Null if it stands for no object. */
  id: number | null
  role: 'target' | 'root' | 'node' | 'more'
  count: number
  selfBytes: number
  /** Of its card. */
  width: number
  height: number
  /** Middle of its card; not there as long as it is not drawn. */
  at?: Point
  /** What the details say, in order. */
  facts: [name: string, text: string][]
  /** Where its place in the code leads: what the fact `source` is a link to. */
  href?: string
  /** The paths to it as JavaScript, where the answer has them. */
  codes?: string[]
  /** Of a card of the picture's that counts others: those of them that the file has, and how many objects it has not. */
  leftOut?: number[]
  objectsLeft?: number
  /** Command lines about it. */
  commands: string[]
}

export interface PageEdge {
  from: number
  to: number
  label: string
  /** Of the line, and of its label's plate. */
  width: number
  plateWidth: number
  /** False for weak references, and for lines to cards that count others. */
  keeps: boolean
  /** The eye should follow it. */
  isOnPath: boolean
  /** What to give to `what-if --cut`, safe for a shell; '' if no expression names this edge. */
  cut: string
}

export interface AreaPageData {
  areas: PackedAreas
  form: AreaView
  measure: AreaMeasure
}

export interface PlotPageData {
  frame: PlotFrame
  unit: 'bytes' | 'ms'
  lines: {label: string; times: number[]; values: number[]}[]
}

/** What the browser's timeline has where a page stops in long work, to hear keys and clicks. */
export const PART_MARK = 'heapgraph: part of long work'
