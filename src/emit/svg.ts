/**
 * A picture of an answer, to be read without the program that made it: Graphviz says where things go, all that is seen is drawn here.
 * One file that asks nothing of anybody: no script, no font, no address. The same answer gives the same bytes.
 */
import type {ResultCycle, ResultGraph, ResultInfo} from '../graph/result.ts'
import {formatBytes, formatCount, plural} from '../util/units.ts'
import {type Card, cardOf, cardTitle, drawCard, rect, round} from './card.ts'
import {forTerminal, forXml} from './clean.ts'
import {sansWidth} from './font.ts'
import {type Direction, type Layout, type LayoutOptions, type LayoutRequest, layOut} from './layout.ts'
import {kindsPresent, lineLegend, looks} from './looks.ts'
import {ownersHeadline, ownersLines} from './owners-text.ts'
import {plainPaint} from './paint.ts'
import {drawEdge, drawPlate, type EdgeLook, edgeTip, plateWidth} from './picture-edge.ts'
import {type PictureGraph, pictureGraph} from './picture-graph.ts'
import {styleSheet, type Theme} from './picture-style.ts'
import {boldEdges, captionTitle, cutEdges, cutSign, limitText, snapshotText, times, typeName} from './wording.ts'

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
export interface Picture extends Omit<PictureGraph, 'graph' | 'limits'> {
  svg: string
}

/** As wide as a window on a laptop shows. */
const widestPage = 1240
const narrowestText = 620
const margin = 16
const lineHeight = 16

export async function toSvg(answer: ResultGraph, options: SvgOptions = {}): Promise<string> {
  return (await drawPicture(answer, options)).svg
}

export async function drawPicture(answer: ResultGraph, options: SvgOptions = {}): Promise<Picture> {
  const {graph, limits, ...counts} = pictureGraph(answer, options.maxNodes)
  const drawing = drawingOf(graph)
  const layout = await bestLayout(drawing, options)
  return {svg: assemble(drawing, layout, limits, options), ...counts}
}

/** All that is known before anything has its place. */
interface Drawing {
  graph: ResultGraph
  keys: string[]
  cards: Card[]
  edges: {key: string; from: number; to: number; look: EdgeLook}[]
  hulls: {boxes: number[]; title: string}[]
  /** The most that flows through one edge. */
  mostFlow: number
}

function drawingOf(graph: ResultGraph): Drawing {
  const info = graph.getAttributes()
  const keys = graph.nodes()
  const placeOf = new Map(keys.map((key, i) => [key, i]))
  const cards = keys.map(key => cardOf(graph.getNodeAttributes(key), referencesTo(graph, key), info.heapBytes))
  const bold = boldEdges(info)
  const cuts = cutEdges(info)
  const steps = new Map(info.question === 'path' ? info.chains[0]?.edges.map((edge, i) => [edge, i + 1]) : [])
  const backs = new Set(info.cycles.map(({edges}) => edges[edges.length - 1]))
  const flows = ownerFlows(info)
  const edges = graph.mapEdges((key, edge, source, target) => {
    const step = steps.get(key)
    const look: EdgeLook = {
      edge,
      flow: flows.get(key) ?? graph.getNodeAttribute(target, 'retainedBytes') ?? edge.count,
      isOnPath: bold.has(key),
      cuts: cuts.get(key) ?? [],
      isBack: backs.has(key),
      ...(step === undefined ? {} : {step}),
    }
    return {key, from: placeOf.get(source)!, to: placeOf.get(target)!, look}
  })
  const mostFlow = edges.reduce((most, {look}) => Math.max(most, look.flow), 0)
  return {graph, keys, cards, edges, hulls: hullsOf(graph, placeOf), mostFlow}
}

function referencesTo(graph: ResultGraph, node: string): number {
  const isMore = graph.getNodeAttribute(node, 'role') === 'more'
  // A card for the middle of a chain has edges with names: they are no references to what was left out.
  return graph.reduceEdges(node, (sum, _edge, {count, label}) => sum + (isMore && label !== '' ? 0 : count), 0)
}

/** Bytes that the owners' objects retain, on all the way to them. */
function ownerFlows({question, chains, owners}: ResultInfo): Map<string, number> {
  const flows = new Map<string, number>()
  if (question !== 'why') return flows
  for (const [i, {edges}] of chains.entries()) {
    const bytes = owners?.list[i]?.retainedBytes ?? 0
    for (const edge of edges) flows.set(edge, (flows.get(edge) ?? 0) + bytes)
  }
  return flows
}

