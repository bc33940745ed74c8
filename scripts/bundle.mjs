/**
 * Bundles the program into dist/program: few files, since each that Node has to find, read and link takes it a third of a
 * millisecond. What is not wanted each time is a file of its own: `import()` in the sources makes one. Other people's packages
 * stay outside.
 */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'
import {licencesOf} from './licences.mjs'

const cwd = fileURLToPath(new URL('..', import.meta.url))
await build({
  cwd,
  // The second is the program of a thread.
  input: {program: 'src/cli/program.ts', engine: 'src/cli/explore/engine.ts'},
  external: specifier => !/^[./]/.test(specifier),
  platform: 'node',
  // Two folders below the root, as the sources are: package.json is looked for from there.
  output: {dir: 'dist/program', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js'},
  logLevel: 'warn',
})

/**
 * The whole program once more for a thread of a page (`report --full`): Node's modules are those of page/full/node, as far as it needs them,
 * and stand-ins for what only captures, servers and pictures in PNG ask for.
 */
const HERE = {fs: 'sync', 'fs/promises': 'promises'}
const BUILTIN =
  /^(?:node:)?(?:assert|buffer|child_process|crypto|fs|fs\/promises|http|module|net|os|path|process|readline|stream|stream\/promises|timers|timers\/promises|url|util|v8|vm|worker_threads|zlib)$/
const ABSENT = /^(?:@duckdb\/node-api|@modelcontextprotocol\/server(?:\/stdio)?|@resvg\/resvg-js|playwright-core|ws)$/
const forPages = {
  name: 'for pages',
  resolveId(id) {
    if (id.endsWith('/run-graphviz.ts')) return `${cwd}page/full/node/run-graphviz.ts`
    if (id === 'node:events') return this.resolve('events/')
    if (id === 'buffer/') return null
    return BUILTIN.test(id) || ABSENT.test(id) ? `\0${id.replace(/^node:/, '')}` : null
  },
  load(id) {
    if (!id.startsWith('\0') || !(BUILTIN.test(id.slice(1)) || ABSENT.test(id.slice(1)))) return null
    const name = id.slice(1)
    const files = JSON.stringify(`${cwd}page/full/node/files.ts`)
    const modules = JSON.stringify(`${cwd}page/full/node/modules.ts`)
    if (Object.hasOwn(HERE, name)) return `module.exports = require(${files}).${HERE[name]}`
    return `module.exports = require(${modules}).moduleOf(${JSON.stringify(name)})`
  },
}
const engine = await build({
  cwd,
  input: 'page/full/engine.ts',
  plugins: [forPages],
  platform: 'browser',
  treeshake: {moduleSideEffects: [{test: /[\\/]globals\.ts$/, sideEffects: true}]},
  transform: {
    define: {
      'import.meta.url': '"file:///heapgraph/dist/program/engine.js"',
      'import.meta.resolve': 'String',
      __dirname: '"/heapgraph"',
    },
  },
  output: {format: 'iife', minify: true, codeSplitting: false},
  write: false,
  checks: {pluginTimings: false},
  logLevel: 'warn',
})
mkdirSync(new URL('../dist/page', import.meta.url), {recursive: true})
const [{code, modules}] = engine.output
writeFileSync(new URL('../dist/page/engine.js', import.meta.url), `${licencesOf(Object.keys(modules))}${code}`)

/** `heapgraph/testing` for those who `require` it, as Jest does: one file, beside the module of its other thread. */
await build({
  cwd,
  input: 'src/testing/index.ts',
  external: specifier => !/^[./]/.test(specifier),
  platform: 'node',
  output: {file: 'dist/testing/index.cjs', format: 'cjs'},
  logLevel: 'warn',
})
const types = name => readFileSync(new URL(`../dist/testing/${name}.d.ts`, import.meta.url), 'utf8')
writeFileSync(new URL('../dist/testing/index.d.cts', import.meta.url), types('expect-no-growth'))

/** Last: the code that indexes are told by is as it will run. */
const {writeHash} = await import('../dist/files/own-package.js')
writeHash()
