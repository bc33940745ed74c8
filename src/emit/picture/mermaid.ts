/** A result graph as Mermaid's flowchart: pictures in Markdown, on GitHub and GitLab. The same cards and lines as in SVG. */
import type {ResultGraph} from '../../graph/answer/result.ts'
import {forTerminal} from '../safe/clean.ts'
import {boldEdges, CUT_SIGN, captionTitle, cutEdges, limitText, times} from '../safe/wording.ts'
import {cardOf, cardTitle} from './card.ts'
import {kindsPresent, lookName, looks} from './looks.ts'
import {MAX_LABEL_WIDTH} from './picture-edge.ts'
import {DEFAULT_MAX_NODES, pictureGraph} from './picture-graph.ts'

/** How much of an answer a flowchart shows. */
export interface MermaidOptions {
  /** Objects drawn at most. */
  maxNodes?: number
  /** Left to right, or top to bottom. */
  rankdir?: 'LR' | 'TB'
}

export function toMermaid(
  answer: ResultGraph,
  {maxNodes = DEFAULT_MAX_NODES, rankdir = 'LR'}: MermaidOptions = {},
): string {
  const {graph, limits} = pictureGraph(answer, maxNodes)
  const info = graph.getAttributes()
  const ids = new Map(graph.nodes().map((node, index) => [node, `n${index}`]))
  const [bold, cuts] = [boldEdges(info), cutEdges(info)]
  const notes = [captionTitle(info), ...[...info.limits, ...limits].map(limitText)]
  const thick: number[] = []
  const edges = graph.mapEdges((key, edge, source, target) => {
    const label = edge.label === '' ? '' : `${forTerminal(edge.label, MAX_LABEL_WIDTH)}${times(edge.count)}`
    const cut = cuts.get(key)
    const text = cut === undefined ? label : `${CUT_SIGN}${cut.join(' ')} ${label}`
    const line = edge.strength === 'strong' ? '-->' : '-.->'
    return {
      key,
      statement: `  ${ids.get(source)} ${line}${text === '' ? '' : `|"${forMermaid(text)}"|`} ${ids.get(target)}`,
    }
  })
  for (const [i, {key}] of edges.entries()) if (bold.has(key)) thick.push(i)
  const lines = [
    // A percent sign and a brace would begin a directive.
    ...notes.map(note => `%% ${forTerminal(note, 300).replaceAll('{', '(').replaceAll('}', ')')}`),
    `flowchart ${rankdir}`,
    ...graph.mapNodes((key, node) => {
      const name = lookName(node)
      const references = graph.reduceEdges(key, (sum, _edge, {count}) => sum + count, 0)
      const [head, ...rest] =
        node.role === 'more' ? [cardTitle(node, references, null)] : cardOf(node, 0, info.heapBytes).lines
      const text = [`${looks[name].sign === '…' ? '' : looks[name].sign} ${head}`.trim(), ...rest]
        .map(forMermaid)
        .join('<br/>')
      const [open, close] = node.role === 'more' ? ['(', ')'] : node.role === 'target' ? ['[[', ']]'] : ['[', ']']
      return `  ${ids.get(key)}${open}"${text}"${close}:::hg${name}`
    }),
    ...edges.map(({statement}) => statement),
    ...(thick.length === 0 ? [] : [`  linkStyle ${thick.join(',')} stroke-width:3px`]),
    ...[...new Set(graph.mapNodes((_key, node) => lookName(node)))].map(
      name =>
        `  classDef hg${name} fill:${looks[name].fill},stroke:#1A1A1A,color:#000000${name === 'more' ? ',stroke-dasharray:5 3' : ''}`,
    ),
    `%% ${kindsPresent(graph)
      .map(name => `${looks[name].sign} ${looks[name].legend}`)
      .join('   ')}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Inside of quotes: what Mermaid or its HTML could take for its own is written as an entity of Mermaid's, `#35;`. */
function forMermaid(text: string): string {
  return forTerminal(text).replace(/["#;<>&`\\|{}[\]()*_~$%]|^\s+|\s+$/g, found => [...found].map(entity).join(''))
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`
}
