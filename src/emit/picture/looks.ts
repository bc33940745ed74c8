/**
 * What each kind of object looks like in pictures, alike in SVG, DOT and Mermaid. Color is never alone: each kind has a sign besides.
 * Okabe and Ito's colors, made to be told apart by every eye; black text on each passes WCAG AA.
 */
import type {ResultGraph, ResultNode} from '../../graph/answer/result.ts'
import {ROOT_SIGN, strengthText, TARGET_SIGN} from '../safe/wording.ts'

export interface Look {
  sign: string
  fill: string
  /** What the legend says; empty for what needs no words. */
  legend: string
}

export const looks = {
  target: {sign: TARGET_SIGN, fill: '#E69F00', legend: 'what was asked about (double border)'},
  root: {sign: ROOT_SIGN, fill: '#F0E442', legend: 'root'},
  detached: {sign: '⊘', fill: '#D55E00', legend: 'detached DOM'},
  closure: {sign: 'ƒ', fill: '#56B4E9', legend: 'function'},
  native: {sign: '◇', fill: '#CC79A7', legend: 'native'},
  text: {sign: '“', fill: '#009E73', legend: 'string, number or symbol'},
  internal: {sign: '·', fill: '#D9D9D9', legend: "V8's own"},
  object: {sign: '', fill: '#FFFFFF', legend: ''},
  more: {sign: '…', fill: '#FFFFFF', legend: 'left out'},
} satisfies Record<string, Look>

export type LookName = keyof typeof looks

/** V8's node kinds; whatever is not listed is an object of the program's. */
const lookOfKind = new Map<string, LookName>([
  ['closure', 'closure'],
  ['native', 'native'],
  ['string', 'text'],
  ['concatenated string', 'text'],
  ['sliced string', 'text'],
  ['number', 'text'],
  ['bigint', 'text'],
  ['symbol', 'text'],
  ['hidden', 'internal'],
  ['array', 'internal'],
  ['code', 'internal'],
  ['synthetic', 'internal'],
  ['object shape', 'internal'],
])

export function lookName(node: Pick<ResultNode, 'role' | 'type' | 'kind'>): LookName {
  if (node.role !== 'node') return node.role
  // The word V8 puts before the name of a DOM node that is in no document.
  if (node.type.startsWith('Detached ')) return 'detached'
  return lookOfKind.get(node.kind) ?? 'object'
}

/** The kinds that are there to be seen and need words, in the order of the table. */
export function kindsPresent(graph: ResultGraph): LookName[] {
  const present = new Set<string>(graph.mapNodes((_node, attributes) => lookName(attributes)))
  return (Object.keys(looks) as LookName[]).filter(name => present.has(name) && looks[name].legend !== '')
}

/** What the lines that are not plain mean, of those that are there. */
export function lineLegend(graph: ResultGraph): string[] {
  const strengths = new Set(graph.mapEdges((_edge, attributes) => attributes.strength))
  return [
    strengths.has('internal') ? 'dashed: internal' : '',
    strengths.has('weak') ? 'dotted: weak' : '',
    strengths.has('ephemeron') ? `double line: ${strengthText('ephemeron')}` : '',
  ].filter(line => line !== '')
}

/**
 * What has grown, and what has shrunk: none, a little, more, most. ColorBrewer's RdBu, which every eye tells apart; black text on each passes WCAG AA.
 */
export const grownFills = ['#FFFFFF', '#FDDBC7', '#F4A582', '#D6604D'] as const
export const shrunkFills = ['#FFFFFF', '#D1E5F0', '#92C5DE', '#4393C3'] as const
