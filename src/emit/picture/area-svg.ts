/**
 * Where the memory is, at a glance: the dominator tree as a treemap or as flames, each object as large as what it retains. d3-hierarchy
 * says where things go, all that is seen is drawn here.
 */

import type {FlameView} from '../../graph/views/flame-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {linkPattern} from '../safe/place-link.ts'
import {limitText, snapshotText} from '../safe/wording.ts'
import {AREA_WIDTH, type AreaView, drawCell, placeAreas, type SeenCell} from './area-cells.ts'
import {areaTip, areaTree} from './area-tree.ts'
import {type LookName, looks} from './looks.ts'
import {drawPage} from './picture-page.ts'
import type {Theme} from './picture-style.ts'
import type {LegendEntry, TextLine} from './picture-words.ts'

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

/** What room there is on a page; of a share that is smaller a cell would be no wider than a line. */
export const areaLimits = {
  treemap: {cells: 320, depth: 24, share: 1 / 2500},
  flame: {cells: 400, depth: 30, share: 4 / AREA_WIDTH},
} as const

export async function drawAreas(view: FlameView, options: AreaOptions = {}): Promise<AreaPicture> {
  const {view: form = 'treemap', theme = 'auto'} = options
  const link = options.link === undefined ? undefined : linkPattern(options.link)
  const {root, objects} = areaTree(view, areaLimits[form])
  const {cells, height} = await placeAreas(root, form)
  const drawn = countDrawn(cells)
  const {title, head} = areaHead(view, form, root.bytes, drawn, objects)
  const svg = drawPage({
    title,
    description: describeLargest(cells, view.heapBytes),
    head,
    body: cells.map(cell => drawCell(cell, view.heapBytes, link)),
    width: AREA_WIDTH,
    height,
    legend: legendOf(cells, form),
    notes: view.limits.map(limitText),
    theme,
  })
  return {svg, drawn, objects}
}

/** Objects in cells of their own or of their type's. */
export function countDrawn(cells: SeenCell[]): number {
  return cells.reduce((sum, {node}) => sum + (node.data.id === undefined ? 0 : node.data.count), 0)
}

export function areaHead(
  {subject, snapshot}: FlameView,
  form: AreaView,
  bytes: number,
  drawn: number,
  objects: number,
): {title: string; head: TextLine[]} {
  const word = form === 'treemap' ? 'treemap' : 'flame view'
  const title = `dominators: ${subject}, ${word} of ${formatBytes(bytes)}`
  const text = `${snapshotText(snapshot)} · drawn: ${formatCount(drawn)} of ${plural(objects, 'object')}`
  return {
    title,
    head: [
      {text: title, name: 'hg-head', size: 17},
      {text, name: 'hg-soft', size: 11},
    ],
  }
}

const MAX_TOLD = 12

export function describeLargest(cells: SeenCell[], heapBytes: number): string {
  const objects = cells.map(({node}) => node.data).filter(({id}) => id !== undefined)
  const largest = objects.slice(1).sort((a, b) => b.bytes - a.bytes || a.id! - b.id!)
  return largest
    .slice(0, MAX_TOLD)
    .map(cell => areaTip(cell, heapBytes))
    .join('; ')
}

export function legendOf(cells: SeenCell[], form: AreaView): LegendEntry[] {
  const present = new Set<LookName>(cells.map(({node}) => node.data.look))
  const kinds = (Object.keys(looks) as LookName[]).filter(name => present.has(name) && looks[name].legend !== '')
  const words = [
    form === 'treemap' ? 'as large as what it retains' : 'as wide as what it retains',
    form === 'treemap' ? 'inside: what it alone keeps alive' : 'below: what it alone keeps alive',
    cells.some(({node}) => node.data.isOwn) ? 'thick border: of your code' : '',
    cells.some(({node}) => node.data.count > 1 && node.data.id !== undefined) ? '×: several objects of one type' : '',
    'no color: an object',
  ]
  return [
    ...kinds.map(name => {
      const {fill, sign, legend} = looks[name]
      return {fill, sign, text: name === 'target' ? 'where it begins' : legend}
    }),
    ...words.filter(text => text !== '').map(text => ({fill: '', sign: '', text})),
  ]
}
