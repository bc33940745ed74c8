// Draws docs/gallery from the fixtures, and the README's picture. A test holds the files to what this makes, byte for byte.
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {fileURLToPath} from 'node:url'

/** File below docs, question, and snapshot; what is asked is said by the picture itself. */
export const PICTURES = [
  ['why-buffer', ['backrefs', '--type', 'Buffer', 'buffer-cache.node20']],
  ['gallery/server', ['why', '--type', 'UserRecord', 'srv.node20']],
  ['gallery/page', ['why', '--type', 'Chart', 'listener-page.chromium']],
  ['gallery/weakmap', ['why', '--type', 'SessionMeta', 'weakmap.node20']],
  ['gallery/closure', ['path', '--type', 'BigPayload', 'closure.node20']],
  ['gallery/cycles', ['cycles', '--limit', '6', 'cycles.node20']],
  ['gallery/dominators', ['dominators', '--depth', '2', '--fan', '4', 'buffer-cache.node20']],
  ['gallery/treemap', ['dominators', '--view', 'treemap', 'buffer-cache.node20']],
  ['gallery/flame', ['dominators', '--view', 'flame', 'buffer-cache.node20']],
  ['gallery/what-if', ['what-if', '--cut', 'Map(byId)', '--cut', 'on "flush"', 'srv.node20']],
  ['gallery/detached', ['why', '--type', 'Detached <article>', 'detached-page.chromium']],
  ['gallery/hostile', ['refs', '--type', 'Hostile', '--depth', '1', '--fan', '12', 'hostile-names.node20']],
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** The arguments of the command line; files are named from the project's folder. */
export function argumentsOf(question) {
  const file = `fixtures/snapshots/${question.at(-1)}.heapsnapshot.gz`
  return [...question.slice(0, -1), '--format', 'svg', file]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {execFileSync} = await import('node:child_process')
  const env = {...process.env, HEAPGRAPH_NO_INDEX: '1'}
  for (const [name, question] of PICTURES) {
    const svg = execFileSync(process.execPath, ['bin/heapgraph.js', ...argumentsOf(question)], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const path = `${root}docs/${name}.svg`
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, svg)
    console.log(`docs/${name}.svg`)
  }
}
