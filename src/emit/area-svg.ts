/**
 * Where the memory is, at a glance: the dominator tree as a treemap or as flames, each object as large as what it retains. d3-hierarchy
 * says where things go, all that is seen is drawn here.
 */
import type {HierarchyRectangularNode} from 'd3-hierarchy'
import type {FlameView} from '../graph/flame-view.ts'
import {formatBytes, formatCount, plural} from '../util/units.ts'
import {type AreaCell, areaSize, areaTip, areaTree} from './area-tree.ts'
import {forTerminal, forXml} from './clean.ts'
import {sansWidth} from './font.ts'
import {round} from './geometry.ts'
import {type LookName, looks} from './looks.ts'
import {drawPage} from './picture-page.ts'
import type {Theme} from './picture-style.ts'
import type {LegendEntry} from './picture-words.ts'
import {limitText, snapshotText} from './wording.ts'

export type AreaView = 'treemap' | 'flame'

export interface AreaOptions {
  view?: AreaView
  theme?: Theme
  /** Makes cells links: `https://example.org/{id}`. */
  link?: string
}

export interface AreaPicture {
  svg: string
  /** Objects in cells of their own or of their type's, and how many there are in all. */
  drawn: number
  objects: number
}

const width = 1200
const treemapHeight = 680
const rowHeight = 22
const headerHeight = 17
const gap = 2
const textSize = 11

/** A cell that is smaller is drawn as one, without what it holds. */
const leastNest = {width: 48, height: 40}

/** What room there is on a page; of a share that is smaller a cell would be no wider than a line. */
export const areaLimits = {
  treemap: {cells: 320, depth: 24, share: 1 / 2500},
  flame: {cells: 400, depth: 30, share: 4 / width},
} as const

type Placed = HierarchyRectangularNode<AreaCell>

export async function drawAreas(view: FlameView, options: AreaOptions = {}): Promise<AreaPicture> {
  const {view: form = 'treemap', theme = 'auto', link} = options
  const {root, objects} = areaTree(view, areaLimits[form])
  const placed = await (form === 'treemap' ? placeTreemap(root) : placeFlame(root))
  const cells = seenCells(placed, form)
  const drawn = cells.reduce((sum, {node}) => sum + (node.data.id === undefined ? 0 : node.data.count), 0)
  const {heapBytes, subject, snapshot, limits} = view
  const word = form === 'treemap' ? 'treemap' : 'flame view'
  const title = `dominators: ${subject}, ${word} of ${formatBytes(root.bytes)}`
  const height = form === 'treemap' ? treemapHeight : (placed.height + 1) * rowHeight
  const svg = drawPage({
    title,
    description: describeLargest(cells, heapBytes),
    head: [
      {text: title, name: 'hg-head', size: 17},
      {
        text: `${snapshotText(snapshot)} · drawn: ${formatCount(drawn)} of ${plural(objects, 'object')}`,
        name: 'hg-soft',
        size: 11,
      },
    ],
    body: cells.map(cell => drawCell(cell, heapBytes, link)),
    width,
    height,
    legend: legendOf(cells, form),
    notes: limits.map(limitText),
    theme,
  })
  return {svg, drawn, objects}
}

/** The first row's own bytes are what its children leave free. */
async function placeTreemap(root: AreaCell): Promise<Placed> {
  const {hierarchy, treemap, treemapSquarify} = await import('d3-hierarchy')
  const layout = treemap<AreaCell>().size([width, treemapHeight]).tile(treemapSquarify.ratio(1.4))
  layout.paddingInner(gap).paddingOuter(gap).paddingTop(headerHeight)
  return layout(hierarchy(root, ({children}) => children).sum(ownBytes))
}

async function placeFlame(root: AreaCell): Promise<Placed> {
  const {hierarchy, partition} = await import('d3-hierarchy')
  const tree = hierarchy(root, ({children}) => children).sum(ownBytes)
  return partition<AreaCell>().size([width, (tree.height + 1) * rowHeight])(tree)
}

/** What is in a cell besides its children; sums of these are the cells' bytes. */
function ownBytes({bytes, children}: AreaCell): number {
  return bytes - children.reduce((sum, child) => sum + child.bytes, 0)
}

interface SeenCell {
  node: Placed
  /** Whether what it holds is drawn in it, so that its text has a line at the top only. */
  isNest: boolean
}

/** Parents before their children; of a treemap, those that have room. */
function seenCells(root: Placed, form: AreaView): SeenCell[] {
  const cells: SeenCell[] = []
  const visit = (node: Placed) => {
    const isFlame = form === 'flame'
    const hasRoom = node.x1 - node.x0 >= leastNest.width && node.y1 - node.y0 >= leastNest.height
    const isNest = node.children !== undefined && (isFlame || hasRoom)
    cells.push({node, isNest: isNest && !isFlame})
    if (isNest) for (const child of node.children ?? []) visit(child)
  }
  visit(root)
  return cells
}

