import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {JsonScanner, type SectionPlan} from '../../src/read/json-scanner.ts'
import {ScanError} from '../../src/read/scan-error.ts'
import {chunksOf} from '../support/chunks.ts'
import {enough, runs} from '../support/runs.ts'
import {unicodeText} from '../support/texts.ts'

const SEED = 19720101

/** What a handler is told of one section. */
interface Heard {
  key: string
  offset: number
  /** Numbers, raw strings or the text, by the kind of the plan; undefined for what is skipped. */
  value: number[] | string[] | string | undefined
}

/** Scans with the plan that `kindOf` chooses by key; the answer lists the sections. */
async function scan(
  bytes: Uint8Array,
  sizes: readonly number[],
  kindOf: (key: string) => SectionPlan['kind'],
  {rowLength = 1, limitBytes = 1 << 20} = {},
): Promise<Heard[]> {
  const heard: Heard[] = []
  const open: string[] = []
  function plan(kind: SectionPlan['kind'], section: Heard): SectionPlan {
    if (kind === 'skip') return {kind}
    if (kind === 'text') return {kind, limitBytes, text: json => Object.assign(section, {value: json})}
    if (kind === 'numbers') {
      const numbers: number[] = []
      section.value = numbers
      return {
        kind,
        rowLength,
        rows(values, rows) {
          assert.ok(rows > 0 && Number.isInteger(rows) && rows * rowLength <= values.length)
          for (let i = 0; i < rows * rowLength; i++) numbers.push(values[i])
        },
      }
    }
    // What is told of nested arrays, test/snapshot/load/traces.test.ts compares.
    if (kind === 'nested') return {kind, sink: {open() {}, close() {}, number() {}, other() {}}}
    const strings: string[] = []
    section.value = strings
    let raw: Buffer = Buffer.alloc(0)
    const append = (from: Uint8Array, start: number, end: number) => {
      raw = Buffer.concat([raw, from.subarray(start, end)])
    }
    const end = () => {
      strings.push(raw.toString('latin1'))
      raw = Buffer.alloc(0)
    }
    return {kind, sink: {append, end}}
  }
  const scanner = new JsonScanner({
    section(key, offset) {
      open.push(key)
      const section: Heard = {key, offset, value: undefined}
      heard.push(section)
      return plan(kindOf(key), section)
    },
    sectionEnd: key => assert.equal(open.pop(), key),
  })
  for await (const chunk of chunksOf(bytes, sizes)) scanner.write(chunk)
  scanner.end()
  assert.deepEqual(open, [])
  return heard
}

