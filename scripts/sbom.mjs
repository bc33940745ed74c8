/**
 * Writes the list of all that comes along when heapgraph is installed, as CycloneDX: `node scripts/sbom.mjs sbom.cdx.json`. `npm sbom --omit=dev` alone leaves
 * out what a package for development needs as well, such as @jridgewell/trace-mapping: so it is asked of a package that has none.
 */
import {spawnSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const file = process.argv[2]
if (file === undefined) throw new Error('node scripts/sbom.mjs FILE')

const temporary = mkdtempSync(join(tmpdir(), 'heapgraph-sbom-'))
// npm calls the package as its folder is called.
const folder = join(temporary, 'heapgraph')
mkdirSync(folder)
try {
  const {devDependencies: _, scripts: __, ...rest} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify(rest))
  copyFileSync(join(ROOT, 'package-lock.json'), join(folder, 'package-lock.json'))
  npm('install', '--package-lock-only', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund')
  writeFileSync(resolve(file), npm('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'))
} finally {
  rmSync(temporary, {recursive: true, force: true})
}

function npm(...args) {
  const options = {cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26, shell: process.platform === 'win32'}
  const {status, stdout, stderr} = spawnSync('npm', args, options)
  if (status !== 0) throw new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}
