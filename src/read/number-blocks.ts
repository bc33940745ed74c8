/**
 * A flat array of whole numbers in a file, read into columns by several threads. Each thread takes the next block of bytes, turns it
 * into numbers, waits for its turn to learn how many came before, and stores them; so blocks need not begin at rows or lines, and the
 * result does not depend on who was faster. Only the common case is handled: anything else makes the whole reading fail, and
 * the caller reads again with the plain scanner, which knows what is wrong and where.
 */

import {readAt} from '../files/file.ts'
import type {Threads} from '../threads/threads.ts'
import {MAX_UINT32} from '../util/uint32.ts'
import {exactNumber} from './digits.ts'

/** What becomes of one field of each row. All arrays lie in shared memory and have room for all rows. */
export type ColumnPlan =
  /** The number itself; `shift` rows further on. */
  | {kind: 'number'; field: number; data: Uint32Array; shift: number}
  /** `map[number]`; fails beyond the map. */
  | {kind: 'mapped'; field: number; data: Uint8Array; map: Uint8Array}
  /** The number divided by `divisor`, which must go without rest and give less than `limit`. */
  | {kind: 'divided'; field: number; data: Uint32Array; divisor: number; limit: number}
  /** Must be `value` in all rows; nothing is stored. */
  | {kind: 'constant'; field: number; value: number}

export interface BlockJob {
  /** File descriptor: they are of the process, so all threads may use it. */
  fd: number
  /** The byte behind the opening bracket, and the size of the file. */
  start: number
  size: number
  rowLength: number
  /** The most rows that there may be. */
  rowLimit: number
  columns: ColumnPlan[]
  /** Bytes that a thread takes at once; the result does not depend on it. */
  blockBytes: number
  /** Made by `createControl`. */
  control: SharedArrayBuffer
}

/** Small enough for a processor's cache, large enough that taking turns costs nothing. */
export const BLOCK_BYTES = 1 << 18
/** Bytes read beyond a block, to finish a number that begins in it. */
const TAIL_BYTES = 64

/** Places of the words of control that say how the job stands. */
const NEXT_BLOCK = 0
const FAILED = 1
const ENDED = 2
const ACTIVE = 3
const WORDS = 4

const PENDING = 0
const DONE = 1

/** What may come next at the end of a block. */
const VALUE = 0
const COMMA = 1
const UNKNOWN = 2

/** The control block, split into its parts: words, a state and an expectation a block, numbers before each block, the end. */
function parts(control: SharedArrayBuffer, blocks: number) {
  const words = new Int32Array(control, 0, WORDS + 2 * blocks)
  const doubles = new Float64Array(control, align(4 * (WORDS + 2 * blocks)), blocks + 2)
  return {
    words,
    state: words.subarray(WORDS, WORDS + blocks),
    expected: words.subarray(WORDS + blocks),
    /** Numbers before block i. */
    before: doubles.subarray(0, blocks + 1),
    /** The offset of the closing bracket. */
    end: doubles.subarray(blocks + 1),
  }
}

const align = (bytes: number) => Math.ceil(bytes / 8) * 8

type Extent = Pick<BlockJob, 'start' | 'size' | 'blockBytes'>

function blockCount({start, size, blockBytes}: Extent): number {
  return Math.max(1, Math.ceil((size - start) / blockBytes))
}

function createControl(job: Extent): SharedArrayBuffer {
  const blocks = blockCount(job)
  return new SharedArrayBuffer(align(4 * (WORDS + 2 * blocks)) + 8 * (blocks + 2))
}

export interface NumbersRead {
  /** The offset of the closing bracket. */
  end: number
  rows: number
}

/**
 * Reads one array into its columns, with the calling thread taking part. Returns undefined if the array is not of the common
 * kind, has more rows than it may, or ends within one: the columns then hold nothing of use.
 */
export function readNumbers(
  job: Omit<BlockJob, 'control'>,
  threads: Threads,
  onBlock?: (offset: number) => void,
): NumbersRead | undefined {
  const shared = {...job, control: createControl(job)}
  threads.run('read/number-blocks', shared)
  run(shared, onBlock)
  return awaitBlocks(shared)
}

