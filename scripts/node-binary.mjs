/** Other versions of Node, from npm. */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** `version`: such as `22`. The folder is the caller's to remove. */
export function installNode(version) {
  const isWindows = process.platform === 'win32'
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-node-'))
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  const install = ['install', '--no-audit', '--no-fund', '--silent', `${name}@${version}`]
  execFileSync(isWindows ? 'npm.cmd' : 'npm', install, {cwd: folder, stdio: 'inherit', shell: isWindows})
  return {folder, node: join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node')}
}
