/** Elements of pages as selectors, and what they are in: against the pages that the fixtures are of. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import {
  elementSelector,
  elementsAround,
  parentElement,
  selectorOf,
  typeTitle,
} from '../../../src/explain/words/dom-words.ts'
import {openSnapshot, type Snapshot} from '../../../src/index.ts'
import {ROOT} from '../../cli/cli.ts'

test('an element is told by its tag, id, classes and the names of its other attributes', () => {
  for (const [name, selector] of [
    ['<div>', 'div'],
    ['<div class="comments">', 'div.comments'],
    ['Detached <li class="row  odd" data-id="3">', 'li.row.odd[data-id]'],
    ['<main id="main">', 'main#main'],
    ['<input disabled type="text">', 'input[disabled][type]'],
    ['<my-card id="a b" class="x:y">', 'my-card[id][class]'],
    ['<p title="a > b" class="c">', 'p.c[title]'],
    ['<p class="">', 'p'],
    ['HTMLDivElement', ''],
    ['<', ''],
    ['<>', ''],
    ['Text', ''],
  ]) {
    assert.equal(elementSelector(name), selector, name)
  }
})

test('an element by itself is told with the values of its attributes, cut where they are long', () => {
  assert.equal(elementSelector('<li class="row" data-id="3" hidden>', 'values'), 'li.row[data-id="3"][hidden]')
  assert.equal(elementSelector(`<a href="${'x'.repeat(31)}">`, 'values'), `a[href="${'x'.repeat(30)}…"]`)
  assert.equal(elementSelector(`<a href="${'x'.repeat(30)}">`, 'values'), `a[href="${'x'.repeat(30)}"]`)
})

test('a place in a page is told without what changes, classes alone without what tells elements apart', () => {
  const name = '<li id="row-17" class="item item-3 open" data-id="3">'
  assert.equal(elementSelector(name, 'place'), 'li#row-0.item.item-0.open')
  assert.equal(elementSelector(name, 'classes'), 'li.item.item-3.open')
  assert.equal(elementSelector('<h1 class="x">', 'place'), 'h1.x')
})

test('types of elements become selectors, others stay', () => {
  assert.equal(typeTitle('Detached <li>'), 'detached li')
  assert.equal(typeTitle('<li>'), 'li')
  assert.equal(typeTitle('Detached Text'), 'Detached Text')
  assert.equal(typeTitle('Map'), 'Map')
})

test('names made to be long take no time and give little', () => {
  const many = Array.from({length: 100_000}, (_, i) => ` a${i}="${i}"`).join('')
  assert.equal(elementSelector(`<div${many}>`), 'div[a0][a1][a2][a3][a4]')
  assert.ok(elementSelector(`<div class="${'x '.repeat(100_000)}">`).length < 100)
  assert.ok(elementSelector(`<${'a'.repeat(1_000_000)}>`).length <= 1_000)
  assert.equal(elementSelector(`<div${' '.repeat(1_000_000)}`), 'div')
})

async function fixture(name: string): Promise<Snapshot> {
  return await openSnapshot(join(ROOT, `fixtures/snapshots/${name}.heapsnapshot.gz`))
}

function withSelector(page: Snapshot, selector: string): number[] {
  return Array.from({length: page.nodeCount}, (_, node) => node).filter(node => selectorOf(page, node) === selector)
}

test('parents are those of the page', async () => {
  const page = await fixture('detached-page.chromium')
  for (const selector of ['h3', 'p']) {
    const elements = withSelector(page, selector)
    assert.equal(elements.length, 40, selector)
    for (const element of elements) assert.equal(selectorOf(page, parentElement(page, element)), 'article.tab')
    assert.deepEqual(elementsAround(page, elements[0]), {text: 'article.tab', isAttached: false})
  }
  const tabs = withSelector(page, 'article.tab')
  assert.equal(tabs.length, 40)
  for (const tab of tabs) assert.equal(parentElement(page, tab), -1)
  const [main] = withSelector(page, 'main#main')
  assert.match(elementsAround(page, main).text, /^body\b/)
  assert.equal(elementsAround(page, main).isAttached, true)
  assert.equal(parentElement(page, page.root), -1)
})
