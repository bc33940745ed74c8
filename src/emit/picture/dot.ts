/**
 * A result graph as DOT, for any Graphviz: holders left, targets right, a caption that says what is seen.
 * Only plain labels: HTML-like ones do not work in graphviz-cli (aduh95/viz.js#29). Colors as `#rrggbb`, its
 * Graphviz knows no short form. Color is never alone: each kind has a sign or a shape of its own.
 */
import type {ResultEdge, ResultGraph, ResultNode} from '../../graph/answer/result.ts'
import {plural} from '../../util/units.ts'
import {forDot, forTerminal} from '../safe/clean.ts'
import {foldRuns} from '../safe/fold.ts'
import {textWidth} from '../safe/width.ts'
import {
  boldEdges,
  CUT_SIGN,
  captionTitle,
  cutEdges,
  idText,
  limitText,
  moreText,
  nodeTitle,
  sizeText,
  snapshotText,
  strengthText,
  times,
  typeName,
} from '../safe/wording.ts'
import {kindsPresent, lineLegend, lookName, looks} from './looks.ts'

/** How a DOT text looks. */
export interface DotOptions {
  /** Left to right by default: siblings stack downward, so depth alone bounds the width. */
  rankdir?: 'LR' | 'TB'
}

/** This name alone: Graphviz knows its letter widths, but not those of a list of families, and would take Times'. */
const FONT = 'Helvetica'
const INK = '#000000'
const FAINT = '#767676'

const MAX_TYPE_WIDTH = 40
const MAX_PREVIEW_WIDTH = 48
const MAX_LABEL_WIDTH = 36
const MAX_CAPTION_WIDTH = 100
const MAX_LIMIT_WIDTH = 300
const MAX_TOOLTIP_WIDTH = 500

/** Notes on a card; the tooltip has all. */
const MAX_NOTES = 3

