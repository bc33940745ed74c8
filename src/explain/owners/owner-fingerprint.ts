/**
 * What an owner is called in every process and in every build of a program: its words with identities left out. Line numbers move with each
 * change, keys and ids with each run, hashes in names of files with each build; the variable, the property, the function and its file stay.
 */
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {moduleStart} from '../code/code-nodes.ts'
import type {CodeStep} from '../code/code-path.ts'
import {functionAround} from '../code/function-around.ts'
import {type StepValue, start} from '../code/step.ts'
import {jointOf, stepWords} from '../code/step-words.ts'
import {placeOfText, shownScript} from '../places/script-root.ts'
import {holderText, type OwnerWords} from './owner-words.ts'

/** Names of the heap may have megabytes. */
const MAX_LENGTH = 300

/** What becomes of the names in a fingerprint. */
export interface StableNames {
  /** Of a step. */
  value(value: StepValue): StepValue
  /** Of a function that a step ends with. */
  functionName(name: string): string
  /** Of a holder that is told by a name alone. */
  name(name: string): string
}

const STABLE: StableNames = {value: stableValue, functionName: name => name, name: withoutIdentity}

/**
 * `byId in src/cache.js`, `bus on "flush" listener in src/bus.js`; of what is written in a function, `cache of makeCache() in src/cache.js`: several functions of a
 * file may have variables and listeners of the same words. `type`: of what is held, for an owner that no line of code is known of, since
 * those of the runtime hold things of many kinds. Two owners in one function may have the same: two listeners without names for one event.
 */
export function ownerFingerprint(
  snapshot: Snapshot,
  {steps, containerSteps, container, place, scope}: OwnerWords,
  type: string,
  names: StableNames = STABLE,
): string {
  const file = fileName(snapshot, place)
  const words = containerSteps.length === 0 ? names.name(container) : stableText(steps, containerSteps, names)
  if (file === '') return clipped(`${clipped(words)} of ${withoutIdentity(type)}`)
  const around = names.functionName(functionAround(snapshot, scope))
  return clipped(`${clipped(words)}${around === '' ? '' : ` of ${withoutIdentity(around)}()`} in ${file}`)
}

/** That of objects which nothing that was followed holds. */
export function unheldFingerprint(type: string): string {
  return clipped(`nothing of ${withoutIdentity(type)}`)
}

/** What a row of a comparison is called: its name and its file, without the line. `type`: of what is at the end of a path; '' otherwise. */
export function rowFingerprint(snapshot: Snapshot, name: string, place: string, type: string): string {
  const file = fileName(snapshot, place)
  const words = clipped(withoutIdentity(name))
  return clipped(`${words}${file === '' ? '' : ` in ${file}`}${type === '' ? '' : ` of ${withoutIdentity(type)}`}`)
}

function clipped(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`
}

function stableText(steps: readonly CodeStep[], named: readonly CodeStep[], names: StableNames): string {
  const stable = new Map(named.map(step => [step, stableStep(step, names)]))
  return holderText(
    steps.map(step => stable.get(step) ?? step),
    [...stable.values()],
  )
}

function stableStep(step: CodeStep, names: StableNames): CodeStep {
  const value = names.value(step.value)
  const words = stepWords(value, names.functionName(step.functionName))
  const joint = jointOf(value)
  // Where a path begins stands without what joins it to others.
  const skipped = step.text.startsWith(joint) ? 0 : joint.length
  return {
    ...step,
    value,
    ...words,
    text: words.text.slice(skipped),
    pattern: words.pattern.slice(skipped),
    times: 1,
  }
}

export function stableValue(value: StepValue): StepValue {
  switch (value.kind) {
    case 'start': {
      const file = stableFile(value.file)
      return value.of === 'module' ? moduleStart(file) : start(value.of, withoutIdentity(value.words), file)
    }
    case 'property':
      return {...value, name: withoutIdentity(value.name)}
    case 'listener':
      return {...value, event: withoutIdentity(value.event)}
    case 'repeat':
      return {...value, steps: value.steps.map(stableValue)}
    default:
      return value
  }
}

/** The file of a place as `placeText` has it; '' for the runtime's, which moves things from file to file with its versions. */
export function fileName(snapshot: Snapshot, place: string): string {
  const found = placeOfText(snapshot, place)
  if (found === undefined || originOfScript(found.script).code === 'runtime') return ''
  return stableFile(shownScript(snapshot, found.script))
}

/** Where a page is served from, what is asked for behind the name, and where a package is installed change. */
function stableFile(shown: string): string {
  // An address that is the script itself, or of this run alone.
  if (/^(?:data|blob):/i.test(shown)) return '…'
  const path = shown.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/\\]*\//i, '').replace(/[?#].*$/s, '')
  const parts = path.replaceAll('\\', '/').split('/')
  return withoutIdentity(parts.slice(parts.lastIndexOf('node_modules') + 1).join('/'))
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
const WORD = /[A-Za-z0-9]+/g
const SHORTEST_HASH = 8

/** Numbers that stand alone, UUIDs, and what looks like a hash or a random name become `…`. */
function withoutIdentity(text: string): string {
  return text.replace(UUID, '…').replace(WORD, word => (isIdentity(word) ? '…' : word))
}

/** Letters and digits in turns, as in `a3f9c2e1`, or capitals and digits only, as in esbuild's `PKBMQBK2`; not `sessions2024`. */
function isIdentity(word: string): boolean {
  if (/^\d+$/.test(word)) return true
  if (word.length < SHORTEST_HASH || !/\d/.test(word)) return false
  const turns = word.match(/\d+|[A-Za-z]+/g)?.length ?? 0
  return turns > 2 || !/[a-z]/.test(word)
}
