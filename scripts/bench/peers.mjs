/** The other tools, and how each is asked what we are asked. */
import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {totalmem} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** V8's own limit of 4 GB would end them early; ours runs without such a flag. */
const HEAP_MEGABYTES = Math.floor((0.8 * totalmem()) / 2 ** 20)
const node = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`]

function versionOf(folder, name) {
  try {
    return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

/**
 * `{tool, version, question, command(file, object)}` of each peer, or `{tool, reason}` if it is not there. `folder`: where
 * they are installed, undefined for those in the repository alone. `question` is one of ours, so that they can be compared.
 */
export function peers(folder) {
  const all = []
  const add = (tool, version, question, command) => {
    if (version === undefined)
      all.push({tool, question, reason: folder === undefined ? 'needs --peers DIR' : 'not installed'})
    else all.push({tool, version, question, command})
  }
  const installed = folder === undefined ? '' : join(folder, 'node_modules')
  const rust = folder === undefined ? undefined : rustTool(folder)
  const rustVersion = rust && (versionOf(installed, '@heap-snapshot/tool') ?? 'unknown')
  add('Rust tool', rustVersion, 'types', file => [rust, 'summary', file])
  add('Rust tool', rustVersion, 'show', (file, {id}) => [rust, 'retainers', file, `@${id}`])
  const devTools = versionOf(modules, 'heap-snapshot-toolkit')
  add('DevTools worker', devTools, 'types', file => [...node, here('peer-devtools.mjs'), file])
  const memlab = versionOf(installed, 'memlab')
  add('memlab', memlab, 'types', file => [...node, here('peer-memlab.cjs'), folder, file])
  add('memlab', memlab, 'path', (file, {id}) => {
    const program = join(installed, '@memlab', 'cli', 'bin', 'memlab.js')
    return [...node, program, 'trace', '--snapshot', file, '--node-id', `@${id}`]
  })
  const simdjson = folder === undefined ? undefined : simdjsonParser(folder)
  add('simdjson', simdjson && 'of the system', 'parse', file => [simdjson, file])
  const parser = versionOf(installed, '@vscode/v8-heap-parser')
  add('v8-heap-parser', parser, 'types', file => [...node, here('peer-v8-heap-parser.cjs'), folder, file])
  return all
}

/** simdjson's DOM parser, built where a compiler and the library are; undefined elsewhere. */
function simdjsonParser(folder) {
  const program = join(folder, 'simdjson-parse')
  const source = here('peer-simdjson.cpp')
  const {status} = spawnSync('g++', ['-O3', '-std=c++17', '-o', program, source, '-lsimdjson'], {stdio: 'ignore'})
  return status === 0 ? program : undefined
}

/** A starter that brings its own libc, or the program itself. */
function rustTool(folder) {
  return [join(folder, 'rust-tool'), join(folder, 'node_modules', '.bin', 'heap-snapshot')].find(path =>
    existsSync(path),
  )
}
