/** The hooks of Node's loader that `typescript.mjs` registers. */
import {fileURLToPath} from 'node:url'
import {javaScriptOf} from './typescript-cache.mjs'

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
