/** Allocation stacks and samples: as JSON.parse has them, as the programs made them, and files that contradict themselves. */
import assert from 'node:assert/strict'
import {readFileSync, realpathSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import fc from 'fast-check'
import {openSnapshot, prepare, saveIndex} from '../../../src/index.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {sampleOf, traceOf, traces} from '../../../src/snapshot/columns/traces.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {chunksOf} from '../../support/chunks.ts'
import {many, runs} from '../../support/runs.ts'
import {type Call, type RawHeap, stacksOf, type TraceSections, tracedText} from '../../support/traces.ts'

const DRAWING = 'root -> A -> B -> C'
const FUNCTIONS: TraceSections['functions'] = [
  [0, '(root)', '', 0, 0, 0],
  [11, 'makeOne', '/app/src/pool.js', 7, 31, 5],
  [13, 'handle', '/app/src/server.js', 8, 4, 1],
]
const TREE: Call = [1, 0, 0, 0, [2, 2, 0, 0, [3, 1, 5, 240, []]]]

/** Functions on the stack of a trace, innermost first. */
function functionsOf(snapshot: Snapshot, trace: number): number[] {
  const {traceCaller, traceFunction} = traces(snapshot)
  const found: number[] = []
  for (let at = trace; at >= 0; at = traceCaller[at] - 1) found.push(traceFunction[at])
  return found
}

function assertSameTraces(snapshot: Snapshot, heap: RawHeap): void {
  const own = traces(snapshot)
  const {strings} = snapshot
  const stacks = stacksOf(heap)
  assert.deepEqual(
    [...own.traceId],
    [...stacks.keys()].sort((a, b) => a - b),
  )
  for (const [trace, id] of own.traceId.entries()) {
    const found = {functions: functionsOf(snapshot, trace), count: own.traceCount[trace], size: own.traceBytes[trace]}
    assert.deepEqual(found, stacks.get(id))
  }
  const functions = Array.from(own.functionName, (name, i) => [
    strings.get(name),
    strings.get(own.functionScript[i]),
    own.functionScriptId[i],
    own.functionLine[i],
    own.functionColumn[i],
  ])
  const infos = heap.trace_function_infos as number[]
  const expected = Array.from({length: infos.length / 6}, (_, i) => {
    const [, name, script, ...rest] = infos.slice(i * 6, i * 6 + 6)
    return [heap.strings[name], heap.strings[script], ...rest]
  })
  assert.deepEqual(functions, expected)
  assert.deepEqual(Array.from(own.sampleTime, (time, i) => [time, own.sampleLastId[i]]).flat(), heap.samples)
}

const anyNumber = fc.oneof(fc.nat(20), fc.nat(), fc.maxSafeNat())

/** Trees of calls with sparse ids of any size; functions below `functionCount`. */
function randomTree(functionCount: number): fc.Arbitrary<unknown[]> {
  const row = fc.tuple(fc.nat(functionCount - 1), anyNumber, anyNumber, fc.nat(1000))
  return fc
    .tuple(fc.uniqueArray(anyNumber, {minLength: 1, maxLength: 40}), fc.array(row, {minLength: 40, maxLength: 40}))
    .map(([ids, rows]) => {
      const all = ids.map((id, i): Call => [id, rows[i][0], rows[i][1], rows[i][2], []])
      for (let i = 1; i < all.length; i++) all[rows[i][3] % i][4].push(...all[i])
      return withChildren(all)
    })
}

/** `push` has copied each row before it had its children: the arrays are the same ones. */
function withChildren(all: Call[]): unknown[] {
  return all[0]
}

const randomSections: fc.Arbitrary<TraceSections> = fc
  .array(fc.tuple(anyNumber, fc.string(), fc.string(), anyNumber, anyNumber, anyNumber), {minLength: 1, maxLength: 8})
  .chain(functions =>
    fc.record({
      functions: fc.constant(functions as TraceSections['functions']),
      tree: randomTree(functions.length),
      samples: fc.array(fc.tuple(anyNumber, anyNumber), {maxLength: 9}).map(rows => {
        const times = rows.map(([time]) => time).sort((a, b) => a - b)
        const ids = rows.map(([, id]) => id).sort((a, b) => a - b)
        return times.flatMap((time, i) => [time, ids[i]])
      }),
    }),
  )

test('random trees of calls, functions and samples equal JSON.parse, whatever the chunks', async () => {
  const sizes = fc.array(fc.integer({min: 1, max: 9}), {minLength: 1, maxLength: 5})
  const property = fc.asyncProperty(randomSections, sizes, fc.nat(2), async (sections, sizes, spaces) => {
    const heap = JSON.parse(new TextDecoder().decode(tracedText(DRAWING, sections)))
    const bytes = new TextEncoder().encode(JSON.stringify(heap, undefined, spaces))
    const snapshot = await openSnapshot(chunksOf(bytes, sizes))
    assert.deepEqual(snapshot.remarks, [])
    assertSameTraces(snapshot, heap)
  })
  await fc.assert(property, {seed: 21, numRuns: runs(200)})
})

for (const name of ['tracked.node20', 'tracked-in-process.node24']) {
  test(`${name}: all stacks are as JSON.parse has them, and so are the planted ones`, async () => {
    const path = fileURLToPath(new URL(`../../../fixtures/snapshots/${name}.heapsnapshot.gz`, import.meta.url))
    const snapshot = await openSnapshot(path)
    assert.deepEqual(snapshot.remarks, [])
    assertSameTraces(snapshot, JSON.parse(gunzipSync(readFileSync(path)).toString()))
    const {functionName} = traces(snapshot)
    const counts = new Map<string, number>()
    for (let node = 0; node < snapshot.nodeCount; node++) {
      const {types} = snapshot
      const trace = types.names[types.ofNode[node]] === 'TrackedItem' ? traceOf(snapshot, node) : -1
      if (trace < 0) continue
      const names = functionsOf(snapshot, trace).map(of => snapshot.strings.get(functionName[of]))
      const planted = names.slice(names.indexOf('makeOne'), names.indexOf('allocate') + 1).join()
      counts.set(planted, (counts.get(planted) ?? 0) + 1)
      assert.equal(sampleOf(snapshot, node), 0, 'made before the first sample')
    }
    const truth = JSON.parse(
      readFileSync(new URL('../../../fixtures/programs/tracked.truth.json', import.meta.url), 'utf8'),
    )
    for (const {functions, count} of truth.stacks) {
      // In the thread that tracks itself V8 noted no stack of any of them.
      assert.equal(counts.get(functions.join()) ?? 0, name === 'tracked.node20' ? count : 0)
    }
  })
}

const SECTIONS: TraceSections = {functions: FUNCTIONS, tree: TREE, samples: [0, 3, 50_000, 5], ofNode: {3: 3, 5: 2}}

test('a stack and a time of each object', async () => {
  const snapshot = await openSnapshot(tracedText(DRAWING, SECTIONS))
  assert.deepEqual([...snapshot.nodeId].slice(0, 4), [1, 3, 5, 7])
  assert.deepEqual(
    [0, 1, 2, 3].map(node => traceOf(snapshot, node)),
    [-1, 2, 1, -1],
  )
  assert.deepEqual(
    [0, 1, 2, 3].map(node => sampleOf(snapshot, node)),
    [0, 0, 1, 2],
  )
})

const refused: [what: string, change: (heap: RawHeap) => void, remark: RegExp][] = [
  [
    'two rows with one id',
    heap => {
      heap.trace_tree = [1, 0, 0, 0, [1, 1, 0, 0, [1, 2, 0, 0, []]]]
    },
    /two rows with the id 1$/,
  ],
  [
    'a function that is not there',
    heap => {
      heap.trace_tree = [1, 3, 0, 0, []]
    },
    /of function 3, and "trace_function_infos" has 3$/,
  ],
  [
    'no functions at all',
    heap => {
      heap.trace_function_infos = []
    },
    /of function 2, and "trace_function_infos" has 0$|of function \d/,
  ],
  [
    'a row that is cut off',
    heap => {
      heap.trace_tree = [1, 0, 0, 0, [2, 2, 0]]
    },
    /"trace_tree" is not rows of/,
  ],
  [
    'a row without children',
    heap => {
      heap.trace_tree = [1, 0, 0, 0]
    },
    /"trace_tree" is not rows of/,
  ],
  [
    'children in the wrong place',
    heap => {
      heap.trace_tree = [1, [], 0, 0, 0]
    },
    /"trace_tree" is not rows of/,
  ],
  [
    'a number where children belong',
    heap => {
      heap.trace_tree = [1, 0, 0, 0, 7]
    },
    /"trace_tree" is not rows of/,
  ],
  [
    'a text in the tree',
    heap => {
      heap.trace_tree = [1, 0, 0, 0, ['x']]
    },
    /"trace_tree" has something else/,
  ],
  [
    'an object for a tree',
    heap => {
      heap.trace_tree = {a: [1]}
    },
    /"trace_tree" has something else/,
  ],
  [
    'a number for a tree',
    heap => {
      heap.trace_tree = 7
    },
    /"trace_tree" has something else/,
  ],
  [
    'a negative id',
    heap => {
      heap.trace_tree = [-1, 0, 0, 0, []]
    },
    /"trace_tree" has -1/,
  ],
  [
    'a fraction',
    heap => {
      heap.trace_tree = [1.5, 0, 0, 0, []]
    },
    /"trace_tree" has 1\.5/,
  ],
  [
    'a function that is cut off',
    heap => {
      heap.trace_function_infos.pop()
    },
    /last row of "trace_function_infos" has 5 of 6/,
  ],
  [
    'a name outside of the strings',
    heap => {
      heap.trace_function_infos[7] = 99
    },
    /function 1 of .* name 99, outside/,
  ],
  [
    'arrays among the functions',
    heap => {
      heap.trace_function_infos[7] = [1]
    },
    /"trace_function_infos" has something else/,
  ],
  [
    'fields that are not named',
    heap => {
      delete heap.snapshot.meta.trace_function_info_fields
    },
    /no usable "trace_function_info_fields"/,
  ],
  [
    'fields of the tree in another order',
    heap => {
      heap.snapshot.meta.trace_node_fields.reverse()
    },
    /another order than V8/,
  ],
]

for (const [what, change, remark] of refused) {
  test(`left out with a sentence: ${what}`, async () => {
    const snapshot = await openSnapshot(tracedText(DRAWING, SECTIONS, change))
    assert.equal(snapshot.nodeCount, 4)
    assert.equal(snapshot.remarks.length, 1)
    assert.match(snapshot.remarks[0], /^allocation stacks are left out: /)
    assert.match(snapshot.remarks[0], remark)
    assert.equal(traces(snapshot).traceId.length, 0)
    assert.equal(traceOf(snapshot, 1), -1)
    assert.equal(sampleOf(snapshot, 3), 2, 'samples are as good as before')
  })
}

test('samples that go back are left out, and stacks stay', async () => {
  for (const samples of [[50, 3, 0, 5], [0, 5, 50, 3], [0, 5, 50], ['x']]) {
    const snapshot = await openSnapshot(tracedText(DRAWING, {...SECTIONS, samples}))
    assert.match(snapshot.remarks.join(), /^times of allocations are left out: /)
    assert.equal(sampleOf(snapshot, 3), -1)
    assert.equal(traceOf(snapshot, 1), 2)
  }
})

test('a section that occurs twice is left out', async () => {
  const text = new TextDecoder()
    .decode(tracedText(DRAWING, SECTIONS))
    .replace('"trace_tree":', '"trace_tree":[],"trace_tree":')
  const snapshot = await openSnapshot(new TextEncoder().encode(text))
  assert.match(snapshot.remarks.join(), /"trace_tree" occurs twice/)
})

test('objects whose stack is not in the file have none, and are counted', async () => {
  const snapshot = await openSnapshot(tracedText(DRAWING, {...SECTIONS, ofNode: {3: 3, 5: 4_000_000_001, 7: 9}}))
  assert.deepEqual(snapshot.remarks, ['2 objects have allocation stacks that are not in the file'])
  assert.deepEqual(
    [1, 2, 3].map(node => traceOf(snapshot, node)),
    [2, -1, -1],
  )
})

test('a tree deeper than any stack is read', async () => {
  const deep = many(500_000)
  const tree = `[${Array.from({length: deep}, (_, i) => `${i + 1},0,0,0,[`).join('')}${']'.repeat(deep + 1)}`
  const text = new TextDecoder().decode(tracedText(DRAWING, {...SECTIONS, tree: 'HERE'})).replace('"HERE"', tree)
  const snapshot = await openSnapshot(new TextEncoder().encode(text))
  assert.deepEqual(snapshot.remarks, [])
  const {traceId, traceCaller} = traces(snapshot)
  assert.equal(traceId.length, deep)
  assert.equal(traceCaller[deep - 1], deep - 1)
})

test('an index has them too', async () => {
  const below = realpathSync(temporaryFolder())
  const [file, index] = [join(below, 'a.heapsnapshot'), join(below, 'a.hgx')]
  const bytes = tracedText(DRAWING, SECTIONS)
  writeFileSync(file, bytes)
  const fresh = await openSnapshot(file, {index})
  prepare(fresh)
  saveIndex(fresh)
  // What comes from the index now cannot come from the file.
  const again = await openSnapshot(file, {index})
  assert.equal(again.saved.computed.size, 0)
  assertSameTraces(again, JSON.parse(new TextDecoder().decode(bytes)))
  assert.equal(traceOf(again, 1), 2)
})
