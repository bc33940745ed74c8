import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {test} from 'node:test'
import fc from 'fast-check'
import {parse} from 'parse5'
import {htmlPage} from '../../../src/emit/page/html-page.ts'
import {anyText, hostileNames} from '../hostile.ts'
import {elementsOf, textOf} from '../html.ts'

const parts = {title: 'a title', style: 'b{color:red}', script: 'let a = 1 < 2', data: {}, body: '<p>text</p>'}

test('the policy lets the one script and the one style sheet run, by their hashes, and nothing else', () => {
  const elements = elementsOf(parse(htmlPage(parts)))
  const policies = elements.filter(
    ({name, attributes}) => name === 'meta' && attributes.get('http-equiv') !== undefined,
  )
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  assert.equal(
    policies[0].attributes.get('content'),
    `default-src 'none'; script-src ${hash(parts.script)}; style-src ${hash(parts.style)}; img-src data:; base-uri 'none'; form-action 'none'`,
  )
  // Before anything that it is to hold back.
  assert.ok(elements.indexOf(policies[0]) < elements.findIndex(({name}) => name === 'style'))
})

test('a later script is text until the first one starts it, and the policy knows it', () => {
  const later = 'var later = 1'
  const elements = elementsOf(parse(htmlPage({...parts, laterScripts: {later}})))
  const found = elements.find(({attributes}) => attributes.get('id') === 'later')!
  assert.deepEqual([found.name, found.attributes.get('type'), textOf(found.node)], ['script', 'text/plain', later])
  const policy = elements.find(({attributes}) => attributes.get('http-equiv') !== undefined)?.attributes.get('content')
  const hashes = [parts.script, later].map(text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  assert.ok(policy?.includes(`script-src ${hashes.join(' ')};`), policy)
  assert.throws(() => htmlPage({...parts, laterScripts: {later: "'</script>'"}}), /ends early/)
})

/** What the page's parts are to a browser, with this text in every place where names may stand. */
function read(text: string): {names: string[]; title: string; data: unknown} {
  const elements = elementsOf(parse(htmlPage({...parts, title: text, data: {[text]: [text]}})))
  const data = elements.find(({attributes}) => attributes.get('id') === 'data')!
  return {
    names: elements.map(({name}) => name),
    title: textOf(elements.find(({name}) => name === 'title')!.node),
    data: JSON.parse(textOf(data.node)),
  }
}

test('no name becomes an element, and data come back as they were', () => {
  const expected = read('plain').names
  for (const name of [...hostileNames, '</script><img src=x onerror=alert(1)>', '<!--<script>', '\u2028']) {
    const {names, data} = read(name)
    assert.deepEqual(names, expected, JSON.stringify(name.slice(0, 80)))
    assert.deepEqual(data, {[name]: [name]})
  }
  fc.assert(
    fc.property(anyText, text => {
      const {names, data} = read(text)
      assert.deepEqual(names, expected)
      assert.deepEqual(data, {[text]: [text]})
    }),
  )
})

test('what would end its own element is refused', () => {
  assert.throws(() => htmlPage({...parts, script: "'</script>'"}), /ends early/)
  assert.throws(() => htmlPage({...parts, script: "'<!--'"}), /ends early/)
  assert.throws(() => htmlPage({...parts, style: '/*</style>*/'}), /ends early/)
})

test('the same page, the same bytes', () => {
  assert.equal(htmlPage(parts), htmlPage({...parts}))
})
