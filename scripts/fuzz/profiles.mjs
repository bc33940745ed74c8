/** Mutants of allocation profiles, `.heapprofile` and pprof by turns, and what is asked of them. */
import assert from 'node:assert/strict'
import {randomUUID} from 'node:crypto'
import {rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {Profile} from 'pprof-format'
import * as heapgraph from '../../src/index.ts'
import {call, DRAWN, POOL} from '../../test/support/drawn-profile.ts'
import {damagedText, NUMBERS, ODD_NUMBERS, randomOf, TEXTS} from './mutants.mjs'

const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/
const SLOW_MS = 20_000
/** Deeper than functions that call themselves for each level come. */
const DEEP = 15_000
const SCRIPTS = ['', POOL, 'node:fs', 'file:///app/node_modules/a/b.js', 'https://app.example/x.js', ...TEXTS]

/** The bytes of a mutant: the same for the same seed and number. `whole` is the tree that is in it where it is undamaged. */
export async function profileMutant(seed, number) {
  const {next, below, pick} = randomOf(seed, number)
  const value = () => (next() < 0.1 ? pick(ODD_NUMBERS) : next() < 0.3 ? pick(NUMBERS) : below(1e6))
  const head = next() < 0.1 ? structuredClone(DRAWN) : randomCalls()
  const isPprof = number % 2 === 1
  if (next() < 0.5) changeCalls(head)
  const isDamaged = next() < 0.5
  const isDeep = !isPprof && next() < 0.01
  let bytes = isPprof ? await encoded(head) : Buffer.from(isDeep ? deepText(head) : JSON.stringify({head, samples: []}))
  if (isDamaged) for (let times = 1 + below(4); times > 0; times--) bytes = damagedText(bytes, below, pick)
  const whole = isDamaged || isDeep ? undefined : {head, isPprof}
  if (next() < 0.1) bytes = gzipSync(bytes)
  return {bytes, whole, name: `profile ${number} of seed ${seed}`}

  function randomCalls() {
    const calls = [call('(root)', '', -1, below(2) * below(9999))]
    for (let left = below(40); left > 0; left--) {
      const own = next() < 0.3 ? 0 : below(2 ** pick([8, 20, 40]))
      const made = call(next() < 0.2 ? pick(TEXTS) : `f${below(9)}`, pick(SCRIPTS), below(300) - 1, own)
      // By turns broad and deep.
      const by = next() < 0.5 ? calls[calls.length - 1] : pick(calls)
      by.children.push(made)
      calls.push(made)
    }
    return calls[0]
  }

  function changeCalls(first) {
    const calls = listed(first)
    // What breaks the form comes last: nothing can be changed in it.
    for (let times = 1 + below(3); times > 0; times--) {
      const one = pick(calls)
      const frame = one.callFrame
      const ways = [
        () => (one.selfSize = value()),
        () => (frame.functionName = pick(TEXTS)),
        () => (frame.url = pick(TEXTS)),
        () => (frame.lineNumber = value()),
        () => (frame.columnNumber = value()),
        () => (frame.scriptId = String(value())),
      ]
      // A pprof is written of the tree: it has to have its form.
      const broken = [
        () => (one.children = pick([null, {}, 'x', [null], [3], [[]]])),
        () => (one.selfSize = pick([null, '1', true, [1]])),
        () => (one.callFrame = pick([null, [], 'x', {}])),
        () => (frame.url = pick([null, 1, {}])),
        () => (frame.lineNumber = pick([null, '7', {}])),
      ]
      pick(times === 1 && next() < 0.3 && !isPprof ? broken : ways)()
    }
  }

  function deepText(first) {
    const {children, ...rest} = call('deep', POOL, 1, 1)
    assert.deepEqual(children, [])
    const open = `${JSON.stringify(rest).slice(0, -1)},"children":[`
    return `{"head":${open.repeat(DEEP)}${JSON.stringify(first)}${']}'.repeat(DEEP)}}`
  }

  /** As the library writes it, unpacked: a location for each call, in half of them each value with one of another unit before it. */
  async function encoded(first) {
    const {Function: Func, Line, Location, Profile, Sample, StringTable, ValueType} = await import('pprof-format')
    const texts = new StringTable()
    const isPair = next() < 0.5
    const [bytesType, countType] = [
      ['space', 'bytes'],
      ['objects', 'count'],
    ].map(([type, unit]) => new ValueType({type: texts.dedup(type), unit: texts.dedup(unit)}))
    const whole = value => (Number.isSafeInteger(value) ? value : 0)
    const functions = []
    const locations = []
    const samples = []
    const visit = (one, above) => {
      const id = functions.length + 1
      const {functionName, url, lineNumber} = one.callFrame
      const line = whole(lineNumber) + 1
      const [name, filename] = [texts.dedup(functionName), texts.dedup(url)]
      functions.push(new Func({id, name, systemName: name, filename, startLine: line}))
      locations.push(new Location({id, line: [new Line({functionId: id, line})]}))
      const stack = [id, ...above]
      const own = whole(one.selfSize)
      samples.push(new Sample({locationId: stack, value: isPair ? [7, own] : [own]}))
      for (const child of one.children) visit(child, stack)
    }
    visit(first, [])
    return Buffer.from(
      new Profile({
        sampleType: isPair ? [countType, bytesType] : [bytesType],
        sample: samples,
        location: locations,
        function: functions,
        stringTable: texts,
      }).encode(),
    )
  }
}

/** What became of it: `refused`, `read`. Throws if that is wrong. */
export async function judgedProfile({bytes, whole, name}, number) {
  const began = performance.now()
  const path = join(tmpdir(), `heapgraph-fuzz-${randomUUID()}.heapprofile`)
  writeFileSync(path, bytes, {mode: 0o600})
  try {
    const outcome = await judgedFile(path, whole, number)
    const took = performance.now() - began
    assert.ok(took < SLOW_MS, `${name} took ${Math.round(took)} ms`)
    return outcome
  } finally {
    rmSync(path)
  }
}

async function judgedFile(path, whole, number) {
  const expected = whole === undefined ? undefined : expectedBytes(whole)
  let profile
  try {
    profile = await heapgraph.readAllocationProfile(path)
  } catch (error) {
    refusal(error)
    assert.equal(expected, undefined, `refused: ${error.message}`)
    return 'refused'
  }
  const {caller, bytes} = profile
  for (const [one, by] of caller.entries()) assert.ok(by < one && by >= (one === 0 ? -1 : 0), 'callers stand before')
  const total = bytes.reduce((sum, one) => sum + one, 0)
  if (expected !== undefined) close(total, expected, 'bytes of the file')
  const beside = number % 5 === 0 ? {...profile} : undefined
  const profiles = number % 3 === 0 ? [{...profile}, profile] : [profile]
  const by = number % 4 < 2 ? 'line' : 'package'
  try {
    const answer = await heapgraph.allocationsView(profiles, {by, limit: 1e6, ...(beside && {beside})})
    const {view, frames} = answer
    close(view.total.bytes, total, 'bytes of all rows')
    close(
      view.rows.reduce((sum, row) => sum + row.bytes, 0),
      total,
      'bytes of the rows',
    )
    if (view.total.change !== null) assert.equal(view.total.change, 0, 'a profile beside itself has not changed')
    if (view.total.leftBytes !== null) close(view.total.leftBytes, total, 'all of it is there')
    if (frames.length > 0) close(frames[0].bytes, total, 'bytes of the flame')
    const texts = [
      heapgraph.allocationsText(view, heapgraph.plainPaint),
      heapgraph.allocationsJson(view),
      heapgraph.allocationsSpeedscope(view.profiles, frames),
    ]
    if (frames.length > 0) {
      texts.push((await heapgraph.drawAllocations(answer, {})).svg)
      texts.push((await heapgraph.drawAllocationsPage(answer, {})).html)
    } else await assert.rejects(heapgraph.drawAllocations(answer, {}), heapgraph.HeapgraphError)
    JSON.parse(texts[1])
    JSON.parse(texts[2])
    for (const [i, text] of texts.entries()) {
      assert.doesNotMatch(text, CONTROL, `a control character in answer ${i}`)
      // The page has a program in it.
      if (i < 4) assert.doesNotMatch(text, /\bNaN\b|\bInfinity\b/, text.slice(0, 500))
    }
    const pprof = await heapgraph.allocationsPprof(frames)
    const written = Profile.decode(gunzipSync(pprof)).sample.reduce((sum, {value}) => sum + Number(value[0]), 0)
    const rounded = frames.reduce((sum, {selfBytes}) => sum + Math.round(selfBytes), 0)
    close(written, rounded, 'bytes in pprof')
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    refusal(error)
  }
  return 'read'
}

function refusal(error) {
  assert.ok(error instanceof heapgraph.HeapgraphError, `no sentence, but ${error.stack}`)
  assert.doesNotMatch(error.message, /\u001b/)
}

/** Bytes of a tree that is to be read, by each of its calls; undefined where it may be refused. */
function expectedBytes({head, isPprof}) {
  let sum = 0
  for (const one of listed(head)) {
    const {callFrame, selfSize, children} = one ?? {}
    const numbers = [selfSize, callFrame?.lineNumber, callFrame?.columnNumber]
    if (!Array.isArray(children) || !numbers.every(Number.isSafeInteger)) return undefined
    if (selfSize < 0 || (!isPprof && (numbers[1] < -1 || numbers[2] < -1))) return undefined
    // One more than these is no number of a line.
    if (numbers.some(number => number >= Number.MAX_SAFE_INTEGER)) return undefined
    sum += selfSize
  }
  return sum
}

function listed(head) {
  const calls = [head]
  for (const one of calls) if (Array.isArray(one?.children)) calls.push(...one.children)
  return calls
}

/** Sums beyond 2^53 are rounded, and by what order they are made. */
function close(actual, expected, what) {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${what}: ${actual}, not ${expected}`)
}
