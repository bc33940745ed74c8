/**
 * What V8 is told before it takes a snapshot, of this process or of another: to write texts whole, so that the file has the scripts'
 * sources, and to find out where their lines end, so that it does not stall. The one place for both.
 */
import {createRequire} from 'node:module'
import {setFlagsFromString} from 'node:v8'
import {formatBytes} from '../../util/units.ts'
import {type Connection, objectOf} from './protocol.ts'

/** `full`: strings, scripts' sources among them, are written whole. `none`: as V8 does it, 1,024 characters of each. */
export type Sources = 'none' | 'full'

export const SOURCES: readonly Sources[] = ['none', 'full']

/** Of V8 (src/flags/flag-definitions.h): characters of a string that a snapshot has. Known to V8 9.4 (Node 16) already. */
const LIMIT_FLAG = '--heap-snapshot-string-limit'
const DEFAULT_CHARACTERS = 1024
/** No source that a person writes or bundles is longer. */
const WHOLE_CHARACTERS = 16 << 20
/** For a program that is started: V8 writes strings whole. */
export const WHOLE_STRINGS = `${LIMIT_FLAG}=${WHOLE_CHARACTERS}`
const AS_BEFORE = `${LIMIT_FLAG}=${DEFAULT_CHARACTERS}`

/**
 * Unless sources are asked for, they are left out of larger heaps. V8 cannot tell sources from other strings, so the file, and V8's own
 * memory while it writes, may grow by all the text that there is: no more than the heap and what strings have outside of it.
 */
const MAX_TEXT_BYTES = 1 << 30

/** Bytes in which a process can have text. */
export interface TextRoom {
  heapUsed: number
  external: number
  arrayBuffers?: number
}

/** `leftOut` says why, if nobody asked for it. */
export interface SourcesChoice {
  isFull: boolean
  leftOut?: string
}

/** `asked`: undefined means `full` if the heap allows it. `how`: what asks for them, as the person who is told would write it. */
export function chooseSources(
  asked: Sources | undefined,
  {heapUsed, external, arrayBuffers = 0}: TextRoom,
  how = '--sources full',
): SourcesChoice {
  if (asked !== undefined) return {isFull: asked === 'full'}
  const bytes = heapUsed + Math.max(0, external - arrayBuffers)
  if (bytes <= MAX_TEXT_BYTES) return {isFull: true}
  const why = `script sources are left out: with them the file may grow by all text in ${formatBytes(bytes)} of heap`
  return {isFull: false, leftOut: `${why}; ${how} takes them anyway`}
}

/** Takes a snapshot of this thread's heap by `take`, which returns when V8 has taken it. */
export function takeOwn<T>(asked: Sources | undefined, take: () => T, how?: string): {result: T; leftOut?: string} {
  computeLineEnds()
  const {isFull, leftOut} = chooseSources(asked, process.memoryUsage(), how)
  const told = leftOut === undefined ? {} : {leftOut}
  // Who has started this process with a limit has chosen it.
  if (!isFull || process.execArgv.some(isLimit)) return {result: take(), ...told}
  setFlagsFromString(WHOLE_STRINGS)
  try {
    return {result: take(), ...told}
  } finally {
    // Not only for the next snapshot: V8 takes no code from a cache that was made with other flags (v8/src/snapshot/code-serializer.cc).
    setFlagsFromString(AS_BEFORE)
  }
}

function isLimit(option: string): boolean {
  return option.replaceAll('_', '-').startsWith(LIMIT_FLAG)
}

/**
 * From V8 12 on a snapshot finds out where the lines of a script end, once. Before, it counts them anew for each function whose script has
 * none yet (`Script::GetPositionInfo` without allocation, in v8/src/profiler/heap-snapshot-generator.cc): with TypeScript loaded a minute,
 * instead of 2 seconds. A debugger that is told of all scripts (`Debugger.enable`) leaves the ends behind.
 */
function isStalling(v8Version: string): boolean {
  return Number.parseInt(v8Version, 10) < 12
}

type Post = (method: string, params?: object, answer?: (error: Error | null, result?: unknown) => void) => void

interface Session {
  connect(): void
  post: Post
}

let post: Post | undefined

/**
 * The session stays open: closing one forgets all ids, whatever it was used for (v8/src/inspector/v8-heap-profiler-agent-impl.cc, `disable`,
 * is part of its end), and snapshots of one process would no longer be comparable.
 */
export function computeLineEnds(): void {
  if (!isStalling(process.versions.v8)) return
  try {
    postToOwn('Debugger.enable')
    postToOwn('Debugger.disable')
  } catch {
    // Built without an inspector, or not permitted: it takes its time.
  }
}

/** Tells this thread's inspector something. Throws where there is none, or it is not permitted. */
export function postToOwn(method: string, params?: object): void {
  post ??= openSession()
  post(method, params)
}

