/**
 * The source maps of a page's scripts, kept beside its snapshots: they lie on the server, where nobody can read them later. Only those of the page's own origin are
 * asked for, from the server that the page itself came from.
 */
import {join} from 'node:path'
import type {APIRequestContext} from 'playwright-core'
import {makePrivateFolder, writeTextPrivately} from '../../files/private-file.ts'
import type {Connection} from '../inspect/protocol.ts'

const MAX_MAPS = 500
const MAX_MAP_BYTES = 64 << 20
const ANSWER_MS = 10_000

interface ScriptParsed {
  url?: unknown
  sourceMapURL?: unknown
}

/** Writes them below `folder`, by the paths of their scripts; returns how many. */
export async function keepSourceMaps(
  connection: Connection,
  request: APIRequestContext,
  page: string,
  folder: string,
): Promise<number> {
  let kept = 0
  for (const [script, map] of await mapsOf(connection, page)) {
    const answer = await request
      .get(map, {timeout: ANSWER_MS, maxRedirects: 0, failOnStatusCode: true})
      .catch(() => undefined)
    const bytes = await answer?.body().catch(() => undefined)
    if (bytes === undefined || bytes.length > MAX_MAP_BYTES) continue
    const path = filePath(folder, script)
    makePrivateFolder(join(path, '..'))
    await writeTextPrivately(path, [bytes])
    kept++
  }
  return kept
}

/** Addresses of maps by those of their scripts, both of the page's origin. */
async function mapsOf(connection: Connection, page: string): Promise<Map<URL, string>> {
  const {origin} = new URL(page)
  const found = new Map<string, string>()
  connection.on('Debugger.scriptParsed', ({url, sourceMapURL}: ScriptParsed) => {
    // A script without a map has an empty address.
    if (typeof url !== 'string' || typeof sourceMapURL !== 'string' || sourceMapURL === '') return
    if (found.size >= MAX_MAPS) return
    if (!URL.canParse(url) || !URL.canParse(sourceMapURL, url)) return
    const map = new URL(sourceMapURL, url)
    if (new URL(url).origin === origin && map.origin === origin && map.protocol.startsWith('http'))
      found.set(url, map.href)
  })
  // Tells all scripts that there are.
  await connection.send('Debugger.enable')
  await connection.send('Debugger.disable')
  return new Map([...found].map(([url, map]) => [new URL(url), map]))
}

/** What stands between slashes, with nothing in it that a file system takes for something else. */
function filePath(folder: string, {pathname}: URL): string {
  const names = pathname.split('/').filter(name => name !== '')
  return `${join(folder, ...names.map(name => name.replace(/[^\w.@-]/g, '_').replace(/^\.+$/, '_')))}.map`
}
