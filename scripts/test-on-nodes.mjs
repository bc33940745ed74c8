// Runs the tests on other versions of Node: `node scripts/test-on-nodes.mjs 20 22 24`. The binaries come from npm.
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const runner = fileURLToPath(new URL('run-tests.mjs', import.meta.url))
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const wanted = process.argv.slice(2)
if (wanted.length === 0) throw new Error('name the versions: node scripts/test-on-nodes.mjs 20 22 24')

for (const version of wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-node-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const install = ['install', '--no-audit', '--no-fund', '--silent', `node-${platform}@${version}`]
    execFileSync(npm, install, {cwd: folder, stdio: 'inherit', shell: process.platform === 'win32'})
    const node = join(
      folder,
      'node_modules',
      `node-${platform}`,
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    )
    console.log(`\n# ${execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()}`)
    execFileSync(node, [runner], {stdio: 'inherit'})
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
