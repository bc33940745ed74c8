/**
 * Writes `src/snapshot/save/own-words.ts`: the words by which heapgraph's own rules know things in a heap, which are names of Node's, V8's or
 * frameworks' code. Redaction leaves them readable, since answers depend on them: `node scripts/make-own-words.mjs`, which a test asks for where it is
 * stale.
 */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parse} from 'acorn'
import {transformSync} from 'amaro'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = `${ROOT}src/snapshot/save/own-words.ts`
/** Where heaps are judged; what is only printed stands in `emit` and `cli`. */
const STAGES = ['snapshot', 'analyze', 'explain']
/** A name: no prose, no notation. */
const WORD = /^(?:<symbol )?[A-Za-z_$][\w$]*(?:[.:][A-Za-z_$][\w$]*)*>?$|^<symbol>$/
const LONGEST = 64

export function ownWords() {
  const words = new Set()
  for (const stage of STAGES) {
    for (const name of readdirSync(`${ROOT}src/${stage}`, {recursive: true, encoding: 'utf8'}).sort()) {
      const path = name.replaceAll('\\', '/')
      if (!path.endsWith('.ts') || path.startsWith('save/')) continue
      const text = transformSync(readFileSync(`${ROOT}src/${stage}/${name}`, 'utf8'), {mode: 'strip-only'}).code
      collect(parse(text, {ecmaVersion: 'latest', sourceType: 'module'}), words)
    }
  }
  return [...words].filter(word => word.length <= LONGEST && WORD.test(word)).sort()
}

function collect(node, words, inTable = false) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const item of node) collect(item, words, inTable)
    return
  }
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return
  if (node.type === 'Literal' && typeof node.value === 'string') words.add(node.value)
  // Tables may have the names as keys.
  if (inTable && node.type === 'Property' && !node.computed && node.key.type === 'Identifier') words.add(node.key.name)
  const isTable = inTable || (node.type === 'VariableDeclarator' && /^[A-Z][A-Z_]+$/.test(node.id.name ?? ''))
  for (const key of Object.keys(node)) if (key !== 'type' && key !== 'loc') collect(node[key], words, isTable)
}

function source(words) {
  const lines = []
  let line = ''
  for (const word of words) {
    if (line.length + word.length + 1 > 110) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : `|${word}`
  }
  lines.push(line)
  return `/** Written by scripts/make-own-words.mjs: the words by which heapgraph's own rules know things in a heap. */

export const OWN_WORDS: ReadonlySet<string> = new Set(
  [
${lines.map(text => `    ${quoted(text)},`).join('\n')}
  ]
    .join('|')
    .split('|'),
)
`
}

function quoted(text) {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Whether the file says what the sources do. */
export function isCurrent() {
  return source(ownWords()) === readFileSync(FILE, 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, source(ownWords()))
