/** Makers and owners as a page: the same picture, each of them to be looked at alone, and all pairs in a table. */
import type {MakersView} from '../../graph/views/makers-view.ts'
import {formatBytes, formatCount} from '../../util/units.ts'
import {type MakersPicture, type MakersPictureOptions, makersDrawing} from '../picture/makers-svg.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

export type MakersPage = Omit<MakersPicture, 'svg'> & {html: string}

/** Pairs in the table: the JSON has all. */
const MAX_ROWS = 400

export async function drawMakersPage(
  view: MakersView,
  {theme = 'auto'}: MakersPictureOptions = {},
): Promise<MakersPage> {
  const {title, description, head, body, width, height, notes, drawn, objects} = makersDrawing(view)
  // The script is wanted by no other form.
  const {script} = await import('./flows-script.ts')
  const html = htmlPage({
    title,
    style: `${pageStyle(theme)}${style}`,
    script,
    data: {},
    body: [
      `<header><h1>${forXml(title)}</h1><p class="hg-soft">${forXml(head[1].text)}</p></header>`,
      '<main>',
      `<p hidden>${forXml(description)}</p>`,
      '<div id="wide">',
      `<svg class="hg" id="flows" viewBox="0 0 ${width} ${Math.ceil(height)}" role="group" aria-label="${forXml(title)}">`,
      ...body,
      '</svg>',
      '</div>',
      '<p class="hg-soft">Click, or Tab: a maker or an owner alone; Esc: all.</p>',
      '<section id="details" aria-label="details" aria-live="polite"></section>',
      pairTable(view),
      '</main>',
      '<footer>',
      ...notes.map(text => `<p class="hg-soft">${forXml(forTerminal(text, 600))}</p>`),
      '</footer>',
    ].join('\n'),
  })
  return {html, drawn, objects}
}

function pairTable({makers, owners, cells}: MakersView): string {
  const pairs = cells.toSorted((a, b) => b.selfBytes - a.selfBytes || a.maker - b.maker || a.owner - b.owner)
  const rows = pairs.slice(0, MAX_ROWS).map(({maker, owner, count, selfBytes}) => {
    const [made, kept] = [makers[maker], owners[owner]]
    const words = [made.name, made.place, kept.holder, kept.place].map(text => `<td>${forXml(text, 200)}</td>`)
    return `<tr><td>${formatCount(count)}</td><td>${formatBytes(selfBytes)}</td>${words.join('')}</tr>`
  })
  const heads = ['count', 'self', 'made by', 'at', 'kept by', 'at'].map(text => `<th scope="col">${text}</th>`)
  const left = pairs.length - rows.length
  return [
    '<details><summary>All pairs</summary>',
    `<table><thead><tr>${heads.join('')}</tr></thead><tbody>`,
    ...rows,
    '</tbody></table>',
    ...(left > 0 ? [`<p>${formatCount(left)} more; the JSON has all</p>`] : []),
    '</details>',
  ].join('\n')
}

const style = `
#wide{overflow-x:auto}
#flows{width:100%;min-width:760px;height:auto;display:block}
#flows .hg-node{cursor:pointer}
#flows .hg-node:hover .hg-flow,#flows .hg-node:focus .hg-flow{fill-opacity:.8}
#details{min-height:3em;margin:8px 0;font-size:13px;overflow-wrap:anywhere}
details{margin:8px 0}
table{border-collapse:collapse;margin:8px 0;font-size:12.5px}
th{text-align:left}
th,td{padding:2px 14px 2px 0;vertical-align:top;overflow-wrap:anywhere}
td:nth-child(-n+2){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
`