async function scanError(...args: Parameters<typeof scan>): Promise<ScanError | undefined> {
  try {
    await scan(...args)
    return undefined
  } catch (error) {
    if (error instanceof ScanError) return error
    throw error
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const sizes = fc.array(fc.integer({min: 1, max: 30}), {minLength: 1, maxLength: 4})

/** An object whose keys begin with the kind of plan they are for. */
const document = fc
  .dictionary(
    fc.tuple(fc.constantFrom('text', 'skip'), unicodeText({maxLength: 4})).map(parts => parts.join('')),
    fc.oneof(fc.jsonValue({maxDepth: 4}), fc.array(fc.array(fc.constantFrom(true, false, null, '', {})))),
    {maxKeys: 5},
  )
  .chain(value => fc.constantFrom(undefined, 1, '\t').map(indent => JSON.stringify(value, null, indent)))

const textOrSkip = (key: string) => (key.startsWith('text') ? 'text' : 'skip')

test('any JSON object: values arrive as their text, whatever the chunks', async () => {
  const property = fc.asyncProperty(document, sizes, async (text, sizes) => {
    const bytes = Buffer.from(text)
    const heard = await scan(bytes, sizes, textOrSkip)
    const parsed = JSON.parse(text)
    assert.deepEqual(
      heard.map(({key}) => key),
      Object.keys(parsed),
    )
    for (const {key, offset, value} of heard) {
      if (!key.startsWith('text')) continue
      assert.deepEqual(JSON.parse(value as string), parsed[key])
      assert.equal(bytes.toString('utf8', offset, offset + Buffer.byteLength(value as string)), value)
    }
  })
  await fc.assert(property, {seed: SEED, numRuns: runs(500)})
})

test('of mutated JSON it takes exactly what JSON.parse takes', async () => {
  let taken = 0
  const change = fc.record({
    at: fc.nat(),
    drop: fc.nat(2),
    insert: fc.array(fc.constantFrom(...'{}[],:"\\ \n\t0123456789-+.eEtrufalsn\0\u00a0'), {maxLength: 2}),
  })
  const property = fc.asyncProperty(
    document,
    fc.array(change, {minLength: 1, maxLength: 2}),
    sizes,
    async (text, changes, sizes) => {
      let changed = text
      for (const {at, drop, insert} of changes) {
        const place = at % changed.length
        changed = changed.slice(0, place) + insert.join('') + changed.slice(place + drop)
      }
      const valid = parses(changed) && changed.trimStart().startsWith('{')
      const error = await scanError(Buffer.from(changed), sizes, textOrSkip)
      assert.equal(error === undefined, valid, `${error?.message}: ${changed}`)
      if (valid) taken++
    },
  )
  await fc.assert(property, {seed: SEED, numRuns: runs(5000)})
  assert.ok(taken > enough(300), `${taken}`)
})

test('an error is the same whatever the chunks', async () => {
  const body = fc.array(fc.constantFrom(...'[]{},:"\\u0 \n-1e.9', '12', '"a"', '":[', ',"numbers":['), {maxLength: 20})
  const property = fc.asyncProperty(body, sizes, async (parts, sizes) => {
    const bytes = Buffer.from(`{"strings":["a","\\u0041"],"numbers":[10,-2.5e3,1${parts.join('')}`)
    const kindOf = (key: string) => (key === 'numbers' || key === 'strings' ? key : 'skip')
    const [whole, pieces, single] = [
      await scanError(bytes, [bytes.length], kindOf, {rowLength: 3}),
      await scanError(bytes, sizes, kindOf, {rowLength: 3}),
      await scanError(bytes, [1], kindOf, {rowLength: 3}),
    ]
    const facts = (error: ScanError | undefined) => [error?.kind, error?.message, error?.offset, error?.section]
    assert.deepEqual(facts(pieces), facts(whole))
    assert.deepEqual(facts(single), facts(whole))
  })
  await fc.assert(property, {seed: SEED, numRuns: runs(3000)})
})

test('what is wrong is said, and where', async () => {
  const n = '"numbers":'
  const s = '"strings":'
  const cases: [string, ScanError['kind'], number, string | undefined, string][] = [
    ['', 'empty', 0, undefined, 'the file is empty'],
    ['\ufeff', 'empty', 0, undefined, 'the file is empty'],
    [' \n', 'empty', 0, undefined, 'the file holds only white space'],
    ['[]', 'not-object', 0, undefined, 'its top level is an array'],
    [' "a"', 'not-object', 1, undefined, 'its top level is a string'],
    ['-1', 'not-object', 0, undefined, 'its top level is a number'],
    ['null', 'not-json', 0, undefined, "it begins with 'n'"],
    [' \ufeff{}', 'not-json', 1, undefined, 'it begins with byte 0xef'],
    ['\ufeff\ufeff{}', 'not-json', 3, undefined, 'it begins with byte 0xef'],
    ['{', 'truncated', 1, undefined, 'the file ends too early'],
    ['{"a":1,', 'truncated', 7, undefined, 'the file ends too early'],
    ['{"a":[1', 'truncated', 7, 'a', 'the file ends too early'],
    ['{} x', 'trailing', 3, undefined, "found 'x' after the closing brace"],
    ['{}}', 'trailing', 2, undefined, "found '}' after the closing brace"],
    ['{,}', 'syntax', 1, undefined, "found ',' where a property name belongs"],
    ['{"a":1,}', 'syntax', 7, undefined, "found '}' where a property name belongs"],
    ['{"a" 1}', 'syntax', 5, undefined, `found '1' where ":" belongs`],
    ['{"a":1 2}', 'syntax', 7, undefined, `found '2' where "," or "}" belongs`],
    ['{"a":[1}', 'syntax', 7, 'a', `found '}' where "," or "]" belongs`],
    ['{"a":[1,]}', 'syntax', 8, 'a', "found ']' where a value belongs"],
    ['{"a":[1]]', 'syntax', 8, undefined, `found ']' where "," or "}" belongs`],
    ['{"a":nul}', 'syntax', 8, 'a', `found '}' where "null" belongs`],
    ['{"a":truE}', 'syntax', 8, 'a', `found 'E' where "true" belongs`],
    ['{"a":\0}', 'syntax', 5, 'a', 'found a zero byte where a value belongs'],
    ['{"a":01}', 'syntax', 5, 'a', '"01" is not a JSON number'],
    ['{"a":-}', 'syntax', 5, 'a', '"-" is not a JSON number'],
    ['{"a":1.}', 'syntax', 5, 'a', '"1." is not a JSON number'],
    ['{"a":"\n"}', 'syntax', 6, 'a', 'found a line feed inside a string'],
    ['{"a":"\\x"}', 'syntax', 7, 'a', "found 'x' where the letter of an escape belongs"],
    ['{"a":"\\u00g0"}', 'syntax', 10, 'a', "found 'g' where a hexadecimal digit belongs"],
    [`{${n}{}}`, 'syntax', 11, 'numbers', "found '{' where an array of numbers belongs"],
    [`{${n}[,1]}`, 'syntax', 12, 'numbers', "found ',' where a number belongs"],
    [`{${n}[1,2,]}`, 'syntax', 16, 'numbers', "found ']' where a number belongs"],
    [`{${n}[1 2]}`, 'syntax', 14, 'numbers', `found '2' where "," or "]" belongs`],
    [`{${n}[1,"2"]}`, 'syntax', 14, 'numbers', `found '"' where a number belongs`],
    [`{${n}[1,+2]}`, 'syntax', 14, 'numbers', "found '+' where a number belongs"],
    [`{${n}[1,02]}`, 'syntax', 14, 'numbers', '"02" is not a JSON number'],
    [`{${n}[1,-]}`, 'syntax', 14, 'numbers', '"-" is not a JSON number'],
    [`{${n}[1,2,3]}`, 'syntax', 17, 'numbers', 'the last row has 1 of 2 numbers'],
    [`{${n}[1,${'7'.repeat(65)}]}`, 'syntax', 14, 'numbers', 'a number has more than 64 characters'],
    [`{${s}"a"}`, 'syntax', 11, 'strings', `found '"' where an array of strings belongs`],
    [`{${s}["a",]}`, 'syntax', 16, 'strings', "found ']' where a string belongs"],
    [`{${s}["a" "b"]}`, 'syntax', 16, 'strings', `found '"' where "," or "]" belongs`],
    [`{${s}["a",1]}`, 'syntax', 16, 'strings', "found '1' where a string belongs"],
    [`{${s}[,]}`, 'syntax', 12, 'strings', "found ',' where a string belongs"],
    ['{"text":"too long"}', 'syntax', 16, 'text', 'the section is longer than 8 bytes'],
  ]
  for (const [text, kind, offset, section, message] of cases) {
    const kindOf = (key: string) => (key === 'numbers' || key === 'strings' || key === 'text' ? key : 'skip')
    const bytes = Buffer.from(text)
    const error = await scanError(bytes, [Math.max(1, bytes.length)], kindOf, {rowLength: 2, limitBytes: 8})
    assert.deepEqual(
      [error?.kind, error?.offset, error?.section, error?.message],
      [kind, offset, section, message],
      text,
    )
  }
})

test('part of a byte order mark is none', async () => {
  for (const rest of [[], [0xbb], [0x20], [0x7b], [0xbb, 0x7b, 0x7d], [0x20, 0xbb, 0xbf, 0x7b, 0x7d]]) {
    const error = await scanError(Buffer.from([0xef, ...rest]), [1], () => 'skip')
    assert.deepEqual([error?.kind, error?.offset, error?.message], ['not-json', 0, 'it begins with byte 0xef'])
  }
})

test('a string holds every byte but control characters', async () => {
  for (let byte = 0; byte < 256; byte++) {
    if (byte === 0x22 || byte === 0x5c) continue
    const bytes = Buffer.from('{"skip":"x?x","strings":["x?x"]}')
    for (const place of [bytes.indexOf('?'), bytes.lastIndexOf('?')]) {
      const one = Buffer.from(bytes)
      one[place] = byte
      const error = await scanError(one, [4], key => (key === 'strings' ? key : 'skip'))
      assert.equal(error?.offset, byte < 0x20 ? place : undefined)
    }
  }
})

test('numbers of all shapes are exact', async () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`))
  const token = fc.oneof(
    fc.nat(99).map(String),
    fc.integer({min: 8, max: 20}).chain(digits),
    fc.constantFrom(
      '0',
      '-0',
      '999999999',
      '1000000000',
      '4294967295',
      '4294967296',
      '9007199254740993',
      '1e3',
      '1E-7',
    ),
    fc.constantFrom(
      '0.1',
      '-12.50',
      '1e400',
      '-1e-400',
      '123456789012345',
      '1234567890123456',
      '0e0',
      `1${'0'.repeat(63)}`,
    ),
    fc.double({noNaN: true, noDefaultInfinity: true}).map(value => JSON.stringify(value)),
  )
  const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t ')
  const property = fc.asyncProperty(
    fc.array(fc.tuple(token, space, space), {maxLength: 40}),
    fc.integer({min: 1, max: 7}),
    sizes,
    async (items, rowLength, sizes) => {
      const whole = items.slice(0, items.length - (items.length % rowLength))
      const text = `{"numbers":[${whole.map(([number, before, behind]) => before + number + behind).join(',')}]}`
      const [{value, offset}] = await scan(Buffer.from(text), sizes, () => 'numbers', {rowLength})
      // Object.is, so that -0 counts.
      assert.deepStrictEqual(value, JSON.parse(text).numbers)
      assert.equal(offset, '{"numbers":'.length)
    },
  )
  await fc.assert(property, {seed: SEED, numRuns: runs(1000)})
})

test('numbers as V8 writes them, between others: the same as JSON.parse, whatever the chunks', async () => {
  const number = fc.oneof(
    fc.nat(9),
    fc.nat(999_999_999),
    fc.nat(2 ** 53 - 1),
    fc.constantFrom(999_999_999, 1_000_000_000, 2 ** 53 - 1, -1, 0.5, 1e20),
  )
  const separator = fc.constantFrom(',', '\n,', ',', '\n,', ', ', '\n\n,', '\r\n,', ' ,')
  const list = fc.array(fc.tuple(number, separator), {minLength: 1, maxLength: 40})
  await fc.assert(
    fc.asyncProperty(list, sizes, fc.constantFrom('', ' ', '\n'), async (items, pieces, end) => {
      const array = items.map(([value, text], i) => (i === items.length - 1 ? `${value}` : `${value}${text}`)).join('')
      const json = `{"numbers":[${array}${end}]}`
      const heard = await scan(Buffer.from(json), pieces, () => 'numbers')
      assert.deepEqual(heard[0].value, JSON.parse(json).numbers)
    }),
    {seed: SEED, numRuns: runs(500)},
  )
})

test('rows are whole, also where a block of them ends', async () => {
  for (const rowLength of [1, 3, 7, 8191, 8192, 8193, 20_000]) {
    for (const rows of [1, 2, Math.ceil(8192 / rowLength), 3 * Math.ceil(8192 / rowLength) + 1]) {
      const numbers = Array.from({length: rows * rowLength}, (_, i) => (i % 11 === 0 ? -i : i * 31))
      const text = `{"numbers":[${numbers.join(', ')}]}`
      for (const sizes of [[text.length], [1000, 7]]) {
        const [{value}] = await scan(Buffer.from(text), sizes, () => 'numbers', {rowLength})
        assert.deepEqual(value, JSON.parse(text).numbers)
      }
    }
  }
})

test('strings arrive as the bytes between the quotes', async () => {
  const raw = ['', 'plain', 'a\\"b\\\\', '\\u00e9\\uD83D', 'é€😀', '\xff\x80'.repeat(3), ']', '\\n', ',']
  const bytes = Buffer.concat(
    ['{"strings": [', ...raw.map((text, i) => `${i > 0 ? ' ,\n' : ''}"${text}"`), ' ]}'].map(text =>
      Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8'),
    ),
  )
  for (const sizes of [[bytes.length], [1], [2], [3, 5]]) {
    const [{value}] = await scan(bytes, sizes, () => 'strings')
    const expected = raw.map(text => (text.includes('\xff') ? text : Buffer.from(text).toString('latin1')))
    assert.deepEqual(value, expected)
  }
  assert.deepEqual((await scan(Buffer.from('{"strings":[ ]}'), [4], () => 'strings'))[0].value, [])
})

test('keys: escapes count, deeper ones do not, a very long one is cut', async () => {
  const long = 'k'.repeat(10_000)
  const text = `{"\\u006eodes\\n":{"inner":{"deep":1}},"":[{"x":2}],"${long}":3,"${long}\\u":4}`
  const error = await scanError(Buffer.from(text), [100], () => 'skip')
  assert.equal(error?.message, `found '"' where a hexadecimal digit belongs`)
  const heard = await scan(Buffer.from(text.replace('\\u"', '\\u0041"')), [100], () => 'skip')
  assert.deepEqual(
    heard.map(({key}) => key.slice(0, 10)),
    ['nodes\n', '', 'kkkkkkkkkk', 'kkkkkkkkkk'],
  )
  assert.equal(heard[2].key.length, 4096)
})

test('brackets may nest deeper than any stack', async () => {
  const depth = 1_000_000
  const text = `{"a":${'[{"b":'.repeat(depth)}1${'}]'.repeat(depth)},"c":2}`
  const heard = await scan(Buffer.from(text), [1 << 20], () => 'skip')
  assert.deepEqual(
    heard.map(({key}) => key),
    ['a', 'c'],
  )
  const crossed = text.replace('1}]', '1]}')
  const error = await scanError(Buffer.from(crossed), [1 << 20], () => 'skip')
  assert.deepEqual([error?.offset, error?.section], [crossed.indexOf('1]}') + 1, 'a'])
})

test('a text section may be of any kind, up to its limit', async () => {
  for (const value of ['{"a":[1,2]}', '[]', '"s\\n"', '12', '-1.5e3', 'true', 'null']) {
    const text = `{ "text" : ${value} , "skip": 0 }`
    for (const sizes of [[100], [1], [3]]) {
      const [{value: heard}] = await scan(Buffer.from(text), sizes, textOrSkip, {limitBytes: value.length})
      assert.equal(heard, value)
      const error = await scanError(Buffer.from(text), sizes, textOrSkip, {limitBytes: value.length - 1})
      assert.match(error?.message ?? '', /longer than/)
      assert.equal(error?.offset, text.indexOf(value) + value.length - 1)
    }
  }
})
