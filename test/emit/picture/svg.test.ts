import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import fc from 'fast-check'
import {runGraphviz} from '../../../src/emit/picture/run-graphviz.ts'
import {drawPicture, toSvg} from '../../../src/emit/picture/svg.ts'
import {forTerminal} from '../../../src/emit/safe/clean.ts'
import type {ResultOwner, ResultOwners} from '../../../src/graph/answer/result.ts'
import {HANG_MS} from '../../support/limits.ts'
import {runs} from '../../support/runs.ts'
import {addEdge, addNode, backrefsGraph, bigGraph, cyclesGraph, graphOf, namedGraphs, pathGraph} from '../graphs.ts'
import {anyText, hostileNames} from '../hostile.ts'
import {graphOfNames} from '../names-graph.ts'
import {elementsNamed, parseXml} from '../xml.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-svg-'))
after(() => rmSync(folder, {recursive: true}))

/** A Graphviz made of a few lines of shell. */
function fakeGraphviz(name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`, {mode: 0o755})
  return path
}

const noShell = {skip: process.platform === 'win32' && 'the fake Graphviz is a shell script'}

/** What is written in the picture; Graphviz writes some spaces as U+00A0. */
function textsOf(svg: string): string[] {
  const root = parseXml(svg)
  if (hasXmllint) {
    const {status, stderr} = spawnSync('xmllint', ['--noout', '-'], {timeout: HANG_MS, input: svg, encoding: 'utf8'})
    assert.equal(status, 0, stderr)
  }
  return elementsNamed(root, 'text').map(({text}) => text.replaceAll('\u00a0', ' '))
}

const hasXmllint = spawnSync('xmllint', ['--version'], {timeout: HANG_MS}).status === 0

test('every kind of answer is drawn, with a title and no reference to elsewhere', async () => {
  for (const [name, make] of Object.entries(namedGraphs)) {
    const svg = await toSvg(make())
    const texts = textsOf(svg)
    assert.ok(texts.some(text => text.startsWith('app.heapsnapshot')))
    const [title] = parseXml(svg).children
    assert.equal(title.name, 'title')
    assert.ok(title.text.startsWith(`${name}: `))
    assert.doesNotMatch(svg, /<!DOCTYPE|<script|href=|@import|url\((?!#)|<image|<foreignObject/)
  }
})

test('the same bytes for the same answer', async () => {
  assert.equal(await toSvg(namedGraphs.backrefs()), await toSvg(namedGraphs.backrefs()))
})

/** Cards cut a type at 32 columns, lines a label at 36. */
async function assertNamesKept(names: string[]): Promise<void> {
  const svg = await toSvg(graphOfNames(names), {maxNodes: names.length})
  const texts = new Set(textsOf(svg).map(text => text.trim()))
  for (const name of names) {
    assert.ok(texts.has(forTerminal(name === '' ? '(unnamed)' : name, 32).trim()), JSON.stringify(name.slice(0, 80)))
  }
  for (const name of names.slice(1)) {
    if (name.trim() !== '') assert.ok(texts.has(forTerminal(name, 36).trim()), JSON.stringify(name.slice(0, 80)))
  }
  assert.equal(new Set(idsOf(svg)).size, idsOf(svg).length)
}

function idsOf(svg: string): string[] {
  return elementsNamed(parseXml(svg), 'g').flatMap(({attributes}) => attributes.get('id') ?? [])
}

test('hostile names: well-formed, and the text is there to read', async () => {
  await assertNamesKept(hostileNames)
})

test('any names: well-formed, and the text is there to read', async () => {
  const names = fc.array(anyText, {minLength: 60, maxLength: 60})
  await fc.assert(fc.asyncProperty(names, assertNamesKept), {numRuns: runs(4), endOnFailure: true})
})

/** What the cards say that stand for others. */
function leftOut(svg: string): string[] {
  const cards = elementsNamed(parseXml(svg), 'g').filter(({attributes}) => attributes.get('id')?.startsWith('more-'))
  return cards.map(({attributes}) => attributes.get('aria-label')!)
}

test('sixty cards are drawn, and all others are counted', async () => {
  const {svg, cards, objects, groups} = await drawPicture(bigGraph(301))
  assert.deepEqual({cards, objects, groups}, {cards: 60, objects: 301, groups: 0})
  const counted = leftOut(svg).map(text => Number(/^… (\d+) more cards? of \1 objects?, not drawn/.exec(text)?.[1]))
  assert.equal(
    counted.reduce((sum, count) => sum + count),
    241,
  )
  assert.ok(textsOf(svg).some(text => text.startsWith('note: 241 cards of 241 objects not drawn')))
  assert.deepEqual(leftOut(await toSvg(bigGraph(60))), [])
})

test('a long chain keeps both ends and what must be cut', async () => {
  const graph = graphOf({question: 'why'})
  const nodes = Array.from({length: 2000}, (_, i) => `@${i + 1}`)
  for (const [i, node] of nodes.entries()) {
    addNode(graph, node, `Type${i}`, {role: i === 1999 ? 'target' : 'node', selfBytes: 8})
    if (i > 0) addEdge(graph, nodes[i - 1], node, `.p${i}`)
  }
  const edges = nodes.slice(1).map((node, i) => `${nodes[i]}>${node}`)
  graph.setAttribute('chains', [{nodes, edges, cut: edges[1000]}])
  const svg = await toSvg(graph)
  const texts = textsOf(svg)
  for (const name of ['Type0', 'Type1999', 'Type1000', '✂1', '.p1001']) assert.ok(texts.includes(name), name)
  const steps = leftOut(svg).map(text => Number(/^… ([\d,]+) more steps/.exec(text)![1].replace(',', '')))
  const drawn = idsOf(svg).filter(id => id.startsWith('n')).length
  assert.ok(drawn <= 60)
  assert.equal(steps.reduce((sum, count) => sum + count) + drawn, 2000)
})

test('a large cycle is drawn as one, its middle counted', async () => {
  const graph = graphOf({question: 'cycles'})
  const nodes = Array.from({length: 3000}, (_, i) => `@${i + 1}`)
  for (const [i, node] of nodes.entries()) addNode(graph, node, `Type${i}`)
  const edges = nodes.map((node, i) => {
    addEdge(graph, node, nodes[(i + 1) % 3000], '.next')
    return `${node}>${nodes[(i + 1) % 3000]}`
  })
  const [first] = cyclesGraph().getAttribute('cycles')
  graph.setAttribute('cycles', [{...first, nodes, edges, heldBy: undefined}])
  const svg = await toSvg(graph)
  assert.deepEqual(leftOut(svg), ['… 2,997 more steps'])
  assert.ok(textsOf(svg).includes('.next ↺'))
})

test('cycles have frames with their sizes, and the edge that holds them is there', async () => {
  const svg = await toSvg(cyclesGraph())
  const texts = textsOf(svg)
  assert.ok(texts.includes('1. 40 cycles · 80 objects · retained 9.6 kB'))
  assert.ok(texts.includes('2. cycle · 1 object · self 56 B'))
  assert.ok(texts.includes('.list'))
  assert.ok(texts.some(text => text === '(held by scope var registry of main() src/main.js:3)'))
  assert.equal(svg.match(/class="hg-hull"/g)?.length, 2)
})

test('the way is numbered, the cut marked with its owner', async () => {
  const path = pathGraph()
  const numbers = async () =>
    (await toSvg(path)).match(/class="hg-number"[^>]*>\d+/g)?.map(text => text.replace(/.*>/, ''))
  assert.deepEqual(await numbers(), ['1', '2'])
  path.setAttribute('question', 'why')
  path.updateAttribute('chains', (chains = []) => [{...chains[0], cut: '@1203>@90211'}, chains[1]])
  assert.ok(textsOf(await toSvg(path)).includes('✂1'))
})

/** Owners of 300 buffers: what the picture needs of them. */
function ownersOf(entries: readonly NonNullable<ResultOwner['entry']>[]): ResultOwners {
  const sums = {selfBytes: 0, retainedBytes: 0, retainedOffHeapBytes: 0}
  const words = {path: '', pattern: '', place: '', codeLines: [], cuts: [], code: 'application' as const}
  const owner = {...words, ...sums, holder: 'by', count: 100, alone: 100, exampleId: 90211, fingerprint: 'by'}
  const list = entries.map(entry => ({...owner, entry}))
  return {
    ...sums,
    summary: 'held',
    verdict: '',
    cuts: [],
    allocated: [],
    total: list.length,
    shared: 0,
    unheld: 0,
    list,
  }
}

test('each owner has a card, with its number and the way from there', async () => {
  const graph = backrefsGraph()
  graph.setAttribute(
    'owners',
    ownersOf([
      {card: '@1203', start: 'module src/cache.js', startId: 500, path: '.requests.all'},
      {card: '@81', start: 'module src/cache.js', startId: 500, path: ' on "data" listener'},
      {card: '@77', start: '', startId: 77, path: ''},
      {card: '@404', start: 'module src/gone.js', startId: 501, path: '.x'},
    ]),
  )
  const texts = textsOf(await toSvg(graph))
  assert.equal(texts.filter(text => text.includes('module src/cache.js')).length, 1, 'one card for one beginning')
  assert.ok(texts.includes('(owners 1, 2)'), texts.join('\n'))
  assert.ok(texts.includes('(owner 3)'), 'one of the answer itself has the number of its owner')
  assert.ok(texts.includes('.requests.all ×100'))
  assert.ok(texts.includes(' on "data" listener ×100'))
  assert.ok(!texts.some(text => text.includes('gone.js')), 'a way to what is not drawn')
  assert.equal(graph.order, backrefsGraph().order, 'the answer stays as it is')
})

test('an owner has a card in a picture of few cards too', async () => {
  const graph = bigGraph(300)
  const [card] = graph.filterNodes((_node, {role}) => role === 'target')
  graph.setAttribute('owners', ownersOf([{card, start: 'module src/cache.js', startId: 500, path: '.all'}]))
  const texts = textsOf(await toSvg(graph, {maxNodes: 10}))
  assert.ok(texts.includes('module src/cache.js'))
  assert.ok(texts.includes('(owner 1)'))
})

test('every card can be reached and read aloud, and says its numbers', async () => {
  const root = parseXml(await toSvg(backrefsGraph()))
  assert.equal(root.attributes.get('role'), 'graphics-document document')
  assert.match(elementsNamed(root, 'desc')[0].text, /RequestCache.* → .*: \.entries/)
  const cards = elementsNamed(root, 'g').filter(({attributes}) => attributes.get('class') === 'hg-node')
  assert.equal(cards.length, 7)
  for (const {attributes, children} of cards) {
    assert.equal(attributes.get('tabindex'), '0')
    assert.equal(attributes.get('role'), 'graphics-symbol')
    assert.equal(children[0].name, 'title')
    assert.equal(children[0].text, attributes.get('aria-label'))
  }
  assert.equal(cards[0].attributes.get('data-id'), '90211')
  assert.equal(cards[0].attributes.get('data-count'), '300')
})

test('links, only when asked for, and safe', async () => {
  const svg = await toSvg(backrefsGraph(), {link: 'https://example.org/?a=1&b="{id}"'})
  const links = elementsNamed(parseXml(svg), 'a').map(({attributes}) => attributes.get('href'))
  assert.equal(links[0], 'https://example.org/?a=1&b="90211"')
  assert.equal(links.length, 6)
})

test('wide answers turn to go down, unless told otherwise', async () => {
  const widthOf = (svg: string) => Number(parseXml(svg).attributes.get('width'))
  const graph = () => {
    const chain = graphOf({})
    for (let i = 0; i < 12; i++) {
      addNode(chain, `@${i + 1}`, `LongName${i}`, {
        preview: 'a long preview of text',
        role: i === 0 ? 'target' : 'node',
      })
      if (i > 0) addEdge(chain, `@${i + 1}`, `@${i}`, '.someProperty')
    }
    return chain
  }
  assert.ok(widthOf(await toSvg(graph())) < 800)
  assert.ok(widthOf(await toSvg(graph(), {rankdir: 'LR'})) > 2000)
})

test('themes: the dark one by what the system asks, paper without color', async () => {
  const [auto, print] = [await toSvg(backrefsGraph()), await toSvg(backrefsGraph(), {theme: 'print'})]
  assert.match(auto, /prefers-color-scheme:dark/)
  assert.doesNotMatch(print, /prefers-color-scheme/)
  assert.match(print, /\.hg-band\{fill:#FFFFFF!important\}/)
})

test('a Graphviz that does not end is killed, whatever it thinks of it', noShell, async () => {
  // It would end by itself only in a week. SIGTERM it ignores, so only SIGKILL lets this test end.
  const graphviz = fakeGraphviz('slow', "trap '' TERM INT HUP\nexec sleep 600000")
  await assert.rejects(toSvg(bigGraph(3), {graphviz, timeoutMs: 300}), {
    code: 'RENDER',
    message: 'Graphviz did not finish within 0.3 s: a diagram of 3 nodes',
    hint: /--depth/,
  })
})

test('a failing Graphviz is quoted, without its harmless remarks and without its escapes', noShell, async () => {
  const remark = 'Warning: no value for width of non-ASCII character 195. Falling back'
  const failing = fakeGraphviz('failing', `echo '${remark}' >&2; printf 'bad\\033[31m line\\n' >&2; exit 1`)
  await assert.rejects(toSvg(bigGraph(3), {graphviz: failing}), {
    code: 'RENDER',
    message: 'Graphviz failed (bad\\u{1b}[31m line): a diagram of 3 nodes',
  })
  const silent = fakeGraphviz('silent', 'exit 0')
  await assert.rejects(toSvg(bigGraph(3), {graphviz: silent}), {code: 'RENDER'})
  await assert.rejects(toSvg(bigGraph(3), {graphviz: join(folder, 'missing')}), {
    code: 'RENDER',
    message: /^Graphviz could not be started: /,
  })
})

test('DOT that is none is an error in words', async () => {
  await assert.rejects(runGraphviz('digraph {', 1), {code: 'RENDER', message: /syntax error/})
})

test('what is no layout is refused, whatever it is', noShell, async () => {
  const answers = [
    '{}',
    '[]',
    'null',
    '"x"',
    '{',
    '{"bb":"a,b,c,d"}',
    '{"bb":"0,0,9,9","objects":[{"name":"b0","pos":"1"}]}',
  ]
  for (const [i, answer] of answers.entries()) {
    const graphviz = fakeGraphviz(`odd${i}`, `cat > /dev/null; printf '%s' '${answer}'`)
    await assert.rejects(toSvg(bigGraph(3), {graphviz}), {code: 'RENDER'})
  }
})
