/** What `package.json` lets people import, and how it is typed. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join, posix} from 'node:path'
import {fileURLToPath} from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The modules of src that can be imported, `public/capture.ts`, by the name of the subpath. */
export function faces(): Map<string, string> {
  const {exports} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | {types?: string}>
  }
  const found = Object.entries(exports).flatMap(([name, target]): [string, string][] =>
    typeof target === 'string' || target.types === undefined
      ? []
      : [[name, target.types.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts')]],
  )
  return new Map(found)
}

/** A type, by the module that declares it. */
export interface TypeName {
  module: string
  name: string
}

interface Declarations {
  /** By name: their text, without comments and strings. */
  own: Map<string, string>
  exported: Set<string>
  /** By the name used here. */
  imported: Map<string, TypeName>
}

const read = new Map<string, Declarations>()

function plainText(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
}

function resolveIn(module: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(dirname(module), specifier) : specifier
}

/** Of a module of dist, as tsc writes it: a declaration begins at the start of a line. */
function declarationsOf(module: string): Declarations {
  const known = read.get(module)
  if (known !== undefined) return known
  const path = join(ROOT, 'dist', module.replace(/\.ts$/, '.d.ts'))
  assert.ok(existsSync(path), `npm run build comes first: ${path}`)
  const text = plainText(readFileSync(path, 'utf8'))
  const imported = new Map<string, TypeName>()
  for (const [, , list, specifier] of text.matchAll(/^(import|export) (?:type )?\{([^}]*)\} from '([^']+)'/gm)) {
    for (const part of list.split(',')) {
      const [name, alias = name] = part
        .trim()
        .replace(/^type /, '')
        .split(' as ')
      if (name !== '') imported.set(alias, {module: resolveIn(module, specifier), name})
    }
  }
  const own = new Map<string, string>()
  const exported = new Set<string>()
  const declaration =
    /^(export )?(?:declare )?(?:abstract )?(interface|type|class|const|function) (\w+)([\s\S]*?)(?=^(?:export|import|declare|interface|type)\b|$(?![\s\S]))/gm
  for (const [, isExported, kind, name, rest] of text.matchAll(declaration)) {
    own.set(name, kind === 'class' ? '' : rest)
    if (isExported !== undefined) exported.add(name)
  }
  for (const [, list] of text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)) {
    for (const part of list.split(',')) {
      const words = part
        .trim()
        .replace(/^type /, '')
        .split(' as ')
      exported.add(words[words.length - 1])
    }
  }
  const declarations = {own, exported, imported}
  read.set(module, declarations)
  return declarations
}

/** The types that a text of the module names, of our own modules. */
function typesIn(module: string, text: string): TypeName[] {
  const {own, imported} = declarationsOf(module)
  const inPlace = [...text.matchAll(/\bimport\("([^"]+)"\)\.(\w+)/g)].map(([, specifier, name]) => ({
    module: resolveIn(module, specifier),
    name,
  }))
  const names = text
    .replace(/\bimport\("[^"]+"\)\.\w+/g, '')
    .replace(/'[^']*'|"[^"]*"/g, '')
    .match(/\b[A-Z]\w*\b/g)
  const byName = (names ?? []).flatMap(name => {
    if (own.has(name)) return [{module, name}]
    const found = imported.get(name)
    return found === undefined ? [] : [found]
  })
  return [...inPlace, ...byName].filter(type => type.module.endsWith('.ts'))
}

/** Follows `export … from` to where a type is declared. */
function home({module, name}: TypeName): TypeName {
  const {own, imported} = declarationsOf(module)
  const next = own.has(name) ? undefined : imported.get(name)
  return next === undefined || !next.module.endsWith('.ts') ? {module, name} : home(next)
}

/** All types of ours that the values a module exports speak of, and those that these speak of. Classes are one type. */
export function typesInSignatures(face: string): TypeName[] {
  const {exported} = declarationsOf(face)
  const found = new Map<string, TypeName>()
  const visit = (type: TypeName): void => {
    const at = home(type)
    const key = `${at.module} ${at.name}`
    if (found.has(key)) return
    found.set(key, at)
    for (const next of typesIn(at.module, declarationsOf(at.module).own.get(at.name) ?? '')) visit(next)
  }
  for (const name of exported) {
    const at = home({module: face, name})
    for (const type of typesIn(at.module, declarationsOf(at.module).own.get(at.name) ?? '')) visit(type)
  }
  return [...found.values()]
}

/** What a module exports, by where it is declared. */
export function exportedTypes(face: string): Set<string> {
  const {exported, own, imported} = declarationsOf(face)
  const homes = [...exported].flatMap(name => (own.has(name) || imported.has(name) ? [home({module: face, name})] : []))
  return new Set(homes.map(({module, name}) => `${name} of ${module}`))
}
