/** A result graph for Gephi and its like: GEXF 1.3, https://gexf.net. */
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

export function toGexf(graph: ResultGraph): string {
  const nodes = graph.mapNodes((key, node) => {
    const attributes = `id="${text(key)}" label="${text(nodeLabel(node))}"`
    return element('node', attributes, valuesOf(NODE_FIELDS, node))
  })
  const edges = numberedEdges(graph).map(edge => {
    const ends = `id="${edge.id}" source="${text(edge.source)}" target="${text(edge.target)}"`
    // What stands for no edge of the heap has no weight, but a weight of 0 is none to Gephi.
    const weight = edge.count > 0 ? ` weight="${edge.count}"` : ''
    return element('edge', `${ends} label="${text(edge.label)}"${weight}`, valuesOf(EDGE_FIELDS, edge))
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <meta>
    <creator>heapgraph</creator>
    <description>${description(graph.getAttributes())}</description>
  </meta>
  <graph defaultedgetype="directed">
${declarations('node', NODE_FIELDS)}
${declarations('edge', EDGE_FIELDS)}
    <nodes>
${nodes.join('')}    </nodes>
    <edges>
${edges.join('')}    </edges>
  </graph>
</gexf>
`
}

function declarations<Element>(of: 'node' | 'edge', fields: readonly Field<Element>[]): string {
  const lines = fields.map(({name, type}) => `      <attribute id="${name}" title="${name}" type="${type}"/>\n`)
  return `    <attributes class="${of}">\n${lines.join('')}    </attributes>`
}

function element(tag: 'node' | 'edge', attributes: string, values: [name: string, xml: string][]): string {
  const lines = values.map(([name, xml]) => `          <attvalue for="${name}" value="${xml}"/>\n`)
  return `      <${tag} ${attributes}>\n        <attvalues>\n${lines.join('')}        </attvalues>\n      </${tag}>\n`
}
