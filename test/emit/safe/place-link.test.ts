import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {codeLines} from '../../../src/emit/safe/code-lines.ts'
import {plainPaint} from '../../../src/emit/safe/paint.ts'
import {
  DEFAULT_EDITOR,
  EDITOR_NAMES,
  editorPattern,
  linkPattern,
  placeUrl,
  splitPlace,
} from '../../../src/emit/safe/place-link.ts'
import {unicodeText} from '../../support/texts.ts'

const VSCODE = editorPattern('vscode')!

test('places lead to files, below the folder that they leave out', () => {
  assert.equal(placeUrl('src/a b.js:12', '/app/', DEFAULT_EDITOR), 'file:///app/src/a%20b.js')
  assert.equal(placeUrl('src/a.js:12', '/app/', VSCODE), 'vscode://file/app/src/a.js:12:1')
  assert.equal(placeUrl('/other/a.js', '/app/', VSCODE), 'vscode://file/other/a.js:1:1')
  assert.equal(placeUrl('src\\a.js:3', 'C:\\app\\', VSCODE), 'vscode://file/C:/app/src/a.js:3:1')
  assert.equal(
    placeUrl('src/a&line=9.js:3', '/app/', editorPattern('idea')!),
    'idea://open?file=/app/src/a%26line%3D9.js&line=3&column=1',
  )
  assert.equal(placeUrl('main.js:3', 'https://example.com/', VSCODE), 'https://example.com/main.js')
})

test('what is no file leads nowhere', () => {
  for (const place of [
    'node:events:219',
    'evalmachine.<anonymous>:3',
    '',
    'javascript:alert(1)',
    '//host/share/a.js:1',
  ]) {
    assert.equal(placeUrl(place, '', VSCODE), undefined, place)
  }
})

test('an editor is a name or a URL with a path', () => {
  for (const name of EDITOR_NAMES) assert.match(editorPattern(name)!, /^[a-z-]+:\/\/.*\{path\}/)
  assert.equal(editorPattern('my://open/{path}#L{line}'), 'my://open/{path}#L{line}')
  for (const wrong of [
    'nano',
    'my://open',
    'javascript:open("{path}")',
    'data:text/html,{path}',
    'a b://{path}',
    'constructor',
  ]) {
    assert.equal(editorPattern(wrong), undefined, wrong)
  }
})

test('objects of a picture lead nowhere that runs code', () => {
  const good = [
    'https://a.example/{id}',
    'HTTP://a.example/{id}',
    'file:///x/{id}',
    'vscode://x/{id}',
    'idea://x/{id}',
    '#{id}',
  ]
  for (const link of [...good, '{id}.html', './a:{id}', '?id={id}']) assert.equal(linkPattern(link), link)
  for (const link of [
    ...['javascript:alert({id})', 'JavaScript:{id}', ' javascript:{id}', 'java\tscript:{id}', '\u0001javascript:{id}'],
    ...['java\nscript:{id}', 'data:text/html,{id}', 'vbscript:{id}', 'blob:{id}', 'view-source:{id}', 'x{id}:a'],
  ]) {
    assert.throws(() => linkPattern(link), {name: 'HeapgraphError', code: 'USAGE'}, link)
  }
})

test('whatever a script is called, its link stays one', () => {
  fc.assert(
    fc.property(unicodeText(), fc.constantFrom('', '/app/', 'C:\\'), (name, root) => {
      for (const pattern of [DEFAULT_EDITOR, VSCODE]) {
        const url = placeUrl(`${name}:3`, root, pattern)
        assert.match(url ?? '', /^[\x21-\x7e]*$/)
        assert.doesNotMatch(url ?? '', /["'<>\\`]/)
      }
    }),
  )
  assert.deepEqual(splitPlace('a:b:12'), {script: 'a:b', line: 12})
})

test('code is shown with the line marked, and is text', () => {
  const code = [
    {line: 9, text: '\tbefore \u001b[31m'},
    {line: 10, text: 'const cache = new Map()'},
  ]
  assert.deepEqual(codeLines(code, 'src/a.js:10', '   ', plainPaint), [
    '      9 │   before \\u{1b}[31m',
    '   → 10 │ const cache = new Map()',
  ])
  assert.deepEqual(codeLines([], 'src/a.js:10', '   ', plainPaint), [])
})
