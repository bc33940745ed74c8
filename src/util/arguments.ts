/** What callers give to public functions, checked: they may be JavaScript. Whatever is wrong is one HeapgraphError USAGE that says what. */
import {HeapgraphError} from './errors.ts'

/** Throws USAGE unless the value fits. `name`: what the value is called, as a sentence begins; `all`: all arguments of the call. */
export type Check = (value: unknown, name: string, all: readonly unknown[]) => void

/** `what`: how a value that fits is called: `a text`. */
export function fitting(what: string, fits: (value: unknown, all: readonly unknown[]) => boolean): Check {
  return (value, name, all) => {
    if (!fits(value, all)) throw new HeapgraphError('USAGE', `${name} is ${shown(value)}, not ${what}`)
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const aText = fitting('a text', value => typeof value === 'string')
export const aFlag = fitting('true or false', value => typeof value === 'boolean')
export const aFunction = fitting('a function', value => typeof value === 'function')
export const anObject = fitting('an object', isObject)
export const aNumber = fitting('a number', isNumber)
export const aSize = fitting('a number from 0 on', value => isNumber(value) && value >= 0)
export const aShare = fitting('a number from 0 to 1', value => isNumber(value) && value >= 0 && value <= 1)
/** Infinity: no limit. */
export const aLimit = fitting(
  'a whole number from 0 on',
  value => isNumber(value) && value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY),
)
export const aCount = fitting(
  'a whole number above 0',
  value => isNumber(value) && value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY),
)
export const aSignal = fitting(
  'an AbortSignal',
  value => isObject(value) && typeof value.throwIfAborted === 'function' && typeof value.aborted === 'boolean',
)

export function oneOf(...words: readonly string[]): Check {
  const listed = words.map(word => `'${word}'`)
  const last = listed[listed.length - 1]
  const what = listed.length === 1 ? last : `${listed.slice(0, -1).join(', ')} or ${last}`
  return (value, name) => {
    if (typeof value === 'string' && words.includes(value)) return
    // A word that was meant is worth more than its type.
    const given = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : shown(value)
    throw new HeapgraphError('USAGE', `${name} is ${given}, not ${what}`)
  }
}

export function listOf(check: Check): Check {
  return (value, name, all) => {
    if (!Array.isArray(value)) throw new HeapgraphError('USAGE', `${name} is ${shown(value)}, not an array`)
    for (const [at, part] of value.entries()) check(part, `${name}[${at}]`, all)
  }
}

export function optional(check: Check): Check {
  return (value, name, all) => {
    if (value !== undefined) check(value, name, all)
  }
}

/** A check for each option that there is: the compiler complains about one that is forgotten, the caller hears of one that does not exist. */
export function optionsOf<Options extends object>(checks: {[Name in keyof Options]-?: Check}): Check {
  const known = new Map<string, Check>(Object.entries(checks))
  return (value, name, all) => {
    if (value === undefined) return
    if (!isObject(value)) throw new HeapgraphError('USAGE', `${name} are ${shown(value)}, not an object`)
    for (const [option, given] of Object.entries(value)) {
      const check = known.get(option)
      if (check === undefined) {
        const hint = known.size === 0 ? 'there are none' : `options: ${[...known.keys()].join(', ')}`
        throw new HeapgraphError('USAGE', `no option is called ${JSON.stringify(option.slice(0, 40))}`, hint)
      }
      if (given !== undefined) check(given, option, all)
    }
  }
}

/** The same where the options must be given: `needed` are those without which nothing can be done. */
export function neededOptions<Options extends object>(
  needed: readonly (keyof Options & string)[],
  checks: {[Name in keyof Options]-?: Check},
): Check {
  const check = optionsOf<Options>(checks)
  return (value, name, all) => {
    check(value ?? null, name, all)
    const missing = needed.find(option => (value as Record<string, unknown>)[option] === undefined)
    if (missing !== undefined) throw new HeapgraphError('USAGE', `the option ${missing} is missing`)
  }
}

/** A check an argument, with the name of the argument. */
export type ArgumentChecks<Arguments extends unknown[]> = {[At in keyof Arguments]-?: [name: string, check: Check]}

export function checkArguments(checks: readonly [name: string, check: Check][], all: readonly unknown[]): void {
  for (const [at, [name, check]] of checks.entries()) check(all[at], name, all)
}

/** The same function, for callers who may be wrong. */
export function checked<Arguments extends unknown[], Answer>(
  checks: ArgumentChecks<Arguments>,
  ask: (...all: Arguments) => Answer,
): (...all: Arguments) => Answer {
  return (...all) => {
    checkArguments(checks, all)
    return ask(...all)
  }
}

/** The same for a function that returns a promise: it is rejected. */
export function checkedLater<Arguments extends unknown[], Answer>(
  checks: ArgumentChecks<Arguments>,
  ask: (...all: Arguments) => Promise<Answer>,
): (...all: Arguments) => Promise<Answer> {
  return async (...all) => {
    checkArguments(checks, all)
    return await ask(...all)
  }
}
