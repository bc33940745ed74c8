/** Profiles of pprof: written by a library and read by an own reader, so that each is a second opinion of the other; written by hand, and broken. */
import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync, gzipSync} from 'node:zlib'
import fc from 'fast-check'
import {Function as Func, Line, Location, Profile, Sample, StringTable, ValueType} from 'pprof-format'
import {allocationsPprof, allocationsView, readAllocationProfile} from '../../src/index.ts'
import {parseAllocationProfile} from '../../src/read/allocation-profile.ts'
import {parsePprof} from '../../src/read/pprof.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {heapgraph} from '../cli/cli.ts'
import {anyText} from '../emit/hostile.ts'
import {type Call, call, DRAWN, POOL} from '../support/drawn-profile.ts'
import {runs} from '../support/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-pprof-'))
const answerOf = (head: Call) =>
  allocationsView([parseAllocationProfile(JSON.stringify({head, samples: []}), 'x')], {sourceMaps: false})
const packed = async (head: Call) => allocationsPprof((await answerOf(head)).frames)

/** Bytes by stack, callers first, as the library that reads it says. */
function stacksOf(bytes: Uint8Array): Map<string, number> {
  const {sample, location, function: functions, stringTable} = Profile.decode(gunzipSync(bytes))
  const text = (place: number | bigint) => stringTable.strings[Number(place)]
  const nameOf = new Map(
    location.map(({id, line}) => {
      const {name, filename, startLine} = functions.find(({id}) => id === line[0].functionId)!
      assert.equal(Number(line[0].line), Number(startLine))
      return [id, `${text(name)}|${text(filename)}|${startLine}`]
    }),
  )
  const sums = new Map<string, number>()
  for (const {locationId, value} of sample) {
    const key = locationId
      .toReversed()
      .map(id => nameOf.get(id))
      .join(' > ')
    sums.set(key, (sums.get(key) ?? 0) + Number(value[0]))
  }
  return sums
}

test('another reader finds each stack with its bytes', async () => {
  const bytes = await packed(DRAWN)
  const server = 'handle|/app/src/server.js|4'
  const made = 'makeOne|/app/src/pool.js|31'
  const clone = 'clone|/app/node_modules/lodash/lodash.js|10'
  assert.deepEqual(
    [...stacksOf(bytes)].sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ['(anonymous)|node:internal/y|1', 9],
      ['(root)||0', 100],
      [server, 1000],
      [`${server} > ${clone}`, 40],
      [`${server} > ${made}`, 5000],
      [`${server} > ${made} > ${clone}`, 700],
      [`${server} > ${made} > ${clone} > push|node:internal/x|2`, 50],
      [made, 6],
    ],
  )
  const {sampleType, stringTable} = Profile.decode(gunzipSync(bytes))
  const words = sampleType.map(({type, unit}) => [type, unit].map(place => stringTable.strings[Number(place)]))
  assert.deepEqual(words, [['space', 'bytes']])
  assert.deepEqual(await packed(DRAWN), bytes, 'the same bytes each time')
})

/** Half a surrogate pair is no character, and UTF-8 has none. */
const wellFormed = (text: string) => Buffer.from(text).toString()

const anyCalls = fc
  .array(
    fc.record({
      up: fc.nat(),
      own: fc.oneof(fc.integer({min: 1, max: 9999}), fc.integer({min: 1, max: 2 ** 40})),
      name: fc.oneof(fc.constantFrom('f', 'g'), anyText),
      script: fc.oneof(fc.constantFrom('', POOL, 'node:fs'), anyText),
      line: fc.integer({min: 0, max: 2 ** 31}),
    }),
    {minLength: 1, maxLength: 60},
  )
  .map(items => {
    const calls = items.map(({own, name, script, line}, i) =>
      // What comes back as one call is one here, too: no two of one caller are the same.
      i === 0 ? call('(root)', '', -1, own + 1) : call(`${name}${i}`, wellFormed(script), line, own),
    )
    for (const {callFrame} of calls) callFrame.functionName = wellFormed(callFrame.functionName)
    for (const [i, {up}] of items.entries()) if (i > 0) calls[up % i].children.push(calls[i])
    return calls[0]
  })

test('there and back: the same rows, the same calls', async () => {
  const property = fc.asyncProperty(anyCalls, async head => {
    const there = await answerOf(head)
    const back = await allocationsView([parsePprof(gunzipSync(await allocationsPprof(there.frames)), 'x')], {
      sourceMaps: false,
    })
    assert.deepEqual(back.view, there.view)
    const key = ({name, script, line, bytes, selfBytes}: (typeof there.frames)[number]) =>
      JSON.stringify([name, script, line, bytes, selfBytes])
    assert.deepEqual(back.frames.map(key).sort(), there.frames.map(key).sort())
  })
  await fc.assert(property, {numRuns: runs(200)})
})

