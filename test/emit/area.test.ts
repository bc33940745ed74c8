/** The dominator tree as areas: all bytes are there, whatever there is no room for. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {areaLimits, drawAreas} from '../../src/emit/picture/area-svg.ts'
import {type AreaCell, areaTree} from '../../src/emit/picture/area-tree.ts'
import type {FlameRow, FlameView} from '../../src/graph/views/flame-view.ts'
import {runs} from '../support/runs.ts'
import {hostileNames} from './hostile.ts'
import {elementsNamed, parseXml} from './xml.ts'

const VIEWS = ['treemap', 'flame'] as const

/** A tree of rows from the place of each one's parent, its own size and its type; the last ones stand for several. */
function viewOf(items: {parent: number; self: number; type: string; count?: number}[]): FlameView {
  const rows = items.map(({parent, self, type, count = 1}, i): FlameRow => {
    const id = count > 1 && type === '' ? undefined : i + 1
    return {
      parent,
      id,
      type,
      kind: 'object',
      preview: type,
      place: type,
      code: 'unknown',
      count,
      selfBytes: self,
      retainedBytes: self,
    }
  })
  for (let i = rows.length - 1; i > 0; i--) rows[rows[i].parent].retainedBytes += rows[i].retainedBytes
  return {
    name: 'app',
    snapshot: {name: 'app', nodeCount: rows.length, edgeCount: 1, root: ''},
    subject: 'the whole heap',
    objects: rows.length,
    heapBytes: rows[0].retainedBytes,
    rows,
    limits: [],
  }
}

/** Parents before children, larger first, as answers have them. */
const anyTree = fc
  .array(fc.record({up: fc.nat(), self: fc.integer({min: 1, max: 9999}), type: fc.constantFrom('A', 'B', 'C')}), {
    minLength: 1,
    maxLength: 900,
  })
  .map(items => viewOf(items.map(({up, self, type}, i) => ({parent: i === 0 ? -1 : up % i, self, type}))))

function assertAddsUp(cell: AreaCell): void {
  const inside = cell.children.reduce((sum, child) => sum + child.bytes, 0)
  assert.equal(cell.id === undefined || cell.children.length === 0 ? cell.bytes : cell.selfBytes + inside, cell.bytes)
  for (const child of cell.children) assertAddsUp(child)
}

function countCells(cell: AreaCell): number {
  return 1 + cell.children.reduce((sum, child) => sum + countCells(child), 0)
}

test('the bytes of a cell are its own and those in it, exactly; no object is counted twice or lost', () => {
  fc.assert(
    fc.property(anyTree, fc.constantFrom(...VIEWS), (view, form) => {
      const {root} = areaTree(view, {...areaLimits[form], cells: 40})
      assert.equal(root.bytes, view.rows[0].retainedBytes)
      assertAddsUp(root)
      assert.ok(countCells(root) <= 41 * 10)
    }),
    {numRuns: runs(60)},
  )
})

test('a million of a type are one cell, and what it says', async () => {
  const items = [
    {parent: -1, self: 0, type: '(root)'},
    {parent: 0, self: 100, type: 'Cache'},
  ]
  const many = Array.from({length: 30_000}, () => ({parent: 1, self: 8, type: 'Item'}))
  const view = viewOf([...items, ...many, {parent: 1, self: 8e6, type: 'Item', count: 970_000}])
  for (const form of VIEWS) {
    const {root} = areaTree(view, areaLimits[form])
    const [cell] = root.children[0].children
    assert.deepEqual([cell.name, cell.count, cell.bytes], ['Item ×1,000,000', 1_000_000, 8e6 + 240_000])
    const {svg} = await drawAreas(view, {view: form})
    assert.match(svg, /Item ×1,000,000/)
  }
})

test('cells lie in their parents, beside each other, as large as their bytes', async () => {
  const {svg} = await drawAreas(
    viewOf([
      {parent: -1, self: 0, type: 'R'},
      {parent: 0, self: 300, type: 'A'},
      {parent: 0, self: 100, type: 'B'},
    ]),
    {view: 'flame'},
  )
  const cells = elementsNamed(parseXml(svg), 'rect').filter(({attributes}) =>
    attributes.get('class')?.startsWith('hg-cell'),
  )
  const widths = cells.map(({attributes}) => Number(attributes.get('width')))
  assert.deepEqual(widths, [1199, 899, 299], 'a pixel of each is the gap')
})

test('hostile names: well-formed, read aloud, in no tag of their own; the same bytes each time', async () => {
  const names = hostileNames.slice(0, 60)
  const view = viewOf(names.map((type, i) => ({parent: i === 0 ? -1 : Math.floor((i - 1) / 4), self: 1000 + i, type})))
  for (const form of VIEWS) {
    const {svg} = await drawAreas(view, {view: form, link: 'https://example.org/{id}?a=1&b=2'})
    const root = parseXml(svg)
    assert.equal(root.attributes.get('role'), 'graphics-document document')
    assert.equal(root.children[0].name, 'title')
    assert.notEqual(elementsNamed(root, 'desc')[0].text, '')
    const cells = elementsNamed(root, 'g').filter(({attributes}) => attributes.get('class') === 'hg-node')
    assert.ok(cells.length > 10)
    for (const {attributes, children} of cells) {
      assert.equal(attributes.get('tabindex'), '0')
      assert.equal(children[0].text, attributes.get('aria-label'))
    }
    assert.doesNotMatch(svg, /<script|<image|<foreignObject|@import|url\((?!#)/)
    assert.equal((await drawAreas(view, {view: form, link: 'https://example.org/{id}?a=1&b=2'})).svg, svg)
  }
})
