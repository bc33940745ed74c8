/**
 * Runs on other versions of Node what may depend on them, the parts `quick` and `living` of test-parts.mjs:
 * `node scripts/test-on-nodes.mjs [--quick] 20 22 24`. The binaries come from npm.
 * `--quick`: only a few of the files, which need no living program, a minute each: they read bytes, write indexes, or take snapshots of
 * programs with that Node. What is made of files of the fixtures is the same on each.
 */
import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {installNode} from './node-binary.mjs'

const QUICK = [
  'test/read/',
  'test/util/',
  'test/snapshot/index/paged',
  'test/snapshot/index/trust',
  'test/explain/allocations',
  'test/explain/makers',
  'test/explain/original-names',
  'test/explain/owners/owner-place',
  'test/explain/places/',
  'test/cli/golden',
]

const runner = fileURLToPath(new URL('run-tests.mjs', import.meta.url))
const args = process.argv.slice(2)
const wanted = args.filter(arg => arg !== '--quick')
const parts = args.includes('--quick') ? QUICK : ['--part=quick,living']
if (wanted.length === 0) throw new Error('name the versions: node scripts/test-on-nodes.mjs 20 22 24')

for (const version of wanted) {
  const {folder, node} = installNode(version)
  try {
    console.log(`\n# ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()}`)
    execFileSync(node, [runner, '--fewer-runs', ...parts], {stdio: 'inherit'})
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
