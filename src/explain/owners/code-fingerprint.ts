/** Fingerprints that have names of code only, whatever names the heap has: for answers that leave the machine. */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {StepValue} from '../code/step.ts'
import {codeNameTest, NOT_OF_CODE} from '../words/code-names.ts'
import {type StableNames, stableValue} from './owner-fingerprint.ts'

/** Words of V8's roots, and what paths begin with. */
const ROOT = /^\([A-Za-z0-9 _-]+\)$|^globalThis$/

/** What `ownerFingerprint` is given for them. A key, an event, an element's attributes and the like become `…` unless code has them as a constant. */
export function codeNames(snapshot: Snapshot): StableNames {
  const isOfCode = codeNameTest(snapshot)
  const name = (text: string): string => (text === '' || isOfCode(text) || ROOT.test(text) ? text : NOT_OF_CODE)
  const functionName = (text: string): string => (text === '' || isOfCode(text) ? text : '')
  // Every kind is named, so that one that is added must be thought of here.
  const value = (step: StepValue): StepValue => {
    switch (step.kind) {
      case 'start':
        return {
          ...step,
          words: step.file === '' ? name(step.words) : step.words,
          functionName: functionName(step.functionName),
        }
      case 'property':
      case 'scopeVariable':
      case 'export':
      case 'pageNode':
        return {...step, name: name(step.name)}
      case 'mapValue':
        return {...step, key: ''}
      case 'listener':
        return {
          ...step,
          event: event(step.event),
          functionName: functionName(step.functionName),
          ...(step.target !== undefined && {target: name(step.target)}),
        }
      case 'callback':
      case 'reaction':
      case 'awaited':
      case 'suspended':
      case 'stack':
        return {...step, functionName: functionName(step.functionName)}
      case 'store':
        return {...step, storage: name(step.storage)}
      case 'component':
        return {...step, title: component(step.title)}
      case 'root':
        return {...step, words: name(step.words)}
      case 'slot':
      case 'edge':
        return {...step, label: name(step.label), pattern: name(step.pattern)}
      case 'iterates':
        return {...step, entry: step.entry === undefined ? undefined : value(step.entry)}
      case 'repeat':
        return {...step, steps: step.steps.map(value)}
      case 'element':
      case 'mapKey':
      case 'setEntry':
      case 'weakValue':
      case 'local':
      case 'promise':
      case 'bound':
      case 'boundArgument':
      case 'finalization':
      case 'proxy':
      case 'bytes':
      case 'text':
      case 'this':
        return step
    }
  }
  /** A text stands in quotes. */
  const event = (words: string): string =>
    words.startsWith('"') && words.endsWith('"') && isOfCode(words.slice(1, -1)) ? words : name(words)
  /** `<TicketDetail>`. */
  const component = (title: string): string => (isOfCode(title.slice(1, -1)) ? title : NOT_OF_CODE)
  /** A function alone is told with parentheses. */
  const holder = (text: string): string => (text.endsWith('()') && isOfCode(text.slice(0, -2)) ? text : name(text))
  return {value: step => stableValue(value(step)), functionName, name: holder}
}
