/**
 * Cuts in a living process, over a connection to its inspector: what a program does when it lets go. Objects are found by the ids of a
 * snapshot that was taken over the same connection. Knows nothing of snapshots: it is told what to do.
 */
import type {CutKey, CutOutcome, CutStep} from '../util/cut-step.ts'
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
  callFrames: {callFrameId: string; scopeChain: {type: string; object: {objectId: string}}[]}[]
  hitBreakpoints?: string[]
}

/** Whatever is held by us over there is let go of at the end under this name. */
const GROUP = 'heapgraph-cut'
/** More objects than these of one class are not all asked for their ids, but found one by one. */
const MOST_OF_A_CLASS = 100_000
/** From so many on, objects are looked for among all of a class: finding one walks over the whole heap. */
const MANY = 4

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
    const outcomes: CutOutcome[] = []
    for (const step of steps) outcomes.push(await maker.cut(step))
    return outcomes
  } finally {
    await connection.send('Runtime.releaseObjectGroup', {objectGroup: GROUP}).catch(() => {})
  }
}

function idsOf(step: CutStep): number[] {
  if (step.kind === 'variable') return []
  const parts = step.kind === 'listeners' ? step.listeners : step.kind === 'entries' ? step.members : 'all'
  const ids = parts === 'all' ? [] : parts.filter(part => typeof part === 'number')
  return step.object === 0 ? ids : [step.object, ...ids]
}

class Cutter {
  readonly #connection: Connection
  readonly #found = new Map<number, string>()

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

  async #lookUp(id: number): Promise<string | undefined> {
    const known = this.#found.get(id)
    if (known !== undefined) return known
    const asked = {objectId: String(id), objectGroup: GROUP}
    const answer = this.#connection.send<{result: RemoteObject}>('HeapProfiler.getObjectByHeapObjectId', asked)
    const objectId = (await refusable(answer))?.result.objectId
    if (objectId !== undefined) this.#found.set(id, objectId)
    return objectId
  }

  /** Takes out of `wanted` what has the same prototype as an object, or below it. */
  async #findOfClass(objectId: string, wanted: Set<number>): Promise<void> {
    const prototype = (await this.#call(objectId, 'function() { return Object.getPrototypeOf(this) }')).object
    if (prototype === undefined) return
    const asked = {prototypeObjectId: prototype, objectGroup: GROUP}
    const found = await refusable(this.#connection.send<{objects: RemoteObject}>('Runtime.queryObjects', asked))
    const all = found?.objects.objectId
    if (all === undefined) return
    const count = await this.#call(all, 'function() { return this.length }')
    if (Number(count.value) > MOST_OF_A_CLASS) return
    const members = (await this.#properties(all)).flatMap(({value}) => value?.objectId ?? [])
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
    if (object === undefined) return {failed: `@${step.object} is not there any more, or no object of JavaScript`}
    if (step.kind === 'property') return this.#clearProperty(object, step.key)
    const parts = step.kind === 'listeners' ? step.listeners : step.kind === 'entries' ? step.members : undefined
    if (parts === undefined || parts === 'all') {
      const detail = step.kind === 'listeners' ? step.event : step.kind === 'elements' ? step.indexes : 'all'
      return this.#do(object, DEEDS[step.kind], [{value: detail}])
    }
    const told = parts.map(part => (typeof part === 'string' ? {value: part} : {objectId: this.#found.get(part)}))
    const known = told.filter(part => 'value' in part || part.objectId !== undefined)
    if (known.length === 0) return {failed: 'what it is to let go of is not there any more, or no object of JavaScript'}
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
    if (!/^#[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key.private)) return {failed: `${key.private} is no name of a private field`}
    // Outside of the class only what is typed into the console reaches a private field (`replMode`).
    await this.#call(object, `function() { Object.defineProperty(globalThis, '${SEAT}', {value: this, configurable: true}) }`)
    const expression = `(${SEAT}.${key.private} = undefined, '')`
    const asked = {expression, replMode: true, returnByValue: true}
    const answer = await refusable(this.#connection.send<Called>('Runtime.evaluate', asked))
    await refusable(this.#connection.send('Runtime.evaluate', {expression: `delete globalThis.${SEAT}`}))
    return outcomeOf(answer)
  }

  /**
   * Only a paused frame lets a variable be set. So a function that sees it is called with a breakpoint at its very beginning, and is
   * ended there: `terminateOnResume` runs nothing more of it (v8/src/debug/debug.cc, `DebugScope`).
   */
  async #clearVariable(step: Extract<CutStep, {kind: 'variable'}>): Promise<CutOutcome> {
    let failed = 'no function that sees it could be stopped at its beginning'
    for (const id of step.functions) {
      const object = await this.#lookUp(id)
      const callable = object === undefined ? undefined : await this.#callable(object)
      if (callable === undefined) continue
      const outcome = await this.#stopIn(callable, paused => this.#setVariable(paused, step))
      if (outcome === 'done') return outcome
      failed = outcome?.failed ?? failed
    }
    return {failed}
  }

  /** The function itself; of a class, whose call would make an object, one of its methods; undefined for generators. */
  async #callable(object: string): Promise<string | undefined> {
    return (await this.#call(object, CALLABLE)).object
  }

  /** Undefined if the function was never stopped. */
  async #stopIn(
    object: string,
    use: (paused: Paused) => Promise<CutOutcome>,
  ): Promise<{failed: string} | 'done' | undefined> {
    const connection = this.#connection
    const set = connection.send<{breakpointId: string}>('Debugger.setBreakpointOnFunctionCall', {objectId: object})
    const breakpointId = (await refusable(set))?.breakpointId
    if (breakpointId === undefined) return undefined
    let isOurs = false
    const outcome = new Promise<CutOutcome | undefined>((resolve, reject) => {
      connection.on('Debugger.paused', (paused: Paused) => {
        isOurs = paused.hitBreakpoints?.includes(breakpointId) === true
        const used = isOurs ? use(paused) : Promise.resolve(undefined)
        used
          .finally(() => connection.send('Debugger.resume', isOurs ? {terminateOnResume: true} : {}))
          .then(value => (isOurs ? resolve(value) : undefined), reject)
      })
      const call = {objectId: object, functionDeclaration: 'function() { Reflect.apply(this, {}, [{}]) }', silent: true}
      refusable(connection.send('Runtime.callFunctionOn', call)).then(() => isOurs || resolve(undefined), reject)
    })
    try {
      return await outcome
    } finally {
      connection.on('Debugger.paused', () => {})
      await refusable(connection.send('Debugger.removeBreakpoint', {breakpointId}))
    }
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
    const asked = {expression: 'globalThis', objectGroup: GROUP}
    return (await refusable(this.#connection.send<Called>('Runtime.evaluate', asked)))?.result.objectId
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
    const {value, objectId: object} = answer.result
    return {value, ...(object === undefined ? {} : {object})}
  }
}

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
    const clear = [Map, Set].find(type => this instanceof type)?.prototype.clear
    if (clear === undefined) return 'it is no Map or Set'
    clear.call(this)
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
    const weak = [WeakMap, WeakSet].find(type => this instanceof type)
    if (weak !== undefined) return members.map(key => weak.prototype.delete.call(this, key)).includes(true) ? '' : 'it has no such entry any more'
    const type = [Map, Set].find(type => this instanceof type)
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
