import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {toMermaid} from '../../../src/emit/picture/mermaid.ts'
import type {ResultGraph} from '../../../src/graph/answer/result.ts'
import {runs} from '../../support/runs.ts'
import {addEdge, addNode, backrefsGraph, graphOf, namedGraphs, pathGraph} from '../graphs.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'

test('a small answer, whole', () => {
  const graph = graphOf({question: 'why', limits: ['a note']})
  addNode(graph, '@9', 'Map', {count: 3, selfBytes: 96})
  addNode(graph, '@4', 'Buffer', {role: 'target', selfBytes: 96, preview: 'say "hi"'})
  addEdge(graph, '@9', '@4', '.get("k")', {count: 3})
  graph.setAttribute('chains', [{nodes: ['@9', '@4'], edges: ['@9>@4'], cut: '@9>@4'}])
  assert.equal(
    toMermaid(graph),
    `\
%% why: Buffer, self 96 B
%% note: a note
flowchart LR
  n0["Map ×3<br/>self 96 B · e.g. @9"]:::hgobject
  n1[["◎ Buffer<br/>say #34;hi#34;<br/>self 96 B · @4"]]:::hgtarget
  n0 -->|"✂1 .get#40;#34;k#34;#41; ×3"| n1
  linkStyle 0 stroke-width:3px
  classDef hgobject fill:#FFFFFF,stroke:#1A1A1A,color:#000000
  classDef hgtarget fill:#E69F00,stroke:#1A1A1A,color:#000000
%% ◎ what was asked about (double border)
`,
  )
})

test('what does not simply hold has dashes; the same bytes for the same answer', () => {
  assert.match(toMermaid(backrefsGraph()), /-\.->\|"‹table›"\|/)
  assert.match(toMermaid(pathGraph(), {rankdir: 'TB'}), /^flowchart TB$/m)
  for (const make of Object.values(namedGraphs)) assert.equal(toMermaid(make()), toMermaid(make()))
})

/** Every line is one of these, whatever names there are. */
const statement =
  /^(?:%%[^{}]*|flowchart LR| {2}n\d+(?:\["[^"]*"\]|\[\["[^"]*"\]\]|\("[^"]*"\)):::hg[a-z]+| {2}n\d+ -\.?->(?:\|"[^"]*"\|)? n\d+| {2}linkStyle [\d,]+ stroke-width:3px| {2}classDef hg[a-z]+ [#\w:, -]+)$/

function assertSafe(names: string[]): void {
  const text = toMermaid(graphOfNames(names))
  assert.doesNotMatch(text.replaceAll('\n', ''), terminalHazard)
  for (const line of text.trimEnd().split('\n')) {
    assert.match(line, statement)
    if (line.startsWith('%%')) continue
    // Nothing in a label but entities and the line breaks of ours.
    for (const [, label] of line.matchAll(/"([^"]*)"/g)) {
      assert.doesNotMatch(label.replaceAll('<br/>', '').replace(/#\d+;/g, ''), /[<>&#;`|]/)
    }
  }
}

function graphOfNames(names: string[]): ResultGraph {
  const graph = graphOf({subject: names[0], limits: names.slice(0, 5)})
  for (const [index, name] of names.entries()) {
    addNode(graph, `@${index + 1}`, name, {preview: name, place: name, notes: [name]})
    if (index > 0) addEdge(graph, `@${index + 1}`, `@${Math.floor((index + 1) / 2)}`, name)
  }
  return graph
}

test('hostile names stay inside their labels', () => {
  for (let from = 0; from < hostileNames.length; from += 20) assertSafe(hostileNames.slice(from, from + 20))
  fc.assert(fc.property(fc.array(anyText, {minLength: 5, maxLength: 5}), assertSafe), {numRuns: runs(200)})
})
