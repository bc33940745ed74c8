/** Functions in the text of a script that are given to calls, by where they stand. */
import type {AnyNode} from 'acorn'
import {GrowableUint32} from '../../util/growable.ts'

/** Numbers a row: where the argument stands, the name called (from, to), what that is a property of, the first argument if a text, which argument. */
const [ARGUMENT, NAME, NAME_END, OBJECT, TEXT, TEXT_END, INDEX] = [0, 1, 2, 3, 4, 5, 6]
const WIDTH = 7
/** No text comes first: the quotes of none begin there. */
export const NOTHING = 0

/** Arguments of calls that are functions, or may be: names and properties of `this`. Offsets in the text. */
export class GivenFunctions {
  readonly #rows = new GrowableUint32()
  #sorted: Uint32Array | undefined

  /** `rows`: those of others, as `rows` there has them. */
  constructor(rows: Iterable<number> = []) {
    for (const value of rows) this.#rows.push(value)
  }

  /** All that is noted: for those who write it down. */
  get rows(): Uint32Array {
    return this.#rows.view()
  }

  /** Notes a call's arguments. */
  add(callee: AnyNode, args: readonly AnyNode[]): void {
    const called = callee.type === 'SequenceExpression' ? callee.expressions[callee.expressions.length - 1] : callee
    const isMember = called.type === 'MemberExpression' && !called.computed
    const name = isMember ? called.property : called
    if (name.type !== 'Identifier') return
    const [first] = args
    const isText = first?.type === 'Literal' && typeof first.value === 'string'
    for (const [index, argument] of args.entries()) {
      if (!mayBeFunction(argument)) continue
      const object = isMember ? called.object.start : name.start
      const text = isText ? [first.start + 1, first.end - 1] : [NOTHING, NOTHING]
      for (const value of [argument.start, name.start, name.end, object, ...text, index]) this.#rows.push(value)
    }
  }

  get length(): number {
    return this.#rows.length / WIDTH
  }

  at(row: number): GivenRow {
    const rows = this.#byArgument()
    const value = (column: number) => rows[row * WIDTH + column]
    return {
      argument: value(ARGUMENT),
      name: value(NAME),
      nameEnd: value(NAME_END),
      object: value(OBJECT),
      text: value(TEXT),
      textEnd: value(TEXT_END),
      index: value(INDEX),
    }
  }

  /** The first row whose argument stands at an offset or after it; `length` if none does. */
  from(offset: number): number {
    const rows = this.#byArgument()
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (rows[middle * WIDTH + ARGUMENT] < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #byArgument(): Uint32Array {
    if (this.#sorted !== undefined) return this.#sorted
    const rows = this.#rows.view()
    const order = Uint32Array.from({length: this.length}, (_, i) => i)
    order.sort((a, b) => rows[a * WIDTH + ARGUMENT] - rows[b * WIDTH + ARGUMENT])
    const sorted = new Uint32Array(rows.length)
    for (const [at, row] of order.entries()) sorted.set(rows.subarray(row * WIDTH, (row + 1) * WIDTH), at * WIDTH)
    this.#sorted = sorted
    return sorted
  }
}

interface GivenRow {
  argument: number
  name: number
  nameEnd: number
  object: number
  text: number
  textEnd: number
  index: number
}

function mayBeFunction({type}: AnyNode): boolean {
  return (
    type === 'ArrowFunctionExpression' ||
    type === 'FunctionExpression' ||
    type === 'Identifier' ||
    type === 'MemberExpression'
  )
}
