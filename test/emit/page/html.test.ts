import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {parse} from 'parse5'
import {drawHtml, toHtml} from '../../../src/emit/page/html.ts'
import type {GraphPageData} from '../../../src/emit/page/page-data.ts'
import {heapgraph, ROOT} from '../../cli/cli.ts'
import {runs} from '../../support/runs.ts'
import {addEdge, addNode, bigGraph, cyclesGraph, graphOf, namedGraphs} from '../graphs.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'
import {elementsOf, textOf} from '../html.ts'
import {graphOfNames} from '../names-graph.ts'

function dataOf(html: string): GraphPageData {
  const data = elementsOf(parse(html)).find(({attributes}) => attributes.get('id') === 'data')!
  return JSON.parse(textOf(data.node)) as GraphPageData
}

test('one file that asks nothing of anybody, the same bytes each time', async () => {
  for (const make of Object.values(namedGraphs)) {
    const html = await toHtml(make())
    assert.equal(html, await toHtml(make()))
    const elements = elementsOf(parse(html))
    for (const {name, attributes} of elements) {
      assert.equal(attributes.get('src'), undefined, name)
      assert.ok(attributes.get('href') === undefined || attributes.get('href') === 'data:,', name)
      // The policy would not let them through.
      for (const attribute of attributes.keys()) assert.doesNotMatch(attribute, /^(?:on|style$)/)
    }
    assert.doesNotMatch(html, /@import|url\((?!#)/)
    const ids = elements.flatMap(({attributes}) => attributes.get('id') ?? [])
    assert.equal(new Set(ids).size, ids.length)
  }
})

/** Elements and attributes, without what they say. */
function skeleton(html: string): Set<string> {
  return new Set(elementsOf(parse(html)).flatMap(({name, attributes}) => [name, ...attributes.keys()]))
}

async function assertHarmless(names: string[]): Promise<void> {
  const html = await toHtml(graphOfNames(names))
  const expected = skeleton(await toHtml(graphOfNames(names.map((_, i) => `plain${i}`))))
  assert.deepEqual(
    [...skeleton(html)].filter(name => !expected.has(name)),
    [],
  )
  assert.equal(terminalHazard.exec(html)?.[0], undefined)
  // Nor do the texts that the script shows steer or hide anything.
  const {nodes, edges} = dataOf(html)
  const texts = [
    ...nodes.flatMap(({name, facts}) => [name, ...facts.flat()]),
    ...edges.flatMap(({label, cut}) => [label, cut]),
  ]
  for (const text of texts) assert.equal(terminalHazard.exec(text)?.[0], undefined)
}

test('hostile names become no element, no attribute, and steer nothing', async () => {
  await assertHarmless([...hostileNames, '</script><img src=x onerror=alert(1)>', '<!--<script>'])
})

test('nor do any names', async () => {
  const names = fc.array(anyText, {minLength: 40, maxLength: 40})
  await fc.assert(fc.asyncProperty(names, assertHarmless), {numRuns: runs(3), endOnFailure: true})
})

test('what the picture leaves out is in the file, card by card, and what is not is counted', async () => {
  const {html, cards, carried} = await drawHtml(bigGraph(301))
  assert.deepEqual({cards, carried}, {cards: 60, carried: 241})
  const {nodes} = dataOf(html)
  const members = nodes.flatMap(({leftOut = []}) => leftOut)
  assert.equal(new Set(members).size, 241)
  assert.equal(members.length, 241)
  for (const member of members) assert.equal(nodes[member].at, undefined)
  const large = await drawHtml(bigGraph(2000), {carriedNodes: 100})
  assert.equal(large.carried, 40)
  const outside = dataOf(large.html).nodes.reduce((sum, {objectsLeft = 0}) => sum + objectsLeft, 0)
  assert.equal(outside, 2000 - 100)
  assert.match(large.html, /in the file: 1,900 cards of 1,900 objects not drawn/)
})

test('what holds from outside of the file holds in it', async () => {
  const {edges, nodes} = dataOf((await drawHtml(bigGraph(2000), {carriedNodes: 100})).html)
  const outside = nodes.flatMap(({role, leftOut}, i) => (role === 'more' && leftOut === undefined ? [i] : []))
  assert.ok(outside.length > 10)
  assert.ok(edges.filter(({from, keeps}) => outside.includes(from) && keeps).length > 10)
  // The picture's own cards for these hold nothing besides.
  for (const {from, to, keeps} of edges) if (nodes[from].leftOut ?? nodes[to].leftOut) assert.equal(keeps, false)
})

test('the middles of a long chain and of a long cycle are in the file', async () => {
  const graph = graphOf({question: 'path'})
  const nodes = Array.from({length: 100}, (_, i) => `@${i + 1}`)
  for (const [i, node] of nodes.entries()) {
    addNode(graph, node, `Type${i}`, {role: i === 99 ? 'target' : 'node'})
    if (i > 0) addEdge(graph, nodes[i - 1], node, `.p${i}`)
  }
  graph.setAttribute('chains', [{nodes, edges: nodes.slice(1).map((node, i) => `${nodes[i]}>${node}`)}])
  const data = dataOf(await toHtml(graph))
  const middle = data.nodes.find(({leftOut}) => leftOut !== undefined)!
  assert.equal(middle.objectsLeft, 0)
  assert.equal(data.nodes.filter(({role}) => role !== 'more').length, 100)
  // Each link of the chain, whether its ends are drawn or not.
  const links = new Set(data.edges.map(({from, to}) => `${data.nodes[from].type} ${data.nodes[to].type}`))
  for (let i = 1; i < 100; i++) assert.ok(links.has(`Type${i - 1} Type${i}`), `link ${i}`)

  const ring = graphOf({question: 'cycles'})
  for (const node of nodes) addNode(ring, node, 'Ring')
  const edges = nodes.map((node, i) => {
    addEdge(ring, node, nodes[(i + 1) % 100], '.next')
    return `${node}>${nodes[(i + 1) % 100]}`
  })
  ring.setAttribute('cycles', [{...cyclesGraph().getAttribute('cycles')[0], nodes, edges, heldBy: undefined}])
  const {cards, carried} = await drawHtml(ring)
  assert.equal(cards + carried, 100)
})

const SERVER = join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz')

test('every cut that the page names is one that what-if understands', async () => {
  const cuts = new Set<string>()
  for (const question of [
    ['why', '--type', 'UserRecord'],
    ['backrefs', '--type', 'UserRecord'],
    ['path', '--type', 'UserRecord', '--count', '3'],
    ['dominators', '--depth', '2'],
  ]) {
    const {stdout, stderr, code} = await heapgraph([...question, '--format', 'html', SERVER])
    assert.equal(code, 0, stderr)
    const {edges, whatIf} = dataOf(stdout)
    assert.equal(whatIf, `heapgraph what-if {} ${SERVER}`)
    const named = edges.filter(({cut}) => cut !== '')
    assert.ok(named.length > 0, question.join(' '))
    for (const {cut} of named) cuts.add(cut.replace(/^'(.*)'$/s, '$1').replaceAll("'\\''", "'"))
  }
  for (const cut of cuts) {
    const {code, stderr} = await heapgraph(['what-if', '--cut', cut, SERVER])
    assert.equal(code, 0, `${cut}: ${stderr}`)
  }
})
