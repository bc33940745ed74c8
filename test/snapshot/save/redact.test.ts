import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import fc from 'fast-check'
import {type RedactOptions, redact} from '../../../src/snapshot/save/redact.ts'
import {heapgraph, ROOT, temporaryFolder} from '../../cli/cli.ts'
import {devToolsNumbers} from '../../devtools/oracle.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {randomFormat, randomHeap, writeHeap} from '../../support/random-heap.ts'
import {many, runs} from '../../support/runs.ts'

const FOLDER = temporaryFolder()

interface File {
  snapshot: Record<string, unknown>
  nodes: number[]
  edges: number[]
  locations?: number[]
  strings: string[]
  [section: string]: unknown
}

async function redacted(input: Uint8Array, options: RedactOptions = {}) {
  const {audit, chunks} = await redact(input, options)
  const parts: Uint8Array[] = []
  for await (const chunk of chunks()) parts.push(chunk)
  const text = Buffer.concat(parts).toString('utf8')
  return {audit, text, file: JSON.parse(text) as File}
}

const fixture = (name: string) => gunzipSync(readFileSync(`${ROOT}/fixtures/snapshots/${name}.heapsnapshot.gz`))

/** An answer without its texts, and without what is told only where a text is found. */
function shapeOf(json: string): unknown {
  const shape = (value: unknown): unknown => {
    if (typeof value === 'string') return '§'
    if (Array.isArray(value)) return value.map(shape)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'codeLines')
        .map(([key, of]) => [key, shape(of)]),
    )
  }
  return shape(JSON.parse(json))
}

const QUESTIONS = [
  ['types'],
  ['why', '--type', 'Object'],
  ['why', '--type', 'Array'],
  ['cycles'],
  ['what-if', '--cut', 'Map'],
  ['suspects'],
]

for (const [name, sources] of [
  ['seven-leaks.node24', 'none'],
  ['typed-bundle.node20', 'all'],
  ['leaking-page.chromium.final', 'all'],
  ['types-zoo.node16', 'none'],
] as const) {
  test(`${name}, with ${sources} of its sources: answers are equal but for texts`, async () => {
    const before = join(FOLDER, `${name}.heapsnapshot`)
    const after = join(FOLDER, `${name}.redacted.heapsnapshot`)
    writeFileSync(before, fixture(name))
    const {code, stdout} = await heapgraph(['redact', '--sources', sources, before, after])
    assert.equal(code, 0)
    assert.match(stdout, /of [\d,]+ texts hidden\n[\s\S]*still readable:/)
    for (const question of QUESTIONS) {
      const [ours, theirs] = [
        await heapgraph([...question, '--json', before]),
        await heapgraph([...question, '--json', after]),
      ]
      assert.equal(theirs.code, ours.code, question.join(' '))
      assert.deepEqual(shapeOf(theirs.stdout), shapeOf(ours.stdout), question.join(' '))
    }
  })
}

test('leaks of redacted snapshots: the same holders of the same objects', async () => {
  const names = ['base', 'target', 'final'].map(part => `growing.node20.${part}`)
  const before = names.map(name => join(FOLDER, `${name}.heapsnapshot`))
  names.forEach((name, i) => void writeFileSync(before[i], fixture(name)))
  const after = before.map(file => file.replace('.heapsnapshot', '.redacted.heapsnapshot'))
  for (const [i, file] of before.entries()) {
    const others = before.filter(other => other !== file).flatMap(other => ['--with', other])
    assert.equal((await heapgraph(['redact', '--salt', 'x', ...others, file, after[i]])).code, 0)
  }
  const [ours, theirs] = [
    await heapgraph(['leaks', '--json', ...before]),
    await heapgraph(['leaks', '--json', ...after]),
  ]
  assert.equal(theirs.code, 0)
  assert.deepEqual(shapeOf(theirs.stdout), shapeOf(ours.stdout))
})

