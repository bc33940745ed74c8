import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {toDot} from '../../../src/emit/picture/dot.ts'
import type {ResultGraph} from '../../../src/graph/answer/result.ts'
import {addEdge, addNode, backrefsGraph, bigGraph, cyclesGraph, graphOf, namedGraphs, pathGraph} from '../graphs.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'

/** How many nodes such a file draws. Names cannot forge a statement: no label holds a line feed. */
function countDotNodes(dot: string): number {
  return dot.match(/^ {2}n\d+ \[/gm)?.length ?? 0
}

test('a small answer, whole', () => {
  const graph = graphOf({limits: ['a note']})
  addNode(graph, '@4', 'Buffer', {role: 'target', selfBytes: 96, preview: 'say "hi"'})
  addNode(graph, '@9', 'Object', {count: 3, selfBytes: 9600})
  addEdge(graph, '@9', '@4', '["a&b"]', {count: 3})
  assert.equal(
    toDot(graph),
    `\
digraph heapgraph {
  graph [rankdir="LR", charset="UTF-8", bgcolor="#FFFFFF", fontname="Helvetica", fontsize="12", labelloc="t", labeljust="l", nodesep="0.2", ranksep="0.5", pad="0.2", label="backrefs: Buffer, self 96 B\\lapp.heapsnapshot: 123,456 nodes, 654,321 edges (drawn: 2 nodes, 1 edge)\\lnote: a note\\larrows go from holder to held   ◎ what was asked about (double border)\\l", tooltip="backrefs: Buffer, self 96 B"]
  node [shape="box", style="filled", color="#000000", fontname="Helvetica", fontsize="11", margin="0.14,0.08", height="0.3"]
  edge [fontname="Helvetica", fontsize="10", color="#333333", fontcolor="#000000", arrowsize="0.7"]
  n0 [id="n0", label="◎ Buffer\\lsay \\"hi\\"\\lself 96 B · @4\\l", tooltip="Buffer\\nobject @4\\nsay \\"hi\\"", fillcolor="#E69F00", shape="box", width="1.35", peripheries="2", penwidth="1.5"]
  n1 [id="n1", label="Object ×3\\lself 9.6 kB · e.g. @9\\l", tooltip="Object ×3\\nobject e.g. @9", fillcolor="#FFFFFF", shape="box3d", width="1.88"]
  n1 -> n0 [label=" [\\"a&amp;b\\"] ×3 ", tooltip="Object → Buffer\\n[\\"a&amp;b\\"]", labeltooltip="Object → Buffer\\n[\\"a&amp;b\\"]"]
}
`,
  )
})

/** Statements without the three that set defaults. */
function statements(graph: ResultGraph): string[] {
  return toDot(graph).split('\n').slice(4, -2)
}

test('lines say how an edge holds', () => {
  const lines = statements(backrefsGraph())
  assert.match(lines.find(line => line.includes('‹table›'))!, /style="dashed"/)
  assert.match(lines.find(line => line.includes('weak ‹owner›'))!, /style="dotted".*constraint="false"/)
  assert.match(statements(pathGraph()).find(line => line.includes('WeakMap'))!, /color="#000000:#FFFFFF:#000000"/)
})

test('the first chain and the cycles are bold, nothing else', () => {
  const bold = (graph: ResultGraph) => statements(graph).filter(line => line.includes('penwidth="2.5"')).length
  assert.equal(bold(pathGraph()), 1)
  assert.equal(bold(cyclesGraph()), 3)
  assert.equal(bold(backrefsGraph()), 0)
})

test('what was left out is a dashed card that counts it, and the caption has the notes', () => {
  const dot = toDot(backrefsGraph())
  assert.match(dot, /label="… 12 more holders: 1,234 references\\l".*style="filled,rounded,dashed"/)
  assert.match(dot, /note: 12 holders were left out: --fan 3\\l/)
})

test('the legend names the kinds that are there, no others', () => {
  const caption = toDot(backrefsGraph()).split('\n')[1]
  assert.match(caption, /ƒ function/)
  assert.match(caption, /dashed: internal/)
  assert.doesNotMatch(caption, /detached|double line|native/)
})

test('long chains are folded as in the text', () => {
  assert.equal(countDotNodes(toDot(pathGraph())), 5)
})

test('a node kind is looked up among the kinds only', () => {
  const graph = graphOf({})
  for (const [index, kind] of ['constructor', '__proto__', ''].entries()) addNode(graph, `@${index + 1}`, 'x', {kind})
  assert.equal(countDotNodes(toDot(graph)), 3)
})

test('top to bottom on request, the same bytes for the same answer', () => {
  assert.match(toDot(backrefsGraph(), {rankdir: 'TB'}), /rankdir="TB"/)
  for (const make of Object.values(namedGraphs)) assert.equal(toDot(make()), toDot(make()))
})

test('the size is bound by the number of nodes and edges, not by their names', () => {
  const graph = bigGraph(50)
  const long = 'x'.repeat(100_000)
  graph.updateEachNodeAttributes((_node, attributes) => ({...attributes, type: long, preview: long, notes: [long]}))
  graph.updateEachEdgeAttributes((_edge, attributes) => ({...attributes, label: long}))
  graph.setAttribute('subject', long)
  assert.ok(toDot(graph).length < 5000 * (graph.order + graph.size))
})

/** DOT's own grammar for what is written here: statements of quoted attributes, a line each. */
const statement = /^ {2}(?:graph|node|edge|n\d+|n\d+ -> n\d+) \[(?:\w+="(?:[^"\\\n]|\\[\\"nl])*"(?:, (?=\w))?)+\]$/

function assertWellFormed(name: string): void {
  const graph = graphOf({subject: name, snapshot: {name, nodeCount: 1, edgeCount: 1, root: ''}, limits: [name]})
  addNode(graph, '@1', name, {role: 'target', preview: name, place: name, notes: [name], kind: name})
  addNode(graph, 'more', name, {role: 'more'})
  addEdge(graph, 'more', '@1', name)
  const dot = toDot(graph)
  const lines = dot.split('\n')
  assert.deepEqual([lines[0], ...lines.slice(-2)], ['digraph heapgraph {', '}', ''])
  assert.equal(lines.length, 1 + 3 + 3 + 2)
  for (const line of lines.slice(1, -2)) assert.match(line, statement)
  assert.doesNotMatch(dot, terminalHazard)
  assert.equal(countDotNodes(dot), 2)
}

test('no name breaks out of its quotes', () => {
  for (const name of hostileNames) assertWellFormed(name)
  fc.assert(fc.property(anyText, assertWellFormed))
})
