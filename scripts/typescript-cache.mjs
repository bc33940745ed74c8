/** What the TypeScript of src/ and test/ becomes, kept by the hash of its text: `typescript-hooks.mjs` reads it, `run-tests.mjs` fills it. */
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const require = createRequire(import.meta.url)
const CACHE = fileURLToPath(new URL('../node_modules/.cache/heapgraph-typescript', import.meta.url))
const DAY_MS = 24 * 60 * 60 * 1000

/** The JavaScript of a file; compiled, if it has not been. */
export function javaScriptOf(path) {
  const {text, cached} = placeOf(path)
  try {
    return readFileSync(cached, 'utf8')
  } catch {
    const code = stripped(text)
    write(cached, code)
    return code
  }
}

/** By the stripper that newer versions of Node have built in: types become blanks, so that lines and columns stay and no source map is needed. */
function stripped(text) {
  return require('amaro').transformSync(text, {mode: 'strip-only'}).code
}

/** Strips all files of the folders, so that no test has to load the stripper; what was there for a day and is none of theirs goes. */
export function fillCache(folders) {
  const paths = folders.flatMap(folder =>
    readdirSync(folder, {recursive: true})
      .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map(name => join(folder, name)),
  )
  mkdirSync(CACHE, {recursive: true})
  const known = new Set(readdirSync(CACHE))
  const places = paths.map(placeOf)
  for (const {text, cached} of places) if (!known.has(basename(cached))) write(cached, stripped(text))
  for (const {cached} of places) known.delete(basename(cached))
  for (const name of known) removeOld(join(CACHE, name))
}

function removeOld(path) {
  const {mtimeMs = Date.now()} = statSync(path, {throwIfNoEntry: false}) ?? {}
  if (Date.now() - mtimeMs > DAY_MS) rmSync(path, {force: true})
}

function placeOf(path) {
  const text = readFileSync(path, 'utf8')
  const hash = createHash('sha256').update(text).digest('hex')
  return {text, cached: join(CACHE, `${basename(path)}.${hash.slice(0, 32)}.js`)}
}

/** Renamed into place, since several processes and threads may be at the same file. */
function write(cached, code) {
  const draft = `${cached}.${process.pid}.${Math.random().toString(36).slice(2)}`
  mkdirSync(CACHE, {recursive: true})
  writeFileSync(draft, code)
  try {
    renameSync(draft, cached)
  } catch (error) {
    // On Windows it cannot be replaced while another process reads it: then it is there already.
    rmSync(draft, {force: true})
    if (!existsSync(cached)) throw error
  }
}