test('DevTools opens it, and has the same numbers', async () => {
  const input = fixture('listener-page.chromium')
  const {text} = await redacted(input)
  const [ours, theirs] = [await devToolsNumbers(text), await devToolsNumbers(input.toString())]
  for (const key of ['distance', 'selfBytes', 'retained', 'dominator', 'detachedness'] as const)
    assert.deepEqual(ours[key], theirs[key], key)
  assert.equal(ours.rows.size, theirs.rows.size)
})

/** A secret for each place where a text may stand: none is a name of code. */
function planted(count: number): {drawing: string; secrets: string[]} {
  const secrets: string[] = []
  const secret = (form: (text: string) => string = text => text) => {
    const text = `Zq${(secrets.length * 7919 + 104_729).toString(36)}wX`
    secrets.push(text)
    return JSON.stringify(form(text))
  }
  const lines: string[] = []
  for (let i = 0; secrets.length < count; i++) {
    lines.push(
      `root -> Holder${i}`,
      // A dictionary's keys, and what they lead to.
      `Holder${i}.${secret()} -> v${i}`,
      `v${i}: string ${secret()}`,
      `Holder${i}.${secret(text => `${text}@example.com`)} -> w${i}`,
      `w${i}: string ${secret(text => `Bearer ${text}\\n\u00e9\u4e2d`)}`,
      `Holder${i}.${secret(text => `<symbol ${text}>`)} -> n${i}`,
      `n${i}: number ${secret()}`,
      `Holder${i}.${secret(text => `get ${text}`)} -> r${i}`,
      `r${i}: regexp ${secret(text => `^${text}$`)}`,
      `Holder${i} -internal:${secret(text => `${i} / part of key (${text} @5) -> value (${text} @7) pair in WeakMap (table @9)`)}-> r${i}`,
      `Holder${i} [3] -> s${i}`,
      `s${i}: symbol ${secret()}`,
      `Holder${i} [4] -> b${i}`,
      `b${i}: bigint ${secret()}`,
      `Holder${i} [5] -> c${i}`,
      `c${i}: concatenated-string ${secret()}`,
      `Holder${i} [6] -> l${i}`,
      `l${i}: sliced-string ${secret()}`,
      // A page: attributes, addresses, what is no word.
      `Holder${i} [7] -> d${i}`,
      `d${i}: native ${secret(text => `<div class="${text}" data-user=${text} ${text}>`)}`,
      `Holder${i} [8] -> u${i}`,
      `u${i}: native ${secret(text => `Window / https://${text}.example.com/${text}/${text}.html?${text}=1#${text}`.replace(`${text}.html`, `${text}/index.html`))}`,
      `Holder${i} [9] -> o${i}`,
      `o${i}: object ${secret(text => `${text}@example.com`)}`,
      `Holder${i} [10] -> f${i}`,
      `f${i}: closure ${secret(text => `for ${text} / ${text}?`)}`,
      // A script: its text, its names, and what literals it was compiled to.
      `Holder${i} [11] -> script${i} -internal:source-> source${i}`,
      `script${i} -internal:name-> name${i}`,
      `script${i} -hidden:4-> url${i}`,
      `script${i}: code ${JSON.stringify('')}`,
      `source${i}: string ${secret(text => `// ${text}\nlet a = '${text}'`)}`,
      `name${i}: string ${secret(text => `/home/${text}/src/index.js?${text}`)}`,
      `url${i}: string ${secret(text => `data:application/json;base64,${text}`)}`,
      `Holder${i} [12] -> pool${i} -internal:${JSON.stringify('0')}-> literal${i}`,
      `pool${i}: code "(constant pool)"`,
      `literal${i}: string ${secret()}`,
    )
  }
  return {drawing: lines.join('\n'), secrets}
}

