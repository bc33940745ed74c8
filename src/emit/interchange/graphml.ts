/** A result graph for yEd, networkx, igraph and their like: GraphML, http://graphml.graphdrawing.org. */
import type {ResultGraph} from '../../graph/answer/result.ts'
import {
  description,
  EDGE_FIELDS,
  type Field,
  NODE_FIELDS,
  nodeLabel,
  numberedEdges,
  text,
  valuesOf,
} from './export-graph.ts'

/** Keys are of one space in the whole document, but nodes and edges have fields of one name. */
const PREFIXES = {graph: 'g_', node: 'n_', edge: 'e_'} as const

const TEXT = {type: 'string', value: () => null} as const
const LABEL: Field<unknown> = {name: 'label', ...TEXT}
const DESCRIPTION: Field<unknown> = {name: 'description', ...TEXT}

export function toGraphml(graph: ResultGraph): string {
  // Ids are of letters and digits there (NMTOKEN): no `@`.
  const ids = new Map(graph.nodes().map((key, index) => [key, `n${index}`]))
  const nodes = graph.mapNodes((key, node) => {
    const values = [labeled(nodeLabel(node)), ...valuesOf(NODE_FIELDS, node)]
    return element('node', `id="${ids.get(key)}"`, values)
  })
  const edges = numberedEdges(graph).map(edge => {
    const ends = `id="${edge.id}" source="${ids.get(edge.source)}" target="${ids.get(edge.target)}"`
    return element('edge', ends, [labeled(edge.label), ...valuesOf(EDGE_FIELDS, edge)])
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${keys('graph', [DESCRIPTION])}${keys('node', [LABEL, ...NODE_FIELDS])}${keys('edge', [LABEL, ...EDGE_FIELDS])}\
  <graph id="heapgraph" edgedefault="directed">
    <data key="${PREFIXES.graph}description">${description(graph.getAttributes())}</data>
${nodes.join('')}${edges.join('')}  </graph>
</graphml>
`
}

function labeled(label: string): [name: string, xml: string] {
  return ['label', text(label)]
}

function keys<Element>(of: keyof typeof PREFIXES, fields: readonly Field<Element>[]): string {
  return fields
    .map(({name, type}) => `  <key id="${PREFIXES[of]}${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>\n`)
    .join('')
}

function element(tag: 'node' | 'edge', attributes: string, values: [name: string, xml: string][]): string {
  const lines = values.map(([name, xml]) => `      <data key="${PREFIXES[tag]}${name}">${xml}</data>\n`)
  return `    <${tag} ${attributes}>\n${lines.join('')}    </${tag}>\n`
}
