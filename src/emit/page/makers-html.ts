/** Makers and owners as a page: the same picture, each of them to be looked at alone, and all pairs in a table. */
import type {MakersView} from '../../graph/views/makers-view.ts'
import {formatBytes, formatCount} from '../../util/units.ts'
import {type MakersPicture, type MakersPictureOptions, makersDrawing} from '../picture/makers-svg.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {picturePage} from './picture-page.ts'

export type MakersPage = Omit<MakersPicture, 'svg'> & {html: string}

/** Pairs in the table: the JSON has all. */
const MAX_ROWS = 400
const MAX_NOTE_WIDTH = 600

/** `bare`: without script and style sheet, for a page that has them. */
export async function drawMakersPage(
  view: MakersView,
  {theme = 'auto', bare = false}: MakersPictureOptions & {bare?: boolean} = {},
): Promise<MakersPage> {
  const {title, description, head, body, width, height, notes, drawn, objects} = makersDrawing(view)
  // The script is wanted by no other form.
  const {script} = bare ? {script: ''} : await import('./flows-script.ts')
  const html = picturePage({
    kind: 'flows',
    title,
    lines: [`<p class="hg-soft">${forXml(head[1].text)}</p>`],
    main: [
      `<p hidden>${forXml(description)}</p>`,
      '<div id="wide">',
      `<svg class="hg" id="flows" viewBox="0 0 ${width} ${Math.ceil(height)}" role="group" aria-label="${forXml(title)}">`,
      ...body,
      '</svg>',
      '</div>',
      '<p class="hg-soft">Click, or Tab: a maker or an owner alone; Esc: all.</p>',
      '<section id="details" aria-label="details" aria-live="polite"></section>',
      pairTable(view),
    ].join('\n'),
    legend: [],
    notes: notes.map(text => forTerminal(text, MAX_NOTE_WIDTH)),
    script,
    data: {},
    theme,
    bare,
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
    `<table class="hg-pairs"><thead><tr>${heads.join('')}</tr></thead><tbody>`,
    ...rows,
    '</tbody></table>',
    ...(left > 0 ? [`<p>${formatCount(left)} more; the JSON has all</p>`] : []),
    '</details>',
  ].join('\n')
}
