/** Sampled allocations as flames: every byte is in a cell, in its caller's, as wide as it is. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {unpackAreas} from '../../src/emit/page/packed-areas.ts'
import type {AreaCell} from '../../src/emit/picture/area-tree.ts'
import {allocationsSpeedscope, allocationsView, drawAllocations, drawAllocationsPage} from '../../src/index.ts'
import {parseAllocationProfile} from '../../src/read/allocation-profile.ts'
import {type Call, call, DRAWN, DRAWN_LATER, POOL} from '../support/drawn-profile.ts'
import {runs} from '../support/runs.ts'
import {hostileNames} from './hostile.ts'
import {elementsNamed, parseXml} from './xml.ts'

const answerOf = (head: Call) =>
  allocationsView([parseAllocationProfile(JSON.stringify({head, samples: []}), 'drawn.heapprofile')])

const differenceOf = (...heads: Call[]) =>
  allocationsView(
    heads.map((head, i) => parseAllocationProfile(JSON.stringify({head}), i === 0 ? 'a.heapprofile' : 'b.heapprofile')),
  )

/** What the page's script is given. */
function cellsOf(html: string): AreaCell {
  const [, data] = /<script [^>]*id="data"[^>]*>(.*?)<\/script>/s.exec(html)!
  return unpackAreas(JSON.parse(data).areas)
}

test('a flame each call, in its caller, as wide as its bytes', async () => {
  const {svg, drawn, objects} = await drawAllocations(await answerOf(DRAWN))
  assert.deepEqual([drawn, objects], [6, 8], 'two are too small')
  const cells = elementsNamed(parseXml(svg), 'g').filter(({attributes}) => attributes.get('class') === 'hg-node')
  const told = cells.map(cell => [
    cell.attributes.get('aria-label')!.split(' · ')[0],
    Number(elementsNamed(cell, 'rect')[0].attributes.get('y')) / 22,
    Math.round(((Number(elementsNamed(cell, 'rect')[0].attributes.get('width')) + 1) * 6905) / 1200),
  ])
  assert.deepEqual(told.slice(0, 4), [
    ['◎ (root)', 0, 6905],
    ['ƒ handle', 1, 6790],
    ['ƒ makeOne', 2, 5750],
    ['◇ clone', 3, 750],
  ])
  const [handle] = cells.slice(1)
  assert.equal(
    handle.attributes.get('aria-label'),
    'ƒ handle · src/server.js:4 · allocated 6.8 kB, 98 % of all · by itself 1.0 kB',
  )
  assert.match(svg, /the application \(thick border\)/)
  assert.doesNotMatch(svg, /retained|the heap/)
})

test('the page has all calls, and adds up', async () => {
  const {html, carried} = await drawAllocationsPage(await answerOf(DRAWN))
  assert.equal(carried, 8)
  const root = cellsOf(html)
  assert.equal(root.bytes, 6905)
  assert.deepEqual(
    root.children.map(({name, bytes}) => [name, bytes]),
    [
      ['ƒ handle', 6790],
      ['· (anonymous)', 9],
      ['ƒ makeOne', 6],
    ],
  )
})

/** Calls below one another, from the place of each one's caller and its own bytes. */
const anyCalls = fc
  .array(fc.record({up: fc.nat(), own: fc.integer({min: 0, max: 9999})}), {minLength: 1, maxLength: 400})
  .map(items => {
    const calls = items.map(({own}, i) => call(`f${i % 7}`, POOL, i, own + Number(i === 0)))
    for (const [i, {up}] of items.entries()) if (i > 0) calls[up % i].children.push(calls[i])
    return calls[0]
  })

function assertAddsUp({name, bytes, selfBytes, children, look}: AreaCell): void {
  const inside = children.reduce((sum, child) => sum + child.bytes, 0)
  assert.equal(look === 'more' ? bytes : selfBytes + inside, bytes, name)
  for (const child of children) assertAddsUp(child)
}

test('whatever the tree: the bytes of a cell are its own and those in it, those that are too small among them', async () => {
  const property = fc.asyncProperty(anyCalls, async head => {
    const answer = await answerOf(head)
    const {html} = await drawAllocationsPage(answer, {bare: true})
    const root = cellsOf(html)
    assert.equal(root.bytes, answer.view.total.bytes)
    assertAddsUp(root)
    const {svg} = await drawAllocations(answer)
    parseXml(svg)
    assert.equal((await drawAllocations(answer)).svg, svg)
  })
  await fc.assert(property, {numRuns: runs(60)})
})

