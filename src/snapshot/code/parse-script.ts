/** The text of a script, parsed by acorn: its functions, scopes and variables, and what names are first given. */
import {createRequire} from 'node:module'
import type {AnyNode, Options, Program} from 'acorn'
import {type TextLines, textLines} from '../../util/text-lines.ts'
import {type InitialValues, initialValues} from './initial-values.ts'
import {type ScriptScopes, scopesOf} from './script-scopes.ts'

export interface ScriptSyntax extends ScriptScopes, InitialValues {
  text: string
  lines: TextLines
  /** Parsed as an ES module: its root is a module's scope. Else that of a script, or of what Node makes of a CommonJS module. */
  isModule: boolean
}

/** Parses a text; undefined if it is no script, or too deeply nested. Never throws. */
export function parseScript(text: string): ScriptSyntax | undefined {
  // One of the two fails early for nearly all texts: the likelier first.
  const looksLikeModule = /^\s*(?:import|export)\b/m.test(text)
  for (const isModule of looksLikeModule ? [true, false] : [false, true]) {
    const program = tryParse(text, isModule)
    if (program !== undefined)
      return {...scopesOf(program), ...initialValues(program, text), text, lines: textLines(text), isModule}
  }
  return undefined
}

interface Acorn {
  parse(text: string, options: Options): Program
  parseExpressionAt(text: string, offset: number, options: Options): AnyNode
}
let loaded: Acorn | undefined

/** Few questions need it, and those who ask cannot wait: so it is not imported. */
function acorn(): Acorn {
  loaded ??= createRequire(import.meta.url)('acorn') as Acorn
  return loaded
}

/** The tree of a function or arrow function from its text; undefined if it is none, such as a method. Never throws. */
export function parseFunction(text: string): AnyNode | undefined {
  try {
    const tree = acorn().parseExpressionAt(text, 0, optionsFor(false))
    return /Function/.test(tree.type) ? tree : undefined
  } catch {
    return undefined
  }
}

function tryParse(text: string, isModule: boolean): Program | undefined {
  try {
    return acorn().parse(text, optionsFor(isModule))
  } catch {
    // A SyntaxError, or a RangeError for a text too deeply nested.
    return undefined
  }
}

function optionsFor(isModule: boolean): Options {
  return {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'script',
    allowHashBang: true,
    // Node's CommonJS modules are bodies of functions.
    allowReturnOutsideFunction: !isModule,
    allowNewTargetOutsideFunction: true,
    allowSuperOutsideMethod: true,
    // What private names mean is told by code around, if this was given to `eval`.
    checkPrivateFields: false,
  } as Options
}
