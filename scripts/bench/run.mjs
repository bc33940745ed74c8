/** Measures heapgraph and the other tools side by side and writes BENCHMARKS.md. `--help` says how. */
import {execFileSync, spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {loadavg, tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {generate, parseSize, SHAPES} from './generate.mjs'
import {measureInTurn, spread, stopRunning} from './measure.mjs'
import {ANSWERS, anObject, buildIndex, fileCommands, leakCommands, stagesProgram, startCommands} from './ours.mjs'
import {peers as knownPeers} from './peers.mjs'
import {merged, pieceOf, readPieces} from './pieces.mjs'
import {markdown} from './report.mjs'

const USAGE = `usage: npm run bench -- [options]

Measures heapgraph and other tools on the same files and writes BENCHMARKS.md. All sizes take hours, and as
much disk as the largest file. Nothing else should run on the machine.
  --sizes LIST     of the files with shape mixed (default: 5mb,10mb,100mb,200mb,450mb,1gb,3gb; "none" for none)
  --shapes LIST    further shapes: ${Object.keys(SHAPES).join(', ')}; real: the heap of a
                   Node program, 1 GB at most; leaking: three heaps of one that leaks
                   (default: strings,list,wide,crosslinked,real,leaking; "none" for none)
  --shape-size S   size of the files of further shapes (default: 100mb)
  --file PATH      measure this file, too; may be repeated
  --quick          whether each row works, in minutes: files of 5 and 10 MB, one round, written to standard output
  --runs N         rounds (default: 5)
  --peers DIR      where the other tools are installed (default: $PEERS); without it only DevTools' worker takes part
  --only LIST      only what has one of these words in "tool question": heapgraph,rust,types
  --limit SECONDS  the longest a run may take (default: 900)
  --budget SECONDS who has taken so long on a file in all is not run again (default: 180)
  --stages         the seconds of each stage of types, too
  --seed N         of the generator (default: 1)
  --keep           leave the generated files in the temporary folder
  -o, --output F   where to write (default: BENCHMARKS.md); a name in .json is a piece for --merge

In pieces, where hours at a time are not to be had:
  --minutes N      begin nothing more after so long; what was found is written
  --merge FILES    measure nothing; write the table of these pieces, joined by commas. Of the same question, file and tool the last counts
For example: npm run bench -- --sizes 450mb --shapes none --only types,parse --minutes 20 -o 450.json`

const SMALL = 50e6
const OBJECT_BYTES = 1210
const RECORD_BYTES = 880
const QUICK = {sizes: '5mb,10mb', 'shape-size': '10mb', runs: '1', output: '-'}

const text = {type: 'string'}
const DEFAULTS = {
  sizes: '5mb,10mb,100mb,200mb,450mb,1gb,3gb',
  shapes: 'strings,list,wide,crosslinked,real,leaking',
  'shape-size': '100mb',
  runs: '5',
  limit: '900',
  budget: '180',
  minutes: 'Infinity',
  seed: '1',
  output: fileURLToPath(new URL('../../BENCHMARKS.md', import.meta.url)),
}
const options = {
  sizes: text,
  shapes: text,
  'shape-size': text,
  file: {type: 'string', multiple: true, default: []},
  quick: {type: 'boolean', default: false},
  runs: text,
  peers: {type: 'string'},
  only: {type: 'string'},
  limit: text,
  budget: text,
  minutes: text,
  merge: text,
  stages: {type: 'boolean', default: false},
  seed: text,
  keep: {type: 'boolean', default: false},
  output: {...text, short: 'o'},
  help: {type: 'boolean', short: 'h'},
}

function settingsOf(given) {
  const values = {...DEFAULTS, ...(given.quick ? QUICK : {}), ...given}
  const number = (name, least) => {
    const value = Number(values[name])
    if (Number.isNaN(value) || value < least) throw new Error(`--${name} ${values[name]}: no number from ${least} on`)
    return value
  }
  const list = name => (values[name] === undefined || values[name] === 'none' ? [] : values[name].split(','))
  const shapes = list('shapes')
  const unknown = shapes.find(shape => !['real', 'leaking'].includes(shape) && SHAPES[shape] === undefined)
  if (unknown !== undefined) throw new Error(`no such shape: ${unknown}`)
  const size = values['shape-size']
  return {
    runs: number('runs', 1),
    limitSeconds: number('limit', 1),
    budget: number('budget', 0),
    seed: number('seed', 0),
    deadline: number('minutes', 0) * 60_000,
    merge: list('merge'),
    stages: values.stages,
    quick: values.quick,
    keep: values.keep,
    output: values.output === '-' ? '-' : resolve(values.output),
    peers: values.peers ?? process.env.PEERS,
    words: list('only').map(word => word.toLowerCase()),
    // The largest last: a run that is broken off leaves most of it.
    specs: [
      ...list('sizes').map(one => ({label: `mixed ${one}`, shape: 'mixed', bytes: parseSize(one)})),
      ...shapes.map(shape => ({label: `${shape} ${size}`, shape, bytes: parseSize(size)})),
      ...values.file.map(path => {
        const bytes = statSync(path).size
        return {label: `given ${Math.round(bytes / 1e6)} MB`, path: resolve(path), bytes}
      }),
    ].sort((a, b) => a.bytes - b.bytes),
  }
}

async function main(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-bench-'))
  const remove = () => settings.keep || rmSync(folder, {recursive: true, force: true})
  for (const [signal, exitCode] of Object.entries({SIGINT: 130, SIGTERM: 143})) {
    process.on(signal, () => {
      stopRunning()
      remove()
      process.exit(exitCode)
    })
  }
  const peers = knownPeers(settings.peers === undefined ? undefined : resolve(settings.peers))
  const isMeant = (tool, question) =>
    settings.words.length === 0 || settings.words.some(word => `${tool} ${question}`.toLowerCase().includes(word))
  const state = {settings: {...settings, folder}, peers, files: [], results: [], stages: new Map()}
  const write = () => writeFileSync(settings.output, textOf(settings.output, pieceOf(state)))
  try {
    say(`load ${loadavg()[0].toFixed(1)}`)
    await measureStart(state)
    for (const spec of settings.specs) {
      if (performance.now() >= settings.deadline) {
        say(`${spec.label}: left out, the time is over`)
        continue
      }
      const path = spec.path ?? make(spec, folder, settings.seed)
      await measureFile(state, spec, path, isMeant)
      // After each file, so that a run that is broken off leaves what it has found.
      if (settings.output !== '-') write()
      if (spec.path === undefined && !settings.keep) rmSync(path, {force: true})
    }
  } finally {
    remove()
  }
  if (settings.output === '-') process.stdout.write(textOf('-', pieceOf(state)))
  else write()
  say(`load ${loadavg()[0].toFixed(1)}`)
  if (settings.keep) say(`files kept in ${folder}`)
}

const textOf = (output, piece) => (output.endsWith('.json') ? JSON.stringify(piece) : markdown(merged([piece])))

function mergePieces({merge, output}) {
  const text = markdown(merged(readPieces(merge)))
  if (output === '-') process.stdout.write(text)
  else writeFileSync(output, text)
}

async function measureStart({settings, results}) {
  const commands = startCommands.map(({question, command}) => ({key: question, command, answers: ANSWERS}))
  const runs = settings.quick ? 3 : Math.max(settings.runs, 11)
  const measured = await measureInTurn(commands, {...settings, runs, warmUp: true})
  for (const [question, result] of measured) {
    results.push(summary({tool: question.startsWith('node') ? 'node' : 'heapgraph', question}, result))
  }
}

async function measureFile({settings, peers, files, results, stages}, spec, path, isMeant) {
  const bytes = statSync(path).size
  files.push({label: spec.label, shape: spec.shape, bytes, ...countsOf(path)})
  say(`${spec.label}: ${(bytes / 1e6).toFixed(1)} MB`)
  if (spec.shape === 'leaking') return measureLeaks({settings, results}, spec, dirname(path), isMeant)
  readThrough(path)
  const object = anObject(path)
  const index = join(settings.folder, 'index')
  const indexSeconds = buildIndex(path, index)
  if (indexSeconds !== undefined)
    say(`  index of ${(statSync(index).size / 1e6).toFixed(1)} MB built in ${indexSeconds.toFixed(1)} s`)
  const all = [
    ...fileCommands(path, object, indexSeconds === undefined ? undefined : index).map(one => ({
      ...one,
      tool: 'heapgraph',
      answers: ANSWERS,
    })),
    ...peers.map(peer => ({...peer, command: peer.command?.(path, object)})),
  ].filter(({tool, question}) => isMeant(tool, question))
  const commands = all.flatMap((one, key) => (one.command === undefined ? [] : [{...one, key}]))
  const onRun = (key, round, {seconds, failure}) =>
    say(
      `  ${round + 1}  ${seconds.toFixed(2)} s  ${all[key].tool} ${all[key].question}${failure ? `: ${failure}` : ''}`,
    )
  const measured = await measureInTurn(commands, {...settings, warmUp: bytes < SMALL, onRun})
  const order = [...new Set(all.map(({question}) => question))]
  for (const question of order) {
    for (const [key, one] of all.entries()) {
      if (one.question !== question) continue
      const result = measured.get(key) ?? {runs: [], failure: one.reason}
      results.push(summary({file: spec.label, tool: one.tool, question}, result))
    }
  }
  rmSync(index, {force: true})
  if (settings.stages) stages.set(spec.label, medianStages(path, settings.runs))
}

async function measureLeaks({settings, results}, {label}, folder, isMeant) {
  const files = LEAK_NAMES.map(name => join(folder, `${name}.heapsnapshot`))
  files.forEach(readThrough)
  const all = leakCommands(files).filter(({question}) => isMeant('heapgraph', question))
  const commands = all.map(({question, command}) => ({key: question, command, answers: ANSWERS}))
  const onRun = (key, round, {seconds}) => say(`  ${round + 1}  ${seconds.toFixed(2)} s  heapgraph ${key}`)
  const measured = await measureInTurn(commands, {...settings, warmUp: false, onRun})
  for (const [question, result] of measured) results.push(summary({file: label, tool: 'heapgraph', question}, result))
  if (!settings.keep) for (const file of files) rmSync(file)
}

function summary(what, {runs, failure}) {
  const of = field => spread(runs, field)
  return {...what, runs: runs.length, failure, wall: of('seconds'), cpu: of('cpuSeconds'), peak: of('peakBytes')}
}

function medianStages(path, runs) {
  const all = Array.from({length: runs}, () =>
    JSON.parse(execFileSync(process.execPath, [stagesProgram, path, '--json'], {encoding: 'utf8'})),
  )
  return all[0].stages.map(({name}, place) => {
    const rows = all.map(({stages}) => stages[place])
    return {name, seconds: spread(rows, 'seconds').median, peakBytes: spread(rows, 'peakBytes').median}
  })
}

function make({shape, bytes, label}, folder, seed) {
  if (shape === 'leaking') return makeLeaking(bytes, folder)
  const path = join(folder, `${label.replace(' ', '-')}.heapsnapshot`)
  if (shape !== 'real') {
    generate(path, {bytes, shape, seed})
    return path
  }
  const script = fileURLToPath(new URL('../make-snapshot.mjs', import.meta.url))
  const objects = String(Math.max(1, Math.round((bytes - 4e6) / OBJECT_BYTES)))
  const {status, stderr} = spawnSync(process.execPath, [script, '--objects', objects, '-o', path], {encoding: 'utf8'})
  if (status !== 0) throw new Error(`make-snapshot: ${stderr.trim()}`)
  return path
}

const LEAK_NAMES = ['base', 'target', 'final']

/** Three snapshots of one program; the path of the last, which has about so many bytes. */
function makeLeaking(bytes, folder) {
  const script = fileURLToPath(new URL('leaking.cjs', import.meta.url))
  const records = Math.max(10, Math.round((bytes - 4e6) / RECORD_BYTES / 1.2))
  const heap = `--max-old-space-size=${1000 + Math.ceil(records / 100)}`
  const {status, stderr} = spawnSync(process.execPath, [heap, script, folder, String(records)], {encoding: 'utf8'})
  if (status !== 0) throw new Error(`leaking.cjs: ${stderr.trim()}`)
  return join(folder, `${LEAK_NAMES[2]}.heapsnapshot`)
}

/** The header's counts; undefined where the file does not begin with it. */
function countsOf(path) {
  const fd = openSync(path, 'r')
  try {
    const start = Buffer.alloc(1 << 16)
    const head = start.toString('latin1', 0, readSync(fd, start))
    const counted = field => {
      const match = new RegExp(`"${field}"\\s*:\\s*(\\d+)`).exec(head)
      return match === null ? undefined : Number(match[1])
    }
    return {nodes: counted('node_count'), edges: counted('edge_count')}
  } finally {
    closeSync(fd)
  }
}

/** From now on the file lies in the system's cache, for all tools alike. */
function readThrough(path) {
  const fd = openSync(path, 'r')
  const block = Buffer.allocUnsafe(4 << 20)
  while (readSync(fd, block) > 0);
  closeSync(fd)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

let settings
try {
  const {values} = parseArgs({options})
  if (values.help) console.log(USAGE)
  else settings = settingsOf(values)
} catch (error) {
  say(`${error.message}\n${USAGE}`)
  process.exitCode = 2
}
if (settings?.merge.length > 0) mergePieces(settings)
else if (settings !== undefined) await main(settings)