/** A node of two cycles stays in the frame of the first. */
function hullsOf(graph: ResultGraph, placeOf: Map<string, number>): Drawing['hulls'] {
  const {cycles} = graph.getAttributes()
  const framed = new Set<number>()
  return cycles.flatMap(({nodes, components, nodeCount, selfBytes, retainedBytes, heldBy}, i) => {
    // What is held from outside is a member, too, though the example may not pass it.
    const members = heldBy === undefined ? nodes : [...new Set([...nodes, graph.target(heldBy)])]
    const boxes = members.map(node => placeOf.get(node)!).filter(box => !framed.has(box))
    for (const box of boxes) framed.add(box)
    if (boxes.length === 0) return []
    const size = retainedBytes === null ? `self ${formatBytes(selfBytes)}` : `retained ${formatBytes(retainedBytes)}`
    const many = components === 1 ? 'cycle' : `${formatCount(components)} cycles`
    return [{boxes, title: `${i + 1}. ${many} · ${plural(nodeCount, 'object')} · ${size}`}]
  })
}

async function bestLayout(drawing: Drawing, options: SvgOptions): Promise<Layout> {
  const {rankdir} = options
  const asked = await layOut(requestOf(drawing, rankdir ?? 'LR'), options)
  if (rankdir !== undefined || asked.width <= widestPage) return asked
  const other = await layOut(requestOf(drawing, 'TB'), options)
  return other.width <= widestPage ? other : asked
}

function requestOf({cards, edges, hulls}: Drawing, direction: Direction): LayoutRequest {
  return {
    direction,
    boxes: cards.map(({width, height}) => ({width, height})),
    edges: edges.map(({from, to, look}) => ({
      from,
      to,
      labelWidth: plateWidth(look),
      // A weak edge must not push holders to the wrong side of what they hold.
      ranks: look.edge.strength !== 'weak',
    })),
    frames: hulls.map(({boxes, title}) => ({boxes, titleWidth: sansWidth(title, 13) + 20})),
  }
}

