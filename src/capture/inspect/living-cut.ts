/**
 * Cuts in a living process, over a connection to its inspector: what a program does when it lets go. Objects are found by the ids of a
 * snapshot that was taken over the same connection. Knows nothing of snapshots: it is told what to do.
 */
import type {CutKey, CutOutcome, CutStep} from '../../util/cut-step.ts'
import {type Connection, Refused} from './protocol.ts'

interface RemoteObject {
  type: string
  objectId?: string
  value?: unknown
}

interface Called {
  result: RemoteObject
  exceptionDetails?: {text: string; exception?: {description?: string}}
}

interface Property {
  name: string
  value?: RemoteObject
}

interface Paused {
  callFrames: {
    callFrameId: string
    functionName: string
    scopeChain: {type: string; object: {objectId: string}}[]
  }[]
}

/** Whatever is held by us over there is let go of at the end under this name. */
const GROUP = 'heapgraph-cut'
/** More objects than these of one class are not all asked for their ids, but found one by one. */
const MAX_OF_A_CLASS = 100_000
/** From so many on, objects are looked for among all of a class: finding one walks over the whole heap. */
const MANY = 8

/**
 * Does the steps, one after the other, and says what became of each. The program stands still for each of a few milliseconds, longer
 * for large heaps: V8 finds an object by walking over all of them. Rejects if the connection ends.
 */
export async function cutLiving(connection: Connection, steps: readonly CutStep[]): Promise<CutOutcome[]> {
  const maker = new Cutter(connection)
  await connection.send('Runtime.enable')
  await connection.send('Debugger.enable')
  try {
    await maker.find(steps.flatMap(idsOf))
    await maker.prepare(steps.flatMap(step => (step.kind === 'variable' ? step.functions.slice(0, 1) : [])))
    const outcomes: CutOutcome[] = []
    for (const step of steps) outcomes.push(await maker.cut(step))
    return outcomes
  } finally {
    await maker.end().catch(() => {})
  }
}

function idsOf(step: CutStep): number[] {
  // Of the functions that see a variable, mostly the first will do.
  if (step.kind === 'variable') return step.functions.slice(0, 1)
  const parts = step.kind === 'listeners' ? step.listeners : step.kind === 'entries' ? step.members : 'all'
  const ids = parts === 'all' ? [] : parts.filter(part => typeof part === 'number')
  return step.object === 0 ? ids : [step.object, ...ids]
}

class Cutter {
  readonly #connection: Connection
  readonly #found = new Map<number, string>()
  readonly #callables = new Map<number, string>()
  /** By the place of a function the breakpoint at its beginning. */
  readonly #breakpoints = new Map<string, string>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Looks up all objects that are spoken of; those of one class together, since each look-up walks over the heap. */
  async find(ids: readonly number[]): Promise<void> {
    const wanted = new Set(ids)
    while (wanted.size > 0) {
      const [id] = wanted
      wanted.delete(id)
      const objectId = await this.#lookUp(id)
      if (objectId === undefined) continue
      if (wanted.size >= MANY) await this.#findOfClass(objectId, wanted)
    }
  }

  /** The function itself; of a class, whose call would make an object, one of its methods; undefined for generators. */
  async #callable(id: number): Promise<string | undefined> {
    const known = this.#callables.get(id)
    if (known !== undefined) return known
    const object = await this.#lookUp(id)
    const callable = object === undefined ? undefined : (await this.#call(object, CALLABLE)).object
    if (callable !== undefined) this.#callables.set(id, callable)
    return callable
  }

