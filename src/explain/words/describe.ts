/** What an object is called, in a few words. */

import {functionName} from '../../snapshot/code/bound-functions.ts'
import {originalOfFunction} from '../../snapshot/code/original-names.ts'
import {isPartOfText, isText, readText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {scopePlace, scopePlaceText, scopeWords, sourcePlace} from '../places/source-place.ts'
import {componentTitle} from './component-words.ts'
import {elementTitle, selectorOf} from './dom-words.ts'
import {hookRecordWords} from './hook-words.ts'

export interface Description {
  id: number
  /** Constructor name, `(string)` …; a root's own name. */
  type: string
  /** What people call a scope, an element of a page, a component: `module src/cache.js`, `detached li.row`, `unmounted <Ticket>`; not there for others. */
  title?: string
  kind: string
  /** Text of a string, name of a function, shape of a plain object, what a scope is of, an element's selector; '' if there is nothing to say. */
  preview: string
  /** `src/cache.js:12`: of a function, where it is written; of an object, where its constructor is; of a scope, see `ScopePlace`; '' if unknown. */
  place: string
}

export function describe(snapshot: Snapshot, node: number): Description {
  const {nodeId, nodeKind, types, header} = snapshot
  const kind = nodeKind[node]
  const isRoot = kind === NodeKind.synthetic
  const scope = scopePlace(snapshot, node)
  const hook = kind === NodeKind.object ? hookRecordWords(snapshot, node) : undefined
  const element = elementTitle(snapshot, node) || componentTitle(snapshot, node) || (hook?.text ?? '')
  const title = scope === undefined ? element : scopeWords(scope)
  return {
    id: nodeId[node],
    type: isRoot ? rootName(snapshot, node) : types.names[types.ofNode[node]],
    ...(title === '' ? {} : {title}),
    kind: header.schema.nodeKinds[kind],
    preview: isRoot ? '' : scope === undefined ? preview(snapshot, node) : scopeWords(scope),
    place: scope === undefined ? hook?.place || sourcePlace(snapshot, node) : scopePlaceText(scope),
  }
}

function rootName({root, nodeName, strings}: Snapshot, node: number): string {
  return strings.get(nodeName[node]) || (node === root ? '(root)' : '(synthetic)')
}

/** Characters of a text that a preview needs at the most. */
const PREVIEW_LENGTH = 200

function preview(snapshot: Snapshot, node: number): string {
  const {nodeKind, nodeName, strings, types} = snapshot
  const kind = nodeKind[node]
  const type = types.names[types.ofNode[node]]
  const selector = selectorOf(snapshot, node, 'values')
  if (selector !== '') return selector
  if (isText(snapshot, node)) return quotedText(snapshot, node)
  if (kind === NodeKind.closure) return functionText(snapshot, node)
  const name = strings.get(nodeName[node])
  if (kind === NodeKind.regexp) return name
  if (kind === NodeKind.object && name === 'Object') {
    const text = shape(snapshot, node)
    return text === type ? '' : text
  }
  // Other kinds are not named by their type at all. That of a detached thing is the name with that word before it.
  const isNameOfType =
    name === type || `Detached ${name}` === type || name === types.shortNames?.get(types.ofNode[node])
  return isNameOfType ? '' : name.slice(0, PREVIEW_LENGTH)
}

/** `onFlush()`; of one that a minifier has given another name, with that behind: `onFlush() (a)`. */
function functionText(snapshot: Snapshot, node: number): string {
  const name = functionName(snapshot, node) || '(anonymous)'
  const original = originalOfFunction(snapshot, node)
  return original === undefined ? `${name}()` : `${original}() (${name})`
}

/** '' for a part of another string: which part is not in the file. */
function quotedText(snapshot: Snapshot, node: number): string {
  const read = readText(snapshot, node, PREVIEW_LENGTH)
  return read === undefined || (!read.isKnown && isPartOfText(snapshot, node))
    ? ''
    : JSON.stringify(read.text.slice(0, PREVIEW_LENGTH))
}

const SHAPE_NAMES = 6

/** `{url, headers, … 3 more}`: what tells one plain object from another. */
function shape(snapshot: Snapshot, node: number): string {
  const {edgeKind, edgeName, firstEdge, strings} = snapshot
  const names: string[] = []
  let rest = 0
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.property) continue
    const name = strings.get(edgeName[edge])
    if (name === '__proto__') continue
    if (names.length < SHAPE_NAMES) names.push(name)
    else rest++
  }
  return `{${names.join(', ')}${rest > 0 ? `, … ${rest} more` : ''}}`
}