test('hostile names are text, in the picture and in the page', async () => {
  const calls = hostileNames.map((name, i) => call(name, `file:///app/${name}.js`, i, 100 + i))
  const head = call('(root)', '', -1, 0, ...calls)
  const {svg} = await drawAllocations(await answerOf(head))
  parseXml(svg)
  assert.doesNotMatch(svg, /<script|<image|<foreignObject|@import|url\((?!#)/)
  const {html} = await drawAllocationsPage(await answerOf(head))
  assert.equal(cellsOf(html).children.length, hostileNames.length)
  assert.equal(html.match(/<script/g)?.length, 2)
})

test('200,000 calls in one another are drawn as far as there is room', async () => {
  const depth = 200_000
  const frame = JSON.stringify({functionName: 'f', scriptId: '1', url: POOL, lineNumber: 1, columnNumber: 1})
  const text = `{"head":${`{"callFrame":${frame},"selfSize":1,"id":1,"children":[`.repeat(depth)}${']}'.repeat(depth)}}`
  const answer = await allocationsView([parseAllocationProfile(text, 'deep')])
  const {html} = await drawAllocationsPage(answer)
  assert.equal(cellsOf(html).bytes, depth)
  parseXml((await drawAllocations(answer)).svg)
})

test('what has no samples cannot be drawn, also where the profile before had some', async () => {
  const [before, after] = [DRAWN, call('(root)', '', -1, 0)].map((head, i) =>
    parseAllocationProfile(JSON.stringify({head}), `${i}.heapprofile`),
  )
  const answer = await allocationsView([before, after])
  assert.ok(answer.view.rows.length > 0)
  const wanted = {code: 'NOTHING_FOUND', message: '1.heapprofile: no sample to draw'}
  await assert.rejects(drawAllocations(answer), wanted)
  await assert.rejects(drawAllocationsPage(answer), wanted)
})

function cellsBelow(cell: AreaCell): AreaCell[] {
  return [cell, ...cell.children.flatMap(cellsBelow)]
}

test('two profiles: each call as wide as in the later one, in the color of its own change', async () => {
  const answer = await differenceOf(DRAWN, DRAWN_LATER)
  const {html, carried} = await drawAllocationsPage(answer)
  assert.equal(carried, 7)
  const root = cellsOf(html)
  assertAddsUp(root)
  assert.deepEqual(
    cellsBelow(root).map(({name, bytes, isOwn, changed}) => [name, bytes, isOwn, changed]),
    [
      ['(root)', 8405, false, {bytes: 1500, selfBytes: 0, tint: 0}],
      ['▼ handle', 8290, true, {bytes: 1500, selfBytes: -500, tint: -2}],
      ['▲ makeOne', 7750, true, {bytes: 2000, selfBytes: 2500, tint: 3}],
      ['▲ fill', 250, true, {bytes: 250, selfBytes: 250, tint: 2}],
      ['clone', 40, false, {bytes: 0, selfBytes: 0, tint: 0}],
      ['(anonymous)', 9, false, {bytes: 0, selfBytes: 0, tint: 0}],
      ['makeOne', 6, true, {bytes: 0, selfBytes: 0, tint: 0}],
    ],
  )
  const {svg, objects} = await drawAllocations(answer)
  parseXml(svg)
  assert.equal(objects, 7)
  assert.match(svg, />allocations: 8\.4 kB, \+1\.5 kB</)
  assert.match(
    svg,
    /▲ makeOne · src\/pool\.js:31 · allocated 7\.8 kB, 92 % of all · change \+2\.0 kB · by itself 7\.5 kB, \+2\.5 kB/,
  )
  assert.match(
    svg,
    /▼ handle · src\/server\.js:4 · allocated 8\.3 kB, 99 % of all · change \+1\.5 kB · by itself 500 B, -500 B/,
  )
  assert.match(svg, /2 calls of the earlier profile, 750 B in all, are in no cell/)
  for (const words of ['by itself more than before', 'by itself less', 'thick border: the application'])
    assert.match(svg, new RegExp(words))
})

test('the same profile twice has no color, and the other way round changes have the other sign', async () => {
  const same = await drawAllocations(await differenceOf(DRAWN, DRAWN))
  assert.doesNotMatch(same.svg, /[▲▼]/)
  const property = fc.asyncProperty(anyCalls, anyCalls, async (a, b) => {
    const [there, back] = [await differenceOf(a, b), await differenceOf(b, a)]
    const changes = ({frames}: typeof there) => frames.reduce((sum, {selfChange}) => sum + selfChange!, 0)
    assert.equal(there.frames.length, back.frames.length)
    assert.equal(changes(there), -changes(back))
    assert.equal(changes(there), there.view.total.change)
    assert.equal(there.frames[0].change, there.view.total.change)
    for (const {parent, bytes, change} of there.frames) {
      assert.ok(bytes >= 0 && bytes - change! >= 0)
      if (parent >= 0) assert.ok(there.frames[parent].bytes >= bytes)
    }
    assertAddsUp(cellsOf((await drawAllocationsPage(there, {bare: true})).html))
    // In speedscope: what there is more of, less what there is less of, is the change.
    const {profiles} = JSON.parse(allocationsSpeedscope(there.view.profiles, there.frames))
    const widths = new Map<string, number>(
      profiles.map(({name, endValue}: {name: string; endValue: number}) => [name, endValue]),
    )
    assert.equal(widths.get('b.heapprofile'), there.view.total.bytes)
    const [more = 0, less = 0] = ['more', 'less'].map(word => widths.get(`${word} than in a.heapprofile`))
    assert.equal(more - less, there.view.total.change)
  })
  await fc.assert(property, {numRuns: runs(60)})
})
