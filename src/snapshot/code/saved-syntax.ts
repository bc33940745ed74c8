/**
 * The syntax of a script as two columns, so that an index can have it: to parse nine megabytes takes three seconds, to make the same
 * objects of columns a tenth of that. Numbers stand in the order in which they are read; texts are numbers of a list.
 */
import {createRequire} from 'node:module'
import {textKey} from '../../util/checksum.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {textLines} from '../../util/text-lines.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import type {Awaits} from './awaits.ts'
import {GivenFunctions} from './given-functions.ts'
import type {ScriptSyntax} from './parse-script.ts'
import type {FunctionKind, FunctionSyntax, Scope, ScopeSyntaxKind, Use, Variable, VariableKind} from './scope-tree.ts'
import type {ClassMember, ModuleExport, NamedAssignment} from './script-scopes.ts'

/** `numbers` is empty for a text that is no script. */
export interface SyntaxColumns {
  numbers: Uint32Array
  /** JSON: all texts that the numbers mean. */
  texts: Uint8Array
}

const require = createRequire(import.meta.url)

/** Another parser may read another syntax in a text. Not loaded for its version: that takes longer than to read the columns. */
const parser = () => `acorn ${(require('acorn/package.json') as {version: string}).version}`

/** Names the syntax of a text as this parser has it: no two texts of one snapshot have the same. */
export function syntaxKey(text: string): string {
  return `${textKey(text)} by ${parser()}`
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

/** Kinds are numbers by these: the compiler tells of one that is missing. */
const SCOPE_KINDS = keysOf<ScopeSyntaxKind>({
  ...{root: 0, function: 0, body: 0, block: 0, object: 0, loop: 0, class: 0, catch: 0, with: 0},
})
const FUNCTION_KINDS = keysOf<FunctionKind>({function: 0, arrow: 0, method: 0, class: 0, initializer: 0})
const MEMBER_KINDS = keysOf<ClassMember['kind']>({field: 0, method: 0, getter: 0, setter: 0, constructor: 0})
const VARIABLE_KINDS = keysOf<VariableKind>({
  ...{
    const: 0,
    let: 0,
    var: 0,
    function: 0,
    class: 0,
    parameter: 0,
    catch: 0,
    import: 0,
    name: 0,
    this: 0,
    variable: 0,
  },
})

function keysOf<Kind extends string>(all: Record<Kind, 0>): readonly Kind[] {
  return Object.keys(all) as Kind[]
}

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

  script({root, functions, members, assignments, exports, free, imported, literals, ...rest}: ScriptSyntax): void {
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
    for (const offsets of [rest.keyOffsets, rest.constructed, rest.given.rows]) this.#column(offsets)
    this.#list([...rest.functionStarts], offset => this.#put(offset))
    this.#list([...rest.awaits], ([within, {offsets, isOrdered}]) => {
      this.#put(within === undefined ? 0 : numberOfFunction.get(within)! + 1, Number(isOrdered))
      this.#list(offsets, offset => this.#put(offset))
    })
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
    this.#put(VARIABLE_KINDS.indexOf(kind), Number(isExported), offset ?? -1)
    this.#uses(uses)
  }

  #uses(uses: readonly Use[]): void {
    this.#list(uses, ({offset, scope, isRead}) => {
      this.#put(offset, this.#numberOfScope.get(scope)! * 2 + Number(isRead))
    })
  }

  #list<Item>(items: readonly Item[], put: (item: Item) => void): void {
    this.#put(items.length)
    for (const item of items) put(item)
  }

  #text(text: string): void {
    this.#put(getOrMake(this.#numberOfText, text, () => this.#texts.push(text) - 1))
  }

  #column(values: Uint32Array): void {
    this.#put(values.length)
    for (const value of values) this.#put(value)
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
        offset: this.#offset(),
        scope: this.#scopes[this.#next()],
      }),
    )
    const exports = this.#list((): ModuleExport => ({name: this.#text(), local: this.#text(), offset: this.#offset()}))
    const imported = new Set(this.#list(() => this.#offset()))
    const keys = () => new Map(this.#list((): [string, number] => [this.#text(), this.#offset()]))
    const literals = new Map(this.#list((): [number, ReadonlyMap<string, number>] => [this.#offset(), keys()]))
    const [keyOffsets, constructed, given] = [this.#column(), this.#column(), new GivenFunctions(this.#column())]
    const functionStarts = new Set(this.#list(() => this.#offset()))
    const awaits = new Map(
      this.#list((): [FunctionSyntax | undefined, Awaits] => {
        const [within, isOrdered] = [this.#next(), this.#next() === 1]
        return [
          within === 0 ? undefined : functions[within - 1],
          {offsets: this.#list(() => this.#offset()), isOrdered},
        ]
      }),
    )
    const [root] = this.#scopes
    return {
      ...{root, functions, members, assignments, exports, given, free},
      ...{imported, literals, keyOffsets, constructed, functionStarts, awaits},
      ...{text, lines: textLines(text), isModule},
    }
  }

  #scope(functionOfScope: number[]): void {
    const kind = SCOPE_KINDS[this.#next()]
    const [start, end, around, owner, bits] = [this.#offset(), this.#offset(), this.#next(), this.#next(), this.#next()]
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
      start: this.#offset(),
      end: this.#offset(),
      scope: this.#scopes[this.#next()],
    }
  }

  #variable(scope: Scope): Variable {
    const name = this.#text()
    const kind = VARIABLE_KINDS[this.#next()]
    const isExported = this.#next() === 1
    const offset = this.#offset()
    return {name, kind, offset: offset < 0 ? null : offset, scope, uses: this.#uses(), isExported}
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
    return {class: around, name, kind, isStatic: this.#next() === 1, offset: this.#offset()}
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

  #column(): Uint32Array {
    const length = this.#next()
    this.#at += length
    return this.#numbers.slice(this.#at - length, this.#at)
  }

  /** Of what the text has no place for it is negative. */
  #offset(): number {
    return this.#next() | 0
  }

  #next(): number {
    return this.#numbers[this.#at++]
  }
}
