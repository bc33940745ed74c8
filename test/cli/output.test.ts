/** Where answers go, in which form, and in which colors. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {test} from 'node:test'
import {HANG_MS} from '../support/limits.ts'
import {
  formatsOf,
  heapgraph,
  QUESTIONS,
  ROOT,
  type Surroundings,
  temporaryFolder,
  withoutFreeMemory,
  writeApp,
} from './cli.ts'

process.chdir(ROOT)
const folder = temporaryFolder()
const app = writeApp(folder)
const COMMANDS = Object.keys(QUESTIONS)
const ENDINGS: Record<string, string> = {
  text: '.txt',
  json: '.json',
  dot: '.dot',
  svg: '.svg',
  html: '.html',
  mermaid: '.mmd',
  md: '.md',
}
const isPosix = process.platform !== 'win32'
const ESCAPES = /\u001b\[\d+m/

/** How each form begins. */
const LOOKS: Record<string, RegExp> = {
  text: /^[^{<]/,
  json: /^\{\n {2}"schema": "heapgraph\/[\w-]+\/\d",\n/,
  dot: /^digraph heapgraph \{\n/,
  md: /^### /,
  mermaid: /^%% .*\n(?:%% .*\n)*flowchart LR\n/,
  svg: /^<\?xml [\s\S]*<svg [\s\S]*<\/svg>\n$/,
  html: /^<!DOCTYPE html>\n[\s\S]*<\/html>\n$/,
}

/** One command's pictures are enough: drawing one takes a process. */
function quickFormats(command: string): string[] {
  return formatsOf(command).filter(format => (format !== 'svg' && format !== 'html') || command === 'backrefs')
}

function emptyFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

test('--json is one JSON document of a named kind, in every command', async () => {
  for (const [command, args] of Object.entries(QUESTIONS)) {
    const {code, stdout} = await heapgraph([...args, '--json', app])
    assert.equal(code, 0)
    const answer = JSON.parse(stdout) as {schema: string}
    const isResult = formatsOf(command).includes('dot') && !formatsOf(command).includes('md')
    const kind = isResult ? 'result' : command
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', `${kind}.schema.json`), 'utf8')) as {title: string}
    assert.equal(answer.schema, schema.title)
    assert.match(answer.schema, new RegExp(`^heapgraph/${kind}/\\d+$`))
    assert.equal(stdout, `${JSON.stringify(answer, undefined, 2)}\n`)
    assert.equal((await heapgraph([...args, '--format', 'json', app])).stdout, stdout)
  }
})

test('-o writes what stdout would have shown, chosen by the ending, and says so on stderr', async () => {
  const out = emptyFolder('endings')
  for (const [command, args] of Object.entries(QUESTIONS)) {
    for (const format of quickFormats(command)) {
      const path = join(out, `${command}${ENDINGS[format]}`)
      const {code, stdout, stderr} = await heapgraph([...args, '-o', path, app])
      assert.equal(code, 0, stderr)
      assert.equal(stdout, '')
      assert.ok(stderr.includes(`written to ${path}`), stderr)
      assert.match(stderr, /\nnext: heapgraph [^\n]+\n$/)
      const written = await readFile(path, 'utf8')
      assert.match(written, LOOKS[format], `${command} ${format}`)
      const shown = await heapgraph([...args, '--format', format, app])
      assert.equal(withoutFreeMemory(written), withoutFreeMemory(shown.stdout))
      if (isPosix) assert.equal(statSync(path).mode & 0o777, 0o600, path)
    }
  }
  const expected = COMMANDS.flatMap(command => quickFormats(command).map(format => `${command}${ENDINGS[format]}`))
  assert.deepEqual(readdirSync(out).sort(), expected.sort(), 'nothing else is left behind')
})

test('--format and --json go before the ending; .gv is DOT; an ending may be in capitals', async () => {
  const out = emptyFolder('formats')
  const question = [...QUESTIONS.backrefs, app]
  const lines: [name: string, options: string[], format: string][] = [
    ['a.svg', ['--format', 'dot'], 'dot'],
    ['b.unknown', ['--format', 'text'], 'text'],
    ['c', ['--json'], 'json'],
    ['d.txt', ['--json'], 'json'],
    ['e.gv', [], 'dot'],
    ['f.DOT', [], 'dot'],
  ]
  for (const [name, options, format] of lines) {
    const path = join(out, name)
    const {code, stderr} = await heapgraph([...question, ...options, '-o', path])
    assert.equal(code, 0, stderr)
    assert.match(readFileSync(path, 'utf8'), LOOKS[format], name)
  }
})

test('-o - is standard output', async () => {
  const {stdout, stderr} = await heapgraph(['types', '-o', '-', app])
  assert.equal(stdout, (await heapgraph(['types', app])).stdout)
  assert.doesNotMatch(stderr, /written/)
})

test("a file that is there already is replaced, and is its owner's only from then on", async () => {
  const out = emptyFolder('again')
  const path = join(out, 'types.txt')
  writeFileSync(path, 'an older answer')
  chmodSync(path, 0o644)
  await heapgraph(['types', '-o', path, app])
  assert.equal(readFileSync(path, 'utf8'), (await heapgraph(['types', app])).stdout)
  if (isPosix) assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(out), ['types.txt'])
})

test('a link stays a link: the file it points at is written', {skip: !isPosix}, async () => {
  const out = emptyFolder('links')
  writeFileSync(join(out, 'file.txt'), '')
  symlinkSync('file.txt', join(out, 'link.txt'))
  await heapgraph(['types', '-o', join(out, 'link.txt'), app])
  assert.ok(lstatSync(join(out, 'link.txt')).isSymbolicLink())
  assert.match(readFileSync(join(out, 'file.txt'), 'utf8'), /^count/)
})

test('a named pipe is written into, not replaced', {skip: !isPosix}, async () => {
  const out = emptyFolder('pipes')
  const pipe = join(out, 'pipe.json')
  execFileSync('mkfifo', [pipe], {timeout: HANG_MS})
  // Without waiting for a writer, who would not come if the pipe were replaced.
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const {code, stderr} = await heapgraph(['types', '-o', pipe, app])
  assert.equal(code, 0, stderr)
  assert.match(readFileSync(reader, 'utf8'), LOOKS.json)
  closeSync(reader)
  assert.ok(lstatSync(pipe).isFIFO())
  assert.deepEqual(readdirSync(out), ['pipe.json'])
})

test('what cannot be written leaves nothing behind', async () => {
  const out = emptyFolder('failing')
  // Renaming onto it fails, after all has been written.
  const name = `${'x'.repeat(300)}.json`
  const {code, stderr} = await heapgraph(['types', '-o', join(out, name), app])
  assert.equal(code, 2)
  assert.match(stderr, /^heapgraph: .* cannot be written: the name is too long; choose another place\n$/)
  assert.deepEqual(readdirSync(out), [])
})

test('colors are for terminals, FORCE_COLOR wants them, NO_COLOR and --no-color do not', async () => {
  const tty: Surroundings = {stdoutTTY: true}
  const lines: [where: Surroundings, options: string[], colored: boolean][] = [
    [{}, [], false],
    [tty, [], true],
    [{env: {FORCE_COLOR: '1'}}, [], true],
    [{env: {FORCE_COLOR: '1', TERM: 'dumb'}}, [], true],
    [{env: {FORCE_COLOR: ''}}, [], false],
    [{...tty, env: {FORCE_COLOR: '0'}}, [], false],
    [{...tty, env: {NO_COLOR: '1'}}, [], false],
    [{...tty, env: {NO_COLOR: ''}}, [], true],
    [{...tty, env: {TERM: 'dumb'}}, [], false],
    [{env: {FORCE_COLOR: '1', NO_COLOR: '1'}}, [], false],
    [tty, ['--no-color'], false],
    [{env: {FORCE_COLOR: '1'}}, ['--no-color'], false],
  ]
  const [plain, onTerminal] = lines
  for (const [i, command] of COMMANDS.entries()) {
    // One command meets the whole table; of the others it is asked whether they ask at all.
    for (const [where, options, colored] of i === 0 ? lines : [plain, onTerminal]) {
      const {stdout, stderr} = await heapgraph([...QUESTIONS[command], ...options, app], where)
      assert.equal(ESCAPES.test(stdout), colored, `${command} ${options} ${JSON.stringify(where)}`)
      assert.doesNotMatch(stderr, ESCAPES)
    }
    const before = await heapgraph(['--no-color', ...QUESTIONS[command], app], tty)
    assert.doesNotMatch(before.stdout, ESCAPES)
  }
})

test('colors add nothing but colors', async () => {
  for (const command of COMMANDS) {
    const colored = await heapgraph([...QUESTIONS[command], app], {stdoutTTY: true})
    const plain = await heapgraph([...QUESTIONS[command], app])
    const stripped = colored.stdout.replace(new RegExp(ESCAPES, 'g'), '')
    assert.equal(withoutFreeMemory(stripped), withoutFreeMemory(plain.stdout))
  }
})

test('no colors in files and in JSON, DOT and SVG, whatever the terminal', async () => {
  const out = emptyFolder('colors')
  const eager: Surroundings = {stdoutTTY: true, stderrTTY: true, env: {FORCE_COLOR: '3'}}
  for (const [command, args] of Object.entries(QUESTIONS)) {
    const path = join(out, `${command}.txt`)
    await heapgraph([...args, '-o', path, app], eager)
    assert.doesNotMatch(readFileSync(path, 'utf8'), ESCAPES)
    for (const format of quickFormats(command).slice(1)) {
      const {stdout} = await heapgraph([...args, '--format', format, app], eager)
      assert.doesNotMatch(stdout, ESCAPES)
    }
  }
})

test('a narrow terminal shortens what it shows, but not what a file gets', async () => {
  const question = ['refs', '--type', 'Request', app]
  const wide = await heapgraph(question, {stdoutTTY: true, env: {NO_COLOR: '1'}})
  const narrow = await heapgraph(question, {stdoutTTY: true, env: {NO_COLOR: '1'}, columns: 40})
  assert.match(wide.stdout, /"the secret of the request"/)
  assert.doesNotMatch(narrow.stdout, /"the secret of the request"/)
  const path = join(folder, 'narrow.txt')
  await heapgraph([...question, '-o', path], {stdoutTTY: true, columns: 40})
  assert.equal(readFileSync(path, 'utf8'), wide.stdout)
})

test('progress is drawn on a terminal only, and taken away before anything else is said', async t => {
  // Each look at the clock finds a second gone, so that every call of the listener draws.
  let now = 0
  t.mock.method(Date, 'now', () => (now += 1000))
  for (const [command, args] of Object.entries(QUESTIONS)) {
    const quiet = await heapgraph([...args, app], {stdoutTTY: true})
    assert.match(quiet.stderr, /^next: /)
    const {stdout, stderr} = await heapgraph([...args, app], {stderrTTY: true})
    assert.equal(withoutFreeMemory(stdout), withoutFreeMemory((await heapgraph([...args, app])).stdout))
    if (command === 'info') assert.match(stderr, /^next: /)
    else assert.match(stderr, /^(?:(?:\r\u001b\[K[a-z]+ \d[^\r\n]*)+\r\u001b\[K)+next: /)
  }
  const broken = await heapgraph(['types', 'fixtures/broken/truncated-in-nodes.heapsnapshot'], {stderrTTY: true})
  assert.match(broken.stderr, /\r\u001b\[Kheapgraph: [^\r]*\n$/)
})

test('a picture says how much of the answer is in it', async () => {
  const out = emptyFolder('picture')
  const {code, stderr} = await heapgraph([
    ...QUESTIONS.backrefs,
    app,
    '-o',
    join(out, 'x.svg'),
    '--theme',
    'print',
    '--rankdir',
    'TB',
  ])
  assert.equal(code, 0)
  assert.match(stderr, /^picture written to .*x\.svg \(\d+ of \d+ objects? drawn(?:; \d+ grouped)?; legend inside\)$/m)
  assert.doesNotMatch(readFileSync(join(out, 'x.svg'), 'utf8'), /prefers-color-scheme/)
})

test('what cannot be laid out is left as DOT and text, and said', {skip: !isPosix}, async () => {
  const out = emptyFolder('not laid out')
  const graphviz = join(out, 'dot')
  writeFileSync(graphviz, '#!/bin/sh\nexit 3\n', {mode: 0o755})
  const {code, stderr} = await heapgraph([...QUESTIONS.backrefs, app, '-o', join(out, 'x.svg'), '--graphviz', graphviz])
  assert.equal(code, 2)
  assert.match(
    stderr,
    /Graphviz failed \(exit code 3\): a diagram of \d+ nodes?; DOT written to .*x\.svg\.dot, text to .*x\.svg\.txt; ask for less/,
  )
  assert.match(readFileSync(join(out, 'x.svg.dot'), 'utf8'), LOOKS.dot)
  assert.deepEqual(readdirSync(out).sort(), ['dot', 'x.svg.dot', 'x.svg.txt'])
})