export function toDot(answer: ResultGraph, options: DotOptions = {}): string {
  const graph = foldRuns(answer)
  const ids = new Map(graph.nodes().map((node, index) => [node, `n${index}`]))
  const bold = boldEdges(graph.getAttributes())
  const cut = cutEdges(graph.getAttributes())
  const lines = [
    'digraph heapgraph {',
    `  graph [${attributeList(graphAttributes(graph, options))}]`,
    `  node [${attributeList({shape: 'box', style: 'filled', color: INK, fontname: FONT, fontsize: '11', margin: '0.14,0.08', height: '0.3'})}]`,
    `  edge [${attributeList({fontname: FONT, fontsize: '10', color: '#333333', fontcolor: INK, arrowsize: '0.7'})}]`,
    ...graph.mapNodes((node, attributes) =>
      nodeStatement(ids.get(node)!, attributes, referencesTo(graph, node), graph.getAttribute('heapBytes')),
    ),
    ...graph.mapEdges((edge, attributes, source, target) =>
      edgeStatement(graph, `${ids.get(source)} -> ${ids.get(target)}`, attributes, source, target, {
        isBold: bold.has(edge),
        isCut: cut.has(edge),
      }),
    ),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function graphAttributes(graph: ResultGraph, options: DotOptions): Record<string, string> {
  return {
    rankdir: options.rankdir ?? 'LR',
    charset: 'UTF-8',
    bgcolor: '#FFFFFF',
    fontname: FONT,
    fontsize: '12',
    labelloc: 't',
    labeljust: 'l',
    nodesep: '0.2',
    ranksep: '0.5',
    pad: '0.2',
    label: leftAligned(captionLines(graph)),
    tooltip: forDot(captionTitle(graph.getAttributes())),
  }
}

function captionLines(graph: ResultGraph): string[] {
  const info = graph.getAttributes()
  const drawn = `drawn: ${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')}`
  const sentences = [captionTitle(info), `${snapshotText(info.snapshot)} (${drawn})`, ...info.limits.map(limitText)]
  return [
    ...sentences.flatMap(text => wrapped(forTerminal(text, MAX_LIMIT_WIDTH).split(' '), ' ')),
    ...wrapped(legendEntries(graph), '   '),
  ]
}

/** Only what is there to be seen. */
function legendEntries(graph: ResultGraph): string[] {
  const signs = kindsPresent(graph).map(name => `${looks[name].sign} ${looks[name].legend}`)
  const cut = cutEdges(graph.getAttributes()).size === 0 ? [] : [`${CUT_SIGN} what must let go`]
  return ['arrows go from holder to held', ...signs, ...lineLegend(graph), ...cut]
}

function referencesTo(graph: ResultGraph, node: string): number {
  return graph.reduceEdges(node, (sum, _edge, {count}) => sum + count, 0)
}

function nodeStatement(id: string, node: ResultNode, references: number, heapBytes: number | null): string {
  const name = lookName(node)
  const look = looks[name]
  const lines =
    name === 'more'
      ? [forTerminal(moreText(node, references), MAX_CAPTION_WIDTH)]
      : cardLines(node, look.sign, heapBytes)
  return `  ${id} [${attributeList({
    id,
    label: leftAligned(lines),
    tooltip: tooltip(node),
    fillcolor: look.fill,
    shape: node.count > 1 && node.role === 'node' ? 'box3d' : 'box',
    width: cardWidth(lines),
    ...(name === 'target' ? {peripheries: '2', penwidth: '1.5'} : {}),
    ...(name === 'more' ? {style: 'filled,rounded,dashed', color: FAINT} : {}),
    ...(name === 'internal' ? {fontsize: '9'} : {}),
  })}]`
}

function cardLines(node: ResultNode, sign: string, heapBytes: number | null): string[] {
  const head = `${sign && `${sign} `}${forTerminal(nodeTitle(node), MAX_TYPE_WIDTH)}${times(node.count)}`
  const size = sizeText(node, heapBytes)
  const facts = [size, idText(node)].filter(fact => fact !== '').join(' · ')
  const notes = node.notes.slice(0, MAX_NOTES).map(note => `(${note})`)
  const rest = node.notes.length > MAX_NOTES ? [`(${node.notes.length - MAX_NOTES} more notes)`] : []
  return [
    head,
    forTerminal(node.preview, MAX_PREVIEW_WIDTH),
    forTerminal(node.place, MAX_PREVIEW_WIDTH),
    facts,
    ...notes,
    ...rest,
  ]
    .filter(line => line !== '')
    .map(line => forTerminal(line, Math.max(MAX_TYPE_WIDTH, MAX_PREVIEW_WIDTH) + 16))
}

/**
 * graphviz-cli takes every character outside of ASCII for as wide as a space, and CJK would run over the border: so
 * the least width, in inches, is reckoned here, with half an em for a column at 11 points.
 */
function cardWidth(lines: string[]): string {
  const columns = Math.max(0, ...lines.filter(line => /[^\x20-\x7e]/.test(line)).map(textWidth))
  return ((columns * 0.5 * 11) / 72 + 0.28).toFixed(2)
}

function tooltip(node: ResultNode): string {
  const parts = [
    `${nodeTitle(node)}${times(node.count)}`,
    [node.kind, idText(node)].filter(part => part !== '').join(' '),
    node.preview,
    node.place,
    ...node.notes,
  ]
  return parts
    .filter(part => part !== '')
    .map(part => forDot(part, MAX_TOOLTIP_WIDTH))
    .join('\\n')
}

function edgeStatement(
  graph: ResultGraph,
  ends: string,
  edge: ResultEdge,
  source: string,
  target: string,
  {isBold, isCut}: {isBold: boolean; isCut: boolean},
): string {
  const label =
    edge.label === ''
      ? ''
      : ` ${isCut ? `${CUT_SIGN} ` : ''}${forDot(edge.label, MAX_LABEL_WIDTH)}${times(edge.count)} `
  const types = [source, target].map(node => forDot(typeName(graph.getNodeAttribute(node, 'type')), MAX_TYPE_WIDTH))
  const condition = edge.strength === 'strong' ? '' : ` (${strengthText(edge.strength)})`
  const tip = `${types[0]} → ${types[1]}\\n${forDot(edge.label, MAX_TOOLTIP_WIDTH)}${condition}`
  return `  ${ends} [${attributeList({
    label,
    tooltip: tip,
    labeltooltip: tip,
    ...(isBold ? {penwidth: '2.5', color: INK} : {}),
    ...lineOf(edge.strength),
  })}]`
}

/** A weak edge must not push holders to the wrong side of what they hold. */
function lineOf(strength: ResultEdge['strength']): Record<string, string> {
  if (strength === 'internal') return {style: 'dashed'}
  if (strength === 'weak') return {style: 'dotted', color: FAINT, constraint: 'false'}
  return strength === 'ephemeron' ? {color: `${INK}:#FFFFFF:${INK}`, penwidth: '1.2'} : {}
}

/** Every value quoted; labels and tooltips come escaped by forDot, the rest are words of ours. */
function attributeList(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')
}

/** `\l` ends a line that stands at the left. */
function leftAligned(lines: string[]): string {
  return lines.map(line => `${forDot(line)}\\l`).join('')
}

/** Lines of words no wider than the caption may be. */
function wrapped(words: string[], separator: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words.map(text => forTerminal(text, MAX_CAPTION_WIDTH))) {
    const longer = line === '' ? word : line + separator + word
    if (line !== '' && textWidth(longer) > MAX_CAPTION_WIDTH) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
