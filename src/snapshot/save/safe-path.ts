/**
 * Names of scripts, reduced: what says whose code it is stays (the runtime, a package, a file's name), where somebody keeps it does not
 * (folders, hosts, what is asked for behind a `?`). Parts are replaced one by one, so that equal folders stay equal and no length changes.
 */
import {originOfScript} from '../code/code-origin.ts'
import type {StandIns} from './stand-ins.ts'

/** Folders that half of all projects have. */
const USUAL = new Set(
  'src|lib|libs|dist|build|out|app|apps|packages|test|tests|spec|server|client|public|static|assets|bin|scripts|esm|cjs|node_modules'.split(
    '|',
  ),
)
/** What code is called without a file. */
const NAMELESS =
  /^(?:|<anonymous>|evalmachine\.<anonymous>|native|REPL\d*|\[(?:eval|stdin|worker eval)\]|debugger eval code|anonymous)$/
const RUNTIME_PART = /^[\w$.:@/+[\]-]+$/
const CODE_FILE = /^[\p{ID_Continue}$.@+~()[\]-]{1,120}\.(?:[cm]?[jt]sx?|vue|svelte|astro|html?|wasm|json|node|map)$/u
const PACKAGE_PART = /^[\w$.@+~-]{1,214}$/
const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/)/i
const HOST = /^[^/\\]*/
const OWN_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])?(?::\d+)?$/
const BEHIND = /[?#].*$/s

/** Whether a text looks like a URL or a path from a root. */
export function looksLikePath(text: string): boolean {
  return SCHEME.test(text) || /^(?:\/|[A-Za-z]:[\\/]|\\\\|file:|data:|blob:)/.test(text)
}

export function safePath(text: string, standIns: StandIns): string {
  if (NAMELESS.test(text)) return text
  if (originOfScript(text).code === 'runtime' && RUNTIME_PART.test(text)) return text
  if (/^(?:data|blob|javascript):/i.test(text)) {
    const colon = text.indexOf(':') + 1
    return text.slice(0, colon) + standIns.of(text.slice(colon))
  }
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const behind = BEHIND.exec(text.slice(scheme.length))?.[0] ?? ''
  const path = text.slice(scheme.length, text.length - behind.length)
  const host =
    scheme === '' || /^(?:file|webpack|webpack-internal|node):/i.test(scheme) ? '' : (HOST.exec(path)?.[0] ?? '')
  // Packages on servers that have nothing else.
  const isPublic = host !== '' && originOfScript(text).package !== undefined && !path.includes('node_modules')
  const shownHost = OWN_HOST.test(host) || isPublic ? host : hiddenHost(host, standIns)
  const parts = path.slice(host.length).split(/([\\/])/)
  const firstPackage = isPublic ? 0 : parts.indexOf('node_modules')
  const safe = parts.map((part, i) => {
    if (part === '' || part === '/' || part === '\\' || part === '.' || part === '..') return part
    if (/^[A-Za-z]:$/.test(part)) return part
    if (i === parts.length - 1 && CODE_FILE.test(part)) return part
    if (firstPackage >= 0 && i >= firstPackage && PACKAGE_PART.test(part) && i < parts.length - 1) return part
    return USUAL.has(part) ? part : hiddenName(part, standIns)
  })
  return scheme + shownHost + safe.join('') + (behind === '' ? '' : behind[0] + standIns.of(behind.slice(1)))
}

/** The port stays: it tells two servers of one machine apart. */
function hiddenHost(host: string, standIns: StandIns): string {
  const port = /:\d+$/.exec(host)?.[0] ?? ''
  return standIns.of(host.slice(0, host.length - port.length)) + port
}

/** Endings of code stay, also where the name does not. */
function hiddenName(name: string, standIns: StandIns): string {
  const ending = /\.(?:[cm]?[jt]sx?|vue|svelte|html?|wasm|json|map)$/.exec(name)?.[0] ?? ''
  return standIns.of(name.slice(0, name.length - ending.length)) + ending
}
