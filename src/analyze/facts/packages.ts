/** Packages: whose code made a node, or holds it. */
import {originOfRow} from '../../snapshot/code/code-origin.ts'
import {codeRow, placeMapOf, placeOfRow} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {realms} from './realms.ts'
import {MAX_LABEL, NO_LABEL, spreadLabels} from './spread-labels.ts'

export interface Packages {
  /** `application`, `node_modules/express`, `https://cdn.example.com`, `node`; that of label i + 1. */
  names: readonly string[]
  /**
   * Uint16Array(n): 1 + the number of each node's package, or SHARED. Functions and scopes are of the package they are written in, objects of
   * a class of the one that their constructor is written in; all else, as plain objects, arrays, Maps, texts and compiled code, is of the
   * package whose nodes alone hold it (`spreadLabels`).
   */
  ofNode: Uint16Array
}

export const packages = memoize((snapshot: Snapshot): Packages => {
  const {nodeCount, nodeKind, types} = snapshot
  const labels = new Labels(snapshot)
  const ofNode = new Uint16Array(nodeCount).fill(NO_LABEL)
  const {isScope, locationRow: rowOfScope} = scopes(snapshot)
  const ofType = Uint16Array.from(types.locations, row => labels.ofRow(row))
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    if (kind === NodeKind.closure) ofNode[node] = labels.ofRow(codeRow(snapshot, node))
    else if (isScope(node)) ofNode[node] = labels.ofRow(rowOfScope(node))
    else if (kind === NodeKind.object) ofNode[node] = ofType[types.ofNode[node]]
  }
  return {names: labels.names, ofNode: spreadLabels(snapshot, ofNode)}
})

/** What counts as one beyond the labels that there are. */
const OTHERS = '(further packages)'

class Labels {
  readonly names: string[] = []
  readonly #snapshot: Snapshot
  readonly #numbers = new Map<string, number>()
  /** Of scripts that no source map divides. */
  readonly #ofScript = new Map<number, number>()
  readonly #pages: ReadonlySet<string>

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    const pages = realms(snapshot).filter(({kind}) => kind === 'page' || kind === 'iframe')
    this.#pages = new Set(pages.map(({address}) => originOf(address)))
  }

  /** Of a row of the locations; NO_LABEL for what has no place in a file, as V8's own functions. */
  ofRow(row: number): number {
    if (row < 0) return NO_LABEL
    const script = this.#snapshot.locations.scriptId[row]
    if (placeMapOf(this.#snapshot)?.sources(script) !== undefined) return this.#number(this.#nameOf(row))
    return getOrMake(this.#ofScript, script, () => this.#number(this.#nameOf(row)))
  }

  #number(name: string | undefined): number {
    if (name === undefined) return NO_LABEL
    const isFull = this.names.length >= MAX_LABEL - 1 && !this.#numbers.has(name)
    return getOrMake(this.#numbers, isFull ? OTHERS : name, () => this.names.push(isFull ? OTHERS : name))
  }

  #nameOf(row: number): string | undefined {
    const {code, package: library} = originOfRow(this.#snapshot, row)
    const script = placeOfRow(this.#snapshot, row)?.script ?? ''
    if (code === 'unknown') return undefined
    if (code === 'runtime') return runtimeOf(script)
    const origin = originOf(script)
    if (code === 'application') {
      return origin === '' || this.#pages.size === 0 || this.#pages.has(origin) ? 'application' : origin
    }
    if (library === undefined) return origin === '' ? '(library)' : origin
    return /(?:^|[\\/])node_modules[\\/]/.test(script) ? `node_modules/${library}` : library
  }
}

/** `https://host` of an address on the web; '' for all else. */
function originOf(script: string): string {
  return /^https?:\/\/[^/]*/.exec(script)?.[0] ?? ''
}

/** Whose runtime a script is of, by its scheme. */
function runtimeOf(script: string): string {
  const scheme = /^(?:\[?(ext|bun|builtin)\b|(electron)\/|(chrome|chrome-error|devtools|edge|about):)/.exec(script)
  if (scheme === null) return 'node'
  if (scheme[1] === 'ext') return 'deno'
  if (scheme[1] !== undefined) return 'bun'
  return scheme[2] ?? 'browser'
}
