/** Files of other engines in V8's format: who wrote them, what they can tell, and what not. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import {lacksEdges} from '../../../src/analyze/graph/wholeness.ts'
import {owners} from '../../../src/analyze/owners/owners.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {producerOf} from '../../../src/explain/words/producer.ts'
import {ownersGraph} from '../../../src/graph/answer/owners-graph.ts'
import {
  agreement,
  findLeaks,
  idSample,
  leaksView,
  openHeader,
  openSnapshot,
  type Snapshot,
  sampleLeaks,
  suspectsView,
} from '../../../src/index.ts'
import {engineOf} from '../../../src/snapshot/columns/engine.ts'
import {heapText} from '../../support/ascii-heap.ts'

const pathOf = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/engines/${name}.heapsnapshot.gz`, import.meta.url))
const open = (name: string) => openSnapshot(pathOf(name))
function summaryOf(snapshot: Snapshot, type: string): string {
  const target = select(snapshot, {type})
  const graph = ownersGraph(owners(snapshot, target), false)
  const {summary = '', list = []} = graph.getAttribute('owners') ?? {}
  return [summary, ...list.map(({holder}) => holder)].join('; ')
}

test('engines are told by what the file holds, and by its beginning', async () => {
  for (const [name, engine, producer] of [
    ['sessions.hermes.final', 'Hermes', /^Hermes/],
    ['sessions.bun.final', 'JavaScriptCore', /^JavaScriptCore.*Bun/],
    ['../snapshots/types-zoo.node16', 'V8', /^V8 9\.2/],
    ['../snapshots/types-zoo.node22', 'V8', /^V8 10\.8/],
    ['../snapshots/types-zoo.deno', 'V8', /^V8 14\.9/],
  ] as const) {
    assert.equal(engineOf(await open(name)), engine)
    const {header, rootName} = await openHeader(pathOf(name))
    assert.match(producerOf(header, rootName), producer)
  }
})

test('a file of Julia is told by its kinds, and is no file of V8', async () => {
  const julia = JSON.parse(Buffer.from(heapText('root -> A')).toString())
  julia.snapshot.meta.node_types[0] = ['synthetic', 'jl_task_t', 'jl_module_t', 'jl_array_t', 'object', 'String']
  julia.nodes = julia.nodes.map((value: number, i: number) =>
    i % julia.snapshot.meta.node_fields.length === 0 ? 0 : value,
  )
  const bytes = Buffer.from(JSON.stringify(julia))
  assert.equal(engineOf(await openSnapshot(bytes)), 'Julia')
  assert.match(producerOf((await openHeader(bytes)).header), /^Julia/)
})

test('Hermes: counts of 0 with whole sections are no truncation; a truncated file is', async () => {
  const snapshot = await open('sessions.hermes.final')
  assert.equal(snapshot.nodeCount, 6371)
  assert.equal(snapshot.edgeCount, 22_179)
  const text = gunzipSync(readFileSync(pathOf('sessions.hermes.final'))).toString()
  await assert.rejects(openSnapshot(Buffer.from(text.slice(0, text.length / 2))), /section/)
  const v8 = Buffer.from(heapText('root -> A -> B')).toString()
  await assert.rejects(
    openSnapshot(Buffer.from(v8.replace(/"node_count":\s*\d+/, '"node_count":1'))),
    /promises 1 nodes/,
  )
})

test('Hermes: what is planted is found, by the global object that names itself', async () => {
  const [base, final] = [await open('sessions.hermes.base'), await open('sessions.hermes.final')]
  assert.match(summaryOf(final, 'Session'), /cache/)
  assert.match(summaryOf(final, 'Session'), /listeners/)
  const {rows} = leaksView(findLeaks([sampleLeaks(base)], final))
  assert.ok(rows.length > 0)
  assert.ok(suspectsView(final).rows.length > 0)
})

test('Bun: what has no edges in the file is not called garbage, and what has is found', async () => {
  const steps = await Promise.all(['base', 'target', 'final'].map(round => open(`sessions.bun.${round}`)))
  const final = steps[2]
  assert.equal(lacksEdges(final), true)
  assert.match(summaryOf(final, 'Session'), /not in this file.*Maps and Sets/)
  assert.doesNotMatch(summaryOf(final, 'Session'), /garbage/)
  assert.match(summaryOf(final, 'Note'), /\blist\b/)
  assert.equal(agreement(idSample(steps[0]), final).sameProcess, false)
  const {rows} = leaksView(findLeaks(steps.slice(0, 2).map(sampleLeaks), final))
  assert.ok(
    rows.some(({counts}) => counts.join() === '100,200,300'),
    JSON.stringify(rows.map(({counts}) => counts)),
  )
})

test('a few common ids, or those of roots, are no proof of one process', async () => {
  const heap = (prefix: number) =>
    openSnapshot(
      Buffer.from(
        heapText(
          [
            'root -> gc',
            'gc: synthetic "(GC roots)" 0 @3',
            ...Array.from({length: 500}, (_, i) => [`gc -> A${i}`, `A${i}: object A 16 @${prefix + 2 * i}`]).flat(),
          ].join('\n'),
        ),
      ),
    )
  const [first, other] = [await heap(101), await heap(5001)]
  assert.equal(agreement(idSample(first), other).sameProcess, false)
  assert.equal(agreement(idSample(first), await heap(101)).sameProcess, true)
  // 500 objects, of which 2 have the ids of others.
  assert.equal(agreement(idSample(first), await heap(1097)).sameProcess, false)
})
