/**
 * The syntax of a script as two columns, so that an index can have it: to parse nine megabytes takes three seconds, to make the same
 * objects of columns a twentieth of that. Numbers stand in the order in which they are read; texts are numbers of a list.
 */
import {Checksum} from '../../util/checksum.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {textLines} from '../../util/text-lines.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import type {ScriptSyntax} from './parse-script.ts'
import type {
  ClassMember,
  FunctionKind,
  FunctionSyntax,
  ModuleExport,
  NamedAssignment,
  Scope,
  ScopeSyntaxKind,
  Use,
  Variable,
  VariableKind,
} from './script-scopes.ts'

/** `numbers` is empty for a text that is no script. */
export interface SyntaxColumns {
  numbers: Uint32Array
  /** JSON: all texts that the numbers mean. */
  texts: Uint8Array
}

/** Names the syntax of a text: no two texts of one snapshot have the same. */
export function syntaxKey(text: string): string {
  const checksum = new Checksum()
  const bytes = Buffer.allocUnsafeSlow(text.length * 2)
  bytes.write(text, 'utf16le')
  checksum.add(bytes)
  return `${text.length}-${checksum.digest()}`
}

/** Made when they are asked for: most snapshots get no index. */
export function columnsOf(syntax: ScriptSyntax | undefined): SyntaxColumns {
  let columns: SyntaxColumns | undefined
  const made = () => {
    if (columns !== undefined) return columns
    const out = new SyntaxWriter()
    if (syntax !== undefined) out.script(syntax)
    columns = out.columns()
    return columns
  }
  return {
    get numbers() {
      return made().numbers
    },
    get texts() {
      return made().texts
    },
  }
}

/** What `columnsOf` was given; `text`: the script's. */
export function syntaxOf(columns: SyntaxColumns, text: string): ScriptSyntax | undefined {
  return columns.numbers.length === 0 ? undefined : new SyntaxReader(columns).script(text)
}

const SCOPE_KINDS: readonly ScopeSyntaxKind[] = ['root', 'function', 'body', 'block', 'loop', 'class', 'catch', 'with']
const FUNCTION_KINDS: readonly FunctionKind[] = ['function', 'arrow', 'method', 'class', 'initializer']
const MEMBER_KINDS: readonly ClassMember['kind'][] = ['field', 'method', 'getter', 'setter', 'constructor']
const VARIABLE_KINDS: readonly VariableKind[] = [
  'const',
  'let',
  'var',
  'function',
  'class',
  'parameter',
  'catch',
  'import',
  'name',
  'this',
  'variable',
]

/** Bits of a scope. */
const STRICT = 1
const HAS_EVAL = 2
const CONTAINS_EVAL = 4
/** Bits of a function. */
const ASYNC = 1
const GENERATOR = 2

class SyntaxWriter {
  readonly #numbers = new GrowableUint32()
  readonly #texts: string[] = []
  readonly #numberOfText = new Map<string, number>()
  readonly #numberOfScope = new Map<Scope, number>()

  columns(): SyntaxColumns {
    return {numbers: this.#numbers.view().slice(), texts: bytesOf(this.#texts)}
  }

  script({
    root,
    functions,
    members,
    assignments,
    exports,
    free,
    imported,
    literals,
    keyOffsets,
    ...rest
  }: ScriptSyntax): void {
    this.#put(Number(rest.isModule))
    const scopes = scopesBelow(root)
    for (const [i, scope] of scopes.entries()) this.#numberOfScope.set(scope, i)
    const numberOfFunction = new Map(functions.map((one, i) => [one, i]))
    this.#list(scopes, scope => this.#scope(scope, numberOfFunction))
    this.#list(functions, one => {
      this.#text(one.name)
      this.#put(FUNCTION_KINDS.indexOf(one.kind), Number(one.isAsync) * ASYNC + Number(one.isGenerator) * GENERATOR)
      this.#put(one.start, one.end, this.#numberOfScope.get(one.scope)!)
    })
    for (const {variables} of scopes) this.#list([...variables.values()], variable => this.#variable(variable))
    this.#list([...free], ([name, uses]) => {
      this.#text(name)
      this.#uses(uses)
    })
    this.#list(members, member => {
      this.#text(member.class)
      this.#text(member.name)
      this.#put(MEMBER_KINDS.indexOf(member.kind), Number(member.isStatic), member.offset)
    })
    this.#list(assignments, ({names, offset, scope}) => {
      this.#list(names, name => this.#text(name))
      this.#put(offset, this.#numberOfScope.get(scope)!)
    })
    this.#list(exports, ({name, local, offset}) => {
      this.#text(name)
      this.#text(local)
      this.#put(offset)
    })
    this.#list([...imported], offset => this.#put(offset))
    this.#list([...literals], ([given, keys]) => {
      this.#put(given)
      this.#list([...keys], ([key, offset]) => {
        this.#text(key)
        this.#put(offset)
      })
    })
    this.#list([...keyOffsets], offset => this.#put(offset))
    this.#list([...rest.functionStarts], offset => this.#offset(offset))
  }

  /** The scope around comes before. */
  #scope(scope: Scope, numberOfFunction: ReadonlyMap<FunctionSyntax, number>): void {
    const {kind, start, end, outer} = scope
    const bits = [scope.isStrict && STRICT, scope.hasEval && HAS_EVAL, scope.containsEval && CONTAINS_EVAL]
    this.#put(SCOPE_KINDS.indexOf(kind), start, end)
    this.#put(outer === undefined ? 0 : this.#numberOfScope.get(outer)! + 1)
    this.#put(scope.function === undefined ? 0 : numberOfFunction.get(scope.function)! + 1)
    this.#put(bits.reduce<number>((sum, bit) => sum + Number(bit), 0))
  }

  #variable({name, kind, offset, isExported, uses}: Variable): void {
    this.#text(name)
    this.#put(VARIABLE_KINDS.indexOf(kind), Number(isExported))
    this.#offset(offset)
    this.#uses(uses)
  }

  #uses(uses: readonly Use[]): void {
    this.#list(uses, ({offset, scope, isRead}) => {
      this.#offset(offset)
      this.#put(this.#numberOfScope.get(scope)! * 2 + Number(isRead))
    })
  }

  #list<Item>(items: readonly Item[], put: (item: Item) => void): void {
    this.#put(items.length)
    for (const item of items) put(item)
  }

  #text(text: string): void {
    this.#put(getOrMake(this.#numberOfText, text, () => this.#texts.push(text) - 1))
  }

  /** From -1 on. */
  #offset(offset: number): void {
    this.#put(offset + 1)
  }

  #put(...numbers: number[]): void {
    for (const number of numbers) this.#numbers.push(number)
  }
}

