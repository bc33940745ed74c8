/** Allocation stacks and scopes of parts of a heap: those of the whole. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {sourceScopes} from '../../../src/snapshot/code/source-scopes.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {sampleOf, traceOf, traces} from '../../../src/snapshot/columns/traces.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {writePart} from '../../../src/snapshot/save/write-part.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {ROOT} from '../../cli/cli.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {runs} from '../../support/runs.ts'
import {type Call, tracedText} from '../../support/traces.ts'

/** Of each node by its id, what its stack says, innermost first, and when it was made. */
function made(snapshot: Snapshot, keep: (node: number) => boolean) {
  const {functionName, functionScript, functionLine, traceFunction, traceCaller, traceCount, sampleTime, traceBytes} =
    traces(snapshot)
  const {nodeCount, nodeId, strings} = snapshot
  const rows = []
  for (let node = 0; node < nodeCount; node++) {
    if (!keep(node)) continue
    const stack = []
    for (let at = traceOf(snapshot, node); at >= 0; at = traceCaller[at] - 1) {
      const of = traceFunction[at]
      const names = [strings.get(functionName[of]), strings.get(functionScript[of])]
      stack.push([...names, functionLine[of], traceCount[at], traceBytes[at]])
    }
    rows.push([nodeId[node], stack, sampleTime[sampleOf(snapshot, node)] ?? -1])
  }
  return rows
}

async function samePart(whole: Snapshot, isMeant: (node: number) => boolean): Promise<Snapshot> {
  const keep = new BitSet(whole.nodeCount)
  for (let node = 0; node < whole.nodeCount; node++) if (node === whole.root || isMeant(node)) keep.add(node)
  const part = await openSnapshot(writePart(whole, keep))
  assert.deepEqual(part.remarks, [])
  assert.deepEqual(
    made(part, () => true),
    made(whole, node => keep.has(node)),
  )
  return part
}

const CHAIN =
  'root -> A\nroot -> B\nroot -> C\nroot -> D\nA: object "A" 16\nB: object "B" 16\nC: object "C" 16\nD: object "D" 16'

test('drawn trees of calls, deep ones too: each node that stays has its stack and its time', async () => {
  const shape = fc.array(fc.nat(), {minLength: 1, maxLength: 30})
  await fc.assert(
    fc.asyncProperty(shape, fc.array(fc.nat(), {minLength: 5, maxLength: 5}), fc.nat(63), async (callers, of, bits) => {
      const rows: Call[] = callers.map((_, i): Call => [i + 1, i % 3, i + 2, 8 * i, []])
      const roots: unknown[] = []
      callers.forEach((caller, i) => {
        ;(i === 0 ? roots : rows[caller % i][4]).push(...rows[i])
      })
      const functions = ['f', 'g', 'h'].map((name, i): [number, string, string, number, number, number] => [
        i,
        name,
        `/app/${name}.js`,
        i + 1,
        i + 5,
        2,
      ])
      const samples = [1000, 3, 2000, 7, 3000, 8]
      const ofNode = Object.fromEntries(of.map((trace, i) => [2 * i + 1, trace % (rows.length + 1)]))
      const whole = await openSnapshot(tracedText(CHAIN, {functions, tree: roots, samples, ofNode}))
      await samePart(whole, node => (bits & (1 << node)) !== 0)
    }),
    {numRuns: runs(200)},
  )
  let tree = '[]'
  for (let i = 20_000; i > 0; i--) tree = `[${i},0,1,8,${tree}]`
  const drawn = tracedText(CHAIN, {
    functions: [[0, 'f', '/app/f.js', 1, 1, 1]],
    tree: ['deep'],
    samples: [],
    ofNode: {1: 20_000},
  })
  const text = new TextDecoder().decode(drawn).replace('["deep"]', tree)
  const whole = await openSnapshot(new TextEncoder().encode(text))
  assert.equal(traces(whole).traceId.length, 20_000)
  await samePart(whole, () => true)
})

test('a real heap: fewer nodes need fewer calls; without stacks there are none', async () => {
  const whole = await openSnapshot(join(ROOT, 'fixtures/snapshots/tracked.node20.heapsnapshot.gz'))
  const traced = Array.from({length: whole.nodeCount}, (_, node) => node).filter(node => traceOf(whole, node) >= 0)
  assert.ok(traced.length > 100)
  const some = new Set(traced.filter((_, i) => i % 7 === 0))
  const part = await samePart(whole, node => some.has(node) || node % 50 === 0)
  const one = await samePart(whole, node => node === traced[0])
  assert.ok(traces(one).traceId.length < traces(part).traceId.length)
  assert.ok(traces(one).traceId.length > 0)
  const bare = await openSnapshot(
    writePart(whole, BitSet.of(whole.nodeCount, [whole.root, traced[0]]), {traces: false}),
  )
  assert.deepEqual([bare.remarks, traces(bare).traceId.length, traceOf(bare, 1)], [[], 0, -1])
})

/** Two scripts with nested scopes; names and uses of the second stand behind those of the first. */
function scopedText(): Uint8Array {
  const heap = JSON.parse(
    new TextDecoder().decode(heapText('root -> S\nroot -> T\nS: code "one" 16\nT: code "two" 16')),
  )
  const fields: string[] = heap.snapshot.meta.node_fields
  Object.assign(heap.snapshot.meta, {
    scope_fields: ['script_node_index', 'scope_id', 'depth', 'scope_context_vars_count', 'scope_uses_count'],
    scope_context_var_fields: ['name'],
    scope_use_fields: ['declaring_scope_id', 'slot_index'],
  })
  const at = heap.strings.push('first', 'second', 'third') - 3
  const [one, two] = [fields.length, 2 * fields.length]
  heap.scopes = [one, 0, 0, 1, 0, one, 1, 1, 0, 1, two, 0, 0, 2, 0, two, 3, 1, 0, 2]
  heap.scope_context_vars = [at, at + 1, at + 2]
  heap.scope_uses = [0, 0, 0, 1, 0, 1]
  return new TextEncoder().encode(JSON.stringify(heap))
}

test('scopes: those of the scripts that stay', async () => {
  const whole = await openSnapshot(scopedText())
  const told = (snapshot: Snapshot) =>
    new Map(
      [...sourceScopes(snapshot)].map(([script, scopes]) => [
        snapshot.nodeId[script],
        [...scopes].map(([id, scope]) => [
          id,
          [...scope.variables.values()].map(({name, uses}) => [name, uses.length]),
          scope.inner.length,
        ]),
      ]),
    )
  const all = told(whole)
  assert.equal(all.size, 2)
  assert.match(JSON.stringify([...all]), /"third",2/)
  const everything = BitSet.of(
    whole.nodeCount,
    Array.from({length: whole.nodeCount}, (_, node) => node),
  )
  assert.deepEqual(told(await openSnapshot(writePart(whole, everything))), all)
  assert.equal(told(await openSnapshot(writePart(whole, everything, {scopes: false}))).size, 0)
  const [script] = sourceScopes(whole).keys()
  const fewer = everything.copy()
  fewer.delete(script)
  all.delete(whole.nodeId[script])
  assert.deepEqual(told(await openSnapshot(writePart(whole, fewer))), all)
})
