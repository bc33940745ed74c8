/** Cards, lines and frames of a picture, and where they go. */
import type {ResultGraph, ResultInfo} from '../../graph/answer/result.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {linkPattern} from '../safe/place-link.ts'
import {boldEdges, cutEdges, typeName} from '../safe/wording.ts'
import {type Card, cardOf, cardTitle, drawCard, rect} from './card.ts'
import {sansWidth} from './font.ts'
import {round} from './geometry.ts'
import {type Direction, type Layout, type LayoutRequest, layOut} from './layout.ts'
import type {LayoutOptions} from './layout-options.ts'
import {drawEdge, drawPlate, type EdgeLook, edgeTip, plateWidth} from './picture-edge.ts'

/** As wide as a window on a laptop shows. */
const MAX_PAGE_WIDTH = 1240

/** All that is known before anything has its place. */
export interface Drawing {
  graph: ResultGraph
  keys: string[]
  cards: Card[]
  edges: {key: string; from: number; to: number; look: EdgeLook}[]
  hulls: {boxes: number[]; title: string}[]
  /** The most that flows through one edge. */
  mostFlow: number
}

export function drawingOf(graph: ResultGraph): Drawing {
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

/** Bytes that the owners' objects retain, on all paths to them. */
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
  const {cycles, frames = []} = graph.getAttributes()
  const framed = new Set<number>()
  const framesOfCycles = cycles.flatMap(({nodes, components, nodeCount, selfBytes, retainedBytes, heldBy}, i) => {
    // What is held from outside is a member, too, though the example may not pass it.
    const members = heldBy === undefined ? nodes : [...new Set([...nodes, graph.target(heldBy)])]
    const boxes = members.map(node => placeOf.get(node)!).filter(box => !framed.has(box))
    for (const box of boxes) framed.add(box)
    if (boxes.length === 0) return []
    const size = retainedBytes === null ? `self ${formatBytes(selfBytes)}` : `retained ${formatBytes(retainedBytes)}`
    const many = components === 1 ? 'cycle' : `${formatCount(components)} cycles`
    return [{boxes, title: `${i + 1}. ${many} · ${plural(nodeCount, 'object')} · ${size}`}]
  })
  const named = frames.map(({title, nodes}) => {
    return {title, boxes: nodes.filter(node => placeOf.has(node)).map(node => placeOf.get(node)!)}
  })
  return [...framesOfCycles, ...named.filter(({boxes}) => boxes.length > 0)]
}

export async function bestLayout(drawing: Drawing, options: LayoutOptions & {rankdir?: Direction}): Promise<Layout> {
  const {rankdir} = options
  const asked = await layOut(requestOf(drawing, rankdir ?? 'LR'), options)
  if (rankdir !== undefined || asked.width <= MAX_PAGE_WIDTH) return asked
  const other = await layOut(requestOf(drawing, 'TB'), options)
  return other.width <= MAX_PAGE_WIDTH ? other : asked
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

/** What a part of the drawing is: its kind, and its place among those of its kind. */
export type Part = 'hull' | 'edge' | 'card' | 'plate'

/** `wrap` is given each part as SVG and puts around it what it likes. */
export function drawBody(
  drawing: Drawing,
  layout: Layout,
  link?: string,
  wrap: (part: Part, i: number, svg: string) => string = (_part, _i, svg) => svg,
): string[] {
  const {graph, keys, cards, edges, hulls, mostFlow} = drawing
  const typeAt = (box: number) => typeName(graph.getNodeAttribute(keys[box], 'type'))
  const names = namesOf(cards)
  const pattern = link === undefined ? undefined : linkPattern(link)
  return [
    ...hulls.map((_, i) => {
      const {x, y, width, height} = layout.frames[i]
      return wrap('hull', i, rect('hg-hull', x, y, width, height, 14))
    }),
    ...edges.map(({from, to, look}, i) =>
      wrap('edge', i, drawEdge(look, layout.edges[i], edgeTip(typeAt(from), typeAt(to), look.edge), mostFlow)),
    ),
    // A line may enter the frame at its title.
    ...hulls.map(({title}, i) => {
      const {x, y} = layout.frames[i]
      const back = rect('hg-hulltitle', x + 6, y + 4, sansWidth(title, 13) + 8, 19, 4)
      const text = `<text class="hg-verdict" x="${round(x + 10)}" y="${round(y + 18)}">${forXml(title)}</text>`
      return wrap('hull', i, `${back}\n${text}`)
    }),
    ...cards.map((card, i) => {
      const {id, role} = card.node
      const href = pattern === undefined || role === 'more' ? undefined : pattern.replaceAll('{id}', String(id))
      const references = referencesTo(graph, keys[i])
      const place = {at: layout.boxes[i], id: names[i], references, ...(href === undefined ? {} : {href})}
      return wrap('card', i, drawCard(card, place))
    }),
    // Above the lines of all others.
    ...edges.map(({look}, i) => {
      const {label} = layout.edges[i]
      const plate = label === undefined ? '' : drawPlate(look, label)
      return plate === '' ? '' : wrap('plate', i, plate)
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
export function description({graph, keys, cards, edges}: Drawing): string {
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
