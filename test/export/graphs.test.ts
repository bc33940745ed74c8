/** Result graphs as GEXF and GraphML: well-formed whatever the names, and the same graph when read again. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {test} from 'node:test'
import fc from 'fast-check'
import {MultiDirectedGraph} from 'graphology'
import gexf from 'graphology-gexf'
import {dominators} from '../../src/analyze/answers/dominator-view.ts'
import {toGexf} from '../../src/emit/interchange/gexf.ts'
import {toGraphml} from '../../src/emit/interchange/graphml.ts'
import {forTerminal} from '../../src/emit/safe/clean.ts'
import type {ResultGraph, ResultNode} from '../../src/graph/answer/result.ts'
import {toGraph} from '../../src/graph/answer/to-graph.ts'
import {addEdge, addNode, graphOf, namedGraphs} from '../emit/graphs.ts'
import {anyText, hostileNames} from '../emit/hostile.ts'
import {elementsNamed, parseXml, type XmlElement} from '../emit/xml.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {HANG_MS} from '../support/limits.ts'
import {runs} from '../support/runs.ts'

const hasXmllint = spawnSync('xmllint', ['--version'], {timeout: HANG_MS}).status === 0

function wellFormed(xml: string): XmlElement {
  if (hasXmllint) {
    const {status, stderr} = spawnSync('xmllint', ['--noout', '--huge', '-'], {
      timeout: HANG_MS,
      input: xml,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr.slice(0, 2000))
  }
  return parseXml(xml)
}

/** What a reader must find, by the names of the fields; texts as a person may see them. */
function nodeFields(node: ResultNode): Record<string, string | number> {
  const {role, type, kind, id, count, selfBytes, retainedBytes, preview, place, code, level, notes} = node
  const texts = {role, type, nodeKind: kind, preview, place, code, notes: notes.join('; ')}
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, forTerminal(text, 1000)])),
    ...{count, selfBytes, level},
    ...(id === null ? {} : {objectId: id}),
    ...(retainedBytes === null ? {} : {retainedBytes}),
  }
}

function checkGexf(graph: ResultGraph): void {
  const xml = toGexf(graph)
  const root = wellFormed(xml)
  assert.equal(root.name, 'gexf')
  const read = gexf.parse(MultiDirectedGraph, xml)
  assert.equal(read.order, graph.order)
  assert.equal(read.size, graph.size)
  graph.forEachNode((key, node) => {
    const {label, ...fields} = read.getNodeAttributes(key)
    assert.deepEqual(fields, nodeFields(node))
    assert.equal(typeof label, 'string')
  })
  const edges = graph.mapEdges((_, {label, kind, count, strength}, source, target) => ({
    ...{source, target, label: forTerminal(label, 1000), edgeKind: kind, count, strength, weight: count},
  }))
  const found = read.mapEdges((_, attributes, source, target) => ({
    source,
    target,
    label: '',
    weight: 0,
    ...attributes,
  }))
  assert.deepEqual(found, edges)
}

function checkGraphml(graph: ResultGraph): void {
  const root = wellFormed(toGraphml(graph))
  assert.equal(root.name, 'graphml')
  const keys = new Map(elementsNamed(root, 'key').map(({attributes}) => [attributes.get('id'), attributes]))
  const fieldsOf = (element: XmlElement) =>
    Object.fromEntries(
      element.children.map(({attributes, text}) => {
        const key = keys.get(attributes.get('key'))
        assert.equal(key?.get('for'), element.name)
        return [key?.get('attr.name'), key?.get('attr.type') === 'long' ? Number(text) : text]
      }),
    )
  const nodes = elementsNamed(root, 'node')
  assert.deepEqual(
    nodes.map(element => {
      const {label, ...fields} = fieldsOf(element)
      return fields
    }),
    graph.mapNodes((_, node) => nodeFields(node)),
  )
  const keyOfId = new Map(graph.nodes().map((key, index) => [nodes[index].attributes.get('id'), key]))
  for (const id of keyOfId.keys()) assert.match(id ?? '', /^\w+$/)
  assert.deepEqual(
    elementsNamed(root, 'edge').map(element => ({
      source: keyOfId.get(element.attributes.get('source')),
      target: keyOfId.get(element.attributes.get('target')),
      ...fieldsOf(element),
    })),
    graph.mapEdges((_, {label, kind, count, strength}, source, target) => ({
      ...{source, target, label: forTerminal(label, 1000), edgeKind: kind, count, strength},
    })),
  )
}

test('every kind of answer comes back from GEXF and GraphML', () => {
  for (const make of Object.values(namedGraphs)) {
    checkGexf(make())
    checkGraphml(make())
  }
})

test('retained sizes of a dominator tree are there, and what was left out', async () => {
  const heap = await heapOf('root -> A -> B -> C\nA -> D\nroot -> E')
  const graph = toGraph(dominators(heap, {fan: 1}))
  for (const xml of [toGexf(graph), toGraphml(graph)]) {
    assert.match(xml, /more object/)
    assert.match(xml, /80/)
    // The sentence of a limit.
    assert.match(xml, /--fan/)
  }
  const root = parseXml(toGraphml(graph))
  const retained = elementsNamed(root, 'data').filter(({attributes}) => attributes.get('key') === 'n_retainedBytes')
  assert.equal(retained[0].text, '80')
})

/** A graph that says the text wherever something comes out of the heap. */
function graphSaying(texts: string[]): ResultGraph {
  const graph = graphOf({
    subject: texts.join(' '),
    limits: texts,
    snapshot: {name: texts[0], nodeCount: 1, edgeCount: 1, root: ''},
  })
  texts.forEach((text, index) => {
    addNode(graph, `@${index}`, text, {preview: text, place: text, notes: [text, text]})
    addEdge(graph, `@${index}`, '@0', text)
  })
  return graph
}

test('hostile names break neither format', () => {
  const graph = graphSaying(hostileNames.filter(name => name.length < 1000))
  for (const name of hostileNames) if (name.length >= 1000) addNode(graph, `long ${graph.order}`, name)
  wellFormed(toGexf(graph))
  checkGraphml(graph)
})

test('no text at all breaks them', () => {
  fc.assert(
    fc.property(fc.array(anyText, {minLength: 1, maxLength: 3}), texts => {
      parseXml(toGexf(graphSaying(texts)))
      parseXml(toGraphml(graphSaying(texts)))
    }),
    {numRuns: runs(200)},
  )
})

test('the same answer makes the same bytes, whatever other graphs there are', () => {
  for (const write of [toGexf, toGraphml]) {
    const make = () => {
      const graph = graphOf({})
      addNode(graph, '@1', 'A')
      addNode(graph, '@2', 'B')
      // A key made by graphology is another each time.
      graph.addEdge('@1', '@2', {label: '.b', kind: 'property', count: 1, strength: 'strong'})
      return write(graph)
    }
    assert.equal(make(), make())
  }
})
