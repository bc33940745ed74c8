/** Who made objects and what keeps them, as a picture: a Sankey diagram from makers to owners, as wide as the bytes. */
import type {KeeperRow, MakerRow, MakersView} from '../../graph/views/makers-view.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {limitText, snapshotText} from '../safe/wording.ts'
import {type Band, type Bar, type Flows, placeFlows} from './flows.ts'
import {fitted, sansWidth} from './font.ts'
import {round} from './geometry.ts'
import {looks} from './looks.ts'
import {drawPage, type PicturePage} from './picture-page.ts'
import type {Theme} from './picture-style.ts'

/** How the picture looks. */
export interface MakersPictureOptions {
  /** `auto` follows what the reader's system asks for; `print` has black ink. */
  theme?: Theme
}

export interface MakersPicture {
  svg: string
  /** Objects in bands, and how many were asked about in all. */
  drawn: number
  objects: number
}

/** What a picture and a page have in common. */
export interface DrawnMakers extends Omit<PicturePage, 'legend' | 'theme'> {
  drawn: number
  objects: number
}

const WIDTH = 1200
const LABEL_WIDTH = 330
const BAR_WIDTH = 14
/** Two lines of words. */
const SLOT = 34
const TEXT_SIZE = 11
const LABEL_GAP = 8
/** Told to who cannot see the bands. */
const MAX_TOLD = 12
/** Makers have these in turn; what has no name is grey. */
const FILLS = [
  looks.closure.fill,
  looks.target.fill,
  looks.text.fill,
  looks.native.fill,
  looks.root.fill,
  looks.detached.fill,
]
const NAMELESS = looks.internal.fill

/** The same view gives the same bytes. */
export function drawMakers(view: MakersView, {theme = 'auto'}: MakersPictureOptions = {}): MakersPicture {
  const {drawn, objects, ...page} = makersDrawing(view)
  const svg = drawPage({...page, legend: [], theme})
  return {svg, drawn, objects}
}

/**
 * What has no stack is told in words only, if anything has one: it is most of any heap, and nothing is known of it.
 */
export function makersDrawing(view: MakersView): DrawnMakers {
  const {makers, total, cells} = view
  const isNamed = cells.some(({maker, selfBytes}) => selfBytes > 0 && hasStack(makers[maker]))
  const shown = isNamed ? cells.filter(({maker}) => hasStack(makers[maker])) : cells
  const flows = placeFlows(
    shown.map(({maker, owner, selfBytes}) => ({from: maker, to: owner, bytes: selfBytes})),
    SLOT,
  )
  const drawn = shown.reduce((sum, {count}) => sum + count, 0)
  const bytes = shown.reduce((sum, {selfBytes}) => sum + selfBytes, 0)
  const title = `makers: ${formatBytes(bytes)} by who made them and what keeps them`
  const text = `${snapshotText(view.snapshot)} · drawn: ${formatCount(drawn)} of ${plural(total.count, 'object')}, ${formatBytes(bytes)} of ${formatBytes(total.selfBytes)} · left: who made them, right: what keeps them; as wide as the bytes`
  return {
    title,
    description: describeBands(view, flows),
    head: [
      {text: title, name: 'hg-head', size: 17},
      {text, name: 'hg-soft', size: TEXT_SIZE},
    ],
    body: drawFlows(view, flows, bytes),
    width: WIDTH,
    height: flows.height,
    notes: [...leftOut(view, isNamed), ...view.limits.map(limitText)],
    drawn,
    objects: total.count,
  }
}

function hasStack({allocatedCount}: MakerRow): boolean {
  return allocatedCount !== null
}

function leftOut({makers}: MakersView, isNamed: boolean): string[] {
  const nameless = makers.filter(row => !hasStack(row))
  const gone = makers.filter(({selfBytes, ...row}) => selfBytes === 0 && hasStack({selfBytes, ...row})).length
  return [
    ...(isNamed
      ? nameless.map(
          ({name, count, selfBytes}) => `not drawn: ${name}, ${plural(count, 'object')}, ${formatBytes(selfBytes)}`,
        )
      : []),
    ...(gone === 0 ? [] : [`not drawn: ${plural(gone, 'maker')} of which nothing is left`]),
  ]
}

function describeBands(view: MakersView, {bands}: Flows): string {
  return bands
    .slice(0, MAX_TOLD)
    .map(band => bandTip(view, band))
    .join('; ')
}

/** `makeOne() (src/pool.js:31) made 200 objects, 6.4 kB, that items (src/cache.js:4) keeps`. */
function bandTip({makers, owners, cells}: MakersView, {from, to, bytes}: Band): string {
  const count = cells.find(cell => cell.maker === from && cell.owner === to)?.count ?? 0
  return `${makerWords(makers[from])} made ${plural(count, 'object')}, ${formatBytes(bytes)}, kept by ${ownerWords(owners[to])}`
}

