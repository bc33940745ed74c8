/** Mutants: small heap snapshots, each damaged in a way that its number and the seed decide. */
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {gunzipSync, gzipSync} from 'node:zlib'
import fc from 'fast-check'
import {randomHeap, textOf} from '../../test/devtools/heaps.ts'

const ODD = fileURLToPath(new URL('../../fixtures/odd/', import.meta.url))
const LARGEST = 10_000
export const NUMBERS = [
  0,
  1,
  2,
  3,
  7,
  -1,
  -2,
  255,
  256,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  2 ** 32,
  1e10,
]
export const ODD_NUMBERS = [2 ** 53 - 1, 2 ** 53, 0.5, -0.5, 1e300, -1e300, 5e-324]
export const TEXTS = [
  '\u001b[31mred\u001b]8;;http://x\u0007',
  '</script><img src=x onerror=alert(1)>',
  '"]; evil [label="',
  '\u202egnp.exe',
  '\ud800',
  '\u0000',
  '=cmd()',
  '__proto__',
  'constructor',
  '(GC roots)',
  '',
  'table',
  '/./net/host/x.js',
  '/proc/self/environ.js',
  'part of key (A @3) -> value (B @5) pair in WeakMap (table @7)',
  '2 / part of key (A @3) -> value (B @5) pair in WeakMap (table @7)',
  '漢👩‍👩‍👧'.repeat(50),
  '(.['.repeat(500),
  ' '.repeat(2000),
  'x'.repeat(5000),
]

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a mutant is made by: draws that its number and the seed decide. */
export function randomOf(seed, number) {
  const next = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b))
  const below = limit => Math.floor(next() * limit)
  return {next, below, pick: list => list[below(list.length)]}
}

let bases

/** Texts of snapshots, unpacked. */
function basesOf(seed) {
  const odd = readdirSync(ODD)
    .filter(name => /\.heapsnapshot(\.gz)?$/.test(name))
    .sort()
    .map(name => readFileSync(`${ODD}${name}`))
    .map(bytes => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes))
    .filter(bytes => bytes.length < LARGEST)
  const drawn = fc.sample(randomHeap, {seed, numRuns: 300}).map(heap => Buffer.from(textOf(heap)))
  return [...odd, ...drawn]
}

/** The bytes of mutant `number`, and what a person may call it. */
export function mutant(seed, number) {
  bases ??= basesOf(seed)
  const {next, below, pick} = randomOf(seed, number)
  let bytes = Buffer.from(pick(bases))
  // One mutant in three is damaged as text, the others keep the form of a snapshot, and so come further.
  const asText = next() < 1 / 3
  const times = 1 + below(4)
  for (let i = 0; i < times; i++)
    bytes = asText ? damagedText(bytes, below, pick) : damagedHeap(bytes, below, pick, next)
  if (next() < 0.02) bytes = damagedText(gzipSync(bytes), below, pick)
  return {bytes, name: `mutant ${number} of seed ${seed}`}
}

export function damagedText(bytes, below, pick) {
  const at = below(bytes.length + 1)
  const length = 1 + below(pick([1, 4, 100]))
  const [before, here, behind] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)]
  const ways = [
    () => [before, Buffer.from([below(256)]), behind],
    () => [before, behind],
    () => [before, here, here, behind],
    () => [before],
    () => [
      before,
      Buffer.from(pick(['{', '}', '[', ']', ',', ':', '"', '\\', '-', 'e', '.', ' ', '\0', '9'.repeat(80)])),
      here,
      behind,
    ],
    () => [before, Buffer.from(String(pick([...NUMBERS, ...ODD_NUMBERS]))), behind],
  ]
  return Buffer.concat(pick(ways)())
}

function damagedHeap(bytes, below, pick, next) {
  let heap
  try {
    heap = JSON.parse(bytes.toString())
  } catch {
    return damagedText(bytes, below, pick)
  }
  const number = () => (next() < 0.15 ? pick(ODD_NUMBERS) : next() < 0.5 ? pick(NUMBERS) : below(200))
  const change = list => {
    if (!Array.isArray(list) || list.length === 0) return
    const at = below(list.length)
    const ways = [
      () => (list[at] = number()),
      () => (list[at] = pick(list)),
      () => ([list[at], list[0]] = [list[0], list[at]]),
    ]
    if (next() < 0.1)
      ways.push(
        () => list.splice(at, 1 + below(7)),
        () => list.push(...list.slice(at, at + 7)),
      )
    pick(ways)()
  }
  const width = heap.snapshot?.meta?.node_fields?.length ?? 5
  const ways = [
    () => change(heap.nodes),
    () => change(heap.edges),
    () => change(heap.locations),
    // Fields that may have any value, so that the file stays one that is read.
    () => row(heap.nodes, width, 2, number),
    () => row(heap.nodes, width, 2, () => pick([1, 3, 5, 99])),
    () => row(heap.nodes, width, 3, number),
    () => row(heap.nodes, width, 0, () => below(15)),
    () => row(heap.nodes, width, 1, () => below(heap.strings?.length ?? 1)),
    () => row(heap.edges, 3, 0, () => below(7)),
    () => row(heap.edges, 3, 1, () => below(heap.strings?.length ?? 1)),
    () => row(heap.edges, 3, 2, () => width * below(Math.max(1, (heap.nodes?.length ?? 0) / width))),
    () => put(heap.strings, pick(TEXTS)),
    () => put(heap.strings, pick(heap.strings ?? [])),
    () => {
      if (heap.snapshot)
        heap.snapshot[pick(['node_count', 'edge_count', 'root_index', 'trace_function_count'])] = number()
    },
    () => change(heap.snapshot?.meta?.node_fields),
    () => delete heap[pick(Object.keys(heap).concat('x'))],
  ]
  // Most mutants are to stay snapshots.
  pick(next() < 0.2 ? ways : ways.slice(3, 13))()
  return Buffer.from(JSON.stringify(heap))

  function put(list, value) {
    if (Array.isArray(list) && list.length > 0) list[below(list.length)] = value
  }

  function row(section, length, field, value) {
    if (Array.isArray(section) && section.length >= length)
      section[length * below(section.length / length) + field] = value()
  }
}
