/** What the XML forms of a result graph share: which typed fields nodes and edges have, all of it safe in XML. */
import type {ResultEdge, ResultGraph, ResultInfo, ResultNode} from '../../graph/answer/result.ts'
import {forXml} from '../safe/clean.ts'
import {idText, typeName} from '../safe/wording.ts'

export interface Field<Element> {
  name: string
  type: 'string' | 'long'
  /** Null where the answer has no such value. */
  value(element: Element): string | number | null
}

/** Longer texts lose their middle: a program that draws graphs is no place for them. */
const WIDEST_TEXT = 1000

export function text(of: string): string {
  return forXml(of, WIDEST_TEXT)
}

/** Programs that draw graphs have columns `id`, `kind` and `label` of their own, so the first two are called otherwise. */
export const NODE_FIELDS: readonly Field<ResultNode>[] = fields<ResultNode>({
  role: {name: 'role', type: 'string', value: node => node.role},
  type: {name: 'type', type: 'string', value: node => node.type},
  title: {name: 'title', type: 'string', value: node => node.title ?? null},
  kind: {name: 'nodeKind', type: 'string', value: node => node.kind},
  id: {name: 'objectId', type: 'long', value: node => node.id},
  count: {name: 'count', type: 'long', value: node => node.count},
  selfBytes: {name: 'selfBytes', type: 'long', value: node => node.selfBytes},
  retainedBytes: {name: 'retainedBytes', type: 'long', value: node => node.retainedBytes},
  preview: {name: 'preview', type: 'string', value: node => node.preview},
  place: {name: 'place', type: 'string', value: node => node.place},
  code: {name: 'code', type: 'string', value: node => node.code},
  level: {name: 'level', type: 'long', value: node => node.level},
  notes: {name: 'notes', type: 'string', value: node => node.notes.join('; ')},
})

export const EDGE_FIELDS: readonly Field<ResultEdge>[] = fields<Omit<ResultEdge, 'label' | 'named'>>({
  kind: {name: 'edgeKind', type: 'string', value: edge => edge.kind},
  count: {name: 'count', type: 'long', value: edge => edge.count},
  strength: {name: 'strength', type: 'string', value: edge => edge.strength},
})

/** Named by what an element has, so that a field added there cannot be forgotten here. */
function fields<Element>(of: Record<keyof Element, Field<Element>>): Field<Element>[] {
  return Object.values(of)
}

/** An element's fields that have a value, as text for XML. */
export function valuesOf<Element>(all: readonly Field<Element>[], element: Element): [name: string, xml: string][] {
  return all.flatMap(field => {
    const value = field.value(element)
    return value === null ? [] : [[field.name, text(String(value))]]
  })
}

export function nodeLabel(node: ResultNode): string {
  return node.role === 'more' ? `… ${node.type}` : `${typeName(node.type)} ${idText(node)}`.trim()
}

export interface NumberedEdge extends ResultEdge {
  id: string
  source: string
  target: string
}

/** graphology's own keys of edges are not the same in every run: they are numbered anew. */
export function numberedEdges(graph: ResultGraph): NumberedEdge[] {
  return graph
    .mapEdges((_, edge, source, target) => ({...edge, source, target}))
    .map((edge, index) => ({...edge, id: `e${index}`}))
}

/** `backrefs of Buffer in app.heapsnapshot`, then what the answer left out, as XML. */
export function description({question, subject, snapshot, limits}: ResultInfo): string {
  return [`${question} of ${subject} in ${snapshot.name}`, ...limits].map(text).join('; ')
}
