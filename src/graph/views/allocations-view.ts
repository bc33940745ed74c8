/** Sampled allocations by the application's function that made them, or by the package whose code did, and what changed from one profile to the next. */

import {rootOf} from '../../explain/places/script-root.ts'
import {mapsOfScripts, type SourceMapsOptions} from '../../explain/places/source-maps.ts'
import {type AllocationProfile, GONE_SCRIPT} from '../../read/allocation-profile.ts'
import {type CodeOrigin, originOfScript} from '../../snapshot/code/code-origin.ts'
import {readablePath} from '../../snapshot/code/places.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {getOrMake} from '../../util/memo.ts'
import {plural} from '../../util/units.ts'
import {type AllocationFrame, type CallWords, framesOf, framesOfBoth, type ToldProfile} from './allocation-frames.ts'
import {type MadeKeeper, type MadeThere, madeThere} from './still-there.ts'

/** A function, or a package. */
export interface AllocationRow {
  /** `makeOne()`, `(not by application code)`; with `by: 'package'`: `express`, `(application)`, `(runtime)`. */
  name: string
  /** Where the function begins, `src/pool.js:31`; '' for none. */
  place: string
  /** As V8 estimates them from its samples; of the later profile if there are two. */
  bytes: number
  /** Bytes of the later profile less those of the earlier one; null if there is one profile. */
  change: number | null
  /** Bytes of it that are still there, by the other file; null if there is none. */
  leftBytes: number | null
  /** What keeps most of these; null if there is no snapshot beside, or nothing left. */
  keeper: MadeKeeper | null
}

/** What was asked, and all calls. */
export interface AllocationsAnswer {
  /** The rows. */
  view: AllocationsView
  /** Of the profile, or of both. Callers before those they call; those without bytes in them are left out. */
  frames: AllocationFrame[]
  /** What is to be known of the calls, in sentences; `view.limits` are of the rows. */
  frameLimits: string[]
  /** What is missing of source maps, in sentences. */
  remarks: string[]
}

/** What `allocations` answers, as rows. */
export interface AllocationsView {
  /** The files: one, or the earlier and the later. */
  profiles: string[]
  /** What rows are of. */
  by: 'line' | 'package'
  /** Most bytes first; with two profiles, most growth first. */
  rows: AllocationRow[]
  /** Of the later profile. `rows`: listed or not. */
  total: {bytes: number; rows: number; change: number | null; leftBytes: number | null}
  /** The file that says what is still there; null if there is none. */
  beside: string | null
  /** Sentences about what the answer leaves out. */
  limits: string[]
}

export interface AllocationsOptions {
  by?: 'line' | 'package'
  /** 30 unless given. */
  limit?: number
  /** What says how much of it is still there: a snapshot with allocation stacks, or a profile of what is there. */
  beside?: Snapshot | AllocationProfile
  /** False: places as the scripts ran. */
  sourceMaps?: SourceMapsOptions | false
}

export const NOT_BY_APPLICATION = '(not by application code)'