/** Takes part in the job until nothing is left to take; `onBlock` hears of each block's end. */
export function run(job: BlockJob, onBlock?: (offset: number) => void): void {
  const blocks = blockCount(job)
  const {words} = parts(job.control, blocks)
  Atomics.add(words, ACTIVE, 1)
  try {
    // A thread that comes late finds the job ended and touches nothing.
    while (Atomics.load(words, FAILED) === 0 && Atomics.load(words, ENDED) === 0) {
      const block = Atomics.add(words, NEXT_BLOCK, 1)
      if (block >= blocks) return
      runBlock(job, block, blocks)
      onBlock?.(job.start + (block + 1) * job.blockBytes)
    }
  } catch {
    fail(words)
  } finally {
    Atomics.sub(words, ACTIVE, 1)
    Atomics.notify(words, ACTIVE)
  }
}

/** Waits until all threads are through; undefined if the reading failed. */
function awaitBlocks(job: BlockJob): NumbersRead | undefined {
  const {words, before, end} = parts(job.control, blockCount(job))
  for (let active = Atomics.load(words, ACTIVE); active > 0; active = Atomics.load(words, ACTIVE)) {
    Atomics.wait(words, ACTIVE, active)
  }
  if (Atomics.load(words, FAILED) !== 0 || Atomics.load(words, ENDED) === 0) return undefined
  const rows = before[Atomics.load(words, ENDED)] / job.rowLength
  return Number.isInteger(rows) ? {end: end[0], rows} : undefined
}

function fail(words: Int32Array): void {
  Atomics.store(words, FAILED, 1)
  Atomics.notify(words, FAILED)
}

interface Scratch {
  bytes: Uint8Array
  values: Uint32Array
}

let scratch: Scratch | undefined

function scratchFor(blockBytes: number): Scratch {
  const length = 1 + blockBytes + TAIL_BYTES + 1
  // Two bytes a number is the least.
  if (scratch?.bytes.length !== length) {
    scratch = {bytes: new Uint8Array(length), values: new Uint32Array(Math.ceil(length / 2))}
  }
  return scratch
}

function runBlock(job: BlockJob, block: number, blocks: number): void {
  const {bytes, values} = scratchFor(job.blockBytes)
  const shared = parts(job.control, blocks)
  const {words, state, before} = shared
  // One byte more at the front, to see whether a number goes on from the block before.
  const offset = job.start + block * job.blockBytes - 1
  const length = readAt(job.fd, bytes.subarray(0, -1), offset)
  bytes[length] = 0
  const scanned = scanBlock(bytes, 1, Math.min(1 + job.blockBytes, length), length, values)
  if (!awaitTurn(words, state, block)) return
  // Blocks behind the end have been read for nothing.
  const isBehindEnd = Atomics.load(words, ENDED) !== 0
  if (!isBehindEnd && !publish(shared, block, offset, scanned)) {
    fail(words)
    return
  }
  Atomics.store(state, block, DONE)
  Atomics.notify(state, block)
  if (!isBehindEnd && !store(job, values, scanned.count, before[block])) fail(words)
}

/** Tells the next block how many numbers there are and what it may begin with; false if this one does not fit to the last. */
function publish(
  {words, expected, before, end}: ReturnType<typeof parts>,
  block: number,
  offset: number,
  scanned: Scanned,
): boolean {
  const opening = block === 0 ? VALUE : expected[block - 1]
  if (scanned.isBad || (scanned.first !== UNKNOWN && scanned.first !== opening)) return false
  before[block + 1] = before[block] + scanned.count
  expected[block] = scanned.expected === UNKNOWN ? opening : scanned.expected
  if (scanned.closedAt < 0) return true
  // `[]` and `[1,]` are left to the plain scanner.
  if (expected[block] === VALUE) return false
  end[0] = offset + scanned.closedAt
  Atomics.store(words, ENDED, block + 1)
  return true
}

/** Waits until the block before is done; false if the reading has failed meanwhile. */
function awaitTurn(words: Int32Array, state: Int32Array, block: number): boolean {
  // With a time limit, since a thread that fails wakes nobody up.
  while (block > 0 && Atomics.load(state, block - 1) === PENDING) {
    if (Atomics.load(words, FAILED) !== 0) return false
    Atomics.wait(state, block - 1, PENDING, 50)
  }
  return Atomics.load(words, FAILED) === 0
}

interface Scanned {
  count: number
  /** What the block begins with, and what may follow it. */
  first: number
  expected: number
  /** Place of the closing bracket, or -1. */
  closedAt: number
  isBad: boolean
}

const ZERO = 0x30
const COMMA_BYTE = 0x2c
const CLOSE = 0x5d
const LINE_BREAK = 0x0a

