/** A line of a picture from holder to held, with the JavaScript that goes this way on a plate. */
import type {ResultEdge} from '../../graph/answer/result.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {CUT_SIGN, strengthText, times} from '../safe/wording.ts'
import {rect} from './card.ts'
import {monoWidth, sansWidth} from './font.ts'
import {lineAndArrow, type Point, round, type Spline} from './geometry.ts'

export const MAX_LABEL_WIDTH = 36

const LABEL_SIZE = 11
const PLATE_HEIGHT = 18
const BADGE_WIDTH = 18
const MIN_STROKE = 1.2
const MAX_STROKE = 6
const STROKE_DOUBLINGS = 10

export interface EdgeLook {
  edge: ResultEdge
  /** Bytes that flow through, or the number of edges where bytes are not known. */
  flow: number
  isOnPath: boolean
  /** Place on the path, from 1. */
  step?: number
  /** The owners, by their numbers, that let go by cutting here. */
  cuts: readonly number[]
  /** Closes a cycle. */
  isBack: boolean
}

/** Between 1.2 and 6 pixels, by the logarithm of what flows: a thousandth of the most is as thin as a line gets. */
export function lineWidth({flow, isOnPath}: EdgeLook, most: number): number {
  const share = flow >= 1 && most > 1 ? Math.max(0, 1 + Math.log2(flow / most) / STROKE_DOUBLINGS) : 0
  return round(Math.max(isOnPath ? 2.6 : 0, MIN_STROKE + share * (MAX_STROKE - MIN_STROKE)))
}

function plateParts({edge, step, cuts, isBack}: EdgeLook): {text: string; cut: string; number: string} {
  const label = edge.label === '' ? '' : forTerminal(edge.label, MAX_LABEL_WIDTH) + times(edge.count)
  return {
    text: label === '' ? '' : `${label}${isBack ? ' ↺' : ''}`,
    cut: cuts.length === 0 ? '' : `${CUT_SIGN}${cuts.join(' ')}`,
    number: step === undefined ? '' : String(step),
  }
}

export function plateWidth(look: EdgeLook): number {
  const {text, cut, number} = plateParts(look)
  if (text + cut + number === '') return 0
  const cutWidth = cut === '' ? 0 : sansWidth(cut, 12) + 8
  return Math.ceil(monoWidth(text, LABEL_SIZE) + cutWidth + (number === '' ? 0 : BADGE_WIDTH) + 12)
}

export function drawEdge(look: EdgeLook, spline: Spline, tip: string, most: number): string {
  const width = lineWidth(look, most)
  const {strength} = look.edge
  const onPath = look.isOnPath ? ' hg-onpath' : ''
  const {line, arrow} = lineAndArrow(spline, width)
  const kind = strength === 'internal' || strength === 'weak' ? ` hg-${strength}` : ''
  // The key alone does not hold, nor the table: two lines.
  const isDouble = strength === 'ephemeron'
  const stroke = isDouble ? Math.max(4, width + 2) : width
  return [
    `<g role="graphics-symbol" aria-label="${forXml(tip)}"><title>${forXml(tip)}</title>`,
    `<path class="hg-edge${kind}${onPath}" stroke-width="${stroke}" d="${line}"/>`,
    isDouble ? `<path class="hg-edge hg-gap" stroke-width="${round(stroke - 2.6)}" d="${line}"/>` : '',
    arrow === '' ? '' : `<path class="hg-tip${onPath}" d="${arrow}"/>`,
    '</g>',
  ]
    .filter(part => part !== '')
    .join('\n')
}

export function edgeTip(holder: string, held: string, edge: ResultEdge): string {
  const condition = edge.strength === 'strong' ? '' : ` (${strengthText(edge.strength)})`
  const words = `${edge.label}${times(edge.count)}${condition}`.trim()
  return forTerminal(`${holder} → ${held}${words === '' ? '' : `: ${words}`}`, 500)
}

export function drawPlate(look: EdgeLook, at: Point): string {
  const width = plateWidth(look)
  if (width === 0) return ''
  const {text, cut, number} = plateParts(look)
  const left = at.x - width / 2
  const parts = [
    rect(`hg-plate${cut === '' ? '' : ' hg-cutplate'}`, left, at.y - PLATE_HEIGHT / 2, width, PLATE_HEIGHT, 4),
  ]
  let x = left + 6
  if (number !== '') {
    parts.push(
      `<circle class="hg-badge" cx="${round(x + 6)}" cy="${round(at.y)}" r="7"/>`,
      `<text class="hg-number" x="${round(x + 6)}" y="${round(at.y + 3.5)}">${number}</text>`,
    )
    x += BADGE_WIDTH
  }
  if (cut !== '') {
    parts.push(`<text class="hg-cut" x="${round(x)}" y="${round(at.y + 4)}">${cut}</text>`)
    x += sansWidth(cut, 12) + 8
  }
  if (text !== '') parts.push(`<text class="hg-code" x="${round(x)}" y="${round(at.y + 4)}">${forXml(text)}</text>`)
  return parts.join('\n')
}