/** One profile, or an earlier and a later one. Linear in their calls. */
export async function allocationsView(
  profiles: readonly AllocationProfile[],
  {by = 'line', limit = 30, sourceMaps = {}, beside}: AllocationsOptions = {},
): Promise<AllocationsAnswer> {
  const last = profiles[profiles.length - 1]
  const profileBeside = beside !== undefined && 'caller' in beside ? beside : undefined
  const there = beside === undefined || 'caller' in beside ? [] : madeThere(beside)
  if (there.length > 0 && by === 'package')
    throw new HeapgraphError('USAGE', 'a snapshot says who made what by line, not by package', 'leave --by out')
  const read = [...profiles, ...(profileBeside === undefined ? [] : [profileBeside])]
  const scripts = new Set(read.flatMap(profile => profile.scripts))
  const {maps, remarks} =
    sourceMaps === false ? {maps: new Map(), remarks: []} : await mapsOfScripts([...scripts], sourceMaps)
  const wordsOf = read.map(profile => callWords(profile, maps))
  const ofApplication = [...wordsOf.flat(), ...there.flatMap(({frame}) => frameWords(frame))].filter(
    ({code, script}) => code === 'application' && script !== GONE_SCRIPT && script !== '',
  )
  const root = rootOf([...new Set(ofApplication.map(({script}) => script))].sort())
  const place = ({script, line}: CallWords) => {
    if (script === GONE_SCRIPT) return ''
    const shown = root !== '' && script.startsWith(root) ? script.slice(root.length) : script
    return line > 0 ? `${shown}:${line}` : shown
  }
  const rows = new Map<string, AllocationRow>()
  const rowOf = (of: Pick<AllocationRow, 'name' | 'place'>) =>
    getOrMake(rows, `${of.name}\0${of.place}`, () => ({
      ...of,
      bytes: 0,
      change: profiles.length > 1 ? 0 : null,
      leftBytes: beside === undefined ? null : 0,
      keeper: null,
    }))
  for (const [i, profile] of read.entries()) {
    const words = wordsOf[i]
    const owner = by === 'line' ? makersOf(profile, words) : undefined
    for (const [call, bytes] of profile.bytes.entries()) {
      if (bytes === 0) continue
      const row = rowOf(owner === undefined ? packageRow(words[call]) : lineRow(words[owner[call]], place))
      if (profile === profileBeside) row.leftBytes = (row.leftBytes ?? 0) + bytes
      else {
        if (profile === last) row.bytes += bytes
        if (row.change !== null) row.change += profile === last ? bytes : -bytes
      }
    }
  }
  for (const {frame, bytes, keeper} of there) {
    if (bytes === 0) continue
    const row = rowOf(lineRow(frameWords(frame)[0], place))
    row.leftBytes = (row.leftBytes ?? 0) + bytes
    row.keeper ??= keeper ?? null
  }
  const rank = ({bytes, change}: AllocationRow) => change ?? bytes
  const sorted = [...rows.values()].sort(
    (a, b) => rank(b) - rank(a) || b.bytes - a.bytes || (`${a.name}\0${a.place}` < `${b.name}\0${b.place}` ? -1 : 1),
  )
  const total: AllocationsView['total'] = {
    bytes: 0,
    rows: sorted.length,
    change: profiles.length > 1 ? 0 : null,
    leftBytes: beside === undefined ? null : 0,
  }
  for (const {bytes, change, leftBytes} of sorted) {
    total.bytes += bytes
    if (total.leftBytes !== null) total.leftBytes += leftBytes ?? 0
    if (total.change !== null) total.change += change ?? 0
  }
  const estimated =
    'bytes are estimated from samples; unless it was told otherwise, V8 forgets a sample when its object is collected'
  const below = [...last.notes, ...(root === '' ? [] : [`paths of code are below ${root}`])]
  const view: AllocationsView = {
    profiles: profiles.map(({name}) => name),
    by,
    rows: sorted.slice(0, limit),
    total,
    beside: beside?.name ?? null,
    limits: [
      ...(sorted.length > limit
        ? [`${limit} of ${plural(sorted.length, 'row')} are listed; --limit N shows more`]
        : []),
      estimated,
      ...(beside === undefined ? [] : [`what is still there is that of ${beside.name}, of its own time`]),
      ...(by === 'line'
        ? ['a line is that of the function; what packages and the runtime made is told of who called them']
        : []),
      ...below,
    ],
  }
  const told = profiles.map((profile, i): ToldProfile => ({profile, words: wordsOf[i]}))
  const frames = told.length > 1 ? framesOfBoth(told[0], told[1], place) : framesOf(told[0], place)
  return {view, frames, frameLimits: [estimated, 'a line is that of the function', ...below], remarks}
}

function callWords(
  {functions, scripts, line, column}: AllocationProfile,
  maps: Awaited<ReturnType<typeof mapsOfScripts>>['maps'],
): CallWords[] {
  const origins = new Map([...new Set(scripts)].map(script => [script, originOfScript(script)]))
  return scripts.map((script, call): CallWords => {
    const ran = {script, line: line[call], column: column[call]}
    const source = ran.line > 0 ? maps.get(script)?.source(ran) : undefined
    const origin = origins.get(script)!
    const name = functions[call] === '' ? '(anonymous)' : functions[call]
    const at = source ?? ran
    return {
      name,
      script: readablePath(at.script),
      line: at.line,
      // A script that is gone may be anybody's: rather the application's than nobody's.
      code: script === GONE_SCRIPT ? 'application' : script === '' ? 'runtime' : origin.code,
      package: origin.package,
    }
  })
}

/** Int32Array(calls): the innermost call of the application's at or above each; -1 for none. */
function makersOf({caller}: AllocationProfile, words: readonly CallWords[]): Int32Array {
  const maker = new Int32Array(caller.length)
  // Who calls stands before.
  for (const [call, by] of caller.entries())
    maker[call] = words[call].code === 'application' ? call : by < 0 ? -1 : maker[by]
  return maker
}

/** Words of a function on a stack of a snapshot; none for nobody of the application's. */
function frameWords(frame: MadeThere['frame']): CallWords[] {
  if (frame === undefined) return []
  const {script = '', line = 0} = frame.place ?? {}
  return [{name: frame.name || '(anonymous)', script, line, code: frame.code, package: undefined}]
}

function lineRow(
  maker: CallWords | undefined,
  place: (of: CallWords) => string,
): Pick<AllocationRow, 'name' | 'place'> {
  if (maker === undefined) return {name: NOT_BY_APPLICATION, place: ''}
  return {name: functionName(maker.name), place: place(maker)}
}

function functionName(name: string): string {
  return name.startsWith('(') ? name : `${name}()`
}

const OTHERS: Record<CodeOrigin, string> = {
  application: '(application)',
  library: '(other packages)',
  runtime: '(runtime)',
  unknown: '(unknown)',
}

function packageRow({code, package: of}: CallWords): Pick<AllocationRow, 'name' | 'place'> {
  return {name: of ?? OTHERS[code], place: ''}
}