function assemble(drawing: Drawing, layout: Layout, limits: string[], options: SvgOptions): string {
  const {graph} = drawing
  const info = graph.getAttributes()
  const textRoom = Math.max(narrowestText, layout.width) - 2
  const head = headLines(info, graph, textRoom)
  const top = margin + heightOf(head) + 10
  const legend = legendRows(graph, textRoom)
  const said = [...info.cycles.flatMap(memberWords), ...[...info.limits, ...limits].map(limitText)]
  const notes = said.flatMap(text => wrapped(forTerminal(text, 400), textRoom, 11))
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
    ...drawBody(drawing, layout, options),
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

function drawBody(drawing: Drawing, layout: Layout, {link}: SvgOptions): string[] {
  const {graph, keys, cards, edges, hulls, mostFlow} = drawing
  const typeAt = (box: number) => typeName(graph.getNodeAttribute(keys[box], 'type'))
  const names = namesOf(cards)
  return [
    ...hulls.map(({title}, i) => {
      const {x, y, width, height} = layout.frames[i]
      const text = `<text class="hg-verdict" x="${round(x + 10)}" y="${round(y + 18)}">${forXml(title)}</text>`
      return `${rect('hg-hull', x, y, width, height, 14)}\n${text}`
    }),
    ...edges.map(({from, to, look}, i) =>
      drawEdge(look, layout.edges[i], edgeTip(typeAt(from), typeAt(to), look.edge), mostFlow),
    ),
    ...cards.map((card, i) => {
      const {id, role} = card.node
      const href = link === undefined || role === 'more' ? undefined : link.replaceAll('{id}', String(id))
      const references = referencesTo(graph, keys[i])
      const place = {at: layout.boxes[i], id: names[i], references, ...(href === undefined ? {} : {href})}
      return drawCard(card, place)
    }),
    // Above the lines of all others.
    ...edges.map(({look}, i) => {
      const {label} = layout.edges[i]
      return label === undefined ? '' : drawPlate(look, label)
    }),
  ].filter(part => part !== '')
}

/** `n123` for @123; groups may have the same example. */
function namesOf(cards: Card[]): string[] {
  const used = new Map<string, number>()
  return cards.map(({node}) => {
    const name = node.role === 'more' ? 'more' : `n${node.id}`
    const number = (used.get(name) ?? 0) + 1
    used.set(name, number)
    return number === 1 && node.role !== 'more' ? name : `${name}-${number}`
  })
}

/** The picture in words, for who does not see it: the chains, or who holds what. */
function description({graph, keys, cards, edges}: Drawing): string {
  const {chains, heapBytes} = graph.getAttributes()
  const name = (key: string) => cardTitle(graph.getNodeAttributes(key), 0, heapBytes)
  const chainText = ({nodes, edges: steps}: {nodes: string[]; edges: string[]}) =>
    nodes
      .map((node, i) => (i === 0 ? name(node) : `${graph.getEdgeAttribute(steps[i - 1], 'label')} → ${name(node)}`))
      .join(' ')
  const sentences =
    chains.length > 0
      ? chains.map((chain, i) => `${i + 1}. ${chainText(chain)}`)
      : edges.map(({from, to, look}) => edgeTip(cardTitle(cards[from].node, 0, null), name(keys[to]), look.edge))
  return sentences.map(sentence => forTerminal(sentence, 2000)).join('; ')
}

// Text around the picture.

interface TextLine {
  text: string
  name: string
  size: number
}

const ownersShown = 12

/** What a component has besides its example. */
function memberWords({members, membersLeft}: ResultCycle, i: number): string[] {
  if (members.length === 0) return []
  const shown = members.map(({type, count}) => `${forTerminal(typeName(type), 60)} ×${formatCount(count)}`)
  const left =
    membersLeft.types === 0 ? [] : [`… ${plural(membersLeft.types, 'more type')} ×${formatCount(membersLeft.count)}`]
  return [`${i + 1}. members: ${[...shown, ...left].join(', ')}`]
}

function headLines(info: ResultInfo, graph: ResultGraph, room: number): TextLine[] {
  const lines: TextLine[] = []
  const add = (text: string, name: string, size: number) => {
    for (const line of wrapped(forTerminal(text, 600), room, size)) lines.push({text: line, name, size})
  }
  const {owners, chains} = info
  const subject = forTerminal(typeName(info.subject), 60)
  if (owners === null) add(captionTitle(info), 'hg-head', 17)
  else {
    add(`${info.question}: ${subject}${times(info.count)}`, 'hg-head', 17)
    add(ownersHeadline(owners, plainPaint), 'hg-verdict', 13)
    const said = ownersLines(graph, plainPaint)
    const shown = said.filter(line => !line.startsWith(cutSign))
    for (const line of shown.slice(0, ownersShown)) add(line, '', 11)
    if (shown.length > ownersShown) add(`… ${plural(shown.length - ownersShown, 'more owner')}`, '', 11)
    for (const line of said.filter(text => text.startsWith(cutSign))) add(line, 'hg-cut', 13)
  }
  for (const [i, {code}] of chains.entries())
    if (owners === null && code !== undefined) add(`${i + 1}. ${code}`, '', 11)
  const objects = graph.filterNodes((_node, {role}) => role !== 'more').length
  const drawn = `drawn: ${plural(objects, 'card')}, ${plural(graph.size, 'line')}`
  add(`${snapshotText(info.snapshot)} · ${drawn} · weak references do not count as holding`, 'hg-soft', 11)
  return lines
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
function wrapped(text: string, room: number, size: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== undefined && sansWidth(`${last} ${word}`, size) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(forTerminal(word, Math.floor(room / size)))
  }
  return lines
}

/** Only what is there to be seen. */
function legendRows(graph: ResultGraph, room: number): {svg: string; height: number} {
  const info = graph.getAttributes()
  const entries = [
    ...kindsPresent(graph).map(name => ({
      fill: looks[name].fill as string,
      sign: looks[name].sign as string,
      text: looks[name].legend as string,
    })),
    ...[
      'arrows go from holder to held',
      widthLegend(info),
      ...lineLegend(graph),
      graph.someNode((_node, {code}) => code === 'application') ? 'thick border: of your code' : '',
      info.question === 'path' && info.chains.length > 0 ? 'numbered: the way from the root' : '',
      cutEdges(info).size > 0 ? `${cutSign} with the owner's number: what must let go` : '',
      info.cycles.length > 0 ? '↺ closes the cycle' : '',
      graph.someNode((_node, {role, count}) => role !== 'more' && count > 1)
        ? 'stacked: several objects, sizes of all'
        : '',
    ]
      .filter(text => text !== '')
      .map(text => ({fill: '', sign: '', text})),
  ]
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

function widthLegend({question}: ResultInfo): string {
  if (question === 'why' || question === 'dominators') return 'thicker: more bytes retained this way'
  return question === 'backrefs' || question === 'refs' ? 'thicker: more references' : ''
}