test('thousands of planted secrets: none is left, in whatever place it stood', async () => {
  const {drawing, secrets} = planted(many(4000))
  const file = JSON.parse(Buffer.from(heapText(drawing)).toString()) as File
  // What no snapshot of V8's has, but somebody may have written into one.
  file.snapshot.comment = secrets[0]
  ;(file.snapshot.meta as Record<string, unknown>).title = secrets[1]
  ;(file.snapshot.meta as Record<string, unknown>).note_fields = [secrets[2]]
  file.notes = [secrets[3], {[secrets[4]]: 1}]
  // No node refers to them.
  file.strings.push(secrets[5], ...secrets.slice(6, 9))
  const trace = (name: string, script: string) => [
    1,
    file.strings.push(name) - 1,
    file.strings.push(script) - 1,
    1,
    2,
    3,
  ]
  file.trace_function_infos = trace(`${secrets[9]}!`, `https://${secrets[10]}/${secrets[11]}/app.js`)
  const {text, audit, file: result} = await redacted(Buffer.from(JSON.stringify(file)))
  const left = result.strings.filter(string => secrets.some(secret => string.includes(secret)))
  assert.deepEqual(left, [])
  assert.deepEqual(
    secrets.filter(secret => text.includes(secret)),
    [],
  )
  assert.deepEqual(audit.leftOut, ['notes'])
  assert.equal(result.strings.length, file.strings.length)
  result.strings.forEach((string, i) => void assert.equal(string.length, file.strings[i].length, string))
  // With their code, sources say what it does, and nothing that was said in it.
  const {text: withCode} = await redacted(Buffer.from(JSON.stringify(file)), {sources: 'code'})
  assert.deepEqual(
    secrets.filter(secret => withCode.includes(secret)),
    [],
  )
  assert.match(withCode, /let a = '/)
})

test('random heaps in any form: equal numbers, equal lengths, equal texts stay equal and others do not become so', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap(), randomFormat, fc.boolean(), async (heap, format, prefixes) => {
      const bytes = writeHeap(heap, {...format, oddNumbers: false})
      const before = JSON.parse(
        Buffer.from(bytes)
          .toString()
          .replace(/^\ufeff/, ''),
      ) as File
      const {file, audit} = await redacted(bytes, {prefixes})
      assert.deepEqual(
        file.nodes,
        before.nodes.map(number => number + 0),
      )
      assert.equal(file.edges.length, before.edges.length)
      assert.equal(audit.renumbered > 0 || JSON.stringify(file.edges) === JSON.stringify(before.edges), true)
      assert.deepEqual(
        file.locations,
        before.locations?.map(number => number + 0),
      )
      assert.equal(file.strings.length, before.strings.length)
      file.strings.forEach((text, i) => {
        assert.equal(text.length, before.strings[i].length)
        before.strings.forEach((other, j) => {
          if (other === before.strings[i]) assert.equal(file.strings[j].length, text.length)
        })
      })
    }),
    {numRuns: runs(300)},
  )
})

test('of a dictionary keys are hidden, of code names stay; numbers that stand for keys go', async () => {
  const {file, audit} = await redacted(
    heapText(`
      root -> Cache.byUser -> users.alice -> Session.token -> token
      users [4915112345] -> Session2
      users [4915199999] -> Session3
      Cache [7] -> Session
      pool -internal:"0"-> text1
      pool -internal:"1"-> text2
      root -> pool
      pool: code "(constant pool)"
      text1: string byUser
      text2: string token
      users: object Object
      token: string alice
    `),
  )
  for (const name of ['Cache', 'Session', 'byUser', 'token']) assert.ok(file.strings.includes(name), name)
  assert.ok(!file.strings.includes('alice'))
  assert.equal(audit.renumbered, 2)
  assert.ok(!JSON.stringify(file).includes('49151'))
})

test('equal salts make equal stand-ins, others do not; prefixes stay if asked', async () => {
  const heap = heapText(
    'root -> A -> text\nA -> other\ntext: string "the first secret"\nother: string "the first time"',
  )
  const of = async (options: RedactOptions) => {
    const {file} = await redacted(heap, options)
    return file.strings.filter(text => text.length === 16 || text.length === 14)
  }
  assert.deepEqual(await of({salt: 'a'}), await of({salt: 'a'}))
  assert.notDeepEqual(await of({salt: 'a'}), await of({salt: 'b'}))
  assert.notDeepEqual(await of({}), await of({}))
  const [one, two] = await of({prefixes: true})
  assert.equal(one.slice(0, 10), two.slice(0, 10))
  assert.notEqual(one.slice(0, 12), two.slice(0, 12))
})