/** A scope and all further inside, each behind the one around it, those side by side in the order of the text. */
function scopesBelow(root: Scope): Scope[] {
  const found = [root]
  for (let i = 0; i < found.length; i++) for (const scope of found[i].inner) found.push(scope)
  return found
}

class SyntaxReader {
  readonly #numbers: Uint32Array
  readonly #texts: readonly string[]
  #scopes: Scope[] = []
  #at = 0

  constructor({numbers, texts}: SyntaxColumns) {
    this.#numbers = numbers
    this.#texts = parsedBytes(texts) as string[]
  }

  script(text: string): ScriptSyntax {
    const isModule = this.#next() === 1
    const functionOfScope: number[] = []
    this.#list(() => this.#scope(functionOfScope))
    const functions = this.#list(() => this.#function())
    for (const [i, scope] of this.#scopes.entries()) {
      if (functionOfScope[i] > 0) scope.function = functions[functionOfScope[i] - 1]
      for (const variable of this.#list(() => this.#variable(scope))) scope.variables.set(variable.name, variable)
    }
    const free = new Map(this.#list((): [string, Use[]] => [this.#text(), this.#uses()]))
    const members = this.#list(() => this.#member())
    const assignments = this.#list(
      (): NamedAssignment => ({
        names: this.#list(() => this.#text()),
        offset: this.#next(),
        scope: this.#scopes[this.#next()],
      }),
    )
    const exports = this.#list((): ModuleExport => ({name: this.#text(), local: this.#text(), offset: this.#next()}))
    const imported = new Set(this.#list(() => this.#next()))
    const keys = () => new Map(this.#list((): [string, number] => [this.#text(), this.#next()]))
    const literals = new Map(this.#list((): [number, ReadonlyMap<string, number>] => [this.#next(), keys()]))
    const keyOffsets = Uint32Array.from(this.#list(() => this.#next()))
    const functionStarts = new Set(this.#list(() => this.#offset()))
    const [root] = this.#scopes
    return {
      ...{root, functions, members, assignments, exports, free},
      ...{imported, literals, keyOffsets, functionStarts},
      ...{text, lines: textLines(text), isModule},
    }
  }

  #scope(functionOfScope: number[]): void {
    const kind = SCOPE_KINDS[this.#next()]
    const [start, end, around, owner, bits] = [this.#next(), this.#next(), this.#next(), this.#next(), this.#next()]
    const scope: Scope = {
      kind,
      start,
      end,
      outer: around === 0 ? undefined : this.#scopes[around - 1],
      inner: [],
      function: undefined,
      variables: new Map(),
      isStrict: (bits & STRICT) !== 0,
      hasEval: (bits & HAS_EVAL) !== 0,
      containsEval: (bits & CONTAINS_EVAL) !== 0,
    }
    scope.outer?.inner.push(scope)
    this.#scopes.push(scope)
    functionOfScope.push(owner)
  }

  #function(): FunctionSyntax {
    const name = this.#text()
    const kind = FUNCTION_KINDS[this.#next()]
    const bits = this.#next()
    return {
      name,
      kind,
      isAsync: (bits & ASYNC) !== 0,
      isGenerator: (bits & GENERATOR) !== 0,
      start: this.#next(),
      end: this.#next(),
      scope: this.#scopes[this.#next()],
    }
  }

  #variable(scope: Scope): Variable {
    const name = this.#text()
    const kind = VARIABLE_KINDS[this.#next()]
    const isExported = this.#next() === 1
    return {name, kind, offset: this.#offset(), scope, uses: this.#uses(), isExported}
  }

  #uses(): Use[] {
    return this.#list(() => {
      const offset = this.#offset()
      const place = this.#next()
      return {offset, scope: this.#scopes[place >>> 1], isRead: (place & 1) === 1}
    })
  }

  #member(): ClassMember {
    const [around, name] = [this.#text(), this.#text()]
    const kind = MEMBER_KINDS[this.#next()]
    return {class: around, name, kind, isStatic: this.#next() === 1, offset: this.#next()}
  }

  #list<Item>(read: () => Item): Item[] {
    const count = this.#next()
    const items: Item[] = []
    for (let i = 0; i < count; i++) items.push(read())
    return items
  }

  #text(): string {
    return this.#texts[this.#next()]
  }

  #offset(): number {
    return this.#next() - 1
  }

  #next(): number {
    return this.#numbers[this.#at++]
  }
}
