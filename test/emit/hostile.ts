/** Names as an attacker would choose them. */
import fc from 'fast-check'
import {unicodeText} from '../support/texts.ts'

export const hostileNames = [
  '',
  ' ',
  '"',
  "'",
  '\\',
  'a\\',
  '\\"',
  '\\N\\G\\l',
  '"];}',
  'n0 [label=x]',
  'a\nb',
  '\n  n9 [x]',
  '\n#define',
  '\t',
  '\r\n',
  '\0',
  '\x01',
  '\x07',
  '\x1b[31mred\x1b[0m',
  '\x1b]8;;http://example.org\x07link\x1b]8;;\x07',
  '\x7f',
  '\x9b31m',
  '\x85',
  '\u202egnp.exe',
  '\u2066isolated\u2069',
  'a\u200eb\u200fc\u061cd',
  'zero\u200bwidth',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\u{1fffe}',
  '\u{e0041}\u{e0042}',
  '\ud800',
  'x\udc00y',
  '\udc00\ud800',
  '<script>alert(1)</script>',
  '</text></svg>',
  '<!-- x --',
  '-->',
  ']]>',
  '<<b>x</b>>',
  '&',
  '&amp;',
  '&#1;',
  '&#x0;',
  '&lt;&nbsp;',
  '{a|b}',
  '<p0>|',
  '/* */ // #',
  '%3',
  '__proto__',
  'constructor',
  'toString',
  '漢字のクラス名',
  '한국어 클래스',
  'العربية',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '🇩🇪🇫🇷',
  '\u0301\u0301',
  `e${'\u0301'.repeat(5000)}`,
  'x'.repeat(10_000),
  '漢'.repeat(10_000),
  '👩‍👩‍👧‍👦'.repeat(1000),
  '\x1b'.repeat(10_000),
  '\ud800'.repeat(10_000),
]

/** Any sequence of code units, with what is special in some format more often than chance would have it. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      unicodeText({maxLength: 4}),
      fc.integer({min: 0, max: 0xffff}).map(unit => String.fromCharCode(unit)),
      fc.constantFrom(...hostileNames.filter(name => name.length < 50)),
    ),
    {maxLength: 12},
  )
  .map(parts => parts.join(''))

/** What must never reach a terminal; written here as a list, apart from the emitters' own way to say it. */
export const terminalHazard =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ufdd0-\ufdef]|[\u{e0000}-\u{e00ff}]|\p{Cs}/u