/** The same, for its answer, which comes before the call returns: the inspector of a thread's own is asked without a way between. */
export function askOwn(method: string, params?: object): unknown {
  let told: unknown
  post ??= openSession()
  post(method, params, (error, result) => {
    if (error !== null) throw error
    told = result
  })
  return told
}

/** What the session is in the heap: a program may have objects of a class `Session` itself, among which ours must not count. */
class HeapgraphSession {
  /** Nobody listens to what else it tells. */
  emit(name: string): void {
    if (name !== 'HeapProfiler.lastSeenObjectId' || sampled === undefined) return
    const told = sampled
    sampled = undefined
    told()
  }
}

let sampled: (() => void) | undefined

/** Calls once, when V8 has taken its next sample of the ids that this thread has given. */
export function atNextSample(told: () => void): void {
  sampled = told
}

function openSession(): Post {
  const {Session} = createRequire(import.meta.url)('node:inspector') as {Session: new () => Session}
  const session = new Session()
  session.connect()
  // V8 names an object by its prototype here. One derived from theirs would itself be named as theirs.
  Object.setPrototypeOf(session, HeapgraphSession.prototype)
  return (...asked) => Session.prototype.post.call(session, ...asked)
}

/**
 * In another process, by `Runtime.evaluate`, so it is written for any engine. `require` is there on the command line of Node's inspector
 * (node/lib/internal/util/inspector.js), `getBuiltinModule` from 20.16 on and in Deno.
 */
const FIND_V8 = `var p = typeof process === 'object' && process || {}, r = typeof require === 'function' && require || p.mainModule && p.mainModule.require
  var v8 = p.getBuiltinModule ? p.getBuiltinModule('node:v8') : r ? r('v8') : undefined`
const LOOK = `(function () { ${FIND_V8}
  return v8 && v8.setFlagsFromString && {version: p.versions.v8, memory: p.memoryUsage(), execArgv: p.execArgv || []} || {} })()`
const setting = (flag: string) => `(function () { ${FIND_V8}
  v8.setFlagsFromString('${flag}') })()`

interface Looked {
  version?: string
  memory?: TextRoom
  execArgv: string[]
}

/** What came of `LOOK`, as far as it is what it should be. */
function lookedOf(value: unknown): Looked {
  const {version, memory, execArgv} = objectOf(value)
  const {heapUsed, external, arrayBuffers} = objectOf(memory)
  const isRoom = typeof heapUsed === 'number' && typeof external === 'number'
  return {
    ...(typeof version === 'string' && {version}),
    ...(isRoom && {memory: {heapUsed, external, ...(typeof arrayBuffers === 'number' && {arrayBuffers})}}),
    execArgv: Array.isArray(execArgv) ? execArgv.map(String) : [],
  }
}

/** A heap that a snapshot is about to be taken of, over a connection to its inspector. */
export interface Prepared {
  leftOut?: string
  /** As it was before. Safe to call again, and when the connection is gone. */
  restore(): Promise<void>
}

/** Tells the other side's V8 the same as `takeOwn` does here. What cannot be reached there is left as it is, and said in `leftOut`. */
export async function prepareRemote(connection: Connection, asked: Sources | undefined): Promise<Prepared> {
  const {version, memory, execArgv} = lookedOf(await evaluate(connection, LOOK).catch(() => undefined))
  if (version === undefined || isStalling(version)) {
    await connection.send('Debugger.enable').catch(() => {})
    await connection.send('Debugger.disable').catch(() => {})
  }
  const nothing = async () => {}
  if (asked === 'none') return {restore: nothing}
  if (memory === undefined) return {leftOut: OUT_OF_REACH, restore: nothing}
  const {isFull, leftOut} = chooseSources(asked, memory)
  const told = leftOut === undefined ? {} : {leftOut}
  if (!isFull || execArgv.some(isLimit)) return {...told, restore: nothing}
  await setRemoteFlag(connection, WHOLE_STRINGS)
  let isRestored = false
  return {
    ...told,
    async restore() {
      if (isRestored) return
      isRestored = true
      await setRemoteFlag(connection, AS_BEFORE)
    },
  }
}

const OUT_OF_REACH = `the file has ${DEFAULT_CHARACTERS.toLocaleString('en')} characters of each script: the limit is set when the program starts (--js-flags=${WHOLE_STRINGS} for Chrome)`

/** Sets a flag of the other side's V8; nothing where it cannot be reached. */
export async function setRemoteFlag(connection: Connection, flag: string): Promise<void> {
  await evaluate(connection, setting(flag)).catch(() => {})
}

async function evaluate(connection: Connection, expression: string): Promise<unknown> {
  const asked = {expression, includeCommandLineAPI: true, returnByValue: true, silent: true}
  const {result, exceptionDetails} = await connection.send<{result: unknown; exceptionDetails?: unknown}>(
    'Runtime.evaluate',
    asked,
  )
  if (exceptionDetails !== undefined) throw new Error('not available there')
  return objectOf(result).value
}