function drawCell({node, isNest}: SeenCell, heapBytes: number, link: string | undefined): string {
  const {data, x0, x1, y0, y1} = node
  const {look, id, type, isOwn, bytes, count} = data
  const tip = forXml(areaTip(data, heapBytes))
  const about =
    id === undefined
      ? ''
      : ` data-id="${id}" data-type="${forXml(type, 500)}" data-count="${count}" data-retained="${bytes}"`
  const fill = looks[look].fill
  // An object is white by day, and dark by night.
  const isPlain = look === 'object' || look === 'more'
  const classes = `hg-cell${isPlain ? ' hg-plain' : ' hg-band'}${isOwn ? ' hg-own' : ''}${look === 'more' ? ' hg-more' : ''}`
  const [w, h] = [x1 - x0, y1 - y0]
  // A pixel between neighbours, where there is one.
  const [right, low] = [Math.max(0.5, w - (isNest ? 0 : 1)), Math.max(0.5, h - (isNest ? 0 : 1))]
  const box = `<rect class="${classes}"${isPlain ? '' : ` fill="${fill}"`} x="${round(x0)}" y="${round(y0)}" width="${round(right)}" height="${round(low)}" rx="2"/>`
  const texts = cellTexts(node, isNest, heapBytes).map(({text, y, isHead}) => {
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
function cellTexts({data, x0, x1, y0, y1}: Placed, isNest: boolean, heapBytes: number): CellText[] {
  const room = x1 - x0 - 10
  const height = y1 - y0
  const size = areaSize(data, heapBytes)
  const about = data.about === '' ? '' : ` ${data.about}`
  if (isNest || height < 34) {
    if (height < 13 && !isNest) return []
    const lines = [`${data.name}${about} · ${size}`, `${data.name} · ${size}`, data.name]
    const text = lines.find(line => sansWidth(forTerminal(line), textSize) <= room) ?? fitted(lines[2], room)
    return text === '' ? [] : [{text, y: isNest ? y0 + 12.5 : y0 + Math.min(15, height / 2 + 4), isHead: true}]
  }
  const name = fitted(data.name, room)
  if (name === '') return []
  const sizes = [size, formatBytes(data.bytes)].find(text => sansWidth(text, textSize) <= room) ?? ''
  const lines = [name, sizes, fitted(data.about, room)].filter(line => line !== '')
  return lines.slice(0, Math.floor((height - 6) / 14)).map((text, i) => ({text, y: y0 + 15 + 14 * i, isHead: i === 0}))
}

/** Of fewer characters nobody guesses the others. */
const shortest = 7

/** The text with its middle left out, as much as there is room for; '' if that would say nothing. */
function fitted(text: string, room: number): string {
  const whole = forTerminal(text)
  if (sansWidth(whole, textSize) <= room) return whole
  for (let columns = Math.min(whole.length, Math.floor(room / 3)); columns >= shortest; columns--) {
    const cut = forTerminal(text, columns)
    if (sansWidth(cut, textSize) <= room) return cut
  }
  return ''
}

const largestTold = 12

function describeLargest(cells: SeenCell[], heapBytes: number): string {
  const objects = cells.map(({node}) => node.data).filter(({id}) => id !== undefined)
  const largest = objects.slice(1).sort((a, b) => b.bytes - a.bytes || a.id! - b.id!)
  return largest
    .slice(0, largestTold)
    .map(cell => areaTip(cell, heapBytes))
    .join('; ')
}

function legendOf(cells: SeenCell[], form: AreaView): LegendEntry[] {
  const present = new Set<LookName>(cells.map(({node}) => node.data.look))
  const kinds = (Object.keys(looks) as LookName[]).filter(name => present.has(name) && looks[name].legend !== '')
  const words = [
    form === 'treemap' ? 'as large as what it retains' : 'as wide as what it retains',
    form === 'treemap' ? 'inside: what it alone keeps alive' : 'below: what it alone keeps alive',
    cells.some(({node}) => node.data.isOwn) ? 'thick border: of your code' : '',
    cells.some(({node}) => node.data.count > 1 && node.data.id !== undefined)
      ? '×: several of a type beside each other'
      : '',
    'no colour: an object',
  ]
  return [
    ...kinds.map(name => {
      const {fill, sign, legend} = looks[name]
      return {fill, sign, text: name === 'target' ? 'where it begins' : legend}
    }),
    ...words.filter(text => text !== '').map(text => ({fill: '', sign: '', text})),
  ]
}
