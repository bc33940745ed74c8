import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {tableToJson, toJson} from '../../../src/emit/safe/json.ts'
import {addEdge, addNode, cyclesGraph, graphOf, namedGraphs, pathGraph} from '../graphs.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'

test('one document with all fields in a fixed order', () => {
  const graph = graphOf({limits: ['a note']})
  addNode(graph, '@4', 'Buffer', {role: 'target', selfBytes: 96})
  addNode(graph, '@9', 'Cache', {notes: ['depth 1 reached'], level: 1})
  addEdge(graph, '@9', '@4', '.last')
  assert.equal(
    toJson(graph),
    `\
{
  "schema": "heapgraph/result/2",
  "question": "backrefs",
  "subject": "Buffer",
  "direction": "in",
  "snapshot": {
    "name": "app.heapsnapshot",
    "nodeCount": 123456,
    "edgeCount": 654321,
    "root": ""
  },
  "count": 1,
  "selfBytes": 96,
  "offHeap": null,
  "heapBytes": null,
  "nodes": [
    {
      "key": "@4",
      "role": "target",
      "type": "Buffer",
      "kind": "object",
      "id": 4,
      "count": 1,
      "selfBytes": 96,
      "retainedBytes": null,
      "preview": "",
      "place": "",
      "code": "unknown",
      "level": 0,
      "notes": []
    },
    {
      "key": "@9",
      "role": "node",
      "type": "Cache",
      "kind": "object",
      "id": 9,
      "count": 1,
      "selfBytes": 0,
      "retainedBytes": null,
      "preview": "",
      "place": "",
      "code": "unknown",
      "level": 1,
      "notes": [
        "depth 1 reached"
      ]
    }
  ],
  "edges": [
    {
      "key": "@9>@4",
      "source": "@9",
      "target": "@4",
      "label": ".last",
      "kind": "property",
      "count": 1,
      "strength": "strong"
    }
  ],
  "chains": [],
  "cycles": [],
  "owners": null,
  "limits": [
    "a note"
  ]
}
`,
  )
})

test('nothing of an answer is missing', () => {
  for (const make of Object.values(namedGraphs)) {
    const graph = make()
    const document = JSON.parse(toJson(graph))
    const {attributes, nodes, edges} = graph.export()
    for (const [name, value] of Object.entries(attributes)) {
      if (name !== 'cycles' && name !== 'chains') assert.deepEqual(document[name], value)
    }
    assert.deepEqual(
      document.chains,
      attributes?.chains?.map(chain => ({cut: null, code: null, steps: [], ...chain})),
    )
    assert.deepEqual(
      document.nodes,
      nodes.map(node => ({key: node.key, ...node.attributes})),
    )
    assert.deepEqual(
      document.edges,
      edges.map(({key, source, target, attributes}) => ({key, source, target, ...attributes})),
    )
  }
  assert.equal(JSON.parse(toJson(pathGraph())).chains[1].nodes.length, 89)
})

test('a cycle that nothing holds says null', () => {
  const {cycles} = JSON.parse(toJson(cyclesGraph()))
  assert.equal(cycles[0].heldBy, '@99>@12')
  assert.equal(cycles[1].heldBy, null)
})

test('tables: schema first, then the fields as given', () => {
  assert.equal(tableToJson('types', {rows: []}), '{\n  "schema": "heapgraph/types/1",\n  "rows": []\n}\n')
})

function assertExact(name: string): void {
  const graph = graphOf({subject: name})
  addNode(graph, '@1', name, {preview: name})
  const json = toJson(graph)
  assert.doesNotMatch(json, terminalHazard)
  const document = JSON.parse(json)
  assert.equal(document.subject, name)
  assert.equal(document.nodes[0].type, name)
  assert.equal(document.nodes[0].preview, name)
}

test('every name comes back exactly, and none can steer a terminal', () => {
  for (const name of hostileNames) assertExact(name)
  fc.assert(fc.property(anyText, assertExact))
})
