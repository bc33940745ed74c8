/** What is around the drawing in every picture: title, words, headlines, legend and notes, on one page. */

import {forTerminal, forXml} from '../safe/clean.ts'
import {monoWidth, sansWidth} from './font.ts'
import {round} from './geometry.ts'
import {styleSheet, type Theme} from './picture-style.ts'
import {CODE_LINE, type LegendEntry, type TextLine} from './picture-words.ts'

const MIN_TEXT_WIDTH = 620
const MARGIN = 16
const LINE_HEIGHT = 16

export interface PicturePage {
  title: string
  /** The picture in words, for who does not see it. */
  description: string
  /** Wrapped here. */
  head: TextLine[]
  /** Elements, from 0 0 on, and the room they take. */
  body: string[]
  width: number
  height: number
  legend: LegendEntry[]
  notes: string[]
  theme: Theme
}

/** A whole SVG: one file that asks nothing of anybody. */
export function drawPage(page: PicturePage): string {
  const {title, description, body, theme} = page
  const room = Math.max(MIN_TEXT_WIDTH, page.width) - 2
  const wrap = (line: TextLine, most: number) =>
    wrapped({...line, text: forTerminal(line.text, most)}, room).map(text => ({...line, text}))
  const head = page.head.flatMap(line => wrap(line, 600))
  const notes = page.notes.flatMap(text => wrap({text, name: 'hg-soft', size: 11}, 400))
  const top = MARGIN + heightOf(head) + 10
  const legend = drawLegend(page.legend, room)
  const legendTop = top + page.height + 18
  const notesTop = legendTop + legend.height
  const width = Math.ceil(Math.max(page.width, room) + 2 * MARGIN)
  const height = Math.ceil(notesTop + notes.length * LINE_HEIGHT + MARGIN)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" class="hg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" xml:space="preserve" role="graphics-document document" aria-label="${forXml(title)}">`,
    `<title>${forXml(title)}</title>`,
    `<desc>${forXml(description)}</desc>`,
    `<style>${styleSheet(theme)}</style>`,
    '<defs><pattern id="hg-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#FFFFFF" stroke-width="2" stroke-opacity="0.55"/></pattern></defs>',
    `<rect class="hg-page" width="${width}" height="${height}"/>`,
    `<g role="group">${drawTexts(head, MARGIN, MARGIN)}</g>`,
    `<g transform="translate(${MARGIN} ${round(top)})">`,
    ...body,
    '</g>',
    `<g transform="translate(${MARGIN} ${round(legendTop)})" role="group" aria-label="legend">${legend.svg}</g>`,
    drawTexts(notes, MARGIN, notesTop),
    '</svg>\n',
  ].join('\n')
}

function heightOf(lines: TextLine[]): number {
  return lines.reduce((sum, {size}) => sum + size + 6, 0)
}

function drawTexts(lines: TextLine[], x: number, top: number): string {
  let y = top
  return lines
    .map(({text, name, size}) => {
      y += size + 6
      const kind = name === '' ? '' : ` class="${name}"`
      return `<text${kind} x="${x}" y="${round(y - 5)}">${forXml(text)}</text>`
    })
    .join('\n')
}

/** Lines no wider than the room; a word that alone is wider gets a line and is cut. */
function wrapped({text, name, size}: TextLine, room: number): string[] {
  const lines: string[] = []
  const widthOf = name === CODE_LINE ? monoWidth : sansWidth
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== undefined && widthOf(`${last} ${word}`, size) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(forTerminal(word, Math.floor(room / size)))
  }
  return lines
}

function drawLegend(entries: LegendEntry[], room: number): {svg: string; height: number} {
  let [x, y] = [0, 0]
  const parts: string[] = []
  for (const {fill, sign, text} of entries) {
    const width = sansWidth(text, 11) + (fill === '' ? 0 : 24) + 22
    if (x > 0 && x + width > room) [x, y] = [0, y + 22]
    if (fill !== '') {
      parts.push(
        `<rect class="hg-band" fill="${fill}" stroke="#6B6B6B" x="${round(x)}" y="${y}" width="18" height="16" rx="3"/>`,
        `<text class="hg-sign" x="${round(x + 9)}" y="${y + 13}">${sign}</text>`,
      )
    }
    parts.push(`<text class="hg-soft" x="${round(x + (fill === '' ? 0 : 24))}" y="${y + 12}">${forXml(text)}</text>`)
    x += width
  }
  return {svg: parts.join('\n'), height: y + 30}
}
