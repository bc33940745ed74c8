/**
 * A picture of an answer, to be read without the program that made it: Graphviz says where things go, all that is seen is drawn here.
 * One file that asks nothing of anybody: no script, no font, no address. The same answer gives the same bytes.
 */
import type {ResultGraph} from '../../graph/answer/result.ts'
import {captionTitle} from '../safe/wording.ts'
import {bestLayout, type Drawing, description, drawBody, drawingOf} from './drawing.ts'
import type {Direction, Layout} from './layout.ts'
import type {LayoutOptions} from './layout-options.ts'
import {type PictureGraph, pictureGraph} from './picture-graph.ts'
import {drawPage} from './picture-page.ts'
import type {Theme} from './picture-style.ts'
import {headLines, legendEntries, noteLines} from './picture-words.ts'

/** How a picture looks. */
export interface SvgOptions extends LayoutOptions {
  /** Cards for objects: the others are counted in cards of their own. 60 unless given. */
  maxNodes?: number
  /** Left to right, or top to bottom if that would be wider than a screen, unless given. */
  rankdir?: Direction
  /** `auto` follows what the reader's system asks for; `print` has no color. */
  theme?: Theme
  /** Makes cards links: `https://example.org/{id}`. */
  link?: string
}

/** A drawn picture, and what is in it. */
export interface Picture extends Omit<PictureGraph, 'graph' | 'limits' | 'leftOut'> {
  svg: string
}

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
  return drawPage({
    title: captionTitle(graph.getAttributes()),
    description: description(drawing),
    head: headLines(graph),
    body: drawBody(drawing, layout, options.link),
    width: layout.width,
    height: layout.height,
    legend: legendEntries(graph),
    notes: noteLines(graph, limits),
    theme: options.theme ?? 'auto',
  })
}
