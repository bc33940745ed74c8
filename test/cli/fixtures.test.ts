/** Every command on every committed snapshot: good, odd, broken and hostile. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {keepLast} from '../../src/cli/explore/kept-snapshot.ts'
import {formatsOf, heapgraph, QUESTIONS, type Result, ROOT} from './cli.ts'

process.chdir(ROOT)
const COMMANDS = Object.keys(QUESTIONS)

interface Case {
  file: string
  section: string
}

function casesOf(folder: string): Case[] {
  return JSON.parse(readFileSync(`fixtures/${folder}/cases.json`, 'utf8')) as Case[]
}

const SNAPSHOTS = readdirSync('fixtures/snapshots')
  .filter(name => name.includes('.heapsnapshot'))
  .map(name => `fixtures/snapshots/${name}`)

/** They are right to find nothing in most heaps. */
const MAY_FIND_NOTHING = [
  'path',
  'cycles',
  'detached',
  'what-if',
  'growth',
  'leaks',
  'suspects',
  'strings',
  'waste',
  'async',
]

/** Read once for all questions, as explore and mcp do: reading it anew for each would take longer than the answers. */
const {open} = keepLast()

/** A question that each snapshot has an answer for. */
function question(command: string, type: string, id: number): string[] {
  if (command === 'show') return ['show', `@${id}`]
  if (command === 'what-if') return ['what-if', '--cut', `@${id}`]
  if (command === 'growth' || command === 'leaks' || command === 'sql') return QUESTIONS[command]
  if (command === 'assert') return ['assert', '--max', `${type}=10000000`]
  return ['list', 'backrefs', 'why', 'refs', 'path'].includes(command) ? [command, '--type', type] : [command]
}

async function firstId(file: string, type: string): Promise<number> {
  const {stdout} = await heapgraph(['list', '--type', type, '--limit', '1', '--json', file], {open})
  return (JSON.parse(stdout) as {rows: {id: number}[]}).rows[0].id
}

/** `undefined` and NaN may be in a heap: as the text of a string, as V8's own object of that name, as a property. */
function assertNoSlip(text: string, what: string): void {
  const ours = text
    .replaceAll(/"(?:\\.|[^"\\\n])*"/g, '')
    .replaceAll(/[.‹](?:undefined|NaN)\b|\b(?:undefined|NaN) @\d+|(?<=[{,] ?)(?:undefined|NaN)(?=[,}])/g, '')
  const slip = /.*(?:\bundefined\b|\bNaN\b|\[object |\bnull bytes\b).*/.exec(ours)
  assert.equal(slip?.[0], undefined, what)
}