/** Numbers that begin at `from` or later and before `to`, of up to `length` bytes; a number cut off at the front is not ours. */
function scanBlock(bytes: Uint8Array, from: number, to: number, length: number, values: Uint32Array): Scanned {
  let at = from
  if (isDigit(bytes[from - 1])) while (at < length && isDigit(bytes[at])) at++
  let count = 0
  let first = UNKNOWN
  // Such a number has been read by the block before, which then expects a comma; so does this one, but cannot know.
  let expected = UNKNOWN
  const result = (closedAt: number, isBad: boolean): Scanned => ({count, first, expected, closedAt, isBad})
  // Behind the last byte there is one that is no digit.
  const last = to - 1
  while (at < to) {
    const byte = bytes[at]
    let digit = byte - ZERO
    if (digit >>> 0 <= 9) {
      if (expected === COMMA) return result(-1, true)
      if (first === UNKNOWN) first = VALUE
      // From number to number, as V8 writes them: a comma in between, at most with a line break before it.
      for (;;) {
        const start = at
        const leading = digit
        let value = digit
        digit = bytes[++at] - ZERO
        while (digit >>> 0 <= 9) {
          value = (value * 10 + digit) | 0
          digit = bytes[++at] - ZERO
        }
        const digits = at - start
        if (at === length || (digits > 1 && (digits > 9 || leading === 0))) {
          const isWhole = digits === 10 && at < length && leading !== 0
          const exact = isWhole ? exactNumber(bytes, start, at) : Number.POSITIVE_INFINITY
          if (exact > MAX_UINT32) return result(-1, true)
          value = exact
        }
        values[count++] = value
        expected = COMMA
        if (at >= last) break
        if (digit === COMMA_BYTE - ZERO) at++
        else if (digit === LINE_BREAK - ZERO && bytes[at + 1] === COMMA_BYTE) at += 2
        else break
        expected = VALUE
        digit = bytes[at] - ZERO
        if (at >= to || digit >>> 0 > 9) break
      }
    } else if (byte === COMMA_BYTE) {
      if (expected === VALUE) return result(-1, true)
      if (first === UNKNOWN) first = COMMA
      expected = VALUE
      at++
    } else if (byte === 0x20 || byte === LINE_BREAK || byte === 0x0d || byte === 0x09) at++
    else if (byte === CLOSE) return result(at, false)
    else return result(-1, true)
  }
  return result(-1, false)
}

function isDigit(byte: number): boolean {
  return (byte - ZERO) >>> 0 <= 9
}

/** Stores `count` numbers, of which the first is number `index` of the array; false if one of them is not as planned. */
function store({columns, rowLength, rowLimit}: BlockJob, values: Uint32Array, count: number, index: number): boolean {
  if (index + count > rowLimit * rowLength) return false
  return columns.every(column => {
    const place = (((column.field - index) % rowLength) + rowLength) % rowLength
    const row = (index + place - column.field) / rowLength
    if (column.kind === 'number') return storeNumbers(column.data, row + column.shift, values, place, rowLength, count)
    if (column.kind === 'mapped') return storeMapped(column, row, values, place, rowLength, count)
    if (column.kind === 'divided') return storeDivided(column, row, values, place, rowLength, count)
    for (let i = place; i < count; i += rowLength) if (values[i] !== column.value) return false
    return true
  })
}

function storeNumbers(
  data: Uint32Array,
  at: number,
  values: Uint32Array,
  from: number,
  step: number,
  count: number,
): boolean {
  for (let i = from, row = at; i < count; i += step, row++) data[row] = values[i]
  return true
}

function storeMapped(
  {data, map}: ColumnPlan & {kind: 'mapped'},
  at: number,
  values: Uint32Array,
  from: number,
  step: number,
  count: number,
): boolean {
  const size = map.length
  for (let i = from, row = at; i < count; i += step, row++) {
    const value = values[i]
    if (value >= size) return false
    const kind = map[value]
    // Memory that nobody has written to is zero and takes no place: most snapshots have a column of nothing else.
    if (kind !== 0) data[row] = kind
  }
  return true
}

function storeDivided(
  {data, divisor, limit}: ColumnPlan & {kind: 'divided'},
  at: number,
  values: Uint32Array,
  from: number,
  step: number,
  count: number,
): boolean {
  for (let i = from, row = at; i < count; i += step, row++) {
    const quotient = (values[i] / divisor) >>> 0
    if (quotient * divisor !== values[i] || quotient >= limit) return false
    data[row] = quotient
  }
  return true
}
