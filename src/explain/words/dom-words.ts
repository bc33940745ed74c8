/**
 * Elements of a page as selectors. Blink names an element by its tag and attributes, `<li class="row" data-id="3">`; edges between nodes of
 * a page have no names, but Blink traces them in a fixed order: behind the document (the TreeScope) comes the parent, if there is one
 * (`Node::Trace` in third_party/blink/renderer/core/dom/node.cc).
 */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** Attributes and classes that are told, and characters of a name that are looked at. */
const MAX_PARTS = 5
const MAX_CHARACTERS = 1_000

const ELEMENT = /^(?:Detached )?<([^\s<>"=/]+)((?:\s.*)?)>?$/s
const ATTRIBUTE = /\s([^\s="<>]+)(?:="([^"]*)")?/g
const PLAIN_NAME = /^[\w-]+$/

/**
 * `li.row[data-id]`: the element's tag, id, classes, and the names of its other attributes, whose values tell one from the other. '' for
 * a node that is no element of a page.
 */
export function selectorOf({nodeKind, nodeName, strings}: Snapshot, node: number): string {
  if (nodeKind[node] !== NodeKind.native) return ''
  return elementSelector(strings.get(nodeName[node]))
}

/** The same of an element's name. */
export function elementSelector(name: string): string {
  const found = ELEMENT.exec(name.slice(0, MAX_CHARACTERS))
  if (found === null) return ''
  const [, tag, attributes] = found
  let id = ''
  const classes: string[] = []
  const others: string[] = []
  for (const [, attribute, value = ''] of attributes.matchAll(ATTRIBUTE)) {
    const words = value.split(/\s+/).filter(word => word !== '')
    if (attribute === 'id' && PLAIN_NAME.test(value)) id = `#${value}`
    else if (attribute === 'class' && words.every(word => PLAIN_NAME.test(word))) classes.push(...words)
    else others.push(attribute)
  }
  const shown = (parts: string[], text: (part: string) => string) => parts.slice(0, MAX_PARTS).map(text).join('')
  return `${tag}${id}${shown(classes, part => `.${part}`)}${shown(others, part => `[${part}]`)}`
}

const PAGE_NODE = /^(?:Detached )?(?:<|HTMLDocument|XMLDocument|Document$|DocumentFragment|ShadowRoot)/
const TREE_SCOPE = /^(?:Detached )?(?:HTMLDocument|XMLDocument|Document$|ShadowRoot)/

/** The element that an element of a page is in; -1 if it is in none, or the file does not say. */
export function parentElement(snapshot: Snapshot, node: number): number {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  const name = (at: number) => (nodeKind[at] === NodeKind.native ? strings.get(nodeName[at]) : '')
  if (!PAGE_NODE.test(name(node))) return -1
  for (let edge = firstEdge[node]; edge + 1 < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.element || !TREE_SCOPE.test(name(edgeTarget[edge]))) continue
    const next = edgeTarget[edge + 1]
    const isParent = edgeKind[edge + 1] === EdgeKind.element && next !== node && PAGE_NODE.test(name(next))
    return isParent ? next : -1
  }
  return -1
}

/** Elements around one that are told, from inside out. */
const MAX_AROUND = 8

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

const ATTACHED = 1
