/**
 * Prints every text that a person may read, with its file: `npm run --silent build && node scripts/user-strings.mjs`. For reading them
 * all in one go: help, errors, notes, words of answers. Read from the built modules, where comments and types are gone.
 */
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parse} from 'acorn'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
/** Two words, or a word behind something that is filled in. */
const PROSE = /[A-Za-z]{2,}[,:;]? +[A-Za-z$(@]|\} [a-z]{2,}/

for (const name of readdirSync(DIST, {recursive: true, encoding: 'utf8'}).sort()) {
  const path = name.replaceAll('\\', '/')
  if (!path.endsWith('.js') || path.startsWith('program/') || path.endsWith('-script.js')) continue
  const text = readFileSync(DIST + name, 'utf8')
  const found = new Set(texts(parse(text, {ecmaVersion: 'latest', sourceType: 'module'}), text))
  for (const one of found)
    if (PROSE.test(one)) console.log(`${path.replace(/\.js$/, '.ts')}\t${one.replaceAll('\n', '\\n')}`)
}

/** Strings and templates below a node of the syntax, the latter with `${…}` as written. */
function* texts(node, source) {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return
  if (node.type === 'Literal' && typeof node.value === 'string') yield node.value
  if (node.type === 'TemplateLiteral') yield source.slice(node.start + 1, node.end - 1)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') yield* texts(child, source)
    }
  }
}