test('nothing is written where a forbidden text would be readable, nor over a file that is there', async () => {
  const input = join(FOLDER, 'acme.heapsnapshot')
  const output = join(FOLDER, 'acme.redacted.heapsnapshot.gz')
  writeFileSync(input, heapText('root -> AcmeBilling.plan -> text\ntext: string "acme secret plan"'))
  const refused = await heapgraph(['redact', '--forbid', 'acme', input, output])
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /"AcmeBilling" matches \/acme\/i \(names of functions/)
  assert.match(refused.stderr, /was not written/)
  assert.throws(() => readFileSync(output), /ENOENT/)
  assert.equal((await heapgraph(['redact', '--forbid', '/secret/', input, output])).code, 0)
  assert.match(gunzipSync(readFileSync(output)).toString(), /AcmeBilling/)
  const again = await heapgraph(['redact', input, output])
  assert.equal(again.code, 2)
  assert.match(again.stderr, /is there already/)
  assert.equal((await heapgraph(['redact', '--force', input, output])).code, 0)
  assert.equal((await heapgraph(['redact', '--force', input, input])).code, 2)
  assert.equal((await heapgraph(['redact', '-', output])).code, 2)
})

test('a pipe is refused before it is read, and sections of others are told without steering a terminal', async () => {
  const input = join(FOLDER, 'sections.heapsnapshot')
  const output = join(FOLDER, 'sections.redacted.heapsnapshot')
  const more = Array.from({length: 20}, (_, i) => `"\u009b31m\u202e${i}":${i},`).join('')
  writeFileSync(input, brokenHeap(() => {}).replace('{', `{${more}`))
  const {code, stdout, stderr} = await heapgraph(['redact', input, output])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^left out: section .*, and 12 more$/m)
  assert.doesNotMatch(stdout, /[\u009b\u202e]/)
  for (const words of [
    ['redact', input, '-'],
    ['redact', '-', output],
    ['reduce', '--keep', 'types', '-', output],
    ['reduce', '--keep', 'types', input, '-'],
  ]) {
    const refused = await heapgraph(words)
    assert.equal(refused.code, 2, words.join(' '))
    assert.equal(refused.stdout, '')
    assert.match(refused.stderr, /^heapgraph: standard (?:in|out)put .*; name a file\n$/)
  }
})

const BROKEN: [what: string, bytes: () => Uint8Array | string][] = [
  ['cut', () => fixture('listener.node20').subarray(0, 200_000)],
  ['a name of no string', () => brokenHeap(file => (file.nodes[8] = 99))],
  ['a kind of none', () => brokenHeap(file => (file.nodes[7] = 99))],
  [
    'nodes before the header',
    () => brokenHeap(({nodes}) => (nodes[8] = 99), ['nodes', 'snapshot', 'edges', 'strings']),
  ],
  ['a section twice', () => brokenHeap(() => {}, ['snapshot', 'nodes', 'nodes', 'edges', 'strings'])],
  ['a section missing', () => brokenHeap(() => {}, ['snapshot', 'nodes', 'strings'])],
  ['another format', () => JSON.stringify({head: {callFrame: {}, children: []}})],
]

/** A small heap, changed, with these of its sections. */
function brokenHeap(change: (file: File) => void, sections = ['snapshot', 'nodes', 'edges', 'strings']): string {
  const file = JSON.parse(
    Buffer.from(heapText('root -> Session.name -> text\ntext: string hello 32')).toString(),
  ) as File
  change(file)
  return `{${sections.map(key => `${JSON.stringify(key)}:${JSON.stringify(file[key])}`).join(',')}}`
}

for (const [what, bytes] of BROKEN) {
  test(`a broken file is told as by every command: ${what}`, async () => {
    const input = join(FOLDER, 'broken.heapsnapshot')
    writeFileSync(input, bytes())
    const {code, stderr} = await heapgraph(['redact', input, join(FOLDER, 'never.heapsnapshot')])
    const types = await heapgraph(['types', input])
    assert.deepEqual({code, stderr}, {code: 2, stderr: types.stderr})
  })
}
