/** Areas as a page: the same cells, and any of them as the whole by a click, so that what is small at first can be looked into. */
import type {FlameView} from '../../graph/views/flame-view.ts'
import {AREA_WIDTH, drawCell, MIN_PAGE_WIDTH, placeAreas} from '../picture/area-cells.ts'
import {type AreaOptions, areaHead, countDrawn, describeLargest, legendOf} from '../picture/area-svg.ts'
import {areaTree} from '../picture/area-tree.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {limitText} from '../safe/wording.ts'
import {htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

export interface AreaPage {
  html: string
  /** Objects in the file, in cells of their own or of their type's, and how many there are in all. */
  carried: number
  objects: number
}

/** More than is seen at once: what is looked into has the room of the whole. */
const areaPageLimits = {cells: 3000, depth: 60, share: 1 / 100_000} as const

export async function drawAreaPage(view: FlameView, options: AreaOptions = {}): Promise<AreaPage> {
  const {view: form = 'treemap', theme = 'auto'} = options
  const {root, objects} = areaTree(view, areaPageLimits)
  const {cells, height} = await placeAreas(root, form, MIN_PAGE_WIDTH)
  const {title, head} = areaHead(view, form, root.bytes, countDrawn(cells), objects)
  // The script is wanted by no other form.
  const {script} = await import('./area-script.ts')
  const svg = [
    `<svg class="hg" id="areas" viewBox="0 0 ${AREA_WIDTH} ${Math.ceil(height)}" role="group" aria-label="${forXml(title)}">`,
    ...cells.map(cell => drawCell(cell, view.heapBytes, undefined)),
    '</svg>',
  ].join('\n')
  const legend = legendOf(cells, form).map(({sign, text}) => `${sign} ${text}`.trim())
  const html = htmlPage({
    title,
    style: `${pageStyle(theme)}${style}`,
    script,
    data: {root, form, heapBytes: view.heapBytes},
    body: [
      `<header><h1>${forXml(title)}</h1><p class="hg-soft">${forXml(head[1].text)}</p></header>`,
      '<main>',
      '<nav id="tools" hidden aria-label="where you are"></nav>',
      `<p hidden>${forXml(describeLargest(cells, view.heapBytes))}</p>`,
      svg,
      '<section id="details" aria-label="details" aria-live="polite"></section>',
      '</main>',
      '<footer>',
      '<p class="hg-soft">Click or Enter: look into; Esc: back out.</p>',
      ...[legend.join(' · '), ...view.limits.map(limitText)].map(
        text => `<p class="hg-soft">${forXml(forTerminal(text, 600))}</p>`,
      ),
      '</footer>',
    ].join('\n'),
  })
  return {html, carried: countCarried(root), objects}
}

function countCarried(root: {id: number | undefined; count: number; children: object[]}): number {
  let count = 0
  const waiting = [root]
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    if (cell.id !== undefined) count += cell.count
    waiting.push(...(cell.children as (typeof root)[]))
  }
  return count
}

const style = `
#areas{width:100%;height:auto;display:block}
#areas .hg-node{cursor:pointer}
#details{min-height:3em;margin:8px 0;font-size:13px;overflow-wrap:anywhere}
#tools button[aria-current]{font-weight:bold}
`
