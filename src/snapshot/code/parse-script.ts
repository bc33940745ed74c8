/** The text of a script, parsed by acorn: its functions, scopes and variables, and what names are first given. */
import {createRequire} from 'node:module'
import type {AnyNode, Options, Program, Token} from 'acorn'
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
  tokenizer(text: string, options: Options): Iterable<Token>
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

/** A token or comment of a text. */
export interface TextPart {
  kind: 'comment' | 'string' | 'template' | 'regexp' | 'number' | 'other'
  start: number
  end: number
}

const PART_KINDS: Record<string, TextPart['kind']> = {
  string: 'string',
  template: 'template',
  invalidTemplate: 'template',
  regexp: 'regexp',
  num: 'number',
}

/** The tokens and comments of a text in their order, as far as it is one that acorn knows, and where that ends. Never throws. */
export function partsOfText(text: string): {parts: TextPart[]; end: number} {
  const parts: TextPart[] = []
  let end = 0
  try {
    const onComment = (_: boolean, __: string, start: number, end: number) => parts.push({kind: 'comment', start, end})
    for (const token of acorn().tokenizer(text, {...optionsFor(false), onComment})) {
      parts.push({kind: PART_KINDS[token.type.label] ?? 'other', start: token.start, end: token.end})
      end = token.end
    }
    end = text.length
  } catch {
    // A text that was cut, or no JavaScript: what was understood stands.
  }
  return {parts: parts.filter(part => part.end <= end || part.kind === 'comment'), end}
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
