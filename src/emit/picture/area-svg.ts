/**
 * Where the memory is, at a glance: a tree as a treemap or as flames, each cell as large as its bytes. d3-hierarchy says where things go, all that is
 * seen is drawn here.
 */
import type {FlameView} from '../../graph/views/flame-view.ts'
import {linkPattern} from '../safe/place-link.ts'
import {AREA_WIDTH, type AreaView, drawCell, placeAreas} from './area-cells.ts'
import {type AreaPlan, countDrawn, describeLargest, dominatorPlan} from './area-plan.ts'
import {drawPage} from './picture-page.ts'
import type {Theme} from './picture-style.ts'

export interface AreaOptions {
  view?: AreaView
  theme?: Theme
  /** Makes cells links: `https://example.org/{id}`. */
  link?: string
}

export interface AreaPicture {
  svg: string
  /** Objects, or calls, in cells of their own or of their type's, and how many there are in all. */
  drawn: number
  objects: number
}

/** What room there is on a page; of a share that is smaller a cell would be no wider than a line. */
export const areaLimits = {
  treemap: {cells: 320, depth: 24, share: 1 / 2500},
  flame: {cells: 400, depth: 30, share: 4 / AREA_WIDTH},
} as const

export async function drawAreas(view: FlameView, options: AreaOptions = {}): Promise<AreaPicture> {
  const {view: form = 'treemap'} = options
  return drawAreaPlan(dominatorPlan(view, form, areaLimits[form]), options)
}

export async function drawAreaPlan(
  plan: AreaPlan,
  {theme = 'auto', link}: Pick<AreaOptions, 'theme' | 'link'>,
): Promise<AreaPicture> {
  const {root, form, measure, title, notes, objects} = plan
  const pattern = link === undefined ? undefined : linkPattern(link)
  const {cells, height} = await placeAreas(root, form)
  const drawn = countDrawn(cells)
  const svg = drawPage({
    title,
    description: describeLargest(cells, measure),
    head: [
      {text: title, name: 'hg-head', size: 17},
      {text: plan.words(drawn), name: 'hg-soft', size: 11},
    ],
    body: cells.map(cell => drawCell(cell, measure, pattern)),
    width: AREA_WIDTH,
    height,
    legend: plan.legend(cells),
    notes,
    theme,
  })
  return {svg, drawn, objects}
}
