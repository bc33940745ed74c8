/** Elements of a page as selectors. Blink names an element by its tag and attributes, `<li class="row" data-id="3">`. */
import {pageNodes} from '../../analyze/facts/page-nodes.ts'
import {ATTACHED, DETACHED} from '../../snapshot/columns/detachedness.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** Attributes and classes that are told, and characters of a name that are looked at. */
const MAX_PARTS = 5
const MAX_CHARACTERS = 1_000

const ELEMENT = /^(?:Detached )?<([^\s<>"=/]+)((?:\s.*)?)>?$/s
const ATTRIBUTE = /\s([^\s="<>]+)(?:="([^"]*)")?/g
const PLAIN_NAME = /^[\w-]+$/

/** Characters of an attribute's value that are told. */
const MAX_VALUE = 30

/**
 * How much of its attributes is told: their names, which elements made by the same line have in common, or their values, too; `place`: none,
 * since they change, and numbers in ids and classes as 0, since they tell one from the other; `classes`: nothing else.
 */
export type SelectorDetail = 'names' | 'values' | 'place' | 'classes'

/**
 * `li.row[data-id]`: the element's tag, id, classes, and the names of its other attributes, whose values tell one from the other;
 * `li.row[data-id="3"]` with them. '' for a node that is no element of a page.
 */
export function selectorOf(snapshot: Snapshot, node: number, detail: SelectorDetail = 'names'): string {
  const {nodeKind, nodeName, strings} = snapshot
  if (nodeKind[node] !== NodeKind.native) return ''
  return elementSelector(strings.get(nodeName[node]), detail)
}

/** The same of an element's name. */
export function elementSelector(name: string, detail: SelectorDetail = 'names'): string {
  const found = ELEMENT.exec(name.slice(0, MAX_CHARACTERS))
  if (found === null) return ''
  const [, tag, attributes] = found
  let id = ''
  const classes: string[] = []
  const others: string[] = []
  for (const [, attribute, whole = ''] of attributes.matchAll(ATTRIBUTE)) {
    const value = detail === 'place' ? whole.replace(/\d+/g, '0') : whole
    const words = value.split(/\s+/).filter(word => word !== '')
    if (attribute === 'id' && PLAIN_NAME.test(value)) id = detail === 'classes' ? '' : `#${value}`
    else if (attribute === 'class' && words.every(word => PLAIN_NAME.test(word))) classes.push(...words)
    else if (detail === 'names' || detail === 'values')
      others.push(detail === 'names' || value === '' ? attribute : `${attribute}="${shortValue(value)}"`)
  }
  const shown = (parts: string[], text: (part: string) => string) => parts.slice(0, MAX_PARTS).map(text).join('')
  return `${tag}${id}${shown(classes, part => `.${part}`)}${shown(others, part => `[${part}]`)}`
}

function shortValue(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE)}…`
}

/** `detached li.row[data-id="3"]`: what an element is called where it stands for itself; '' for a node that is none. */
export function elementTitle(snapshot: Snapshot, node: number, detail: SelectorDetail = 'values'): string {
  const selector = selectorOf(snapshot, node, detail)
  return selector === '' ? '' : withState(snapshot, node, selector)
}

function withState({detachedness}: Snapshot, node: number, selector: string): string {
  return detachedness[node] === DETACHED ? `detached ${selector}` : selector
}

/** Elements of a group looked at for what they have in common. */
const SAMPLE = 50

/** What several elements are called together: the selector they have in common, or their tag; '' if not all are elements of one tag. */
export function elementsTitle(snapshot: Snapshot, nodes: ArrayLike<number>): string {
  if (nodes.length === 0) return ''
  const sample = Array.from({length: Math.min(SAMPLE, nodes.length)}, (_, i) => nodes[i])
  const words = [
    (node: number) => selectorOf(snapshot, node, 'values'),
    (node: number) => selectorOf(snapshot, node),
    (node: number) => selectorOf(snapshot, node, 'classes'),
    (node: number) => (selectorOf(snapshot, node) === '' ? '' : tagOf(snapshot, node)),
  ]
  for (const word of words) {
    const first = word(sample[0])
    if (first === '') return ''
    if (sample.every(node => word(node) === first)) return withState(snapshot, sample[0], first)
  }
  return ''
}

/** `detached li` of the type `Detached <li>`; any other type as it is. */
export function typeTitle(type: string): string {
  const selector = elementSelector(type)
  if (selector === '') return type
  return type.startsWith('Detached ') ? `detached ${selector}` : selector
}

/** The same where it differs from the type. */
export function titleField(type: string): {title?: string} {
  const title = typeTitle(type)
  return title === type ? {} : {title}
}

/** `li`; '' for a node that is no element. */
export function tagOf({nodeName, strings}: Snapshot, node: number): string {
  return TAG.exec(strings.get(nodeName[node]).slice(0, MAX_CHARACTERS))?.[1] ?? ''
}

const TAG = /^(?:Detached )?<([^\s<>"=/]+)/

/** The element that an element or a text of a page is in; -1 if it is in none, or the file does not say. */
export function parentElement(snapshot: Snapshot, node: number): number {
  const {edgeKind, edgeTarget, firstEdge} = snapshot
  const {isPageNode, isTreeNode, treeScopeEdge} = pageNodes(snapshot)
  if (!isTreeNode(node)) return -1
  const next = treeScopeEdge(node) + 1
  if (next === 0 || next >= firstEdge[node + 1]) return -1
  const parent = edgeTarget[next]
  return edgeKind[next] === EdgeKind.element && parent !== node && isPageNode(parent) ? parent : -1
}

/** `document › <html> › <body> › <li.row>`: an element in its document. */
export function elementPath(snapshot: Snapshot, node: number): string {
  const path: string[] = []
  const seen = new Set<number>()
  for (let at = node; at >= 0 && !seen.has(at); at = parentElement(snapshot, at)) {
    const selector = selectorOf(snapshot, at)
    if (selector === '') break
    seen.add(at)
    path.push(`<${selector}>`)
  }
  const told = path.length <= MAX_PATH ? path : [...path.slice(0, MAX_PATH), '…']
  return ['document', ...told.reverse()].join(' › ')
}

/** Elements of a path that are told, the innermost. */
const MAX_PATH = 12

/** Elements around one that are told, from inside out. */
const MAX_AROUND = 8

/** `in ul < div.app (the last is in the document)`: the same in words for a line; '' for a node that is in no element. */
export function aroundWords(snapshot: Snapshot, node: number): string {
  // Where an element in the document stands, the path to it says.
  if (selectorOf(snapshot, node) === '' || snapshot.detachedness[node] === ATTACHED) return ''
  const {text, isAttached} = elementsAround(snapshot, node)
  if (text === '') return ''
  return `in ${text}${isAttached ? ' (the last is in the document)' : ''}`
}

/**
 * `ul < div.app < body`: the elements around one up to the nearest that is in the document, which is the last if `isAttached`; '' if it
 * is in none.
 */
export function elementsAround(snapshot: Snapshot, node: number): {text: string; isAttached: boolean} {
  const around: string[] = []
  let isAttached = false
  const seen = new Set([node])
  for (
    let at = parentElement(snapshot, node);
    at >= 0 && !seen.has(at) && !isAttached;
    at = parentElement(snapshot, at)
  ) {
    seen.add(at)
    const selector = selectorOf(snapshot, at)
    if (selector === '') break
    if (around.length < MAX_AROUND) around.push(selector)
    isAttached = snapshot.detachedness[at] === ATTACHED
  }
  return {text: around.join(' < '), isAttached}
}