function assertSound({code, stdout, stderr}: Result, what: string): void {
  assert.doesNotMatch(stderr, /^ +at /m, what)
  assert.doesNotMatch(stderr, /heapgraph's own/, what)
  assertNoSlip(stderr, what)
  if (stdout.startsWith('{')) JSON.parse(stdout)
  else assertNoSlip(stdout, what)
  assert.match(stderr, code === 0 ? /^next: [^\n]+\n$/ : /^(?:heapgraph|next): [^\n]+\n$/, what)
}

for (const file of SNAPSHOTS) {
  test(`${file} answers every command`, async () => {
    const id = await firstId(file, 'Object')
    for (const command of COMMANDS) {
      const result = await heapgraph([...question(command, 'Object', id), file], {open})
      // Only a page has a DOM, and one of them keeps no part of it that is gone.
      const isEmpty = command === 'detached' && (!file.includes('page.') || file.includes('captured-page.'))
      // In most of these heaps no one keeps a tenth; that is said on stdout, too.
      const isUnsuspected = command === 'suspects' && result.stdout.includes('nothing stands out')
      assert.equal(result.code, isEmpty || isUnsuspected ? 1 : 0, `${command}: ${result.stderr}`)
      assert.equal(result.stdout === '', isEmpty)
      assertSound(result, command)
    }
  })
}

test('the odd snapshots answer every command in every form', async () => {
  const files = casesOf('odd').map(({file}) => `fixtures/odd/${file}`)
  assert.ok(files.length > 40)
  for (const file of files) {
    const id = await firstId(file, '/./')
    for (const command of COMMANDS) {
      // A picture is the DOT of the same answer, drawn by another program.
      for (const format of formatsOf(command).filter(name => name !== 'svg' && name !== 'html')) {
        const what = `${command} --format ${format} ${file}`
        const result = await heapgraph([...question(command, '/./', id), '--format', format, file])
        assertSound(result, `${what}: ${result.stderr}`)
        assert.notEqual(result.stdout + (result.code === 1 ? result.stderr : ''), '', what)
        // The root alone has no size.
        const mayFindNothing = MAY_FIND_NOTHING.includes(command) || (command === 'types' && file.includes('only-root'))
        assert.ok(result.code === 0 || (mayFindNothing && result.code === 1), `${what}: ${result.code}`)
      }
    }
  }
})

test('the broken snapshots are refused by every command with 2 and one sentence', async () => {
  // An exponent is JSON, and 3e1 is a whole number.
  const isSound = ({file, section}: Case) => section === '' || file === 'exponent-in-nodes.heapsnapshot'
  const cases = casesOf('broken').filter(found => !isSound(found))
  assert.ok(cases.length > 90)
  for (const {file} of cases) {
    const path = `fixtures/broken/${file}`
    for (const command of COMMANDS.filter(name => name !== 'info')) {
      const {code, stdout, stderr} = await heapgraph([...question(command, '/./', 1), path])
      assert.equal(stdout, '', `${command} ${path}`)
      assert.match(stderr, /^heapgraph: fixtures\/broken\/[^\n]+\n$/)
      assert.equal(code, 2, `${command} ${path}: ${stderr}`)
    }
  }
})

test('info reads no further than the header: what is wrong there, or no snapshot at all, is refused', async () => {
  for (const {file, section} of casesOf('broken')) {
    const path = `fixtures/broken/${file}`
    const result = await heapgraph(['info', path])
    assertSound(result, path)
    // Counts that are numbers, but not the right ones, are wrong only beside the section they count.
    const isHeaderSound =
      /^truncated-after-header|^(?:node|edge)-count-(?:too-|huge|exponent)|^truncated-last-brace/.test(file)
    const mustRefuse =
      ['file', 'snapshot'].includes(section) && !isHeaderSound && file !== 'trailing-garbage.heapsnapshot'
    if (mustRefuse) assert.equal(result.code, 2, path)
    if (result.code === 0) assert.match(result.stdout, /^nodes +[\d,]+\nedges +[\d,]+$/m)
    else assert.match(result.stderr, /^heapgraph: fixtures\/broken\/[^\n]+\n$/)
  }
})

const BUFFERS = 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'
const HOSTILE = 'fixtures/snapshots/hostile-names.node20.heapsnapshot.gz'
/** What moves a cursor, rings a bell, starts an escape sequence or turns the direction of writing. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

test('hostile names reach no terminal as they are, in no command and no form', async () => {
  const {stdout} = await heapgraph(['list', '--type', 'Hostile', '--json', '--limit', '100', HOSTILE])
  const ids = (JSON.parse(stdout) as {rows: {id: number}[]}).rows.map(({id}) => id)
  assert.ok(ids.length > 30)
  const lines = [
    ...COMMANDS.filter(command => QUESTIONS[command].length === 1).map(command => [command]),
    ['types', '--limit', '100000'],
    ['types', '--filter', String(STEERING), '--by', 'shape'],
    ['list', '--type', '/./', '--limit', '1000000'],
    ['list', '--name', String(STEERING)],
    ['show', `@${ids[0]}`, '--limit', '100000'],
    ['show', `@${ids[20]}`, '--limit', '100000'],
    ['backrefs', '--type', 'Hostile', '--fan', '100', '--depth', '5'],
    ['backrefs', '--name', String(STEERING)],
    ['backrefs', '--type', '\u001b[31mred\u001b[0m'],
    ['why', '--type', 'Hostile', '--owners', '100'],
    ['why', '--name', String(STEERING), '--owners', '1000'],
    ['refs', '--type', 'Hostile', '--fan', '100'],
    ['refs', '--type', 'Object', '--fan', '1000'],
    ['path', '--type', 'Hostile', '--count', '50'],
    ['path', '--type', '/./', '--avoid', String(STEERING), '--avoid', '\u001b]0;title\u0007'],
    ['dominators', '--fan', '1000', '--depth', '9', '--min', '0'],
    ['cycles', '--raw', '--limit', '100000'],
    ...['growth', 'leaks'].map(command => [...QUESTIONS[command], '--limit', '200']),
    [...QUESTIONS.growth, '--by', 'path', '--limit', '200', '--new'],
    [...QUESTIONS.growth, '--by', 'holder', '--limit', '200'],
    ['suspects', '--min-share', '0'],
    ['strings', '--match', String(STEERING), '--limit', '100000'],
    ['strings', '--limit', '100000'],
    ['sql', 'SELECT name FROM node', '--limit', '100000'],
    ['sql', 'SELECT text AS "\u001b[31mred\u202e" FROM string', '--limit', '100000'],
    ['waste', '--limit', '100000'],
    [
      'assert',
      '--max',
      'Hostile=0',
      '--max',
      '\u001b[31mRed\u202e=0',
      '--no-path',
      'Map -> Hostile',
      '--no-growth',
      BUFFERS,
    ],
    ['what-if', '--cut', 'Hostile[]', '--cut', `@${ids[0]}`, '--limit', '100000'],
    ['what-if', '--cut', '\u001b[31mRed\u202e.x'],
    ['what-if', '--cut', `@${ids[5]}`, '--type', 'Hostile'],
    // Nothing found: the question itself is said again.
    ['list', '--type', '\u001b[31mRed\u202e'],
    ['show', '@99999999999'],
  ]
  assert.deepEqual(
    COMMANDS.filter(command => !lines.some(([name]) => name === command)),
    [],
  )
  let named = 0
  for (const line of lines) {
    // The other forms write the same names in the same way, so a few questions are enough for them.
    const isForAll = line.includes('Hostile') || line[0] === 'show'
    const formats = isForAll ? formatsOf(line[0]).filter(name => name !== 'svg' && name !== 'html') : ['text']
    for (const format of formats) {
      const {stdout: shown, stderr, code} = await heapgraph([...line, '--format', format, HOSTILE])
      const what = `${line.map(word => JSON.stringify(word)).join(' ')} --format ${format}`
      assert.ok(code < 2, `${what}: ${stderr}`)
      assert.equal(STEERING.exec(shown)?.[0], undefined, what)
      assert.equal(STEERING.exec(stderr)?.[0], undefined, what)
      if (/\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}/.test(shown)) named++
    }
  }
  assert.ok(named > 10, 'hardly any hostile name was shown')
})
