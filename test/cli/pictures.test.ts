/** Pictures as the command line writes, opens and names them. */
import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {heapgraph, temporaryFolder, writeApp} from './cli.ts'

const folder = temporaryFolder()
const app = writeApp(folder)
const question = ['why', '--type', 'Buffer', app]
const isPosix = process.platform === 'linux'

/** A folder with an xdg-open that writes down what it was given. */
function fakeOpener(name: string, script: string): string {
  const bin = temporaryFolder()
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\n${script}\n`, {mode: 0o755})
  return `${bin}:/usr/bin:/bin${name}`
}

test('-o x.png is a PNG, and says how large', async () => {
  const path = join(folder, 'a.png')
  const {code, stderr} = await heapgraph([...question, '-o', path])
  assert.equal(code, 0, stderr)
  assert.match(
    stderr,
    /^picture written to .*a\.png \(\d+ of \d+ objects drawn(; \d+ grouped)?; legend inside; [\d,]+ × [\d,]+ pixels\)\n/,
  )
  assert.equal(readFileSync(path).subarray(1, 4).toString(), 'PNG')
  const tty = await heapgraph([...question, '--format', 'png'], {stdoutTTY: true})
  assert.equal(tty.code, 2)
  assert.match(tty.stderr, /^heapgraph: a PNG cannot be shown in a terminal; write it to a file with -o\n$/)
})

test('--open hands the path to the viewer as it is, without a shell', {skip: !isPosix}, async () => {
  const log = join(folder, 'opened')
  const env = {PATH: fakeOpener('', `printf '%s|' "$#" "$1" > '${log}'`)}
  const path = join(folder, '$(touch gone) "a" b.svg')
  const {code, stderr} = await heapgraph([...question, '--open', '-o', path], {env})
  assert.equal(code, 0, stderr)
  assert.equal(readFileSync(log, 'utf8'), `1|${path}|`)
  assert.ok(!existsSync('gone'))
})

test('--open without -o writes a private file of its own', {skip: !isPosix}, async () => {
  const log = join(folder, 'opened-2')
  const env = {PATH: fakeOpener('', `printf '%s' "$1" > '${log}'`)}
  for (const format of ['svg', 'png', 'html']) {
    const {code, stdout, stderr} = await heapgraph([...question, '--open', '--format', format], {env})
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '')
    const path = readFileSync(log, 'utf8')
    assert.match(path, new RegExp(`heapgraph-why-[0-9a-f]{12}\\.${format}$`))
    assert.equal(statSync(path).mode & 0o777, 0o600)
  }
})

test('a viewer that is missing or fails is a remark: the picture is there', {skip: !isPosix}, async () => {
  const path = join(folder, 'b.svg')
  const missing = await heapgraph([...question, '--open', '-o', path], {env: {PATH: folder}})
  assert.equal(missing.code, 0)
  assert.match(missing.stderr, /\nnote: xdg-open is not installed: open .*b\.svg yourself\n/)
  const failing = await heapgraph([...question, '--open', '-o', path], {env: {PATH: fakeOpener('', 'exit 3')}})
  assert.match(failing.stderr, /\nnote: xdg-open failed with 3: open .*b\.svg yourself\n/)
})

test('what cannot be opened or drawn is refused before the file is read', async () => {
  const lines: [args: string[], words: RegExp][] = [
    [['why', '--type', 'A', '--open', '--json', 'missing'], /--open shows svg, png, html, not json/],
    [['why', '--type', 'A', '--open', '-o', join(folder, 'x.dot'), 'missing'], /--open shows svg, png, html, not dot/],
    [['why', '--type', 'A', '--open', '-o', '-', 'missing'], /--open needs a file/],
    [['types', '--open', 'missing'], /unknown option '--open'/],
    [['dominators', '--view', 'pie', 'missing'], /allowed choices are tree, treemap, flame/i],
    [['dominators', '--view', 'treemap', 'missing'], /--view treemap is drawn as svg, png or html, not text/],
    [['dominators', '--view', 'flame', '--json', 'missing'], /--view flame is drawn as svg, png or html, not json/],
    [
      ['dominators', '--view', 'flame', '-o', join(folder, 'x.mmd'), 'missing'],
      /--view flame is drawn as svg, png or html, not mermaid/,
    ],
    [['what-if', '--cut', 'A.b', '-o', join(folder, 'x.gexf'), 'missing'], /this command writes .* not gexf/],
  ]
  for (const [args, words] of lines) {
    const {code, stdout, stderr} = await heapgraph(args)
    assert.equal(code, 2, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
  }
})

test('on a terminal the name of the file is a link, and nowhere else', async () => {
  const path = join(folder, 'a b;\u0007c.svg')
  const link = `\u001b]8;;${pathToFileURL(path).href}\u001b\\`
  const written = async (where: Parameters<typeof heapgraph>[1], ...more: string[]) =>
    (await heapgraph([...more, ...question, '-o', path], where)).stderr
  assert.ok((await written({stderrTTY: true})).includes(`${link}${path.replace('\u0007', '\\u{7}')}\u001b]8;;\u001b\\`))
  const plain = [
    await written({}),
    await written({stdoutTTY: true}),
    await written({stderrTTY: true, env: {NO_COLOR: '1'}}),
    await written({stderrTTY: true, env: {TERM: 'dumb'}}),
    await written({stderrTTY: true}, '--no-color'),
  ]
  // On a slow machine a terminal is shown the progress, too.
  for (const text of plain) assert.ok(!text.includes('\u001b]'), JSON.stringify(text))
})

test('a layout that fails leaves DOT and text, and says so', {skip: !isPosix}, async () => {
  const out = temporaryFolder()
  const graphviz = join(folder, 'no-dot')
  writeFileSync(graphviz, '#!/bin/sh\nexit 1\n', {mode: 0o755})
  const path = join(out, 'a.png')
  const {code, stderr} = await heapgraph([...question, '--graphviz', graphviz, '-o', path])
  assert.equal(code, 2)
  assert.match(stderr, /DOT written to .*a\.png\.dot, text to .*a\.png\.txt; ask for less/)
  assert.deepEqual(readdirSync(out).sort(), ['a.png.dot', 'a.png.txt'])
  assert.match(readFileSync(`${path}.txt`, 'utf8'), /Buffer/)
})

test('dominators as areas and what-if as a picture', async () => {
  for (const args of [
    ['dominators', '--view', 'treemap'],
    ['dominators', '--view', 'flame'],
    ['what-if', '--cut', 'Server.cache'],
  ]) {
    const {code, stdout, stderr} = await heapgraph([...args, '--format', 'svg', app])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^<\?xml [\s\S]*<\/svg>\n$/)
  }
})
