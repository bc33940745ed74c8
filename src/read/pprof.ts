/**
 * Profiles in pprof's format (github.com/google/pprof, proto/profile.proto): of Go, of agents that sample in production, of `heapgraph allocations`.
 *
 * An own reader of the few fields that are needed: that of pprof-format, which writes ours, takes a file that is cut off for a whole one, and time by the
 * square of a number's length.
 */
import {type AllocationProfile, MAX_CALLS, noAllocationProfile} from './allocation-profile.ts'

/** Bytes of a message with varints in it: each number at most once. */
class Message {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number
  readonly #name: string

  constructor(bytes: Uint8Array, name: string, at = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = at
    this.#end = end
    this.#name = name
  }

  /** Each field: its number, and a number or a message. */
  *fields(): Generator<[field: number, value: bigint | Message]> {
    while (this.#at < this.#end) {
      const tag = Number(this.#varint())
      const mode = tag % 8
      const field = Math.floor(tag / 8)
      if (mode === 0) yield [field, this.#varint()]
      else if (mode === 2) yield [field, this.#inner(Number(this.#varint()))]
      else if (mode === 1) this.#inner(8)
      else if (mode === 5) this.#inner(4)
      else throw noAllocationProfile(this.#name, 'it is no protobuf')
    }
  }

  /** Numbers one behind the other, without tags. */
  numbers(): bigint[] {
    const found: bigint[] = []
    while (this.#at < this.#end) found.push(this.#varint())
    return found
  }

  text(): string {
    return new TextDecoder('utf-8', {ignoreBOM: true}).decode(this.#bytes.subarray(this.#at, this.#end))
  }

  #inner(length: number): Message {
    if (!(length <= this.#end - this.#at)) throw noAllocationProfile(this.#name, 'it is cut off')
    this.#at += length
    return new Message(this.#bytes, this.#name, this.#at - length, this.#at)
  }

  /** 64 bits at the most, as protobuf has them. */
  #varint(): bigint {
    let low = 0
    let high = 0n
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw noAllocationProfile(this.#name, 'it is cut off')
      const byte = this.#bytes[this.#at++]
      if (shift < 49) low += (byte & 127) * 2 ** shift
      else high |= BigInt(byte & 127) << BigInt(shift)
      if (byte < 128) return BigInt.asUintN(64, BigInt(low) | high)
    }
    throw noAllocationProfile(this.#name, 'a number has more than 64 bits')
  }
}

interface Func {
  name: number
  file: number
  startLine: number
}

interface Raw {
  types: {type: number; unit: number}[]
  samples: {locations: bigint[]; values: bigint[]}[]
  /** Functions with the lines they are at, callers first. */
  locations: Map<bigint, {func: bigint; line: number}[]>
  functions: Map<bigint, Func>
  texts: string[]
  defaultType: number
}

/** Throws UNREADABLE if the bytes, unpacked, are no such profile, or none of bytes. Linear in them. */
export function parsePprof(bytes: Uint8Array, name: string): AllocationProfile {
  const raw = readRaw(bytes, name)
  const text = (place: number) => raw.texts[place] ?? ''
  const column = byteColumn(raw, text, name)
  const order = [...raw.functions.keys()]
  const placeOf = new Map(order.map((id, place) => [id, place]))
  const functions = ['(root)']
  const scripts = ['']
  const lines = [0]
  const caller = [-1]
  const own = [0]
  const known = new Map<number, number>()
  const called = (by: number, {func, line}: {func: bigint; line: number}): number => {
    const place = placeOf.get(func)
    if (place === undefined) throw noAllocationProfile(name, 'a call is of a function that it does not have')
    const key = by * order.length + place
    const found = known.get(key)
    if (found !== undefined) return found
    if (caller.length >= MAX_CALLS) throw noAllocationProfile(name, `more than ${MAX_CALLS} calls`)
    const {name: of, file, startLine} = raw.functions.get(func)!
    functions.push(text(of))
    scripts.push(text(file))
    lines.push(startLine > 0 ? startLine : line)
    own.push(0)
    known.set(key, caller.push(by) - 1)
    return caller.length - 1
  }
  for (const {locations, values} of raw.samples) {
    let call = 0
    for (const id of locations.toReversed()) {
      const location = raw.locations.get(id)
      if (location === undefined) throw noAllocationProfile(name, 'a sample is of a place that it does not have')
      for (const line of location) call = isRoot(call, raw.functions.get(line.func), text) ? 0 : called(call, line)
    }
    own[call] += count(values[column.index], name)
  }
  return {
    name,
    functions,
    scripts,
    line: Float64Array.from(lines),
    column: new Float64Array(lines.length),
    caller: Int32Array.from(caller),
    bytes: Float64Array.from(own),
    notes: column.notes,
  }
}

/** V8's own, which some writers have in each stack. */
function isRoot(call: number, func: Func | undefined, text: (place: number) => string): boolean {
  return call === 0 && func !== undefined && text(func.name) === '(root)' && text(func.file) === ''
}

/** The values in bytes: those the file calls the usual ones, else the last, as pprof has it. */
function byteColumn(
  {types, defaultType}: Raw,
  text: (place: number) => string,
  name: string,
): {index: number; notes: string[]} {
  const found = [...types.keys()].filter(index => text(types[index].unit) === 'bytes')
  if (found.length === 0) {
    const units = types.map(({type, unit}) => `${text(type)} in ${text(unit)}`).join(', ')
    throw noAllocationProfile(name, types.length === 0 ? 'it has no samples' : `it is of ${units}`)
  }
  const words = (index: number) => text(types[index].type)
  const index = found.find(index => types[index].type === defaultType) ?? found[found.length - 1]
  return {index, notes: found.length === 1 ? [] : [`of ${found.map(words).join(', ')} it is ${words(index)}`]}
}

function readRaw(bytes: Uint8Array, name: string): Raw {
  const raw: Raw = {types: [], samples: [], locations: new Map(), functions: new Map(), texts: [], defaultType: 0}
  for (const [field, value] of new Message(bytes, name).fields()) {
    if (field === 14 && typeof value === 'bigint') raw.defaultType = Number(value)
    if (typeof value === 'bigint') continue
    if (field === 1) raw.types.push(readType(value))
    else if (field === 2) raw.samples.push(readSample(value))
    else if (field === 4) readLocation(value, raw.locations)
    else if (field === 5) readFunction(value, raw.functions)
    else if (field === 6) raw.texts.push(value.text())
  }
  return raw
}

function readType(message: Message): Raw['types'][number] {
  const [, type = 0n, unit = 0n] = numbersOf(message)
  return {type: Number(type), unit: Number(unit)}
}

function readSample(message: Message): Raw['samples'][number] {
  const sample = {locations: [] as bigint[], values: [] as bigint[]}
  for (const [field, value] of message.fields()) {
    const list = field === 1 ? sample.locations : field === 2 ? sample.values : undefined
    if (typeof value === 'bigint') list?.push(value)
    else if (list !== undefined) for (const number of value.numbers()) list.push(number)
  }
  return sample
}

function readLocation(message: Message, locations: Raw['locations']): void {
  let id = 0n
  const lines: {func: bigint; line: number}[] = []
  for (const [field, value] of message.fields()) {
    if (field === 1 && typeof value === 'bigint') id = value
    if (field !== 4 || typeof value === 'bigint') continue
    const [, func = 0n, line = 0n] = numbersOf(value)
    lines.push({func, line: Number(line)})
  }
  // What is inlined stands before what it is inlined in.
  locations.set(id, lines.reverse())
}

function readFunction(message: Message, functions: Raw['functions']): void {
  const [, id = 0n, name = 0n, , file = 0n, startLine = 0n] = numbersOf(message)
  functions.set(id, {name: Number(name), file: Number(file), startLine: Number(startLine)})
}

/** Its numbers by field, as far as there are fields for. */
function numbersOf(message: Message): (bigint | undefined)[] {
  const found: (bigint | undefined)[] = []
  for (const [field, value] of message.fields()) if (typeof value === 'bigint' && field < 8) found[field] = value
  return found
}

function count(value: bigint | undefined, name: string): number {
  const bytes = Number(BigInt.asIntN(64, value ?? 0n))
  if (bytes < 0) throw noAllocationProfile(name, 'a size is below 0, as in the difference of two profiles')
  return bytes
}
