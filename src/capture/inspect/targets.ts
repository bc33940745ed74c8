/** What can be captured at an address: the list that Node, Deno and Chrome give of themselves over HTTP. */
import {get} from 'node:http'
import {HeapgraphError} from '../../util/errors.ts'
import {plural} from '../../util/units.ts'
import {objectOf, shown} from './protocol.ts'

export interface Target {
  id: string
  title: string
  /** `node`, `page`, `worker` … */
  type: string
  /** Of the page or the script. */
  url: string
  /** Where to connect to. */
  address: string
}

export interface Place {
  host: string
  port: number
  /** Of one target, if the address names it. */
  path?: string
}

const DEFAULT_HOST = '127.0.0.1'
/** For the whole of it, however slowly it comes: the list is not the program's to give, which may be busy. */
const LIST_MS = 5000
const MAX_LIST_BYTES = 16 << 20

/** Of `ws://127.0.0.1:9229`, with or without the path of a target. */
export function placeOfUrl(text: string): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['ws:', 'http:'].includes(url.protocol)) {
    throw new HeapgraphError('USAGE', `${text} is not an inspector address`, 'it looks like ws://127.0.0.1:9229')
  }
  const place = {host: url.hostname, port: Number(url.port === '' ? 80 : url.port)}
  return url.pathname === '/' ? place : {...place, path: url.pathname}
}

export function placeOfPort(port: number): Place {
  return {host: DEFAULT_HOST, port}
}

/** An inspector runs any code that it is told: only this machine's is asked, unless somebody means another. */
export function checkLoopback({host}: Place): void {
  if (isLoopback(host)) return
  const hint = 'the snapshot would cross the network unencrypted; --allow-remote connects anyway'
  throw new HeapgraphError('USAGE', `${host} is another machine`, hint)
}

/** Of an address's host: this machine, which no network comes between. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

export async function targetsAt(place: Place, signal?: AbortSignal): Promise<Target[]> {
  const address = `${place.host}:${place.port}`
  const text = await fetchText(place, signal).catch((error: Error) => {
    signal?.throwIfAborted()
    const hint = 'start Node or Deno with --inspect, Chrome with --remote-debugging-port'
    throw new HeapgraphError('UNREADABLE', `${address}: no inspector answers there: ${error.message}`, hint)
  })
  const found = jsonList(text)
  if (found === undefined) throw new HeapgraphError('UNREADABLE', `${address}: the server there is not an inspector`)
  return found.flatMap(({id, title, type, url, webSocketDebuggerUrl}) => {
    // Somebody else is connected to it and keeps it.
    if (typeof webSocketDebuggerUrl !== 'string' || !URL.canParse(webSocketDebuggerUrl)) return []
    // The other side must not choose another machine.
    const target = `ws://${address}${new URL(webSocketDebuggerUrl).pathname}`
    return [{id: String(id), title: String(title), type: String(type), url: String(url), address: target}]
  })
}

function jsonList(text: string): Record<string, unknown>[] | undefined {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.map(objectOf) : undefined
  } catch {
    return undefined
  }
}

function fetchText({host, port}: Place, signal: AbortSignal | undefined): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  return new Promise<string>((resolve, reject) => {
    const options = {
      host: host.replace(/^\[|\]$/g, ''),
      port,
      path: '/json/list',
      agent: false,
      ...(signal === undefined ? {} : {signal}),
    }
    const request = get(options, response => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_LIST_BYTES) request.destroy(new Error('its answer is too long'))
        chunks.push(chunk)
      })
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      response.on('error', reject)
    })
    timer = setTimeout(() => request.destroy(new Error(`it does not answer in ${LIST_MS / 1000} s`)), LIST_MS)
    request.on('error', reject)
  }).finally(() => clearTimeout(timer))
}

/** Targets that are named when one has to be chosen. */
const LISTED = 20

/** The one that `wanted` names by a part of its title or URL, or by its id; without it, the only one, or the only page. */
export function chooseTarget(targets: readonly Target[], wanted: string | undefined): Target {
  const text = wanted?.toLowerCase()
  const fits = ({id, title, url}: Target) =>
    text === undefined || id.toLowerCase() === text || `${title}\n${url}`.toLowerCase().includes(text)
  const found = targets.filter(fits)
  const pages = found.filter(({type}) => type === 'page')
  if (found.length === 1) return found[0]
  if (pages.length === 1) return pages[0]
  const all = found.length > 0 ? found : targets
  const some = all.slice(0, LISTED).map(({type, title, url}) => `${shown(type)} "${shown(title)}" ${shown(url)}`)
  const rest = all.length > LISTED ? ` and ${plural(all.length - LISTED, 'other')}` : ''
  const list = `${some.join(', ')}${rest}`
  if (targets.length === 0) throw new HeapgraphError('UNREADABLE', 'the inspector has nothing to capture')
  const what = found.length === 0 ? `no target matches ${wanted}` : `there are ${found.length} targets`
  throw new HeapgraphError('USAGE', `${what}: ${list}`, 'choose one with --target and a part of its title or address')
}
