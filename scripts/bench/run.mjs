/** Measures heapgraph and the other tools side by side and writes BENCHMARKS.md. `--help` says how. */
import {execFileSync, spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {loadavg, tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {generate, parseSize, SHAPES} from './generate.mjs'
import {measureInTurn, spread, stopRunning} from './measure.mjs'
import {anObject, buildIndex, fileCommands, stagesProgram, startCommands} from './ours.mjs'
import {peers as knownPeers} from './peers.mjs'
import {markdown} from './report.mjs'

const USAGE = `usage: npm run bench -- [options]

Measures heapgraph and other tools on the same files and writes BENCHMARKS.md. All sizes take hours, and as
much disk as the largest file. Nothing else should run on the machine.
  --sizes LIST     of the files with shape mixed (default: 5mb,10mb,100mb,450mb,1gb,3gb; "none" for none)
  --shapes LIST    further shapes: ${Object.keys(SHAPES).join(', ')}, or real: the heap of a
                   Node program, 1 GB at most (default: strings,list,wide,crosslinked,real; "none" for none)
  --shape-size S   size of the files of further shapes (default: 100mb)
  --file PATH      measure this file, too; may be repeated
  --runs N         rounds (default: 5)
  --peers DIR      where the other tools are installed (default: $PEERS); without it only DevTools' worker takes part
  --only LIST      only what has one of these words in "tool question": heapgraph,rust,types
  --limit SECONDS  the longest a run may take (default: 900)
  --budget SECONDS who has taken so long on a file in all is not run again (default: 180)
  --stages         the seconds of each stage of types, too
  --seed N         of the generator (default: 1)
  --keep           leave the generated files in the temporary folder
  -o, --output F   where to write (default: BENCHMARKS.md)`

const SMALL = 50e6
const OBJECT_BYTES = 1210

const text = name => ({type: 'string', default: name})
const options = {
  sizes: text('5mb,10mb,100mb,450mb,1gb,3gb'),
  shapes: text('strings,list,wide,crosslinked,real'),
  'shape-size': text('100mb'),
  file: {type: 'string', multiple: true, default: []},
  runs: text('5'),
  peers: {type: 'string'},
  only: {type: 'string'},
  limit: text('900'),
  budget: text('180'),
  stages: {type: 'boolean', default: false},
  seed: text('1'),
  keep: {type: 'boolean', default: false},
  output: {...text(fileURLToPath(new URL('../../BENCHMARKS.md', import.meta.url))), short: 'o'},
  help: {type: 'boolean', short: 'h'},
}

function settingsOf(values) {
  const number = (name, least) => {
    const value = Number(values[name])
    if (!Number.isFinite(value) || value < least)
      throw new Error(`--${name} ${values[name]}: no number from ${least} on`)
    return value
  }
  const list = name => (values[name] === undefined || values[name] === 'none' ? [] : values[name].split(','))
  const shapes = list('shapes')
  const unknown = shapes.find(shape => shape !== 'real' && SHAPES[shape] === undefined)
  if (unknown !== undefined) throw new Error(`no such shape: ${unknown}`)
  const size = values['shape-size']
  return {
    runs: number('runs', 1),
    limitSeconds: number('limit', 1),
    budget: number('budget', 0),
    seed: number('seed', 0),
    stages: values.stages,
    keep: values.keep,
    output: resolve(values.output),
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
  try {
    say(`load ${loadavg()[0].toFixed(1)}`)
    await measureStart(state)
    for (const spec of settings.specs) {
      const path = spec.path ?? make(spec, folder, settings.seed)
      await measureFile(state, spec, path, isMeant)
      // After each file, so that a run that is broken off leaves what it has found.
      writeFileSync(settings.output, markdown(state))
      if (spec.path === undefined && !settings.keep) rmSync(path)
    }
  } finally {
    remove()
  }
  writeFileSync(settings.output, markdown(state))
  say(`load ${loadavg()[0].toFixed(1)}`)
  if (settings.keep) say(`files kept in ${folder}`)
}

async function measureStart({settings, results}) {
  const commands = startCommands.map(({question, command}) => ({key: question, command}))
  const runs = Math.max(settings.runs, 11)
  const measured = await measureInTurn(commands, {...settings, runs, warmUp: true})
  for (const [question, result] of measured) {
    results.push(summary({tool: question.startsWith('node') ? 'node' : 'heapgraph', question}, result))
  }
}

async function measureFile({settings, peers, files, results, stages}, spec, path, isMeant) {
  const bytes = statSync(path).size
  files.push({label: spec.label, shape: spec.shape, bytes, ...countsOf(path)})
  say(`${spec.label}: ${(bytes / 1e6).toFixed(1)} MB`)
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
    })),
    ...peers.map(peer => ({...peer, command: peer.command?.(path, object)})),
  ].filter(({tool, question}) => isMeant(tool, question))
  const commands = all.flatMap((one, key) => (one.command === undefined ? [] : [{key, command: one.command}]))
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
if (settings !== undefined) await main(settings)
