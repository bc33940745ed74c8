/** Deno, which npm has as a package; fetched once, at a version of its own, since most who install heapgraph's tools have no use for it. */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ROOT} from '../cli/cli.ts'

const VERSION = '2.9.6'
const CACHE = join(ROOT, 'node_modules', '.cache')

/** The path of the program. Without it and without a registry, tests that need it are skipped, unless CI is set. */
export function findDeno(): {path: string} | {why: string} {
  if (process.env.DENO !== undefined) return {path: process.env.DENO}
  const folder = join(CACHE, `deno-${VERSION}`)
  const path = join(folder, 'node_modules', 'deno', process.platform === 'win32' ? 'deno.exe' : 'deno')
  if (existsSync(path)) return {path}
  try {
    install(folder)
  } catch (error) {
    if ((process.env.CI ?? '') !== '') throw error
    return {why: 'no Deno, and npm could not fetch it'}
  }
  return {path}
}

/** Beside its place first, so that there is a whole one or none. */
function install(folder: string): void {
  mkdirSync(CACHE, {recursive: true})
  const making = mkdtempSync(join(CACHE, 'deno-'))
  try {
    writeFileSync(join(making, 'package.json'), '{"private": true}')
    const isWindows = process.platform === 'win32'
    const args = ['install', '--silent', '--no-audit', '--no-fund', `deno@${VERSION}`]
    execFileSync(isWindows ? 'npm.cmd' : 'npm', args, {
      cwd: making,
      stdio: 'ignore',
      shell: isWindows,
      timeout: 180_000,
    })
    renameSync(making, folder)
  } finally {
    rmSync(making, {recursive: true, force: true})
  }
}
