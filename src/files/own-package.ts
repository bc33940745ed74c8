/** heapgraph's own package: where its files lie, and which code it is. */
import {createHash} from 'node:crypto'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'

/** The folders whose code decides what is computed, and what kept answers say. */
const CODE_FOLDERS = ['util', 'files', 'threads', 'read', 'snapshot', 'analyze', 'explain', 'graph']

/** The sources, the library and the bundled program have this module two folders below the package's own. */
const ROOT = new URL('../../', import.meta.url)

let version: string | undefined

/** A file of the package, named from its root with `/`. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT)
}

/** The version in heapgraph's own package.json, and a hash of the code that computes: it changes between versions, too. */
export function ownVersion(): string {
  version ??= `${packageVersion()}+${writtenHash() ?? hashOfCode()}`
  return version
}

/** The version in heapgraph's own package.json. */
export function packageVersion(): string {
  return String((JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {version: unknown}).version)
}

/** With the program, in dist alone; the build writes it, since reading all code takes 25 ms each time. */
const HASH_FILE = new URL('../program/code-hash', import.meta.url)

/** Undefined for the sources, which change without a build. */
function writtenHash(): string | undefined {
  try {
    return readFileSync(HASH_FILE, 'utf8')
  } catch {
    return undefined
  }
}

/** For the build. */
export function writeHash(): void {
  writeFileSync(HASH_FILE, hashOfCode())
}

/** Beside this module lie the folders of what runs: those of dist for the bundled program, too. */
function hashOfCode(): string {
  const hash = createHash('sha256')
  for (const path of codeFiles(new URL('../', import.meta.url))) {
    hash.update(`${path}\n`).update(readFileSync(new URL(`../${path}`, import.meta.url)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** All modules in the code's folders below `src`, at any depth, sorted; with `/` on every platform. */
function codeFiles(src: URL): string[] {
  const isCode = (name: string) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts')
  return CODE_FOLDERS.flatMap(folder =>
    readdirSync(new URL(`${folder}/`, src), {recursive: true, encoding: 'utf8'})
      .filter(isCode)
      .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
      .sort(),
  )
}
