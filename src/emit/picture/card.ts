/** A card of a picture: an object, several alike, or a count of what was left out. */
import type {ResultNode} from '../../graph/answer/result.ts'
import {formatPercent} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {textWidth} from '../safe/width.ts'
import {idText, moreText, nodeTitle, sizeText, times} from '../safe/wording.ts'
import {sansWidth} from './font.ts'
import {type Point, round} from './geometry.ts'
import {lookName, looks} from './looks.ts'

const MAX_TYPE_WIDTH = 32
const MAX_TEXT_WIDTH = 40
const MAX_MORE_WIDTH = 34
const MAX_TOOLTIP_WIDTH = 500
const MAX_NOTE_WIDTH = 60
const MAX_MORE_LINES = 5
const MAX_NOTES = 2

const BAND_WIDTH = 24
const PADDING = 8
const TYPE_SIZE = 13
const TEXT_SIZE = 11
const TYPE_HEIGHT = 18
const TEXT_HEIGHT = 15
const MIN_CARD_WIDTH = 110

export interface Card {
  node: ResultNode
  /** The first is the type; none are longer than a card may be wide. */
  lines: string[]
  /** Of the whole card with what is drawn around it. */
  width: number
  height: number
  heapBytes: number | null
}

/** What is around a card: the second border of a target, the edges of the cards below in a stack. */
const MARGIN = 4

export function cardOf(node: ResultNode, references: number, heapBytes: number | null): Card {
  const isMore = node.role === 'more'
  const lines = isMore ? moreTextLines(node, references) : objectLines(node, heapBytes)
  const widths = lines.map((line, i) => sansWidth(line, i === 0 && !isMore ? TYPE_SIZE : TEXT_SIZE))
  const inner = Math.max(MIN_CARD_WIDTH, ...widths) + 2 * PADDING + (hasBand(node) ? BAND_WIDTH : 0)
  const rows = (isMore ? TEXT_HEIGHT : TYPE_HEIGHT) + TEXT_HEIGHT * (lines.length - 1)
  return {node, lines, width: Math.ceil(inner) + 2 * MARGIN, height: rows + PADDING + 4 + 2 * MARGIN, heapBytes}
}

function hasBand(node: ResultNode): boolean {
  return looks[lookName(node)].sign !== '' && node.role !== 'more'
}

function objectLines(node: ResultNode, heapBytes: number | null): string[] {
  const facts = [sizeText(node, heapBytes), idText(node)].filter(fact => fact !== '').join(' · ')
  const notes = node.notes.slice(0, MAX_NOTES).map(note => `(${note})`)
  const left = node.notes.length - MAX_NOTES
  const rest = left > 0 ? [`(${left} more notes)`] : []
  const type = forTerminal(nodeTitle(node), MAX_TYPE_WIDTH) + times(node.count)
  const about = [node.preview, node.place].filter(text => text !== '').join(' · ')
  const aboutLines = textWidth(about) <= MAX_TEXT_WIDTH ? [about] : [node.preview, node.place]
  // What people look for first is never cut.
  return [
    type,
    ...aboutLines.map(line => forTerminal(line, MAX_TEXT_WIDTH)),
    facts,
    ...[...notes, ...rest].map(line => forTerminal(line, MAX_NOTE_WIDTH)),
  ].filter((line, i) => i === 0 || line !== '')
}

function moreTextLines(node: ResultNode, references: number): string[] {
  const lines: string[] = []
  // A number stays with its unit.
  for (const word of forTerminal(moreText(node, references), MAX_MORE_WIDTH * MAX_MORE_LINES).split(
    / (?![kMGTPE]?B\b|%)/,
  )) {
    const last = lines[lines.length - 1]
    if (last !== undefined && textWidth(`${last} ${word}`) <= MAX_MORE_WIDTH)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(forTerminal(word, MAX_MORE_WIDTH))
  }
  return lines
}

/** What a reader of the picture is told of a card: all that there is to say. */
export function cardTitle(node: ResultNode, references: number, heapBytes: number | null): string {
  if (node.role === 'more') return moreText(node, references)
  const sign = node.role === 'target' ? 'asked about: ' : node.role === 'root' ? 'root: ' : ''
  const parts = [node.preview, node.place, sizeText(node, heapBytes), idText(node), node.kind, ...node.notes]
  return [`${sign}${nodeTitle(node)}${times(node.count)}`, ...parts.filter(part => part !== '')].join(', ')
}

