/** Cells of a picture of areas: where d3-hierarchy puts them, and how each is drawn; in files and in the script of a page alike. */
import type {HierarchyRectangularNode} from 'd3-hierarchy'
import {formatBytes} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {type AreaCell, type AreaMeasure, areaSize, areaTip} from './area-tree.ts'
import {sansWidth} from './font.ts'
import {round} from './geometry.ts'
import {grownFills, looks, shrunkFills} from './looks.ts'

export type AreaView = 'treemap' | 'flame'

export const AREA_WIDTH = 1200
/** Of a page's flames many are thinner than a line until they are looked into. */
export const MIN_PAGE_WIDTH = 1
const TREEMAP_HEIGHT = 680
const ROW_HEIGHT = 22
const HEADER_HEIGHT = 17
const GAP = 2
const TEXT_SIZE = 11

/** A cell that is smaller is drawn as one, without what it holds. */
const leastNest = {width: 48, height: 40}

type Placed = HierarchyRectangularNode<AreaCell>

export interface PlacedAreas {
  cells: SeenCell[]
  /** From 0 0 on, `AREA_WIDTH` wide. */
  height: number
}

/** The cells that are seen with `root` as the whole. `leastWidth`: flames thinner than this are not drawn. */
export async function placeAreas(root: AreaCell, form: AreaView, leastWidth = 0): Promise<PlacedAreas> {
  const placed = await (form === 'treemap' ? placeTreemap(root) : placeFlame(root))
  const height = form === 'treemap' ? TREEMAP_HEIGHT : (placed.height + 1) * ROW_HEIGHT
  return {cells: seenCells(placed, form, leastWidth), height}
}

/** The first row's own bytes are what its children leave free. */
async function placeTreemap(root: AreaCell): Promise<Placed> {
  const {hierarchy, treemap, treemapSquarify} = await import('d3-hierarchy')
  const layout = treemap<AreaCell>().size([AREA_WIDTH, TREEMAP_HEIGHT]).tile(treemapSquarify.ratio(1.4))
  layout.paddingInner(GAP).paddingOuter(GAP).paddingTop(HEADER_HEIGHT)
  return layout(hierarchy(root, ({children}) => children).sum(ownBytes))
}

async function placeFlame(root: AreaCell): Promise<Placed> {
  const {hierarchy, partition} = await import('d3-hierarchy')
  const tree = hierarchy(root, ({children}) => children).sum(ownBytes)
  return partition<AreaCell>().size([AREA_WIDTH, (tree.height + 1) * ROW_HEIGHT])(tree)
}

/** What is in a cell besides its children; sums of these are the cells' bytes. */
function ownBytes({bytes, children}: AreaCell): number {
  return bytes - children.reduce((sum, child) => sum + child.bytes, 0)
}

/** A cell and the room it has, in pixels. */
export interface PlacedCell {
  data: AreaCell
  x0: number
  y0: number
  x1: number
  y1: number
  /** What it is in; null for the whole. */
  parent: {data: AreaCell} | null
}

export interface SeenCell {
  node: PlacedCell
  /** Whether what it holds is drawn in it, so that its text has a line at the top only. */
  isNest: boolean
}

/** Parents before their children; of a treemap, those that have room. */
function seenCells(root: Placed, form: AreaView, leastWidth: number): SeenCell[] {
  const cells: SeenCell[] = []
  const visit = (node: Placed) => {
    const isFlame = form === 'flame'
    const hasRoom = node.x1 - node.x0 >= leastNest.width && node.y1 - node.y0 >= leastNest.height
    const isNest = node.children !== undefined && (isFlame || hasRoom)
    cells.push({node, isNest: isNest && !isFlame})
    if (!isNest) return
    for (const child of node.children ?? []) if (!isFlame || child.x1 - child.x0 >= leastWidth) visit(child)
  }
  visit(root)
  return cells
}

