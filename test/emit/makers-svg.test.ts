/** Makers and owners as a picture: bars as high as their bytes, bands inside them, nothing of a name but text. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {drawMakersPage} from '../../src/emit/page/makers-html.ts'
import {type Flow, placeFlows} from '../../src/emit/picture/flows.ts'
import {drawMakers} from '../../src/emit/picture/makers-svg.ts'
import type {MakersView} from '../../src/graph/views/makers-view.ts'
import {runs} from '../support/runs.ts'
import {anyText, hostileNames} from './hostile.ts'
import {elementsNamed, parseXml} from './xml.ts'

const SLOT = 34
const anyFlows: fc.Arbitrary<Flow[]> = fc.uniqueArray(
  fc.record({from: fc.nat(14), to: fc.nat(14), bytes: fc.oneof(fc.nat(100), fc.integer({min: 0, max: 1e9}))}),
  {selector: ({from, to}) => from * 100 + to, maxLength: 80},
)

test('bars hold their bands exactly, and no two bars of a side meet', () => {
  const property = fc.property(anyFlows, flows => {
    const {left, right, bands, height} = placeFlows(flows, SLOT)
    assert.equal(bands.length, flows.filter(({bytes}) => bytes > 0).length)
    for (const [bars, end, topOf] of [
      [left, 'from', 'fromTop'],
      [right, 'to', 'toTop'],
    ] as const) {
      for (const {index, top, height: high, slotTop, slotHeight} of bars) {
        assert.ok(slotTop >= -1e-6 && slotTop + slotHeight <= height + 1e-6 && slotHeight >= SLOT)
        assert.ok(top >= slotTop && top + high <= slotTop + slotHeight)
        const own = bands.filter(band => band[end] === index).sort((a, b) => a[topOf] - b[topOf])
        assert.ok(own.length > 0)
        let next = top
        for (const band of own) {
          assert.ok(Math.abs(band[topOf] - next) < 1e-6)
          next += band.height
        }
        assert.ok(next <= top + high + 1e-6 && (high <= 1 || next >= top + high - 1e-6))
      }
      for (const [i, bar] of bars.entries())
        assert.ok(i === 0 || bar.slotTop >= bars[i - 1].slotTop + bars[i - 1].slotHeight - 1e-6)
    }
    const [first] = bands
    for (const {bytes, height: high} of bands)
      assert.ok(Math.abs(high * first.bytes - first.height * bytes) < 1e-6 * first.bytes * Math.max(1, high))
  })
  fc.assert(property, {numRuns: runs(200)})
})

test('bands of pairs that are apart do not cross', () => {
  const apart = [3, 1, 4, 0, 2].map((to, from) => ({from, to, bytes: 10}))
  const {left, right, bands} = placeFlows(apart, SLOT)
  const places = bands.map(({from, to}) => [
    left.findIndex(({index}) => index === from),
    right.findIndex(({index}) => index === to),
  ])
  for (const [a, b] of places) assert.equal(a, b)
})

/** A maker and an owner a name, and all pairs of neighbors. */
function viewOf(names: readonly string[]): MakersView {
  const makers = names.map((name, i) => ({
    name,
    place: i % 3 === 0 ? '' : name,
    count: 1,
    selfBytes: i === 1 ? 0 : 16,
    allocatedCount: 2,
    allocatedBytes: 32,
  }))
  const nothing = {name: '(no stack)', place: '', count: 7, selfBytes: 700, allocatedCount: null, allocatedBytes: null}
  const owners = names.map(holder => ({holder, place: holder, count: 1, selfBytes: 16}))
  const cells = names.flatMap((_, i) =>
    i === 1 ? [] : [{maker: i, owner: (i * 7) % names.length, count: 1, selfBytes: 16}],
  )
  return {
    snapshot: {name: names[0] ?? '', nodeCount: 1, edgeCount: 1, root: ''},
    makers: [...makers, nothing],
    owners,
    cells: [...cells, {maker: names.length, owner: 0, count: 7, selfBytes: 700}],
    total: {count: names.length + 7, selfBytes: 0, makers: names.length, owners: names.length},
    limits: names.slice(0, 20),
  }
}

test('hostile names are text, in pictures and pages', async () => {
  const {svg, drawn, objects} = drawMakers(viewOf(hostileNames))
  const root = parseXml(svg)
  const bands = elementsNamed(root, 'path').filter(({attributes}) => attributes.get('class') === 'hg-band hg-flow')
  assert.equal(bands.length, hostileNames.length - 1)
  assert.deepEqual([drawn, objects], [hostileNames.length - 1, hostileNames.length + 7])
  assert.doesNotMatch(svg, /<script|<image|<foreignObject|@import|url\((?!#)/)
  assert.match(svg, /not drawn: \(no stack\), 7 objects, 700 B/)
  assert.match(svg, /not drawn: 1 maker of which nothing is left/)
  assert.equal(drawMakers(viewOf(hostileNames)).svg, svg)
  const {html} = await drawMakersPage(viewOf(hostileNames))
  assert.equal(html.match(/<script/g)?.length, 2)
  assert.doesNotMatch(html, /<(?:img|iframe|object|link rel="stylesheet")|alert\(1\)<\/script>/)
})

test('any names: a picture that XML readers take', () => {
  fc.assert(
    fc.property(fc.array(anyText, {minLength: 2, maxLength: 6}), names => {
      parseXml(drawMakers(viewOf(names)).svg)
    }),
    {numRuns: runs(100)},
  )
})

test('without any stack, what has none is drawn', () => {
  const view = viewOf(['a'])
  const {svg, drawn} = drawMakers({
    ...view,
    makers: view.makers.slice(1),
    cells: [{maker: 0, owner: 0, count: 7, selfBytes: 700}],
  })
  assert.equal(drawn, 7)
  assert.doesNotMatch(svg, /not drawn/)
})
