/**
 * A picture of an answer, to be read without the program that made it: Graphviz says where things go, all that is seen is drawn here.
 * One file that asks nothing of anybody: no script, no font, no address. The same answer gives the same bytes.
 */
import type {ResultGraph} from '../graph/result.ts'
import {forTerminal, forXml} from './clean.ts'
import {bestLayout, type Drawing, description, drawBody, drawingOf} from './drawing.ts'
import {sansWidth} from './font.ts'
import {round} from './geometry.ts'
import type {Direction, Layout, LayoutOptions} from './layout.ts'
import {type PictureGraph, pictureGraph} from './picture-graph.ts'
import {styleSheet, type Theme} from './picture-style.ts'
import {headLines, legendEntries, noteLines, type TextLine} from './picture-words.ts'
import {captionTitle} from './wording.ts'

export interface SvgOptions extends LayoutOptions {
  /** Cards for objects: the others are counted in cards of their own. 60 unless given. */
  maxNodes?: number
  /** Left to right, or top to bottom if that would be wider than a screen, unless given. */
  rankdir?: Direction
  /** `auto` follows what the reader's system asks for; `print` has no colour. */
  theme?: Theme
  /** Makes cards links: `https://example.org/{id}`. */
  link?: string
}

/** A drawn picture, and what is in it. */
export interface Picture extends Omit<PictureGraph, 'graph' | 'limits' | 'leftOut'> {
  svg: string
}

const narrowestText = 620
const margin = 16
const lineHeight = 16

export async function toSvg(answer: ResultGraph, options: SvgOptions = {}): Promise<string> {
  return (await drawPicture(answer, options)).svg
}

export async function drawPicture(answer: ResultGraph, options: SvgOptions = {}): Promise<Picture> {
  const {graph, limits, leftOut: _, ...counts} = pictureGraph(answer, options.maxNodes)
  const drawing = drawingOf(graph)
  const layout = await bestLayout(drawing, options)
  return {svg: assemble(drawing, layout, limits, options), ...counts}
}

function assemble(drawing: Drawing, layout: Layout, limits: string[], options: SvgOptions): string {
  const {graph} = drawing
  const info = graph.getAttributes()
  const textRoom = Math.max(narrowestText, layout.width) - 2
  const head = headLines(graph).flatMap(line => wrapped(line.text, textRoom, line.size).map(text => ({...line, text})))
  const top = margin + heightOf(head) + 10
  const legend = legendRows(graph, textRoom)
  const notes = noteLines(graph, limits).flatMap(text => wrapped(text, textRoom, 11))
  const legendTop = top + layout.height + 18
  const notesTop = legendTop + legend.height
  const width = Math.ceil(Math.max(layout.width, textRoom) + 2 * margin)
  const height = Math.ceil(notesTop + notes.length * lineHeight + margin)
  const title = captionTitle(info)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" class="hg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" xml:space="preserve" role="graphics-document document" aria-label="${forXml(title)}">`,
    `<title>${forXml(title)}</title>`,
    `<desc>${forXml(description(drawing))}</desc>`,
    `<style>${styleSheet(options.theme ?? 'auto')}</style>`,
    '<defs><pattern id="hg-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#FFFFFF" stroke-width="2" stroke-opacity="0.55"/></pattern></defs>',
    `<rect class="hg-page" width="${width}" height="${height}"/>`,
    `<g role="group">${drawTexts(head, margin, margin)}</g>`,
    `<g transform="translate(${margin} ${round(top)})">`,
    ...drawBody(drawing, layout, options.link),
    '</g>',
    `<g transform="translate(${margin} ${round(legendTop)})" role="group" aria-label="legend">${legend.svg}</g>`,
    drawTexts(
      notes.map(text => ({text, name: 'hg-soft', size: 11})),
      margin,
      notesTop,
    ),
    '</svg>\n',
  ].join('\n')
}

// Text around the picture.

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
function wrapped(text: string, room: number, size: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== undefined && sansWidth(`${last} ${word}`, size) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(forTerminal(word, Math.floor(room / size)))
  }
  return lines
}

function legendRows(graph: ResultGraph, room: number): {svg: string; height: number} {
  const entries = legendEntries(graph)
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