/** The element of a cell. `link`: makes it a link, with `{id}` for the id. */
export function drawCell({node, isNest}: SeenCell, measure: AreaMeasure, link: string | undefined): string {
  const {data, x0, x1, y0, y1} = node
  const {look, id, type, isOwn, bytes, count} = data
  const tip = forXml(areaTip(data, measure))
  const about =
    id === undefined
      ? ''
      : ` data-id="${id}" data-type="${forXml(type, 500)}" data-count="${count}" data-retained="${bytes}"`
  const tint = data.changed?.tint ?? 0
  const fill = tint === 0 ? looks[look].fill : (tint > 0 ? grownFills : shrunkFills)[Math.abs(tint)]
  // An object is white by day, and dark by night.
  const isPlain = look === 'more' || (look === 'object' && tint === 0)
  const classes = `hg-cell${isPlain ? ' hg-plain' : ' hg-band'}${isOwn ? ' hg-own' : ''}${look === 'more' ? ' hg-more' : ''}`
  const [w, h] = [x1 - x0, y1 - y0]
  // A pixel between neighbors, where there is one.
  const [right, low] = [Math.max(0.5, w - (isNest ? 0 : 1)), Math.max(0.5, h - (isNest ? 0 : 1))]
  const box = `<rect class="${classes}"${isPlain ? '' : ` fill="${fill}"`} x="${round(x0)}" y="${round(y0)}" width="${round(right)}" height="${round(low)}" rx="2"/>`
  const texts = cellTexts(node, isNest, measure).map(({text, y, isHead}) => {
    const name = isPlain ? (isHead ? 'hg-cellhead' : 'hg-soft') : isHead ? 'hg-onband hg-cellhead' : 'hg-onband'
    return `<text class="${name}" x="${round(x0 + 5)}" y="${round(y)}">${forXml(text)}</text>`
  })
  const inside = [box, ...texts].join('\n')
  const linked =
    link === undefined || id === undefined
      ? inside
      : `<a href="${forXml(link.replaceAll('{id}', String(id)))}">${inside}</a>`
  return `<g${about} class="hg-node" tabindex="0" role="graphics-symbol" aria-label="${tip}"><title>${tip}</title>\n${linked}</g>`
}

interface CellText {
  text: string
  y: number
  isHead: boolean
}

/** As many lines as there is room for: type, size, preview and place. In a nest, one for both. */
function cellTexts({data, x0, x1, y0, y1}: PlacedCell, isNest: boolean, measure: AreaMeasure): CellText[] {
  const room = x1 - x0 - 10
  const height = y1 - y0
  const size = areaSize(data, measure)
  const [head, more] = [bounded(data.name), bounded(data.about)]
  const about = more === '' ? '' : ` ${more}`
  if (isNest || height < 34) {
    if (height < 13 && !isNest) return []
    const lines = [`${head}${about} · ${size}`, `${head} · ${size}`, head]
    const text = lines.find(line => sansWidth(forTerminal(line), TEXT_SIZE) <= room) ?? fitted(lines[2], room)
    return text === '' ? [] : [{text, y: isNest ? y0 + 12.5 : y0 + Math.min(15, height / 2 + 4), isHead: true}]
  }
  const name = fitted(head, room)
  if (name === '') return []
  const sizes = [size, formatBytes(data.bytes)].find(text => sansWidth(text, TEXT_SIZE) <= room) ?? ''
  const lines = [name, sizes, fitted(more, room)].filter(line => line !== '')
  return lines.slice(0, Math.floor((height - 6) / 14)).map((text, i) => ({text, y: y0 + 15 + 14 * i, isHead: i === 0}))
}

/** More columns are wider than any cell. */
const MAX_COLUMNS = AREA_WIDTH / 3

/** Measuring takes time: it must not be an attacker's to say how much. */
function bounded(text: string): string {
  return text.length <= MAX_COLUMNS ? text : forTerminal(text, MAX_COLUMNS)
}

/** Of fewer characters nobody guesses the others. */
const MIN_NAME_LENGTH = 7

/** The text with its middle left out, as much as there is room for; '' if that would say nothing. */
function fitted(text: string, room: number): string {
  const whole = forTerminal(text)
  if (sansWidth(whole, TEXT_SIZE) <= room) return whole
  for (let columns = Math.min(whole.length, Math.floor(room / 3)); columns >= MIN_NAME_LENGTH; columns--) {
    const cut = forTerminal(text, columns)
    if (sansWidth(cut, TEXT_SIZE) <= room) return cut
  }
  return ''
}
