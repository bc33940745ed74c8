/** Whose code a script is, by its name. */

import {getOrMake, memoize} from '../../util/memo.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {codeRow, eachLocatedNode, placeMapOf, placeOfRow, scriptNames} from './places.ts'
import {scopes} from './scopes.ts'

/**
 * `application`: what the people who ask have written, as far as names tell; also scripts of other origins that are no package.
 * `library`: packages, and extensions in a page. `runtime`: what comes with Node, Deno or the browser.
 * `unknown`: the file does not say, as of V8's own functions and of code without a file (`eval`, `vm` without a file name).
 */
export type CodeOrigin = 'application' | 'library' | 'runtime' | 'unknown'

/** `node:fs`, Deno's `ext:core/…`, Bun's `bun:` and `builtin://`, Electron's, and what Chrome itself brings into a page. */
const RUNTIME =
  /^(?:(?:node|ext|bun|builtin|native|extensions|devtools|chrome|chrome-error|edge|about):|\[(?:ext|native):|internal\/|electron\/js2c\/|v8\/)/

/** Node before 16 names its own scripts as its modules, without a path: `fs.js`, `fs/promises.js`, `_http_agent.js`. */
const NODE_MODULE =
  /^(?:_?(?:assert|async_hooks|buffer|child_process|cluster|console|constants|crypto|debugger|dgram|diagnostics_channel|dns|domain|events|freelist|fs|http|http2|https|inspector|linklist|module|net|os|path|perf_hooks|process|punycode|querystring|readline|repl|stream|string_decoder|sys|timers|tls|trace_events|tty|url|util|v8|vm|wasi|worker_threads|zlib|bootstrap_node)(?:\/(?:promises|posix|win32|types|strict|consumers|web))?|_http_(?:agent|client|common|incoming|outgoing|server)|_stream_(?:duplex|passthrough|readable|transform|wrap|writable)|_tls_(?:common|legacy|wrap)|_debug_agent|_debugger)\.js$/

/** How a script without a file is called by V8, by Node's `vm`, and in Node's stack traces. */
const NO_FILE = /^(?:|native|<anonymous>|evalmachine\.<anonymous>|wasm:\/\/.*)$/

const EXTENSION = /^(?:chrome|moz|safari-web)-extension:\/\/([^/]*)/

/** Places of packages in a path or URL; the first group is the package's name, with its version at times. */
const PACKAGE_PLACES: readonly RegExp[] = [
  // Vite's bundled dependencies: `.vite/deps/@mui_material.js`.
  /[\\/]\.vite[\\/]deps(?:_\w+)?[\\/]([^\\/?]+?)\.js(?:\?|$)/,
  // npm, yarn with its zip files, pnpm: the innermost folder counts.
  /^.*(?:^|[\\/])(?:node_modules|bower_components|jspm_packages[\\/]npm)[\\/](@[^\\/]+[\\/][^\\/]+|[^\\/.@][^\\/]*)/s,
  // Deno's folder for packages: `deno/npm/HOST/NAME/VERSION/`.
  /[\\/]npm[\\/][^\\/]+\.[^\\/]+[\\/](@[^\\/]+[\\/][^\\/]+|[^\\/]+)[\\/]v?\d/,
  /^(?:npm|jsr):\/?(@[^/]+\/[^/]+|[^/@][^/]*)/,
  /^https?:\/\/jsr\.io\/(@[^/]+\/[^/]+)/,
  /^https?:\/\/deno\.land\/(?:x\/([^/]+)|(std)[@/])/,
  /^https?:\/\/(?:cdn\.)?esm\.sh\/(?:v\d+\/|stable\/|[*])?(?:gh\/)?(@[^/]+\/[^/]+|[^/]+)/,
  /^https?:\/\/(?:www\.)?unpkg\.com\/(@[^/]+\/[^/]+|[^/]+)/,
  /^https?:\/\/(?:cdn|fastly)\.jsdelivr\.net\/(?:npm|gh)\/(@[^/]+\/[^/]+|[^/]+)/,
  /^https?:\/\/cdnjs\.cloudflare\.com\/ajax\/libs\/([^/]+)/,
  /^https?:\/\/ajax\.googleapis\.com\/ajax\/libs\/([^/]+)/,
  /^https?:\/\/cdn\.skypack\.dev\/(?:-\/|pin\/)?(@[^/]+\/[^/]+|[^/]+)/,
  /^https?:\/\/(?:ga|cdn)\.jspm\.(?:io|dev)\/(?:npm:)?(@[^/]+\/[^/]+|[^/]+)/,
  // Yarn itself, bundlers' own parts, and what test drivers put into a page.
  /[\\/]\.(?:(yarn)[\\/]releases[\\/]|(?:pnp)\.[cm]?js$)/,
  /^(webpack)-internal:\/\/\/webpack\//,
  /^webpack:\/\/[^/]*\/(webpack)\//,
  /^https?:\/\/[^/]+\/@(vite)\//,
  /^(?:pptr:|__(puppeteer|playwright)_)/,
]

export interface ScriptOrigin {
  code: CodeOrigin
  /** The package of a library, as it is installed: `lodash`, `@scope/name`; undefined where the name does not say. */
  package?: string
}

/** Characters of a name that are looked at: no file's path is longer, and some of the patterns take quadratic time. */
const MAX_NAME = 4096

/** By the name alone; `name` as a `Place` has it in `script`. */
export function originOfScript(name: string): ScriptOrigin {
  const script = name.slice(0, MAX_NAME)
  if (NO_FILE.test(script)) return {code: 'unknown'}
  // Deno names polyfills of Node's modules like Node.
  if (RUNTIME.test(script) || NODE_MODULE.test(script)) return {code: 'runtime'}
  const extension = EXTENSION.exec(script)
  if (extension !== null) return library(extension[0])
  for (const place of PACKAGE_PLACES) {
    const found = place.exec(script)
    if (found !== null) return library(packageName(found))
  }
  return {code: 'application'}
}

function library(name: string | undefined): ScriptOrigin {
  return name === undefined ? {code: 'library'} : {code: 'library', package: name}
}

/** `@scope\name@1.2.3?x` → `@scope/name`. */
function packageName(found: RegExpExecArray): string | undefined {
  const text = found.slice(1).find(group => group !== undefined)
  const name = text?.replaceAll('\\', '/').replace(/(?<=.)[@?#].*$/s, '')
  // Vite writes `_` for `/` in the names of its files, and calls what several packages share a chunk.
  if (name === undefined || !found[0].includes('.vite')) return name
  if (/^chunk-/.test(name)) return undefined
  return name.startsWith('@') ? name.replace('_', '/') : name
}

/** Origins by script id. Where nothing but extensions' code has a name, it is the application. */
const originsOfScripts = memoize((snapshot: Snapshot): Map<number, ScriptOrigin> => {
  const origins = new Map<number, ScriptOrigin>()
  let hasApplication = false
  for (const [id, script] of scriptNames(snapshot)) {
    const origin = originOfScript(script)
    hasApplication ||= origin.code === 'application'
    origins.set(id, origin)
  }
  if (hasApplication) return origins
  for (const [id, script] of scriptNames(snapshot)) if (EXTENSION.test(script)) origins.set(id, {code: 'application'})
  return origins
})

const UNKNOWN: ScriptOrigin = {code: 'unknown'}

/** Origins by name: what source maps lead to. */
const originsOfSources = memoize((_: Snapshot) => new Map<string, ScriptOrigin>())

/** Whose code the line that a row of the locations tells is; with source maps, that of the source. */
export function originOfRow(snapshot: Snapshot, row: number): ScriptOrigin {
  if (row < 0) return UNKNOWN
  const scriptId = snapshot.locations.scriptId[row]
  if (placeMapOf(snapshot)?.sources(scriptId) === undefined) return originsOfScripts(snapshot).get(scriptId) ?? UNKNOWN
  const place = placeOfRow(snapshot, row)
  if (place === undefined) return UNKNOWN
  const known = originsOfSources(snapshot)
  let origin = known.get(place.script)
  if (origin === undefined) {
    origin = originOfScript(place.script)
    known.set(place.script, origin)
  }
  return origin
}

/** What `codesOfNodes` writes. */
export const CODE_ORIGINS: readonly CodeOrigin[] = ['unknown', 'application', 'library', 'runtime']

/** Uint8Array(n): `codeOf` each node, as its place in CODE_ORIGINS. In file order, so that no place is looked up node by node. */
export function codesOfNodes(snapshot: Snapshot): Uint8Array {
  const {nodeCount, nodeKind, locations} = snapshot
  const codes = new Uint8Array(nodeCount)
  const {isScope} = scopes(snapshot)
  // Objects of one class have one place, and where that leads by a source map takes long to find.
  const known = new Map<number, Map<number, number>>()
  const codeOfRow = (row: number) => {
    const ofScript = getOrMake(known, locations.scriptId[row], () => new Map<number, number>())
    const place = locations.line[row] * 2 ** 31 + locations.column[row]
    return getOrMake(ofScript, place, () => CODE_ORIGINS.indexOf(originOfRow(snapshot, row).code))
  }
  eachLocatedNode(snapshot, (node, row) => {
    codes[node] = codeOfRow(row)
  })
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    if (kind !== NodeKind.closure && (kind !== NodeKind.object || !isScope(node))) continue
    if (codes[node] === 0) codes[node] = CODE_ORIGINS.indexOf(codeOf(snapshot, node))
  }
  return codes
}

/** Of a function, where it is written; of a scope, where the functions in it are; of an object, where its constructor is. */
export function codeOf(snapshot: Snapshot, node: number): CodeOrigin {
  const own = codeRow(snapshot, node)
  const isObject = snapshot.nodeKind[node] === NodeKind.object
  return originOfRow(snapshot, own < 0 && isObject ? scopes(snapshot).locationRow(node) : own).code
}
