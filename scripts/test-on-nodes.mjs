/**
 * Runs the tests on other versions of Node: `node scripts/test-on-nodes.mjs [--quick] 20 22 24`. The binaries come from npm.
 * `--quick`: only what needs no living program and no browser, a minute or two each.
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const QUICK = [
  'test/read/',
  'test/util/',
  'test/index-file/',
  'test/explain/',
  'test/analyze/growth',
  'test/cli/golden',
]

const runner = fileURLToPath(new URL('run-tests.mjs', import.meta.url))
const isWindows = process.platform === 'win32'
const platform = `${isWindows ? 'win' : process.platform}-${process.arch}`
const args = process.argv.slice(2)
const wanted = args.filter(arg => arg !== '--quick')
const parts = args.includes('--quick') ? QUICK : []
if (wanted.length === 0) throw new Error('name the versions: node scripts/test-on-nodes.mjs 20 22 24')

for (const version of wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-node-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    const install = ['install', '--no-audit', '--no-fund', '--silent', `node-${platform}@${version}`]
    execFileSync(isWindows ? 'npm.cmd' : 'npm', install, {cwd: folder, stdio: 'inherit', shell: isWindows})
    const node = join(folder, 'node_modules', `node-${platform}`, 'bin', isWindows ? 'node.exe' : 'node')
    console.log(`\n# ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()}`)
    execFileSync(node, [runner, ...parts], {stdio: 'inherit'})
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
