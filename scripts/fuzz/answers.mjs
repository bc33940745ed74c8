/** What is asked of a mutant, and how its answers are judged. Every failure is an error that says what. */
import assert from 'node:assert/strict'
import {dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import * as heapgraph from '../../src/index.ts'
import {dominance, retained} from '../../test/devtools/twin.ts'
import {assertSameHeap, judge} from '../../test/support/parse-twin.ts'

const {HeapgraphError} = heapgraph
/** The slow twin takes the third power of it. */
const MAX_NODES_OF_TWIN = 40
const SLOW_MS = 20_000
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/

const first = (snapshot, count) => ({
  subject: 'some',
  nodes: Uint32Array.from({length: Math.min(count, snapshot.nodeCount)}, (_, i) => i),
})
const graph = ask => snapshot => forms(heapgraph.toGraph(ask(snapshot)))
const someId = snapshot => snapshot.nodeId[snapshot.nodeCount - 1]

function forms(result) {
  const texts = [
    heapgraph.toText(result),
    heapgraph.toDot(result),
    heapgraph.toMermaid(result),
    heapgraph.toGexf(result),
    heapgraph.toGraphml(result),
  ]
  JSON.parse(heapgraph.toJson(result))
  return texts
}

/** Each gives texts that a terminal may get. */
export const QUESTIONS = {
  types: snapshot => [heapgraph.typesText(heapgraph.typesView(heapgraph.types(snapshot)), heapgraph.plainPaint)],
  backrefs: graph(snapshot => heapgraph.backrefs(snapshot, first(snapshot, 3))),
  refs: graph(snapshot => heapgraph.refs(snapshot, first(snapshot, 3))),
  path: graph(snapshot =>
    heapgraph.shortestPaths(snapshot, heapgraph.select(snapshot, {id: someId(snapshot)}), {count: 3}),
  ),
  owners: graph(snapshot => heapgraph.owners(snapshot, heapgraph.select(snapshot, {id: someId(snapshot)}))),
  cycles: graph(snapshot => heapgraph.cycles(snapshot)),
  dominators: graph(snapshot => heapgraph.dominators(snapshot, {minShare: 0, depth: 9})),
  whatIf: snapshot => forms(heapgraph.whatIfGraph(heapgraph.whatIf(snapshot, [`@${someId(snapshot)}`]))),
  suspects: snapshot => [heapgraph.suspectsText(heapgraph.suspectsView(snapshot), heapgraph.plainPaint)],
  waste: snapshot => [heapgraph.wasteText(heapgraph.wasteView(heapgraph.waste(snapshot)), heapgraph.plainPaint)],
  strings: snapshot => [
    heapgraph.stringsText(heapgraph.stringsView(heapgraph.strings(snapshot)), heapgraph.plainPaint),
  ],
  detached: snapshot => [
    heapgraph.detachedText(heapgraph.detachedView(heapgraph.detached(snapshot)), heapgraph.plainPaint),
  ],
  closures: snapshot => [
    heapgraph.closuresText(heapgraph.closuresView(heapgraph.unusedVariables(snapshot)), heapgraph.plainPaint),
  ],
  list: snapshot => [
    heapgraph.listText(heapgraph.listView(heapgraph.list(snapshot, first(snapshot, 100))), heapgraph.plainPaint),
  ],
}

/** What became of it: `refused`, `read`. Throws if that is wrong. */
export async function judged(bytes, name, questions) {
  const began = performance.now()
  let snapshot
  try {
    snapshot = await heapgraph.openSnapshot(bytes)
  } catch (error) {
    assert.ok(error instanceof HeapgraphError, `no sentence, but ${error.stack}`)
    assert.doesNotMatch(error.message, CONTROL_IN_MESSAGE)
    assert.notEqual(judge(unpackedOr(bytes)).is, 'heap', `refused: ${error.message}`)
    return 'refused'
  }
  const verdict = judge(bytes)
  if (verdict.is === 'heap') assertSameHeap(snapshot, verdict.heap)
  else assert.ok(bytes[0] === 0x1f, `read, but it is ${verdict.why ?? verdict.is}`)
  if (verdict.is === 'heap' && snapshot.root === 0 && snapshot.nodeCount <= MAX_NODES_OF_TWIN)
    sameTree(snapshot, verdict.heap)
  for (const question of questions) answered(snapshot, question)
  const took = performance.now() - began
  assert.ok(took < SLOW_MS, `${name} took ${Math.round(took)} ms`)
  return 'read'
}

const CONTROL_IN_MESSAGE = /\u001b/

/** Packed mutants are damaged behind the packing: what is in them has no twin. */
function unpackedOr(bytes) {
  return bytes[0] === 0x1f ? new Uint8Array(0) : bytes
}

function answered(snapshot, question) {
  let texts
  try {
    texts = QUESTIONS[question](snapshot)
  } catch (error) {
    assert.ok(error instanceof HeapgraphError, `${question}: no sentence, but ${error.stack}`)
    return
  }
  for (const text of texts) {
    assert.equal(typeof text, 'string', question)
    assert.doesNotMatch(text, CONTROL, `${question}: a control character in the answer`)
    assert.doesNotMatch(text, /\bNaN\b|\bundefined\b|\bInfinity\b/, `${question}: ${text.slice(0, 500)}`)
  }
}

/** Dominators and retained sizes as a slow twin has them. */
function sameTree(snapshot, {nodes, edges, strings}) {
  const tables = new Set(snapshot.ephemerons.edge)
  const plain = {
    nodes: nodes.map(node => ({...node, name: strings[node.name]})),
    edges: edges.map((edge, i) => ({
      ...edge,
      name: edge.kind === 'element' || edge.kind === 'hidden' ? edge.name : strings[edge.name],
      ...(tables.has(i) && isOfTable(snapshot, i) ? {half: 'table'} : {}),
    })),
  }
  const expected = dominance(plain)
  assert.deepEqual([...dominatorTree(snapshot).dominator], expected.dominator, 'dominators')
  const sizes = nodes.map(({selfBytes}) => selfBytes)
  // Sums beyond 2^53 are rounded, and by what order they are made.
  if (sizes.reduce((sum, size) => sum + size, 0) > Number.MAX_SAFE_INTEGER) return
  assert.deepEqual([...retainedSizes(snapshot, 'raw')], retained(expected, sizes), 'retained sizes')
}

function isOfTable(snapshot, edge) {
  const {edge: entries, fromTable} = snapshot.ephemerons
  return fromTable[entries.indexOf(edge)] === 1
}
