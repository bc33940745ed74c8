/** A picture to look around in, as a page: what is said of it, itself, its legend, notes and words. The explorer shows the same parts. */
import type {Theme} from '../picture/picture-style.ts'
import type {LegendEntry} from '../picture/picture-words.ts'
import {forXml} from '../safe/clean.ts'
import {dataElement, htmlPage} from './html-page.ts'
import {pageStyle} from './html-style.ts'

export interface PicturePage {
  /** Which script brings it to life. */
  kind: 'graph' | 'areas' | 'plot' | 'flows'
  /** Plain text. */
  title: string
  /** HTML below the title. */
  lines: readonly string[]
  /** HTML of the picture. */
  main: string
  legend: readonly LegendEntry[]
  /** Plain text. */
  notes: readonly string[]
  /** The same for who reads rather than looks; plain text. */
  text?: string
  script: string
  data: unknown
  theme?: Theme
  /** Without script and style sheet, for a page that has them. */
  bare?: boolean
}

const MAX_TEXT_LENGTH = 200_000

/** The same picture gives the same bytes. */
export function picturePage(page: PicturePage): string {
  const {title, script, data, theme = 'auto', bare = false} = page
  const body = bodyOf(page)
  return bare ? `${body}\n${dataElement(data)}\n` : htmlPage({title, style: pageStyle(theme), script, data, body})
}

function bodyOf({kind, title, lines, main, legend, notes, text}: PicturePage): string {
  const entries = legend.map(({fill, sign, text}) => {
    const box =
      fill === ''
        ? ''
        : `<svg class="hg" width="18" height="16" aria-hidden="true"><rect class="hg-band" fill="${fill}" stroke="#6B6B6B" x="0.5" y="0.5" width="17" height="15" rx="3"/><text class="hg-sign" x="9" y="13">${sign}</text></svg> `
    return `<li>${box}${forXml(text)}</li>`
  })
  return [
    '<header>',
    `<h1>${forXml(title)}</h1>`,
    ...lines,
    '</header>',
    `<main data-picture="${kind}">`,
    main,
    '</main>',
    '<footer>',
    ...(entries.length === 0
      ? []
      : [`<section aria-label="legend"><ul class="legend">${entries.join('')}</ul></section>`]),
    `<section aria-label="notes">${notes.map(line => `<p class="hg-soft">${forXml(line)}</p>`).join('\n')}</section>`,
    ...(text === undefined
      ? []
      : [`<details><summary>The same as text</summary><pre tabindex="0">${textLines(text)}</pre></details>`]),
    '</footer>',
  ].join('\n')
}

/** `forXml` takes a line: ends of lines are the text's own. */
function textLines(text: string): string {
  const shown =
    text.length <= MAX_TEXT_LENGTH
      ? text
      : `${text.slice(0, MAX_TEXT_LENGTH)}\n… the rest is left out here; --format text has it`
  return shown
    .split('\n')
    .map(line => forXml(line))
    .join('\n')
}
