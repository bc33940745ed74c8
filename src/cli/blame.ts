/** Who changed a line last, as the person's own git has it. Nothing is fetched. */
import {execFile} from 'node:child_process'
import {realpathSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {type LineChange, pathBelow, type Snapshot, scriptRoot, splitPlace} from '../index.ts'

const LONGEST_SUBJECT = 200
/** A file of many versions takes git long. */
const MAX_MS = 30_000

/**
 * The last change of the line of a place, such as `src/cache.js:12`; undefined if it is not committed, or not below the current folder. A snapshot names
 * files as it likes: git is run in no other folder, since its configuration may name programs.
 */
export async function lastChange(place: string, snapshot: Snapshot): Promise<LineChange | undefined> {
  const {script, line} = splitPlace(place)
  const file = line === 0 ? undefined : ownFile(script, scriptRoot(snapshot))
  if (file === undefined) return undefined
  const told = await git(['blame', '--porcelain', '-L', `${line},${line}`, '--', file])
  return told === undefined ? undefined : parsed(told)
}

/** Relative to the current folder: the file itself, or, of a snapshot from elsewhere, that of the same path below the folder of its scripts. */
function ownFile(script: string, root: string): string | undefined {
  const here = realpathSync(process.cwd())
  const whole = isAbsolute(script) ? script : root + script
  for (const path of isAbsolute(script) ? [whole] : [whole, join(here, script)]) {
    try {
      const below = pathBelow(realpathSync(path), here)
      if (below !== undefined && below !== '') return below
    } catch {
      // Not here.
    }
  }
  return undefined
}

function git(args: readonly string[]): Promise<string | undefined> {
  return new Promise(done => {
    const options = {encoding: 'utf8', timeout: MAX_MS, windowsHide: true} as const
    execFile('git', ['--no-optional-locks', ...args], options, (error, stdout) => done(error ? undefined : stdout))
  })
}

/** What is not committed has the hash 0. */
function parsed(porcelain: string): LineChange | undefined {
  const commit = /^[0-9a-f]{40,64}/.exec(porcelain)?.[0] ?? ''
  const time = /^author-time (\d+)$/m.exec(porcelain)?.[1]
  if (commit === '' || /^0+$/.test(commit) || time === undefined) return undefined
  const subject = /^summary (.*)$/m.exec(porcelain)?.[1] ?? ''
  return {commit, date: new Date(Number(time) * 1000).toISOString(), subject: subject.slice(0, LONGEST_SUBJECT)}
}