function placed(name: string, place: string): string {
  return forTerminal(place === '' ? name : `${name} (${place})`, 200)
}

function makerWords({name, place}: MakerRow): string {
  return placed(name, place)
}

function ownerWords({holder, place}: KeeperRow): string {
  return placed(holder, place)
}

function drawFlows(view: MakersView, flows: Flows, bytes: number): string[] {
  const {makers, owners} = view
  const fillOf = (maker: number) => {
    const place = flows.left.findIndex(({index}) => index === maker)
    return makers[maker].place === '' ? NAMELESS : FILLS[place % FILLS.length]
  }
  const left = LABEL_WIDTH
  const right = WIDTH - LABEL_WIDTH - BAR_WIDTH
  return [
    ...flows.bands.map(band => drawBand(view, band, fillOf(band.from))),
    ...flows.left.map(bar => {
      const {name, place, count, selfBytes} = makers[bar.index]
      const allocated = makers[bar.index].allocatedBytes
      const made = allocated === null ? '' : `, of ${formatBytes(allocated)} allocated`
      const size = `${formatBytes(selfBytes)}, ${formatPercent(selfBytes, bytes)}`
      const tip = `${makerWords(makers[bar.index])}: ${plural(count, 'object')}, ${size}${made}`
      const about = `data-maker="${bar.index}"`
      return drawBar({bar, about, tip, name, place, size, x: left, isLeft: true, fill: fillOf(bar.index)})
    }),
    ...flows.right.map(bar => {
      const {holder, place} = owners[bar.index]
      const own = flows.bands.filter(({to}) => to === bar.index).reduce((sum, band) => sum + band.bytes, 0)
      const size = `${formatBytes(own)}, ${formatPercent(own, bytes)}`
      const tip = `${ownerWords(owners[bar.index])} keeps ${size}`
      const about = `data-owner="${bar.index}"`
      return drawBar({bar, about, tip, name: holder, place, size, x: right, isLeft: false, fill: NAMELESS})
    }),
  ]
}

function drawBand(view: MakersView, band: Band, fill: string): string {
  const {from, to, fromTop, toTop, height} = band
  const [x0, x1] = [LABEL_WIDTH + BAR_WIDTH, WIDTH - LABEL_WIDTH - BAR_WIDTH]
  const middle = round((x0 + x1) / 2)
  const [a0, a1, b0, b1] = [fromTop, fromTop + height, toTop, toTop + height].map(round)
  const tip = forXml(bandTip(view, band), 600)
  const path = `M${x0} ${a0}C${middle} ${a0} ${middle} ${b0} ${x1} ${b0}V${b1}C${middle} ${b1} ${middle} ${a1} ${x0} ${a1}Z`
  return `<g class="hg-node" data-from="${from}" data-to="${to}" role="graphics-symbol" aria-label="${tip}"><title>${tip}</title><path class="hg-band hg-flow" fill="${fill}" fill-opacity="0.5" stroke="#6B6B6B" stroke-width="0.6" d="${path}"/></g>`
}

interface BarWords {
  bar: Bar
  about: string
  tip: string
  name: string
  place: string
  size: string
  x: number
  isLeft: boolean
  fill: string
}

/** Its name beside it, and below, smaller, its line and bytes. */
function drawBar({bar, about, tip, name, place, size, x, isLeft, fill}: BarWords): string {
  const {top, height, slotTop, slotHeight} = bar
  const room = LABEL_WIDTH - LABEL_GAP
  const at = isLeft ? x - LABEL_GAP : x + BAR_WIDTH + LABEL_GAP
  const end = isLeft ? ' text-anchor="end"' : ''
  const middle = slotTop + slotHeight / 2
  const below = place === '' ? size : `${fitted(place, room - sansWidth(` · ${size}`, TEXT_SIZE))} · ${size}`
  const safe = forXml(tip, 600)
  return [
    `<g class="hg-node" ${about} tabindex="0" role="graphics-symbol" aria-label="${safe}"><title>${safe}</title>`,
    `<rect fill="none" pointer-events="all" x="${isLeft ? x - LABEL_WIDTH : x}" y="${round(slotTop)}" width="${LABEL_WIDTH + BAR_WIDTH}" height="${round(slotHeight)}"/>`,
    `<rect class="hg-cell hg-band" fill="${fill}" x="${x}" y="${round(top)}" width="${BAR_WIDTH}" height="${round(height)}"/>`,
    `<text class="hg-cellhead" x="${at}" y="${round(middle - 2)}"${end}>${forXml(fitted(name, room))}</text>`,
    `<text class="hg-soft" x="${at}" y="${round(middle + 12)}"${end}>${forXml(below)}</text></g>`,
  ].join('\n')
}
