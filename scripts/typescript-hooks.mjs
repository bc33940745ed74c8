/** The hooks of Node's loader that `typescript.mjs` registers. */
import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const require = createRequire(import.meta.url)
const CACHE = fileURLToPath(new URL('../node_modules/.cache/heapgraph-typescript', import.meta.url))
const ESBUILD = require('esbuild/package.json').version
const OPTIONS = {loader: 'ts', format: 'esm', target: 'es2023', sourcemap: 'inline'}

/** Imports name files as they are, so that nothing is tried and nothing is looked up. */
export function resolve(specifier, context, nextResolve) {
  if (!isOurs(specifier) || !/^\.{1,2}\//.test(specifier)) return nextResolve(specifier, context)
  return {url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true}
}

export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !isOurs(url)) return nextLoad(url, context)
  return {format: 'module', source: javaScriptOf(fileURLToPath(url)), shortCircuit: true}
}

function isOurs(name) {
  return name.endsWith('.ts') && !name.includes('/node_modules/')
}

function javaScriptOf(path) {
  const text = readFileSync(path, 'utf8')
  const hash = createHash('sha256')
    .update(`${ESBUILD}\n${JSON.stringify(OPTIONS)}\n${path}\n${text}`)
    .digest('hex')
  const cached = join(CACHE, `${basename(path)}.${hash.slice(0, 32)}.js`)
  try {
    return readFileSync(cached, 'utf8')
  } catch {
    const {code} = require('esbuild').transformSync(text, {...OPTIONS, sourcefile: path})
    // Renamed into place, since several processes and threads may be at the same file.
    const draft = `${cached}.${process.pid}.${Math.random().toString(36).slice(2)}`
    mkdirSync(CACHE, {recursive: true})
    writeFileSync(draft, code)
    renameSync(draft, cached)
    return code
  }
}
