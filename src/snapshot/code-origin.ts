/** Whose code a script is, by its name. */

import {oncePer} from '../util/memo.ts'
import {locationRow, placeOfRow} from './places.ts'
import {NodeKind} from './schema.ts'
import {scopes} from './scopes.ts'
import type {Snapshot} from './snapshot.ts'

/**
 * `application` is what the people write who ask; `library`, packages they use; `runtime`, what comes with Node, Deno or the browser.
 * `unknown`: the file does not say.
 */
export type CodeOrigin = 'application' | 'library' | 'runtime' | 'unknown'

/** `node:fs`, `node:internal/timers`, Deno's `ext:`, Chrome's own `extensions::`, `devtools://` and `chrome://`. */
const RUNTIME_SCHEME = /^(node|ext|internal|extensions|devtools|chrome|native|v8):/
/** Node before 16 names its own scripts `internal/timers.js`, `fs.js`: paths of people's scripts are absolute. */
const RUNTIME_BARE = /^(internal\/|[a-z_]+\.js$)/
/** npm, pnpm, yarn; what Deno and pages load from registries and delivery networks by package. */
const LIBRARY =
  /[\\/]node_modules[\\/]|[\\/]\.(yarn|pnpm|pnp)[\\/]|^(npm|jsr):|^https?:\/\/(deno\.land\/(x|std)|jsr\.io|esm\.sh|unpkg\.com|cdn\.jsdelivr\.net|cdnjs\.cloudflare\.com)[/@]/

export function originOfScript(script: string): CodeOrigin {
  if (script === '') return 'unknown'
  if (RUNTIME_SCHEME.test(script) || RUNTIME_BARE.test(script)) return 'runtime'
  return LIBRARY.test(script) ? 'library' : 'application'
}

const originsOfScripts = oncePer((_: Snapshot) => new Map<number, CodeOrigin>())

/** Of a function, where it is written; of a scope, the functions in it; of an object, its constructor. */
export function codeOf(snapshot: Snapshot, node: number): CodeOrigin {
  const {nodeKind, locations} = snapshot
  const own = locationRow(snapshot, node)
  const row = own < 0 && nodeKind[node] === NodeKind.object ? scopes(snapshot).locationRow(node) : own
  if (row < 0) return 'unknown'
  const known = originsOfScripts(snapshot)
  const scriptId = locations.scriptId[row]
  let origin = known.get(scriptId)
  if (origin === undefined) {
    const place = placeOfRow(snapshot, row)
    origin = place === undefined ? 'unknown' : originOfScript(place.script)
    known.set(scriptId, origin)
  }
  return origin
}
