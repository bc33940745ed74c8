import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {looks} from '../../../src/emit/picture/looks.ts'
import {forDot, forJson, forMarkdown, forMarkdownCode, forTerminal, forXml} from '../../../src/emit/safe/clean.ts'
import {isPlain, textWidth} from '../../../src/emit/safe/width.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'
import {parseXml} from '../xml.ts'

test('what would steer a terminal is written out', () => {
  assert.equal(forTerminal('\x1b[31mred\x07'), '\\u{1b}[31mred\\u{7}')
  assert.equal(forTerminal('a\tb\nc\r\nd'), 'a\\tb\\nc\\r\\nd')
  assert.equal(forTerminal('\u202egnp.exe'), '\\u{202e}gnp.exe')
  assert.equal(forTerminal('\x7f\x9b\u2028\u200b\ufeff'), '\\u{7f}\\u{9b}\\u{2028}\\u{200b}\\u{feff}')
  assert.equal(forTerminal('x\ud800y\uffffz'), 'x\\u{d800}y\\u{ffff}z')
  assert.equal(forTerminal('\u{e0041}\u{1fffe}'), '\\u{e0041}\\u{1fffe}')
})

test('what people write stays as it is', () => {
  for (const text of ['Request', 'C:\\dir', 'naïve', '漢字', 'العربية', 'می‌خواهم', '👩‍👩‍👧‍👦', '❤️', '<a & "b">']) {
    assert.equal(forTerminal(text), text)
  }
})

test('the middle of a long name is left out', () => {
  assert.equal(forTerminal('abcdefghij', 10), 'abcdefghij')
  assert.equal(forTerminal('abcdefghijk', 10), 'abcde…hijk')
  assert.equal(forTerminal('abc', 1), '…')
  assert.equal(forTerminal('', 5), '')
  assert.equal(forTerminal('x'.repeat(1_000_000), 5), 'xx…xx')
})

test('a cut goes through no character', () => {
  assert.equal(forTerminal('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5), '👩‍👩‍👧‍👦…👩‍👩‍👧‍👦')
  assert.equal(forTerminal('漢字漢字漢字', 6), '漢…字')
  assert.equal(forTerminal('e\u0301'.repeat(9), 3), 'e\u0301…e\u0301')
  assert.equal(forTerminal('\x1b'.repeat(9), 15), '\\u{1b}…\\u{1b}')
})

test('a character of ten thousand marks does not pass as one column', () => {
  assert.ok(forTerminal(`e${'\u0301'.repeat(10_000)}`, 40).length < 100)
})

test('any text: no hazard, never too wide, cleaning again changes nothing', () => {
  fc.assert(
    fc.property(anyText, fc.integer({min: 1, max: 40}), (text, max) => {
      const clean = forTerminal(text, max)
      assert.doesNotMatch(clean, terminalHazard)
      assert.ok(!clean.includes('\n'))
      assert.ok(textWidth(clean) <= max)
      assert.equal(forTerminal(clean, max), clean)
      assert.ok(textWidth(forTerminal(text, max)) <= max)
    }),
  )
})

test('what is taken for plain is: shown as it is, a character a code unit, one column each', () => {
  const units = Array.from({length: 0x10000}, (_, code) => String.fromCharCode(code))
  const plain = units.filter(isPlain)
  assert.ok(plain.length > 200 && plain.includes('…') && !plain.includes('\xad'))
  const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'})
  // Behind something that is not plain they go the long way.
  const far = '\u4e2d'
  for (const unit of plain) {
    assert.equal(forTerminal(far + unit), far + unit)
    assert.equal(textWidth(far + unit), 3, JSON.stringify(unit))
  }
  const texts = fc.array(fc.constantFrom(...plain), {maxLength: 60}).map(parts => parts.join(''))
  fc.assert(
    fc.property(texts, fc.integer({min: 1, max: 50}), (text, max) => {
      assert.equal([...segmenter.segment(text)].length, text.length)
      const long = forTerminal(`${far}${text}`, max + 2)
      if (textWidth(text) <= max) assert.equal(long, far + text)
      assert.equal(forTerminal(text, max), text.length <= max ? text : `${head(text, max)}…${tail(text, max)}`)
    }),
  )
})

test('what our own pictures write before names goes the quick way', () => {
  assert.deepEqual(
    Object.values(looks).filter(({sign}) => !isPlain(sign)),
    [],
  )
})

function head(text: string, max: number): string {
  return text.slice(0, Math.ceil((max - 1) / 2))
}

function tail(text: string, max: number): string {
  return [...text]
    .reverse()
    .slice(0, Math.floor((max - 1) / 2))
    .reverse()
    .join('')
}

test('DOT: quotes, backslashes and entities are escaped', () => {
  assert.equal(forDot('say "hi" \\N & &#1;\n'), 'say \\"hi\\" \\\\N &amp; &amp;#1;\\\\n')
  assert.equal(forDot('abcdefghijk', 10), 'abcde…hijk')
  fc.assert(
    fc.property(anyText, text => {
      const inside = forDot(text)
      assert.match(inside, /^(?:[^"\\\n]|\\["\\])*$/)
      assert.doesNotMatch(inside, terminalHazard)
    }),
  )
})

test('XML: text and attribute read back as what a terminal would show', () => {
  for (const name of hostileNames) assertXmlKeeps(name)
  fc.assert(fc.property(anyText, assertXmlKeeps))
})

function assertXmlKeeps(text: string): void {
  const safe = forXml(text)
  const element = parseXml(`<a b="${safe}">${safe}</a>`)
  assert.equal(element.text, forTerminal(text))
  assert.equal(element.attributes.get('b'), forTerminal(text))
}

test('JSON: the same string to a parser, harmless to a terminal', () => {
  assert.equal(forJson('"\x9b\u202e\u{e0041}é"'), '"\\u009b\\u202e\\udb40\\udc41é"')
  fc.assert(
    fc.property(anyText, text => {
      const json = forJson(JSON.stringify({[text]: text}, undefined, 2))
      assert.doesNotMatch(json, terminalHazard)
      assert.deepEqual(Object.entries(JSON.parse(json)), [[text, text]])
    }),
  )
})

test('names in Markdown are no mention, link, HTML or cell', () => {
  assert.equal(forMarkdownCode('a|b', {inTable: true}), '`a\\|b`')
  assert.equal(forMarkdownCode('a|b'), '`a|b`')
  assert.equal(forMarkdownCode('@team `x`'), '`` @team `x` ``')
  assert.equal(forMarkdownCode('\n<img>'), '`\\n<img>`')
  assert.equal(forMarkdownCode(''), '')
  assert.equal(forMarkdown('<b>*x* [y](z) @me #12'), '&lt;b&gt;\\*x\\* \\[y\\](z) @<!-- -->me #<!-- -->12')
  assert.equal(forMarkdown('https://a www.b'), 'https:<!-- -->//a www<!-- -->.b')
})

test('no text leaves its code span, whatever it is', () => {
  fc.assert(
    fc.property(anyText, text => {
      const span = forMarkdownCode(text)
      if (span === '') return
      const fence = /^`+/.exec(span)![0]
      assert.ok(span.endsWith(fence))
      assert.ok(!span.slice(fence.length, -fence.length).split(/[^`]+/).includes(fence))
      assert.doesNotMatch(span, /[\n\r]/)
    }),
  )
})
