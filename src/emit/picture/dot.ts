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
  captionTitle,
  cutEdges,
  cutSign,
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
const font = 'Helvetica'
const ink = '#000000'
const faint = '#767676'

const widestType = 40
const widestPreview = 48
const widestLabel = 36
const widestCaption = 100
const widestLimit = 300
const widestTooltip = 500

/** Notes on a card; the tooltip has all. */
const notesShown = 3

export function toDot(answer: ResultGraph, options: DotOptions = {}): string {
  const graph = foldRuns(answer)
  const ids = new Map(graph.nodes().map((node, index) => [node, `n${index}`]))
  const bold = boldEdges(graph.getAttributes())
  const cut = cutEdges(graph.getAttributes())
  const lines = [
    'digraph heapgraph {',
    `  graph [${attributeList(graphAttributes(graph, options))}]`,
    `  node [${attributeList({shape: 'box', style: 'filled', color: ink, fontname: font, fontsize: '11', margin: '0.14,0.08', height: '0.3'})}]`,
    `  edge [${attributeList({fontname: font, fontsize: '10', color: '#333333', fontcolor: ink, arrowsize: '0.7'})}]`,
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

/** How many nodes a file written here draws. Names cannot forge a statement: no label holds a line feed. */
export function countDotNodes(dot: string): number {
  return dot.match(/^ {2}n\d+ \[/gm)?.length ?? 0
}

function graphAttributes(graph: ResultGraph, options: DotOptions): Record<string, string> {
  return {
    rankdir: options.rankdir ?? 'LR',
    charset: 'UTF-8',
    bgcolor: '#FFFFFF',
    fontname: font,
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
    ...sentences.flatMap(text => wrapped(forTerminal(text, widestLimit).split(' '), ' ')),
    ...wrapped(legendEntries(graph), '   '),
  ]
}

/** Only what is there to be seen. */
function legendEntries(graph: ResultGraph): string[] {
  const signs = kindsPresent(graph).map(name => `${looks[name].sign} ${looks[name].legend}`)
  const cut = cutEdges(graph.getAttributes()).size === 0 ? [] : [`${cutSign} what must let go`]
  return ['arrows go from holder to held', ...signs, ...lineLegend(graph), ...cut]
}

function referencesTo(graph: ResultGraph, node: string): number {
  return graph.reduceEdges(node, (sum, _edge, {count}) => sum + count, 0)
}

function nodeStatement(id: string, node: ResultNode, references: number, heapBytes: number | null): string {
  const name = lookName(node)
  const look = looks[name]
  const lines =
    name === 'more' ? [forTerminal(moreText(node, references), widestCaption)] : cardLines(node, look.sign, heapBytes)
  return `  ${id} [${attributeList({
    id,
    label: leftAligned(lines),
    tooltip: tooltip(node),
    fillcolor: look.fill,
    shape: node.count > 1 && node.role === 'node' ? 'box3d' : 'box',
    width: cardWidth(lines),
    ...(name === 'target' ? {peripheries: '2', penwidth: '1.5'} : {}),
    ...(name === 'more' ? {style: 'filled,rounded,dashed', color: faint} : {}),
    ...(name === 'internal' ? {fontsize: '9'} : {}),
  })}]`
}

function cardLines(node: ResultNode, sign: string, heapBytes: number | null): string[] {
  const head = `${sign && `${sign} `}${forTerminal(nodeTitle(node), widestType)}${times(node.count)}`
  const size = sizeText(node, heapBytes)
  const facts = [size, idText(node)].filter(fact => fact !== '').join(' · ')
  const notes = node.notes.slice(0, notesShown).map(note => `(${note})`)
  const rest = node.notes.length > notesShown ? [`(${node.notes.length - notesShown} more notes)`] : []
  return [
    head,
    forTerminal(node.preview, widestPreview),
    forTerminal(node.place, widestPreview),
    facts,
    ...notes,
    ...rest,
  ]
    .filter(line => line !== '')
    .map(line => forTerminal(line, Math.max(widestType, widestPreview) + 16))
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
    .map(part => forDot(part, widestTooltip))
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
    edge.label === '' ? '' : ` ${isCut ? `${cutSign} ` : ''}${forDot(edge.label, widestLabel)}${times(edge.count)} `
  const types = [source, target].map(node => forDot(typeName(graph.getNodeAttribute(node, 'type')), widestType))
  const condition = edge.strength === 'strong' ? '' : ` (${strengthText(edge.strength)})`
  const tip = `${types[0]} → ${types[1]}\\n${forDot(edge.label, widestTooltip)}${condition}`
  return `  ${ends} [${attributeList({
    label,
    tooltip: tip,
    labeltooltip: tip,
    ...(isBold ? {penwidth: '2.5', color: ink} : {}),
    ...lineOf(edge.strength),
  })}]`
}

/** A weak edge must not push holders to the wrong side of what they hold. */
function lineOf(strength: ResultEdge['strength']): Record<string, string> {
  if (strength === 'internal') return {style: 'dashed'}
  if (strength === 'weak') return {style: 'dotted', color: faint, constraint: 'false'}
  return strength === 'ephemeron' ? {color: `${ink}:#FFFFFF:${ink}`, penwidth: '1.2'} : {}
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
  for (const word of words.map(text => forTerminal(text, widestCaption))) {
    const longer = line === '' ? word : line + separator + word
    if (line !== '' && textWidth(longer) > widestCaption) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
