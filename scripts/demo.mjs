// The main job on a real leaking program: run it, take its snapshot, ask who holds the Buffers, draw it.
import {execFileSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const path = name => relative(process.cwd(), fileURLToPath(new URL(`../${name}`, import.meta.url)))

mkdirSync(`${root}/demo-out`, {recursive: true})
const program = path('fixtures/programs/buffer-cache.cjs')
const snapshot = path('demo-out/app.heapsnapshot')
const picture = path('demo-out/why.svg')

run('a program that leaks, and takes a heap snapshot of itself', program, snapshot)
heapgraph('what is in the file?', 'info', snapshot)
heapgraph('what fills the heap?', 'types', '--limit', '8', snapshot)
heapgraph('who keeps the Buffers alive?', 'backrefs', '--type', 'Buffer', snapshot)
heapgraph('the whole chain, from a root to the cache', 'path', '--type', 'RequestCache', snapshot)
heapgraph('the same as a picture', 'backrefs', '--type', 'Buffer', '-o', picture, snapshot)

function heapgraph(why, ...args) {
  run(why, path('bin/heapgraph.js'), ...args)
}

function run(why, script, ...args) {
  console.log(`\n# ${why}\n$ node ${[script, ...args].join(' ')}`)
  execFileSync(process.execPath, [script, ...args], {stdio: 'inherit'})
}
