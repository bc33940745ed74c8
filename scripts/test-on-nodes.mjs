// Runs the tests on other versions of Node: `node scripts/test-on-nodes.mjs 20 22 24`. The binaries come from npm.
import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {installNode} from './node-binary.mjs'

const runner = fileURLToPath(new URL('run-tests.mjs', import.meta.url))
const wanted = process.argv.slice(2)
if (wanted.length === 0) throw new Error('name the versions: node scripts/test-on-nodes.mjs 20 22 24')

for (const version of wanted) {
  const {folder, node} = installNode(version)
  try {
    console.log(`\n# ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()}`)
    execFileSync(node, [runner], {stdio: 'inherit'})
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
