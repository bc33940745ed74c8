/**
 * What `--type` takes: the constructor's name of objects, a name in parentheses for V8's own kinds.
 * The rules are those of DevTools' Summary (`calculateObjectNames` in HeapSnapshot.ts), so that people find the names they know.
 */
import {NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

export interface TypeTable {
  /** Names by type number, in order of first appearance in the file. */
  names: readonly string[]
  /** Uint32Array(n): every node's type number. */
  ofNode: Uint32Array
}

/** DevTools' names of whole kinds, where it has one of its own; the other kinds are named `(kind)`. */
const NAME_OF_KIND = new Map([
  [NodeKind.hidden, '(system)'],
  [NodeKind.code, '(compiled code)'],
  [NodeKind.closure, 'Function'],
  [NodeKind.regexp, 'RegExp'],
])

const NONE = 0xffffffff

export function buildTypes(snapshot: Snapshot): TypeTable {
  const {nodeKind, nodeName, nodeCount, strings} = snapshot
  const names: string[] = []
  const numberOfName = new Map<string, number>()
  const numberOf = (name: string) => {
    let number = numberOfName.get(name)
    if (number === undefined) {
      number = names.push(name) - 1
      numberOfName.set(name, number)
    }
    return number
  }
  const numberOfKind = new Uint32Array(256).fill(NONE)
  const numberOfString = new Uint32Array(strings.count).fill(NONE)
  const ofNode = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    if (kind === NodeKind.object || kind === NodeKind.native) {
      const name = nodeName[node]
      if (numberOfString[name] === NONE) numberOfString[name] = numberOf(constructorName(strings.get(name)))
      ofNode[node] = numberOfString[name]
    } else {
      if (numberOfKind[kind] === NONE) {
        numberOfKind[kind] = numberOf(NAME_OF_KIND.get(kind) ?? `(${snapshot.header.schema.nodeKinds[kind]})`)
      }
      ofNode[node] = numberOfKind[kind]
    }
  }
  return {names, ofNode}
}

/** A DOM element is named with its attributes, `<div id="a">`; its type is `<div>`. */
function constructorName(name: string): string {
  const element = /^(Detached )?<([^\s>]+)/.exec(name)
  return element === null ? name : `${element[1] ?? ''}<${element[2]}>`
}
