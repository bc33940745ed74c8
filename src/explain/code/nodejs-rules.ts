/** Rules for Node's own (lib/events.js, lib/internal/event_target.js, lib/async_hooks.js, lib/internal/async_hooks.js). */
import {exportName} from '../../analyze/facts/cut-variables.ts'
import {variableName} from '../../snapshot/code/block-variables.ts'
import {originalOfVariable} from '../../snapshot/code/original-names.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {functionName, keyText, sideOf, startValue} from './code-nodes.ts'
import {tableEntry} from './collection-rules.ts'
import {type StartValue, start} from './step.ts'

/** `emitter → _events → name → [i]`, and through the wrapper that `once` makes. */
export const eventListener: Rule = (chain, at) => {
  if (chain.kind(at + 1) !== EdgeKind.property) return undefined
  const end = at + (chain.kind(at + 2) === EdgeKind.element && chain.targetType(at + 1) === 'Array' ? 3 : 2)
  if (chain.snapshot.nodeKind[chain.target(end - 1)] !== NodeKind.closure) return undefined
  const wrapped = insideWrapper(chain, end)
  return {
    length: wrapped - at,
    step: {
      kind: 'listener',
      event: eventText(chain.name(at + 1)),
      of: 'emitter',
      isOnce: wrapped > end,
      functionName: functionName(chain.snapshot, chain.target(wrapped - 1)),
    },
    inCode: true,
  }
}

/** Where the function given to `once` is reached: by the wrapper's `listener`, its bound object, or its scope. */
function insideWrapper(chain: Chain, at: number): number {
  if (!/^(?:native_bind|bound .*|wrapper|)$/.test(functionName(chain.snapshot, chain.target(at - 1)))) return at
  if (sideOf(chain.snapshot, chain.target(at - 1)) === 'people') return at
  if (chain.is(at, EdgeKind.property, 'listener')) return at + 1
  if (chain.is(at, EdgeKind.internal, 'bound_this') && chain.is(at + 1, EdgeKind.property, 'listener')) return at + 2
  if (chain.is(at, EdgeKind.internal, 'context') && chain.is(at + 1, EdgeKind.context, 'listener')) return at + 2
  return at
}

function eventText(name: string): string {
  const symbol = /^<symbol ?(.*)>$/s.exec(name)
  return symbol === null ? JSON.stringify(name) : `Symbol(${symbol[1]})`
}

/** `target → kEvents → Map → table → slot → {next} → Listener … → function`. */
export const targetListener: Rule = (chain, at) => {
  if (!chain.is(at + 1, EdgeKind.internal, 'table')) return undefined
  const key = chain.slotBefore(at + 2)
  let end = at + 3
  while (chain.is(end, EdgeKind.property, 'next')) end++
  const isLast = chain.is(end, EdgeKind.property, 'listener') || chain.is(end, EdgeKind.property, 'callback')
  if (end === at + 3 || !isLast) return undefined
  return {
    length: end + 1 - at,
    step: {
      kind: 'listener',
      event: key < 0 ? '' : keyText(chain.snapshot, key),
      of: 'target',
      isOnce: false,
      functionName: functionName(chain.snapshot, chain.target(end)),
    },
    inCode: true,
  }
}

/** `resource → kResourceStore` up to Node 22: each storage has a symbol of its own, all of one description. */
export const resourceStore: Rule = () => ({length: 1, step: {kind: 'store', storage: ''}, inCode: true})

/** `resource → AsyncContextFrame → table → slot` from Node 24 on (lib/internal/async_context_frame.js). */
export const asyncStore: Rule = (chain, at) => {
  if (chain.targetType(at) !== 'AsyncContextFrame') return undefined
  const entry = chain.is(at + 1, EdgeKind.internal, 'table') ? tableEntry(chain, at + 1) : undefined
  if (entry?.step.kind !== 'mapValue') return undefined
  const key = chain.slotBefore(at + 2)
  return {length: 3, step: {kind: 'store', storage: key < 0 ? '' : variableOf(chain.snapshot, key)}, inCode: true}
}

/** What people's code calls an object, of several variables the first by name; '' if no variable has it. */
export function variableOf(snapshot: Snapshot, node: number): string {
  return getOrMake(knownVariables(snapshot), node, () => {
    const {retainers} = snapshot
    const names: string[] = []
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      const edge = retainers.edge[slot]
      const name = exportName(snapshot, edge) ?? originalOfVariable(snapshot, edge) ?? variableName(snapshot, edge)
      if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) && name !== 'this') names.push(name)
    }
    return names.sort()[0] ?? ''
  })
}

/** Of all storages: each may be the key in thousands of frames. */
const knownVariables = memoize((_: Snapshot) => new Map<number, string>())

/** `FixedCircularBuffer → list → [i] → task → callback`: what waits for the next tick (lib/internal/process/task_queues.js, fixed_queue.js). */
export const nextTick: Rule = (chain, at) => {
  if (chain.type(chain.source(at)) !== 'FixedCircularBuffer' || chain.kind(at + 1) !== EdgeKind.element)
    return undefined
  if (chain.is(at + 2, EdgeKind.property, 'args')) return alone(3, start('task', 'process.nextTick · args'))
  if (!chain.is(at + 2, EdgeKind.property, 'callback')) return undefined
  return alone(3, task(chain, 'process.nextTick', at + 2))
}

/** `root → task → function`, and through the AsyncResource that Node's `queueMicrotask` binds (V8's microtask.tq). */
export const microtask: Rule = (chain, at) => {
  if (!/^system \/ (?:Callable|Callback|Promise\w+)Task( |$)/.test(chain.rawName(chain.target(at)))) return undefined
  if (chain.kind(at + 1) !== EdgeKind.hidden) return undefined
  const isBound = chain.is(at + 2, EdgeKind.internal, 'bound_this') && chain.is(at + 3, EdgeKind.property, 'callback')
  const length = isBound && chain.targetType(at + 2) === 'AsyncResource' ? 4 : 2
  return alone(length, task(chain, 'microtask', at + length - 1))
}

/** A function that is called once, by what calls it. */
function task(chain: Chain, words: string, at: number): StartValue {
  const name = functionName(chain.snapshot, chain.target(at))
  return start('task', name === '' ? words : `${words} ${name}`, '', name)
}

/** A step that a path may begin with. */
function alone(length: number, step: StartValue): Fold {
  return {length, step, alone: step, inCode: true}
}

/** `handle → owner`: what Node's C++ side holds of a server, socket or port (lib/internal/async_hooks.js). */
export const handleOwner: Rule = (chain, at) => {
  const step = startValue(chain.snapshot, chain.target(at))
  const alone = start('handle', `${chain.type(chain.source(at))} handle · ${step.words}`)
  return {length: 1, step, alone, inCode: true}
}
