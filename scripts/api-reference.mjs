/**
 * Makes docs/api.md, the reference of the library, from the declarations that tsc writes into dist: names, signatures and doc comments of
 * what the public modules export. `make-reference.mjs` runs it.
 */
import {readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
/** What is imported, and the module it is, in the order of the page. */
export const PUBLIC_MODULES = {
  heapgraph: 'public/heapgraph',
  'heapgraph/capture': 'public/capture',
  'heapgraph/record': 'public/record',
  'heapgraph/export': 'public/export',
  'heapgraph/sql': 'public/sql',
  'heapgraph/graphology': 'public/graphology',
  'heapgraph/testing': 'testing/index',
}

/**
 * The declarations of a module by name, in their order: `{name, kind, comment, text}`, `kind` as TypeScript's keyword. tsc writes each from the
 * beginning of a line, and nothing else begins there but what ends one.
 */
function declarationsOf(file) {
  const text = readFileSync(file, 'utf8')
  const found = []
  const heads = /^(?:export )?(?:declare )?(?:abstract )?(const|function|class|interface|type) (\w+)/gm
  for (const match of text.matchAll(heads)) {
    const [head, kind, name] = match
    found.push({
      name,
      kind,
      comment: commentBefore(text.slice(0, match.index)),
      text: text.slice(match.index, match.index + lengthOf(text.slice(match.index))).replace(/^export /, ''),
      isExported: head.startsWith('export'),
    })
  }
  return found
}

/** Up to the first line that ends the declaration: at depth 0, with `;` or `}`. */
function lengthOf(text) {
  let length = 0
  for (const line of text.split('\n')) {
    length += line.length + 1
    const isFirst = length === line.length + 1
    if (isFirst ? /[;}]$/.test(line) && !/\{$/.test(line) : /^[^\s].*[;}]$|^\}$/.test(line)) break
  }
  return length - 1
}

function commentBefore(text) {
  const end = text.trimEnd()
  if (!end.endsWith('*/')) return ''
  return end
    .slice(end.lastIndexOf('/**') + 3, -2)
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()
}

/** The module's own exports, and those it passes on: `[{name, kind, comment, text}]`. */
export function exportsOf(module) {
  const file = join(DIST, `${module}.d.ts`)
  const text = readFileSync(file, 'utf8')
  const own = declarationsOf(file).filter(({isExported}) => isExported)
  const passedOn = []
  for (const [, names, from] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    const target = join(dirname(file), from.replace(/\.ts$/, '.d.ts'))
    for (const name of names
      .split(',')
      .map(name => name.trim().replace(/^type /, ''))
      .filter(name => name !== '')) {
      const [original, as = original] = name.split(' as ')
      passedOn.push({...find(target, original), name: as})
    }
  }
  return [...own, ...passedOn]
}

function find(file, name) {
  const found = declarationsOf(file).find(declaration => declaration.name === name)
  if (found !== undefined) return found
  const text = readFileSync(file, 'utf8')
  for (const [, names, from] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    if (names.split(',').some(one => one.trim().replace(/^type /, '') === name)) {
      return find(join(dirname(file), from.replace(/\.ts$/, '.d.ts')), name)
    }
  }
  throw new Error(`${relative(DIST, file)} declares no ${name}`)
}

/** As somebody writes it who imports the names. */
function readable(text) {
  return text
    .replace(/import\("[^"]+"\)\./g, '')
    .replace(/(\w+\?: (?:[^,;()]|\([^()]*\))+?) \| undefined(?=[,;)])/g, '$1')
    .replace(/^declare /, '')
    .replace(/^ {4}|(?<=\n(?: {4})*) {4}/g, '  ')
    .replace(/^export declare /, '')
    .trimEnd()
}

export function apiReference() {
  const lines = [
    '# The library: reference',
    '',
    'Made by `scripts/make-reference.mjs` from the doc comments. [library.md](library.md) says how to begin. Sizes are bytes; an `ordinal` is a',
    "position within one snapshot, an `id` is V8's own number.",
  ]
  const known = new Set()
  for (const [specifier, module] of Object.entries(PUBLIC_MODULES)) {
    lines.push('', `## \`${specifier}\``)
    const all = exportsOf(module).filter(({name}) => !known.has(name))
    for (const {name} of all) known.add(name)
    const isType = ({kind}) => kind === 'interface' || kind === 'type'
    for (const {name, comment, text} of all.filter(one => !isType(one))) {
      lines.push('', `### ${name}`, '', comment, '', '```ts', readable(text), '```')
    }
    const types = all.filter(isType).sort((a, b) => (a.name < b.name ? -1 : 1))
    if (types.length > 0) lines.push('', `### Types of \`${specifier}\``)
    for (const {name, comment, text} of types) {
      lines.push('', `#### ${name}`, '', ...(comment === '' ? [] : [comment, '']), '```ts', readable(text), '```')
    }
  }
  return `${lines.join('\n')}\n`
}
