/**
 * Replays docs/tutorial.md over a small server that leaks (fixtures/walk): `npm run walk`. The command lines
 * are those of its own blocks, in their order, in a temporary folder that has `server.js` and `load.js`. Exit code 1 if one of them does
 * not do what the tutorial says. So that it takes seconds, not hours, a size is replaced (WORDS), and so is the process's number.
 */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = join(ROOT, 'bin', 'heapgraph.js')
/** Commands that speak to live processes, and what is made of them; the others are shown with their answers, on snapshots of the fixtures. */
const LIVE = /^ {4}(?:\$ )?((?:heapgraph (record|plot|watch|capture|leaks|doctor)|(node)) [^#\n]*?) *(?:#.*)?$/gm
/** What stands for something of one's own in the tutorial. */
const WORDS = {'500MB': '7MB'}
/** A whole walk takes a minute on a busy machine. */
const LIMIT_MS = 120_000

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-walk-'))
const children = new Set()
try {
  for (const name of ['server', 'load'])
    copyFileSync(join(ROOT, `fixtures/walk/${name}.cjs`), join(folder, `${name}.js`))
  // Whatever lies above the folder.
  writeFileSync(join(folder, 'package.json'), '{"type": "commonjs"}')
  // So that `heapgraph/register` is found.
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/heapgraph'), 'junction')
  const section = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8')
  const lines = [...section.matchAll(LIVE)].map(([, line, command, node]) => ({line, name: command ?? node}))
  const walked = new Set()
  for (const {line, name} of lines) {
    console.log(`$ ${line}`)
    await STEPS()[name](line)
    walked.add(name)
  }
  const missing = Object.keys(STEPS()).filter(name => !walked.has(name))
  if (missing.length > 0) throw new Error(`the tutorial does not have ${missing.join(', ')}`)
  console.log(`walked: ${lines.length} commands`)
} catch (error) {
  console.error(`walk: ${error.message}`)
  process.exitCode = 1
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, {recursive: true, force: true})
}

/** Each runs one command line as a person would, and looks whether what the tutorial promises has come. */
function STEPS() {
  return {
    async doctor(line) {
      const {code, stdout} = await ended(start(line))
      expect(code === 0 && /1\. sessions \(.*server\.js:20\)/.test(stdout), 'the leak is named with its line')
      expectFiles('heapgraph-doctor/report.md', 'heapgraph-doctor/memory.svg', 'heapgraph-doctor/leaks.svg')
    },
    async record(line) {
      const {signal, stderr} = await underLoad(line, 1)
      expect(signal === 'SIGTERM', 'the program ends as it was told to')
      expect(/^recorded /m.test(stderr), 'it says what was recorded')
      expectFiles('rec.jsonl')
    },
    async plot(line) {
      expect((await ended(start(line))).code === 0, 'it answers')
      expectFiles('rec.svg')
    },
    async capture(line) {
      // Another process that is being captured on this machine has the first port.
      const server = start('node --inspect-port=9236 server.js')
      await listening()
      const {code} = await ended(start(line.replace('4711', String(server.pid))))
      expect(code === 0, 'the snapshot is written')
      expectFiles('app.heapsnapshot')
      await stopped(server)
    },
    async watch(line) {
      const small = Object.entries(WORDS).reduce((text, [word, other]) => text.replace(word, other), line)
      const taken = () => readdirSync(folder).filter(name => /^watch-.*\.heapsnapshot$/.test(name)).length
      const {stderr} = await underLoad(small, 30, () => taken() === 3)
      expect(taken() === 3, 'three snapshots are written')
      expect(/^1\. sessions \(.*server\.js:20\)/m.test(stderr), 'at the end it says what leaks')
    },
    async node(line) {
      if (process.platform === 'win32') return console.log('(there is no SIGUSR2 on Windows)')
      const server = start(line)
      await listening()
      server.kill('SIGUSR2')
      await until(() => existsSync(join(folder, `heap-${server.pid}-1.heapsnapshot`)), 'the snapshot is written')
      await stopped(server)
    },
    async leaks(line) {
      // The doctor's three have these names.
      for (const name of ['base', 'target', 'final'])
        copyFileSync(join(folder, 'heapgraph-doctor', `${name}.heapsnapshot`), join(folder, `${name}.heapsnapshot`))
      const {code, stdout} = await ended(start(line))
      expect(
        code === 0 && /^1\. sessions \(.*server\.js:20\): cache without limit, high confidence$/m.test(stdout),
        'it is named',
      )
    },
  }
}

/** Starts a line of the README; what it says is shown. */
function start(line) {
  rmSync(join(folder, 'port'), {force: true})
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
  const args = words[0] === 'heapgraph' ? [BIN, ...words.slice(1)] : words.slice(1)
  const {NODE_OPTIONS: _, ...env} = process.env
  const child = spawn(process.execPath, args, {cwd: folder, env: {...env, HEAPGRAPH_NO_INDEX: '1'}})
  child.said = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', text => {
      child.said[name] += text
      process.stdout.write(text)
    })
  }
  children.add(child)
  return child
}

async function ended(child) {
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  children.delete(child)
  return {code, signal, ...child.said}
}

async function stopped(child) {
  child.kill()
  await ended(child)
}

/** Runs the server by a line, puts load on it until that is enough, `most` times at most, and ends it as Ctrl-C would. */
async function underLoad(line, most, isEnough = () => false) {
  const child = start(line)
  const end = ended(child)
  await listening()
  for (let i = 0; i < most && !isEnough(); i++) {
    const load = spawn(process.execPath, ['load.js'], {cwd: folder, stdio: 'ignore'})
    const [code] = await once(load, 'exit')
    expect(code === 0, 'the server answers')
  }
  child.kill('SIGTERM')
  return end
}

/** Until the server, just started, has said where. */
function listening() {
  const port = join(folder, 'port')
  return until(() => existsSync(port) && readFileSync(port, 'utf8') !== '', 'the server listens')
}

async function until(isSo, what) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end && !isSo(); ) await delay(50)
  expect(isSo(), what)
}

function expect(isSo, what) {
  if (!isSo) throw new Error(`not so: ${what}`)
}

function expectFiles(...names) {
  for (const name of names) expect(existsSync(join(folder, name)), `${name} is written`)
}