test('of others: what is inlined, numbers that are not packed, two kinds of bytes, the usual one first', async () => {
  const texts = new StringTable()
  const type = (name: string, unit: string) => new ValueType({type: texts.dedup(name), unit: texts.dedup(unit)})
  const sampleType = [type('alloc_objects', 'count'), type('alloc_space', 'bytes'), type('inuse_space', 'bytes')]
  const profile = (defaultSampleType: number) =>
    new Profile({
      sampleType,
      sample: [new Sample({locationId: [11, 12], value: [3, 300, 30]})],
      location: [
        new Location({id: 11, line: [new Line({functionId: 2, line: 9}), new Line({functionId: 1, line: 8})]}),
        new Location({id: 12, line: [new Line({functionId: 3, line: 77})]}),
      ],
      function: ['inlined', 'outer', 'main'].map(
        (name, i) => new Func({id: [2, 1, 3][i], name: texts.dedup(name), filename: texts.dedup(`/app/${name}.go`)}),
      ),
      stringTable: texts,
      defaultSampleType,
    }).encode()
  const read = parsePprof(profile(0), 'go')
  assert.deepEqual(read.functions, ['(root)', 'main', 'outer', 'inlined'])
  assert.deepEqual([...read.line], [0, 77, 8, 9])
  assert.deepEqual([...read.bytes], [0, 0, 0, 30])
  assert.deepEqual(read.notes, ['of alloc_space, inuse_space it is inuse_space'])
  assert.equal(parsePprof(profile(Number(sampleType[1].type)), 'go').bytes[3], 300)

  // Sample 1 of function 1 of place 1, each number with its tag: field 1 and 2 as varints.
  const bytes = [
    ...[0x0a, 4, 8, 1, 16, 2], // sample type
    ...[0x12, 4, 8, 1, 16, 7], // sample
    ...[0x22, 6, 8, 1, 0x22, 2, 8, 1], // location
    ...[0x2a, 4, 8, 1, 16, 3], // function
    ...['', 'space', 'bytes', 'f'].flatMap(text => [0x32, text.length, ...Buffer.from(text)]),
  ]
  assert.deepEqual([...parsePprof(Uint8Array.from(bytes), 'x').bytes], [0, 7])
})

test('cut off or damaged: a sentence, never another answer without a word', async () => {
  const whole = gunzipSync(await packed(DRAWN))
  const met = {refused: 0, read: 0}
  const attempt = (bytes: Uint8Array) => {
    try {
      parsePprof(bytes, 'x')
      met.read++
    } catch (error) {
      assert.ok(error instanceof HeapgraphError && error.code === 'UNREADABLE', String(error))
      met.refused++
    }
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      attempt(Uint8Array.from(whole, (was, i) => (i === at ? byte : was)))
      attempt(whole.subarray(0, length))
    }),
    {numRuns: runs(2000)},
  )
  assert.ok(met.refused > 0 && met.read > 0, JSON.stringify(met))
  // A number of a million bytes.
  attempt(new Uint8Array(1e6).fill(0x80))
})

test('by the command: out, in, and a difference; packed JSON, too', async () => {
  const [json, pb, gz] = ['x.heapprofile', 'x.pb.gz', 'x.heapprofile.gz'].map(name => join(folder, name))
  writeFileSync(json, JSON.stringify({head: DRAWN, samples: []}))
  writeFileSync(gz, gzipSync(readFileSync(json)))
  const out = await heapgraph(['allocations', '-o', pb, json])
  assert.equal(out.code, 0, out.stderr)
  const rows = async (file: string) => JSON.parse((await heapgraph(['allocations', '--json', file])).stdout).rows
  assert.deepEqual(await rows(pb), await rows(json))
  assert.deepEqual(await rows(gz), await rows(json))
  assert.match((await heapgraph(['allocations', json, pb])).stdout, /6\.9 kB, 0 B\n/)
  assert.deepEqual((await readAllocationProfile(pb)).bytes.length, 8)
  const shown = await heapgraph(['allocations', '--format', 'pprof', json], {stdoutTTY: true})
  assert.equal(shown.code, 2)
  assert.match(shown.stderr, /a profile of pprof cannot be shown in a terminal; name a file with -o/)
  writeFileSync(gz, readFileSync(gz).subarray(0, 40))
  assert.match((await heapgraph(['allocations', gz])).stderr, /packed by gzip, and damaged/)
})
