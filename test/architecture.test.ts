/**
 * Holds the sources to the picture in ARCHITECTURE.md: each stage is a folder, and data only moves to the right.
 *
 *     util ← files, threads ← read ← snapshot ← analyze ← explain ← graph ← emit        cli → src/index.ts → all of them
 *     util ← files ← capture, of live processes
 *     graph ← query, of SQL
 *     all of them ← public, which people import
 *
 * The rule: a file may import its own folder and any folder to the left of it, never one to the right, so that a stage
 * can be understood, tested and replaced without what comes after it. The same holds for the rooms of a stage, the folders
 * in it: `src/README.md` lists them in their order. Two folders see less than all to their left:
 *
 * - `emit` sees only `graph`, `util` and `files`: it is given answers, and must never look at a Snapshot to say more than they do.
 * - `cli` sees only `src/index.ts`, which has all that it may use of the stages; what people import is `public`.
 *
 * Types count like everything else: a stage that names another's types knows it.
 */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, posix} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

interface FolderRule {
  /** Other folders it may import. */
  folders: readonly string[]
  /** What it may import besides: npm packages, and modules of Node. */
  packages: readonly (string | RegExp)[]
}

const RULES: Record<string, FolderRule> = {
  util: {folders: [], packages: []},
  files: {
    folders: ['util'],
    packages: ['node:crypto', 'node:fs', 'node:fs/promises', 'node:module', 'node:os', 'node:path', 'node:url'],
  },
  threads: {folders: ['util'], packages: ['node:worker_threads']},
  read: {
    folders: ['util', 'files', 'threads'],
    packages: ['node:crypto', 'node:fs', 'node:fs/promises', 'node:os', 'node:stream', 'node:zlib'],
  },
  // node:module: a parser that few questions need, and that must be there at once, is loaded by `require`.
  snapshot: {
    folders: ['util', 'files', 'threads', 'read'],
    packages: ['acorn', 'node:buffer', 'node:crypto', 'node:module'],
  },
  analyze: {folders: ['util', 'files', 'threads', 'read', 'snapshot'], packages: []},
  explain: {
    folders: ['util', 'files', 'read', 'snapshot', 'analyze'],
    packages: ['@jridgewell/trace-mapping', 'node:url'],
  },
  graph: {
    folders: ['util', 'files', 'read', 'snapshot', 'analyze', 'explain'],
    // node:events: graphology's Graph is an EventEmitter, and the read-only view keeps that part of its interface.
    packages: ['graphology', /^graphology-/, 'node:events'],
  },
  emit: {
    // files: where the fonts of the package lie.
    folders: ['util', 'files', 'graph'],
    packages: [
      '@resvg/resvg-js',
      'd3-hierarchy',
      'graphviz-cli',
      'hyparquet-writer',
      'pprof-format',
      'node:child_process',
      'node:crypto',
      'node:url',
      'node:zlib',
    ],
  },
  // Live processes: what it takes from them is a file to all others.
  capture: {
    folders: ['util', 'files', 'read'],
    packages: [
      'ws',
      // Loaded when a page is walked, if it is there.
      'playwright-core',
      'node:child_process',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:http',
      // Named in what an inspected process is asked to do, never loaded here.
      'node:inspector',
      'node:module',
      'node:net',
      'node:os',
      'node:path',
      'node:process',
      'node:stream',
      'node:stream/promises',
      'node:timers/promises',
      'node:url',
      'node:util',
      'node:v8',
      'node:vm',
      'node:worker_threads',
      'node:zlib',
    ],
  },
  // SQL: the tables that `graph` has, behind a database.
  query: {
    folders: ['util', 'files', 'read', 'snapshot', 'analyze', 'explain', 'graph'],
    // Loaded when SQL is asked, if it is there.
    packages: ['@duckdb/node-api', 'node:module'],
  },
  // The face for tests: it loads what reads heaps in another thread, and says what that has found.
  testing: {
    folders: ['util', 'files', 'threads', 'snapshot', 'analyze', 'explain', 'emit', 'capture'],
    packages: ['node:assert', 'node:fs', 'node:path', 'node:timers', 'node:v8', 'node:vm', 'node:worker_threads'],
  },
  // What people import: the stages, with arguments checked.
  public: {
    folders: ['util', 'files', 'read', 'snapshot', 'analyze', 'explain', 'graph', 'query', 'emit', 'capture'],
    packages: ['node:os'],
  },
  cli: {folders: [], packages: ['commander', 'chalk', '@bomb.sh/tab', /^@modelcontextprotocol\//, /^node:/]},
}

/**
 * The rooms of a stage, in the order of `src/README.md`: a file may import its own room and those before it. What lies in the
 * stage's folder itself is in no room: nothing in a room imports it, and it may import any.
 */
const ROOMS: Record<string, readonly string[]> = {
  snapshot: ['columns', 'code', 'index', 'load', 'save'],
  analyze: ['facts', 'graph', 'select', 'waiting', 'paths', 'cuts', 'owners', 'cycles', 'growth', 'waste', 'answers'],
  explain: ['places', 'words', 'code', 'owners'],
  graph: ['heap', 'answer', 'views', 'rows'],
  emit: ['safe', 'text', 'picture', 'page', 'interchange'],
  capture: ['files', 'inspect', 'own', 'agent', 'record', 'doctor', 'page'],
}

/** Each of these can be replaced by touching one folder. */
const HOMES: [name: string, packages: RegExp, folder: string][] = [
  ['commander', /^commander$/, 'cli'],
  ['chalk', /^chalk$/, 'cli'],
  ['@bomb.sh/tab', /^@bomb\.sh\//, 'cli'],
  ['@modelcontextprotocol', /^@modelcontextprotocol\//, 'cli'],
  ['acorn', /^acorn$/, 'snapshot'],
  ['@jridgewell/trace-mapping', /^@jridgewell\//, 'explain'],
  ['graphology', /^graphology(-|$)/, 'graph'],
  ['graphviz-cli', /^graphviz-cli$/, 'emit'],
  ['resvg', /^@resvg\//, 'emit'],
  ['d3-hierarchy', /^d3-/, 'emit'],
  ['hyparquet-writer', /^hyparquet(-|$)/, 'emit'],
  ['pprof-format', /^pprof-/, 'emit'],
  ['@duckdb/node-api', /^@duckdb\//, 'query'],
  ['ws', /^ws$/, 'capture'],
  ['playwright-core', /^playwright-core$/, 'capture'],
]

interface SourceFile {
  /** Below src, with `/`: `read/source.ts`. */
  path: string
  /** Without comments. */
  code: string
  /** As they are written. */
  imports: string[]
}

/**
 * Comments go, strings stay. What stands in a string or a regular expression is stepped over first, so that a `//` in
 * it begins no comment. Good for code that biome has formatted; a quote in a regular expression would be the end of it.
 */
function withoutComments(text: string): string {
  const piece =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*(?=[,;.)\s])|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(piece, found => (found.startsWith('//') || found.startsWith('/*') ? '' : found))
}

/** Everything that names another module: import and export … from, import(), import.meta.resolve(), require(). */
function importsOf(code: string): string[] {
  const declarations = code.matchAll(/^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'/gm)
  const bare = code.matchAll(/^import '([^']+)'/gm)
  const calls = code.matchAll(/\b(?:import|import\.meta\.resolve|require|require\.resolve)\(\s*['"`]([^'"`]+)['"`]/g)
  return [...declarations, ...bare, ...calls].map(match => match[1])
}

function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text)
  return {path, code, imports: importsOf(code)}
}

function allSources(folder = ''): SourceFile[] {
  return readdirSync(join(SRC, folder), {withFileTypes: true}).flatMap(entry => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return allSources(path)
    if (path === 'README.md') return []
    return [sourceFile(path, readFileSync(join(SRC, path), 'utf8'))]
  })
}

/** What is still imported once the types are erased. */
function withoutTypes({code}: SourceFile): string[] {
  return importsOf(code.replace(/^(?:import|export) type\b[^'"`;]*?\bfrom '[^']+'/gm, ''))
}

/** `src/read/source.ts` as it is seen from `src/graph/heap/load-graph.ts`. */
function targetOf(file: SourceFile, specifier: string): string {
  return posix.join(dirname(file.path), specifier)
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

/** `paths` of `analyze/paths/path.ts`; empty for what lies in the stage's folder itself. */
function roomOf(path: string): string {
  const [, room, name] = path.split('/')
  return name === undefined ? '' : room
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.')
}

/** `@scope/name` or `name`, without a path into the package; modules of Node whole. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** May a room of a stage know another of it? */
function isInOrder(stage: string, from: string, to: string): boolean {
  const rooms = ROOMS[stage]
  return rooms === undefined || from === '' || (to !== '' && rooms.indexOf(to) <= rooms.indexOf(from))
}

/** What is wrong with one import; undefined if nothing is. */
function complaint(file: SourceFile, specifier: string): string | undefined {
  const told = `src/${file.path} imports '${specifier}'`
  const folder = folderOf(file.path)
  if (!isRelative(specifier)) {
    const allowed = RULES[folder]?.packages ?? []
    const name = packageOf(specifier)
    if (allowed.some(rule => (typeof rule === 'string' ? rule === name : rule.test(name)))) return undefined
    return `${told}: the package is not for ${folder === '' ? 'src itself' : `${folder}/`}`
  }
  const target = targetOf(file, specifier)
  if (!specifier.endsWith('.ts')) return `${told}: it does not end in .ts`
  // All that the program may use of the stages; it knows each of them, but not the program on top.
  if (file.path === 'index.ts')
    return ['cli', 'public'].includes(folderOf(target)) ? `${told}: the library knows its program` : undefined
  if (target === 'index.ts') return folder === 'cli' ? undefined : `${told}: only cli/ goes through src/index.ts`
  if (folderOf(target) === folder)
    return isInOrder(folder, roomOf(file.path), roomOf(target))
      ? undefined
      : `${told}: ${roomOf(file.path)}/ must not know ${roomOf(target)}/`
  if (RULES[folder]?.folders.includes(folderOf(target))) return undefined
  return `${told}: ${folder}/ must not know ${folderOf(target)}/`
}

function complaints(files: SourceFile[]): string[] {
  return files.flatMap(file =>
    file.imports.map(specifier => complaint(file, specifier)).filter(text => text !== undefined),
  )
}

/** Circles of files that import each other, the first file again at the end; empty if there is none. */
function importCycles(files: SourceFile[], importsIn: (file: SourceFile) => string[]): string[] {
  const targets = new Map(
    files.map(file => [
      file.path,
      importsIn(file)
        .filter(isRelative)
        .map(specifier => targetOf(file, specifier)),
    ]),
  )
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, way: string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (way.includes(path) || done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...way, path])
    done.add(path)
  }
  for (const {path} of files) visit(path, [])
  return cycles
}

const sources = allSources()

/** Code without what stands between quotes, where words mean nothing. */
function withoutStrings(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
}

test('every import is found, whatever its form', () => {
  const text = `
    // import {a} from 'comment'
    /* import {b} from 'block' */
    const pattern = /['"/*]/g
    const later = await import('dynamic')
    const place = import.meta.resolve('resolved')
    const old = require('required')
`
  const head = `import 'bare'\nimport {a, type B} from 'named'\nexport {\n  c,\n  d,\n} from './lines.ts'\nimport type {E} from 'type'\n`
  assert.deepEqual(sourceFile('x.ts', head + text).imports.sort(), [
    './lines.ts',
    'bare',
    'dynamic',
    'named',
    'required',
    'resolved',
    'type',
  ])
})

test('no file of src is missed, and each has imports that make sense', () => {
  assert.ok(sources.length > 40, `only ${sources.length} files`)
  for (const {path} of sources) assert.match(path, /\.ts$/)
  const words = sources.reduce(
    (sum, {code}) => sum + (code.match(/^(?:import|export) .*?\bfrom\b|^} from\b/gm)?.length ?? 0),
    0,
  )
  const found = sources.reduce((sum, {imports}) => sum + imports.length, 0)
  assert.ok(found >= words, `${words} declarations, but ${found} imports were read`)
  const paths = new Set(sources.map(({path}) => path))
  for (const file of sources) {
    for (const specifier of file.imports.filter(isRelative)) {
      assert.ok(paths.has(targetOf(file, specifier)), `src/${file.path} imports '${specifier}', which is not there`)
    }
  }
})

test('each folder of src has a rule, and src itself holds only what the program sees', () => {
  const folders = [...new Set(sources.map(({path}) => folderOf(path)))].filter(folder => folder !== '')
  assert.deepEqual(
    folders.filter(folder => !(folder in RULES)),
    [],
  )
  assert.deepEqual(
    sources.map(({path}) => path).filter(path => folderOf(path) === ''),
    ['index.ts'],
  )
})

test('src/README.md is the map: each stage and each room has a line in it, in the order of imports, and no other', () => {
  const map = readFileSync(join(SRC, 'README.md'), 'utf8')
  const told = [...map.matchAll(/^\| `([\w/]+)\/` \|/gm)].map(([, path]) => path)
  const folders = new Set(sources.map(({path}) => dirname(path)).filter(path => path !== '.'))
  assert.deepEqual([...told].sort(), [...folders].sort())
  for (const [stage, rooms] of Object.entries(ROOMS)) {
    assert.deepEqual(
      told.filter(path => path.startsWith(`${stage}/`)),
      rooms.map(room => `${stage}/${room}`),
    )
  }
})

test('imports go to the left only, and packages are named where they belong', () => {
  assert.deepEqual(complaints(sources), [])
})

test('a wrong import is told', () => {
  const wrong: [path: string, specifier: string][] = [
    ['util/a.ts', 'node:fs'],
    ['read/a.ts', '../snapshot/load.ts'],
    ['read/a.ts', 'node:net'],
    ['snapshot/a.ts', '../analyze/path.ts'],
    ['analyze/a.ts', '../explain/describe.ts'],
    ['analyze/a.ts', 'graphology'],
    ['explain/a.ts', '../graph/result.ts'],
    ['graph/a.ts', '../emit/clean.ts'],
    ['graph/a.ts', 'commander'],
    ['emit/a.ts', '../snapshot/snapshot.ts'],
    ['emit/a.ts', '../analyze/path.ts'],
    ['emit/a.ts', 'graphology'],
    ['cli/a.ts', '../snapshot/load.ts'],
    ['cli/a.ts', 'graphviz-cli'],
    ['emit/a.ts', '../index.ts'],
    ['capture/a.ts', '../snapshot/load.ts'],
    ['emit/a.ts', '../capture/record.ts'],
    ['index.ts', './cli/main.ts'],
    ['index.ts', 'chalk'],
    ['graph/a.ts', './result'],
    ['analyze/facts/a.ts', '../graph/distances.ts'],
    ['analyze/owners/a.ts', '../growth/leaks.ts'],
    ['emit/safe/a.ts', '../text/tables.ts'],
    ['snapshot/columns/a.ts', '../b.ts'],
  ]
  const files = wrong.map(([path, specifier]) => sourceFile(path, `import {x} from '${specifier}'\n`))
  assert.equal(complaints(files).length, wrong.length)
})

test('commander, chalk, graphology, graphviz-cli, hyparquet-writer and ws each appear in one folder', () => {
  for (const [name, packages, home] of HOMES) {
    const folders = sources
      .filter(({imports}) => imports.some(specifier => packages.test(packageOf(specifier))))
      .map(({path}) => folderOf(path))
    assert.deepEqual([...new Set(folders)], [home], name)
  }
})

test('no files import each other in a circle when they run', () => {
  assert.deepEqual(importCycles(sources, withoutTypes), [])
})

test('no files import each other in a circle, types included', () => {
  assert.deepEqual(
    importCycles(sources, ({imports}) => imports),
    [],
  )
})

test('a circle of imports is found', () => {
  const files = [
    sourceFile('read/a.ts', "import {b} from './b.ts'\n"),
    sourceFile('read/b.ts', "import type {C} from '../util/c.ts'\nimport {type B, d} from './d.ts'\n"),
    sourceFile('read/d.ts', "export {b} from './b.ts'\n"),
    sourceFile('util/c.ts', "import type {A} from '../read/a.ts'\n"),
  ]
  assert.deepEqual(importCycles(files, withoutTypes), ['read/b.ts → read/d.ts → read/b.ts'])
  assert.deepEqual(
    importCycles(files, ({imports}) => imports),
    ['read/a.ts → read/b.ts → util/c.ts → read/a.ts', 'read/b.ts → read/d.ts → read/b.ts'],
  )
})

test('nothing is exported by default', () => {
  const offenders = sources.filter(({code}) => /^export default\b|\bas default\b/m.test(code)).map(({path}) => path)
  assert.deepEqual(offenders, [])
})

test('nothing is of type any', () => {
  const any = /(?:[:<|&,(]|\bas|=>|=)\s*any\b(?!\()/
  const offenders = sources.filter(({code}) => any.test(withoutStrings(code))).map(({path}) => path)
  assert.deepEqual(offenders, [])
})

test('the text of a string is read in one place', () => {
  const stringKinds = /NodeKind\.string\b|'(?:concatenated|sliced) string'/
  // The table of V8's kinds, the one reader, and colors by kind.
  const homes = ['snapshot/columns/schema.ts', 'snapshot/code/text.ts', 'emit/picture/looks.ts']
  const offenders = sources.filter(({code, path}) => stringKinds.test(code) && !homes.includes(path))
  assert.deepEqual(
    offenders.map(({path}) => path),
    [],
  )
})

test('no snapshot is taken before V8 is told to find out where lines end', () => {
  const own = sources.flatMap(({path, code}) =>
    withoutStrings(code)
      .split('\n')
      .flatMap(line => (/\b(?:write|get)HeapSnapshot\(/.test(line) ? [{path, line}] : [])),
  )
  assert.ok(own.length >= 5, 'the places of today are seen')
  for (const {path, line} of own) assert.match(line, /\btakeOwn\([^(]*\(\) => (?:write|get)HeapSnapshot\(/, path)
  const withCode = (text: string) => sources.filter(({code}) => code.includes(text)).map(({path}) => path)
  // Over a connection: one place takes them, and each that calls it has seen to it.
  assert.deepEqual(withCode('HeapProfiler.takeHeapSnapshot'), ['capture/inspect/remote.ts'])
  const prepared: Record<string, string> = {
    'capture/inspect/living.ts': "'Debugger.enable'",
    'capture/inspect/remote.ts': 'await prepareRemote(',
    // A browser that can be driven has a V8 that does so itself.
    'capture/page/page-walk.ts': '',
  }
  const callers = sources.filter(({code}) => /\btakeOver\(connection|\btakeOver\(this\.#connection/.test(code))
  assert.deepEqual(callers.map(({path}) => path).sort(), Object.keys(prepared))
  for (const {path, code} of callers) assert.ok(code.includes(prepared[path]), path)
  // Taken by V8 when memory runs out.
  assert.deepEqual(withCode('setHeapSnapshotNearHeapLimit('), ['capture/agent/near-limit.ts'])
  assert.deepEqual(withCode('computeLineEnds('), ['capture/agent/near-limit.ts', 'capture/inspect/prepare.ts'])
})