export interface CardPlace {
  /** Its middle. */
  at: Point
  /** Name in the document. */
  id: string
  references: number
  /** Where a click leads; no link if it is missing. */
  href?: string
}

export function drawCard(card: Card, {at, id, references, href}: CardPlace): string {
  const {node, heapBytes} = card
  const title = forXml(cardTitle(node, references, heapBytes), MAX_TOOLTIP_WIDTH)
  const data =
    node.role === 'more'
      ? ''
      : ` data-id="${node.id}" data-type="${forXml(node.type, MAX_TOOLTIP_WIDTH)}" data-count="${node.count}"${node.retainedBytes === null ? '' : ` data-retained="${node.retainedBytes}"`}`
  const inside = drawInside(card, {x: round(at.x - card.width / 2), y: round(at.y - card.height / 2)})
  const linked = href === undefined ? inside : `<a href="${forXml(href)}">${inside}</a>`
  return `<g id="${id}" class="hg-node" tabindex="0" role="graphics-symbol" aria-label="${title}"${data}><title>${title}</title>\n${linked}</g>`
}

function drawInside(card: Card, corner: Point): string {
  const {node, lines} = card
  const name = lookName(node)
  const look = looks[name]
  const [x, y] = [corner.x + MARGIN, corner.y + MARGIN]
  const [width, height] = [card.width - 2 * MARGIN, card.height - 2 * MARGIN]
  const isMore = name === 'more'
  const own = node.code === 'application' ? ' hg-own' : ''
  const classes = `hg-card${isMore ? ' hg-more' : name === 'internal' ? ' hg-small' : own}`
  const parts: string[] = []
  if (name === 'target')
    parts.push(rect('hg-ring', corner.x + 0.75, corner.y + 0.75, card.width - 1.5, card.height - 1.5, 8))
  if (node.count > 1 && !isMore && name !== 'target') {
    parts.push(rect(classes, x + 4, y + 4, width, height, 5), rect(classes, x + 2, y + 2, width, height, 5))
  }
  parts.push(rect(classes, x, y, width, height, isMore ? 12 : 5))
  if (hasBand(node)) parts.push(drawBand(name, look.sign, look.fill, x, y, height))
  parts.push(drawShare(card, x, y, width, height))
  const textX = round(x + PADDING + (hasBand(node) ? BAND_WIDTH : 0))
  let baseline = y + (isMore ? 15 : 17)
  for (const [i, line] of lines.entries()) {
    const isType = i === 0 && !isMore
    parts.push(
      `<text class="${isType ? 'hg-type' : 'hg-soft'}" x="${textX}" y="${round(baseline)}">${forXml(line)}</text>`,
    )
    baseline += isType ? 16 : TEXT_HEIGHT
  }
  return parts.filter(part => part !== '').join('\n')
}

function drawBand(name: string, sign: string, fill: string, x: number, y: number, height: number): string {
  const [left, right] = [round(x + 1), round(x + BAND_WIDTH)]
  const [top, low] = [round(y + 1), round(y + height - 1)]
  const shape = `M${right} ${top}H${round(left + 4.4)}Q${left} ${top} ${left} ${round(top + 4.4)}V${round(low - 4.4)}Q${left} ${low} ${round(left + 4.4)} ${low}H${right}Z`
  const hatch = name === 'detached' ? `\n<path fill="url(#hg-hatch)" d="${shape}"/>` : ''
  const middle = round(x + BAND_WIDTH / 2 + 0.5)
  const text = `<text class="hg-sign" x="${middle}" y="${round(y + 19)}">${sign}</text>`
  return `<path class="hg-band" fill="${fill}" d="${shape}"/>${hatch}\n${text}`
}

/** A bar along the lower edge: how much of the heap would be freed with it. */
function drawShare({node, heapBytes}: Card, x: number, y: number, width: number, height: number): string {
  if (node.retainedBytes === null || heapBytes === null || heapBytes === 0) return ''
  const length = round(Math.max(1, (width - 10) * Math.min(1, node.retainedBytes / heapBytes)))
  const words = forXml(`${formatPercent(node.retainedBytes, heapBytes)} of the heap`)
  return `<rect class="hg-share" x="${round(x + 5)}" y="${round(y + height - 4)}" width="${length}" height="3"><title>${words}</title></rect>`
}

export function rect(name: string, x: number, y: number, width: number, height: number, radius: number): string {
  return `<rect class="${name}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`
}