  /** Many answers at once: one by one, each waits for Nagle's algorithm, which Node's inspector leaves on. */
  async prepare(functions: readonly number[]): Promise<void> {
    await Promise.all(functions.filter(id => this.#found.has(id)).map(id => this.#callable(id)))
  }

  async #lookUp(id: number): Promise<string | undefined> {
    const known = this.#found.get(id)
    if (known !== undefined) return known
    const asked = {objectId: String(id), objectGroup: GROUP}
    const answer = this.#connection.send<{result: RemoteObject}>('HeapProfiler.getObjectByHeapObjectId', asked)
    const objectId = (await refusable(answer))?.result?.objectId
    if (objectId !== undefined) this.#found.set(id, objectId)
    return objectId
  }

  /** Takes out of `wanted` what is of the same kind as an object: of one constructor, and of functions written in one way. */
  async #findOfClass(objectId: string, wanted: Set<number>): Promise<void> {
    const prototype = (await this.#call(objectId, 'function() { return Object.getPrototypeOf(this) }')).object
    if (prototype === undefined) return
    const asked = {prototypeObjectId: prototype, objectGroup: GROUP}
    const found = await refusable(this.#connection.send<{objects: RemoteObject}>('Runtime.queryObjects', asked))
    const all = found?.objects?.objectId
    const alike =
      all === undefined ? undefined : (await this.#call(all, ALIKE, [{objectId}, {value: MAX_OF_A_CLASS}])).object
    if (alike === undefined) return
    const members = (await this.#properties(alike)).flatMap(({value}) => value?.objectId ?? [])
    await Promise.all(
      members.map(async member => {
        const answer = await refusable(
          this.#connection.send<{heapSnapshotObjectId: string}>('HeapProfiler.getHeapObjectId', {objectId: member}),
        )
        const id = Number(answer?.heapSnapshotObjectId)
        if (!wanted.delete(id)) return
        this.#found.set(id, member)
      }),
    )
  }

  async cut(step: CutStep): Promise<CutOutcome> {
    if (step.kind === 'variable') return this.#clearVariable(step)
    const object = step.object === 0 ? await this.#global() : this.#found.get(step.object)
    if (object === undefined) return {failed: `@${step.object} no longer exists, or is not a JavaScript object`}
    if (step.kind === 'property') return this.#clearProperty(object, step.key)
    const parts = step.kind === 'listeners' ? step.listeners : step.kind === 'entries' ? step.members : undefined
    if (parts === undefined || parts === 'all') {
      const detail = step.kind === 'listeners' ? step.event : step.kind === 'elements' ? step.indexes : 'all'
      return this.#do(object, DEEDS[step.kind], [{value: detail}])
    }
    const told = parts.map(part => (typeof part === 'string' ? {value: part} : {objectId: this.#found.get(part)}))
    const known = told.filter(part => 'value' in part || part.objectId !== undefined)
    if (known.length === 0) return {failed: 'what it is to let go of no longer exists, or is not a JavaScript object'}
    return this.#do(object, SOME[step.kind === 'listeners' ? 'listeners' : 'entries'], [
      ...(step.kind === 'listeners' ? [{value: step.event}] : []),
      ...known,
    ])
  }

  async #do(object: string, deed: string, args: object[]): Promise<CutOutcome> {
    const {value, failed} = await this.#call(object, deed, args)
    if (failed !== undefined) return {failed}
    return value === '' ? 'done' : {failed: String(value)}
  }

  async #clearProperty(object: string, key: CutKey): Promise<CutOutcome> {
    if (!('private' in key)) return this.#do(object, DEEDS.property, [{value: key}])
    if (!/^#[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key.private))
      return {failed: `${key.private} is not the name of a private field`}
    // Outside of the class only what is typed into the console reaches a private field (`replMode`).
    await this.#call(
      object,
      `function() { Object.defineProperty(globalThis, '${SEAT}', {value: this, configurable: true}) }`,
    )
    const expression = `(${SEAT}.${key.private} = undefined, '')`
    const asked = {expression, replMode: true, returnByValue: true}
    const answer = await refusable(this.#connection.send<Called>('Runtime.evaluate', asked))
    await this.#evaluate(`delete globalThis.${SEAT}`)
    return outcomeOf(answer)
  }

  /**
   * Only a paused frame lets a variable be set. So a function that sees it is called with a breakpoint at its very beginning, and is
   * ended there: `terminateOnResume` runs nothing more of it (v8/src/debug/debug.cc, `DebugScope`).
   */
  async #clearVariable(step: Extract<CutStep, {kind: 'variable'}>): Promise<CutOutcome> {
    let failed = 'no function that can access it could be paused at its start'
    for (const id of step.functions) {
      const callable = await this.#callable(id)
      if (callable === undefined || !(await this.#stopAt(callable))) continue
      const outcome = await this.#stopIn(callable, paused => this.#setVariable(paused, step))
      if (outcome === 'done') return outcome
      failed = outcome?.failed ?? failed
    }
    return {failed}
  }

  /** Sets a breakpoint at the beginning of a function, which is that of all functions written in the same place; whether it is there. */
  async #stopAt(objectId: string): Promise<boolean> {
    const asked = {objectId, ownProperties: true}
    const answer = await refusable(
      this.#connection.send<{internalProperties?: Property[]}>('Runtime.getProperties', asked),
    )
    const place = answer?.internalProperties?.find(({name}) => name === '[[FunctionLocation]]')?.value?.value
    const key = JSON.stringify(place)
    if (place === undefined || this.#breakpoints.has(key)) return place !== undefined
    // The program's own calls of it run on: a stop would hold them up, and let code of ours run in between that no breakpoint stops.
    const at = {objectId, condition: `globalThis.${CALLER} === true`}
    const set = this.#connection.send<{breakpointId: string}>('Debugger.setBreakpointOnFunctionCall', at)
    const id = (await refusable(set))?.breakpointId
    if (id !== undefined) this.#breakpoints.set(key, id)
    return id !== undefined
  }

  async end(): Promise<void> {
    for (const breakpointId of this.#breakpoints.values()) {
      await this.#connection.send('Debugger.removeBreakpoint', {breakpointId})
    }
    this.#connection.on('Debugger.paused', () => {})
    await this.#connection.send('Runtime.releaseObjectGroup', {objectGroup: GROUP})
  }

  /** Undefined if the function was never stopped. */
  async #stopIn(object: string, use: (paused: Paused) => Promise<CutOutcome>): Promise<CutOutcome | undefined> {
    const connection = this.#connection
    let used: Promise<CutOutcome> | undefined
    connection.on('Debugger.paused', (paused: Paused) => {
      const isOurs = paused.callFrames?.[1]?.functionName === CALLER
      // What ends the call leaves its `finally` out.
      if (isOurs)
        used = Promise.all([use(paused), this.#evaluate(`delete globalThis.${CALLER}`)]).then(([done]) => done)
      const resume = () => connection.send('Debugger.resume', isOurs ? {terminateOnResume: true} : {})
      // Whoever waits for the call learns of a connection that has ended.
      if (isOurs) used?.finally(resume).catch(() => {})
      else resume().catch(() => {})
    })
    await refusable(
      connection.send('Runtime.callFunctionOn', {objectId: object, functionDeclaration: CALL, silent: true}),
    )
    return used
  }

  async #setVariable({callFrames: [frame]}: Paused, {name, value}: {name: string; value: number}): Promise<CutOutcome> {
    for (const [scopeNumber, {type, object}] of frame.scopeChain.entries()) {
      // All of the global object's are properties.
      if (type === 'global') continue
      const own = (await this.#properties(object.objectId)).find(property => property.name === name)?.value
      if (own === undefined) continue
      if (own.objectId !== undefined && (await this.#idOf(own.objectId)) !== value) continue
      const asked = {callFrameId: frame.callFrameId, scopeNumber, variableName: name, newValue: {}}
      const answer = await refusable(this.#connection.send('Debugger.setVariableValue', asked))
      return answer === undefined ? {failed: 'V8 does not let it be set'} : 'done'
    }
    return {failed: 'it has another value by now'}
  }

  async #idOf(objectId: string): Promise<number> {
    const answer = await refusable(
      this.#connection.send<{heapSnapshotObjectId: string}>('HeapProfiler.getHeapObjectId', {objectId}),
    )
    return Number(answer?.heapSnapshotObjectId)
  }

  async #properties(objectId: string): Promise<Property[]> {
    const asked = {objectId, ownProperties: true}
    const answer = await refusable(this.#connection.send<{result: Property[]}>('Runtime.getProperties', asked))
    return answer?.result ?? []
  }

  async #global(): Promise<string | undefined> {
    return (await this.#evaluate('globalThis'))?.result?.objectId
  }

  #evaluate(expression: string): Promise<Called | undefined> {
    return refusable(this.#connection.send<Called>('Runtime.evaluate', {expression, objectGroup: GROUP}))
  }

  async #call(
    objectId: string,
    functionDeclaration: string,
    args: object[] = [],
  ): Promise<{value?: unknown; object?: string; failed?: string}> {
    const asked = {objectId, functionDeclaration, arguments: args, silent: true, objectGroup: GROUP}
    const answer = await refusable(this.#connection.send<Called>('Runtime.callFunctionOn', asked))
    if (answer === undefined || answer.exceptionDetails !== undefined) {
      const outcome = outcomeOf(answer)
      return {failed: outcome === 'done' ? '' : outcome.failed}
    }
    const {value, objectId: object} = answer.result ?? {}
    return {value, ...(object === undefined ? {} : {object})}
  }
}

/** Name of the function that calls what is to be stopped, and of a global that is true meanwhile: so our call is told from the program's own. */
const CALLER = '__heapgraph_call__'
const CALL = `function ${CALLER}() {
  Object.defineProperty(globalThis, '${CALLER}', {value: true, configurable: true})
  try {
    Reflect.apply(this, {}, [{}])
  } finally {
    delete globalThis.${CALLER}
  }
}`
/** Where an object stands for a moment, so that an expression can name it. */
const SEAT = '__heapgraph_cut__'

function outcomeOf(answer: Called | undefined): CutOutcome {
  if (answer === undefined) return {failed: 'its inspector refused'}
  const {exceptionDetails: thrown} = answer
  if (thrown === undefined) return 'done'
  return {failed: (thrown.exception?.description ?? thrown.text).split('\n')[0]}
}

/** What was refused is undefined; that the connection ended is not. */
async function refusable<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: Error) => {
    if (error instanceof Refused) return undefined
    throw error
  })
}

/** By what it is, not by its prototype: Node's own Maps have another one (`SafeMap`, lib/internal/per_context/primordials.js). */
const KIND_OF = `((value, types) => types.find(type => {
  try {
    type.prototype.has.call(value, undefined)
    return true
  } catch {
    return false
  }
}))`

/** Functions that run in the process, with the object as `this`; they return '' or why it did not work. */
const DEEDS = {
  property: `function({name, symbol}) {
    const keys = symbol === undefined ? [name, name.replace(/^[gs]et /, '')]
      : Object.getOwnPropertySymbols(this).filter(key => (key.description ?? '') === symbol)
    const own = keys.filter(key => Object.hasOwn(this, key))
    if (own.length === 0) return 'it has no such property any more'
    for (const key of own) if (!Reflect.deleteProperty(this, key) && !Reflect.set(this, key, undefined)) return 'the property cannot be changed'
    return ''
  }`,
  elements: `function(indexes) {
    if (indexes === 'all' && Array.isArray(this)) return Reflect.set(this, 'length', 0) ? '' : 'the array is frozen'
    const keys = indexes === 'all' ? Object.keys(this).filter(key => /^\\d+$/.test(key)) : indexes
    const isDone = key => Array.isArray(this) ? Reflect.set(this, key, undefined) : Reflect.deleteProperty(this, key)
    return keys.every(isDone) ? '' : 'it is frozen'
  }`,
  entries: `function() {
    const type = ${KIND_OF}(this, [Map, Set])
    if (type === undefined) return 'it is no Map or Set'
    type.prototype.clear.call(this)
    return ''
  }`,
  listeners: `function(event) {
    if (typeof this.removeAllListeners !== 'function') return 'it is no EventEmitter'
    this.removeAllListeners(event)
    return ''
  }`,
  timer: `function() {
    if (this.constructor.name === 'Immediate') clearImmediate(this)
    else clearTimeout(this)
    return ''
  }`,
}

/** The same for some parts only. */
const SOME = {
  entries: `function(...members) {
    const wanted = new Set(members)
    const weak = ${KIND_OF}(this, [WeakMap, WeakSet])
    if (weak !== undefined) return members.map(key => weak.prototype.delete.call(this, key)).includes(true) ? '' : 'it has no such entry any more'
    const type = ${KIND_OF}(this, [Map, Set])
    if (type === undefined) return 'it is no Map or Set'
    const keys = [...type.prototype.entries.call(this)].flatMap(([key, value]) => wanted.has(key) || wanted.has(value) ? [key] : [])
    for (const key of keys) type.prototype.delete.call(this, key)
    return keys.length > 0 ? '' : 'it has no such entry any more'
  }`,
  listeners: `function(event, ...listeners) {
    if (typeof this.removeListener !== 'function') return 'it is no EventEmitter'
    for (const listener of listeners) this.removeListener(event, listener)
    return ''
  }`,
}

/** Of an array those that are like one of them, unless they are too many. */
const ALIKE = `function(one, most) {
  const text = typeof one === 'function' ? Function.prototype.toString.call(one) : undefined
  const prototype = Object.getPrototypeOf(one)
  const isAlike = other => Object.getPrototypeOf(other) === prototype &&
    (text === undefined || (typeof other === 'function' && Function.prototype.toString.call(other) === text))
  const alike = Array.prototype.filter.call(this, isAlike)
  return alike.length <= most ? alike : undefined
}`

const CALLABLE = `function() {
  if (typeof this !== 'function') return undefined
  const isClass = value => /^class\\b/.test(Function.prototype.toString.call(value))
  const isPlain = value => typeof value === 'function' && !isClass(value) && !/Generator/.test(Object.prototype.toString.call(value))
  if (isPlain(this)) return this
  if (!isClass(this)) return undefined
  for (const home of [this.prototype, this]) {
    for (const key of Reflect.ownKeys(home ?? {})) {
      const {value, get} = Object.getOwnPropertyDescriptor(home, key)
      const method = key === 'constructor' ? undefined : [value, get].find(isPlain)
      if (method !== undefined) return method
    }
  }
  return undefined
}`
