import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import fc from 'fast-check'
import {forTerminal} from '../../src/emit/clean.ts'
import {renderSvg, toSvg} from '../../src/emit/svg.ts'
import type {ResultGraph} from '../../src/graph/result.ts'
import {addEdge, addNode, bigGraph, graphOf, namedGraphs} from './graphs.ts'
import {anyText, hostileNames} from './hostile.ts'
import {elementsNamed, parseXml} from './xml.ts'

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
    const {status, stderr} = spawnSync('xmllint', ['--noout', '-'], {input: svg, encoding: 'utf8'})
    assert.equal(status, 0, stderr)
  }
  return elementsNamed(root, 'text').map(({text}) => text.replaceAll('\u00a0', ' '))
}

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0

test('every kind of answer is drawn, with a title and no reference to elsewhere', async () => {
  for (const [name, make] of Object.entries(namedGraphs)) {
    const svg = await toSvg(make())
    const texts = textsOf(svg)
    assert.ok(texts.some(text => text.startsWith('app.heapsnapshot')))
    const [title] = parseXml(svg).children
    assert.equal(title.name, 'title')
    assert.ok(title.text.startsWith(`${name}: `))
    assert.doesNotMatch(svg, /<!DOCTYPE|<script|href="(?!#)/)
  }
})

test('the same bytes for the same answer', async () => {
  assert.equal(await toSvg(namedGraphs.backrefs()), await toSvg(namedGraphs.backrefs()))
})

/** A node for each name, with the name in every place. */
function graphOfNames(names: string[]): ResultGraph {
  const graph = graphOf({subject: names[0], limits: names.slice(0, 5)})
  graph.setAttribute('snapshot', {name: names[0], nodeCount: 1, edgeCount: 1, root: ''})
  for (const [index, name] of names.entries()) {
    addNode(graph, `@${index + 1}`, name, {preview: name, place: name, notes: [name]})
    if (index > 0) addEdge(graph, `@${index + 1}`, `@${Math.floor((index + 1) / 2)}`, name)
  }
  return graph
}

/** Cards cut a type at 40 columns, edges a label at 36. XML readers trim nothing, Graphviz drops outer spaces. */
async function assertNamesKept(names: string[]): Promise<void> {
  const texts = new Set(textsOf(await toSvg(graphOfNames(names))).map(text => text.trim()))
  for (const name of names) {
    assert.ok(texts.has(forTerminal(name === '' ? '(unnamed)' : name, 40).trim()), JSON.stringify(name.slice(0, 80)))
  }
  for (const name of names.slice(1)) {
    if (name.trim() !== '') assert.ok(texts.has(forTerminal(name, 36).trim()), JSON.stringify(name.slice(0, 80)))
  }
}

test('hostile names: well-formed, and the text is there to read', async () => {
  await assertNamesKept(hostileNames)
})

test('any names: well-formed, and the text is there to read', async () => {
  const names = fc.array(anyText, {minLength: 60, maxLength: 60})
  await fc.assert(fc.asyncProperty(names, assertNamesKept), {numRuns: 4, endOnFailure: true})
})

test('three hundred nodes are drawn, one more is refused in words', async () => {
  const texts = textsOf(await toSvg(bigGraph(300)))
  assert.ok(texts.some(text => text.includes('@300')))
  await assert.rejects(toSvg(bigGraph(301)), {
    code: 'RENDER',
    message: 'A diagram of 301 nodes is more than the 300 that can be drawn legibly',
    hint: /--depth or --fan.*\.dot/,
  })
  await assert.rejects(toSvg(bigGraph(3), {maxNodes: 2}), {code: 'RENDER'})
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
  await assert.rejects(renderSvg('digraph {'), {code: 'RENDER', message: /syntax error/})
})

test('what XML forbids is taken out of whatever Graphviz wrote', noShell, async () => {
  const dirty = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><!-- a --><svg x="1&2"><text>a\\001b&c&#1;&#xFFFF;&#65;&nbsp;\\357\\277\\277</text></svg>`
  const svg = await renderSvg('', {graphviz: fakeGraphviz('dirty', `printf '${dirty}'`), title: '<&\n'})
  const root = parseXml(svg)
  assert.equal(elementsNamed(root, 'text')[0].text, 'ab&cA&nbsp;')
  assert.equal(root.attributes.get('x'), '1&2')
  assert.equal(elementsNamed(root, 'title')[0].text, '<&\\n')
})
