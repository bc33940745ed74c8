/** Which hooks a component calls, as the text of its function says: `useState`, `useRef`, hooks of people's own. */
import type {AnyNode, CallExpression} from 'acorn'
import {getOrMake, memoize} from '../../util/memo.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {originalAt} from './mapped-scripts.ts'
import {parseFunction} from './parse-script.ts'
import {offsetOfFunction, placedScript} from './script-lines.ts'
import {madeAt} from './script-names.ts'
import {childrenOf} from './syntax-tree.ts'

/** One call of a hook in the text of a component. */
export interface HookCall {
  /** As people wrote it: `useRef`. */
  name: string
  /** Which of the calls of that name in the function, from 1 on. */
  number: number
  /** Of the name in the script's text. */
  offset: number
}

/** Hooks are called so that React's linter knows them (react.dev, "Rules of Hooks"). */
const HOOK = /^use(?:[A-Z]|$)/

/** The calls of hooks that a function makes itself, in the order of the text; none where the text is not known. */
export function hookCalls(snapshot: Snapshot, closure: number): readonly HookCall[] {
  return getOrMake(knownCalls(snapshot), closure, () => findCalls(snapshot, closure))
}

const knownCalls = memoize((_: Snapshot) => new Map<number, readonly HookCall[]>())

function findCalls(snapshot: Snapshot, closure: number): HookCall[] {
  const script = placedScript(snapshot, closure)
  const made = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, closure))?.function
  const tree = script && made && parseFunction(script.syntax.text.slice(made.start, made.end))
  if (script === undefined || made === undefined || tree === undefined) return []
  const count = new Map<string, number>()
  return callsIn(tree)
    .map(({start, end}) => {
      const offset = made.start + start
      const text = script.syntax.text.slice(offset, made.start + end)
      return {offset, name: originalAt(snapshot, closure, script, offset, text) ?? text}
    })
    .filter(({name}) => HOOK.test(name))
    .sort((a, b) => a.offset - b.offset)
    .map(call => {
      const number = (count.get(call.name) ?? 0) + 1
      count.set(call.name, number)
      return {...call, number}
    })
}

/** The names that are called in a function, not in those inside it. */
function callsIn(tree: AnyNode): AnyNode[] {
  const names: AnyNode[] = []
  const waiting: AnyNode[] = [tree]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'CallExpression') names.push(...calledName(node))
    if (node === tree || !/Function/.test(node.type)) waiting.push(...childrenOf(node))
  }
  return names
}

/** `useRef` of `useRef(…)`, `React.useRef(…)`, `(0, react.useRef)(…)`. */
function calledName({callee}: CallExpression): AnyNode[] {
  const called = callee.type === 'SequenceExpression' ? callee.expressions[callee.expressions.length - 1] : callee
  const name = called.type === 'MemberExpression' && !called.computed ? called.property : called
  return name.type === 'Identifier' ? [name] : []
}
