/** At a terminal: the line that shows what is recorded, Ctrl-C, and the Enter key between snapshots. */
import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openSnapshot, select} from '../../src/index.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {BIN, run} from './processes.ts'
import {hasTerminals, onTerminal, screenOf} from './terminal.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: hasTerminals() ? false : "needs util-linux's script"}
let files = 0

function program(text: string): string {
  const file = join(folder, `program-${files++}.cjs`)
  writeFileSync(file, text)
  return file
}

/** A program whose steps wait for files: its own name and `.0`, `.1` and so on. */
function steps(...texts: string[]): string {
  return program(`
    const {existsSync} = require('node:fs')
    const steps = [${texts.map(text => `() => { ${text} }`)}]
    let child, next = 0
    setInterval(() => { while (next < steps.length && existsSync(__filename + '.' + next)) steps[next++]() }, 20)`)
}

const linesOf = (file: string) => {
  const text = readFileSync(file, 'utf8')
  assert.ok(text.endsWith('\n'), 'the last line is whole')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

const CHART = /^\d+ s {2}[▁▂▃▄▅▆▇█]+ {2}[\d.]+ [kM]B(, \d+ processes)?$/
/** Each drawing ends with the cursor put back. */
const DRAWN = '\u001b8'

test('the screen of these tests is one', () => {
  assert.deepEqual(screenOf('ab\rc\r\nlonger\rx\u001b[Ky'), ['cb', 'xy'])
  assert.deepEqual(screenOf(`${'a\r\n'.repeat(25)}b`), [...Array(25).fill('a'), 'b'])
  const kept = `a\u001b7\u001b[1;23r\u001b[24;1Hlast\u001b8${'\r\nb'.repeat(30)}`
  assert.deepEqual(screenOf(kept), ['a', ...Array(30).fill('b'), 'last'])
  assert.throws(() => screenOf('\u001b[2J'), /unknown/)
})

test('the chart is on the last line, mixes with nothing, and is gone when the program has ended', guard, async () => {
  // More lines than the screen has, in pieces, and a child; each step when the chart has shown the one before.
  const file = steps(
    "process.stdout.write('begun')",
    "console.log(' and ended')",
    "child = require('node:child_process').spawn('sleep', ['1000'])",
    "child.kill('SIGKILL'); for (let i = 0; i < 30; i++) console.log('line ' + i)",
    "console.log('last')",
    'process.exit(6)',
  )
  const output = join(folder, 'chart.jsonl')
  const {ended, shown} = onTerminal([process.execPath, BIN, 'record', '-o', output, '--', process.execPath, file], {
    cwd: folder,
    columns: 100,
  })
  for (let step = 0; step < 5; step++) {
    const before = shown().length
    writeFileSync(`${file}.${step}`, '')
    const isSeen = step === 2 ? /, 2 processes/ : /[▁▂▃▄▅▆▇█]/
    await until(() => isSeen.test(shown().slice(before)), shown)
  }
  writeFileSync(`${file}.5`, '')
  assert.equal(await ended, 6)
  const bytes = shown()
  const said = ['begun and ended', ...Array.from({length: 30}, (_, i) => `line ${i}`), 'last']
  // What a person sees after each drawing: what was said before, and one chart.
  const parts = bytes.split(DRAWN)
  let seen = 0
  for (let i = 1; i < parts.length; i++) {
    const screen = screenOf(parts.slice(0, i).join(DRAWN) + DRAWN)
    if (CHART.test(screen.at(-1)!)) seen++
    const rest = screen.filter(line => line !== '' && !CHART.test(line))
    assert.ok(screen.filter(line => CHART.test(line)).length <= 1, screen.join('\n'))
    const known = [...said.slice(0, rest.length)]
    if (rest.length === 1 && rest[0] === 'begun') known[0] = 'begun'
    assert.deepEqual(rest, known, JSON.stringify(parts[i - 1]))
  }
  assert.ok(seen >= 5, bytes)
  assert.ok(/, 2 processes/.test(bytes), bytes)
  const screen = screenOf(bytes)
  assert.deepEqual(screen.slice(0, said.length), said)
  const [recorded, code, next, ...more] = screen.slice(said.length)
  assert.match(recorded, /^recorded [\d.]+ s of 2 processes, 1 heap to /)
  assert.equal(code, 'the program ended with exit code 6')
  assert.match(next, /^next: heapgraph plot /)
  assert.deepEqual(more, [])
  assert.equal(linesOf(output).at(-1).code, 6)
})

test('on a narrow terminal the chart does not break its line', guard, async () => {
  const output = join(folder, 'narrow.jsonl')
  const file = steps('process.exit(0)')
  const command = [process.execPath, BIN, 'record', '-o', output, '--', process.execPath, file]
  const {ended, shown} = onTerminal(command, {cwd: folder, columns: 24})
  const charts = () => [...shown().matchAll(/\u001b\[K(\d+ s[^\u001b]*)/g)].map(([, chart]) => chart)
  await until(() => charts().length > 1, shown)
  writeFileSync(`${file}.0`, '')
  assert.equal(await ended, 0)
  for (const chart of charts()) assert.ok(chart.length < 24, chart)
})

test('Ctrl-C: the program ends as it likes, once, and the recording is complete', guard, async () => {
  const waiting = program(`
    let times = 0
    process.on('SIGINT', () => { times++; setTimeout(() => { console.log('asked ' + times); process.exit(5) }, 300) })
    setInterval(() => {}, 1000)
    console.log('ready')`)
  const plain = program("setInterval(() => {}, 1000); console.log('ready')")
  for (const [file, code, finish] of [
    [waiting, 5, {code: 5, signal: null}],
    [plain, 130, {code: null, signal: 'SIGINT'}],
  ] as const) {
    const output = join(folder, `interrupted-${code}.jsonl`)
    const terminal = onTerminal([process.execPath, BIN, 'record', '-o', output, '--', process.execPath, file], {
      cwd: folder,
    })
    await until(() => terminal.shown().includes('ready'))
    await until(() => linesOf(output).some(({type, heapUsed}) => type === 'sample' && heapUsed > 0))
    terminal.type('\u0003')
    assert.equal(await terminal.ended, code, terminal.shown())
    const last = linesOf(output).at(-1)
    assert.deepEqual(last, {type: 'finish', t: last.t, ...finish})
    const screen = screenOf(terminal.shown()).join('\n')
    if (code === 5) assert.match(screen, /^ready\n\^Casked 1\n/)
    assert.match(screen, /(\n|\^C)recorded [\d.]+ s of 1 process, 1 heap to /)
    assert.match(screen, /\nnext: heapgraph plot \S+ -o \S+$/)
  }
})

test('the Enter key takes the next snapshot over the same connection', guard, async () => {
  const {child, said} = run(process.execPath, [
    '--inspect-port=0',
    program(`
      class Leaked {}
      const kept = Array.from({length: 500}, () => new Leaked())
      setInterval(() => kept.push(new Leaked()), 5)
      console.log('ready')`),
  ])
  await until(() => said.stdout !== '')
  const output = join(folder, 'enter.heapsnapshot')
  const command = [process.execPath, BIN, 'capture', '--pid', String(child.pid), '--count', '3', '-o', output]
  const terminal = onTerminal(command, {cwd: folder})
  const asked = () => terminal.shown().split('press Enter for the next one').length - 1
  for (const times of [1, 2]) {
    await until(() => asked() === times, terminal.shown)
    terminal.type('\r')
  }
  assert.equal(await terminal.ended, 0, terminal.shown())
  child.kill()
  const ids: number[][] = []
  for (const number of [1, 2, 3]) {
    const snapshot = await openSnapshot(join(folder, `enter-${number}.heapsnapshot`), {index: 'off'})
    ids.push([...select(snapshot, {type: 'Leaked'}).nodes].map(node => snapshot.nodeId[node]))
  }
  for (const [i, later] of ids.slice(1).entries()) {
    const there = new Set(later)
    assert.ok(later.length > ids[i].length, String(ids.map(({length}) => length)))
    assert.ok(
      ids[i].every(id => there.has(id)),
      'the same objects have the same ids',
    )
  }
  const screen = screenOf(terminal.shown()).join('\n')
  assert.match(screen, /enter-1\.heapsnapshot {2}[\d.]+ MB\n/)
  assert.match(screen, /next: heapgraph leaks \S+-1\.heapsnapshot \S+-2\.heapsnapshot \S+-3\.heapsnapshot$/)
})
