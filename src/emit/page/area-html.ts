/** Areas as a page: the same cells, and any of them as the whole by a click, so that what is small at first can be looked into. */
import type {FlameView} from '../../graph/views/flame-view.ts'
import {AREA_WIDTH, drawCell, MIN_PAGE_WIDTH, placeAreas} from '../picture/area-cells.ts'
import {type AreaPlan, countDrawn, describeLargest, dominatorPlan, isDrawn} from '../picture/area-plan.ts'
import type {AreaOptions} from '../picture/area-svg.ts'
import type {AreaCell} from '../picture/area-tree.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {packAreas} from './packed-areas.ts'
import type {AreaPageData} from './page-data.ts'
import {type PicturePage, picturePage} from './picture-page.ts'

export interface AreaPage {
  html: string
  /** Objects, or calls, in the file, in cells of their own or of their type's, and how many there are in all. */
  carried: number
  objects: number
}

export type AreaPageOptions = AreaOptions & Pick<PicturePage, 'bare'>

const MAX_NOTE_WIDTH = 600

/** More than is seen at once: what is looked into has the room of the whole. */
export const areaPageLimits = {cells: 3000, depth: 60, share: 1 / 100_000} as const

export async function drawAreaPage(view: FlameView, options: AreaPageOptions = {}): Promise<AreaPage> {
  return drawAreaPlanPage(dominatorPlan(view, options.view ?? 'treemap', areaPageLimits), options)
}

export async function drawAreaPlanPage(
  plan: AreaPlan,
  {theme = 'auto', bare = false}: Pick<AreaPageOptions, 'theme' | 'bare'>,
): Promise<AreaPage> {
  const {root, form, measure, title, notes, objects} = plan
  const {cells, height} = await placeAreas(root, form, MIN_PAGE_WIDTH)
  const svg = [
    `<svg class="hg" id="areas" viewBox="0 0 ${AREA_WIDTH} ${Math.ceil(height)}" role="group" aria-label="${forXml(title)}">`,
    // Where a script is sure to run, it draws them.
    ...(bare ? [] : cells.map(cell => drawCell(cell, measure, undefined))),
    '</svg>',
  ].join('\n')
  // The script is wanted by no other form.
  const {script} = bare ? {script: ''} : await import('./area-script.ts')
  const html = picturePage({
    kind: 'areas',
    title,
    lines: [`<p class="hg-soft">${forXml(plan.words(countDrawn(cells)))}</p>`],
    main: [
      '<nav id="tools" hidden aria-label="where you are"></nav>',
      `<p hidden>${forXml(describeLargest(cells, measure))}</p>`,
      svg,
      '<section id="details" aria-label="details" aria-live="polite"></section>',
    ].join('\n'),
    legend: plan.legend(cells),
    notes: ['Click or Enter: look into; Esc: back out.', ...notes].map(text => forTerminal(text, MAX_NOTE_WIDTH)),
    script,
    data: {areas: packAreas(root), form, measure} satisfies AreaPageData,
    theme,
    bare,
  })
  return {html, carried: countCarried(root), objects}
}

function countCarried(root: AreaCell): number {
  let count = 0
  const waiting = [root]
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    if (isDrawn(cell)) count += cell.count
    waiting.push(...cell.children)
  }
  return count
}
