/**
 * Whole answers, byte for byte. `UPDATE_GOLDEN=1 node scripts/run-tests.mjs golden` writes them anew: look
 * at the difference before it is committed. What went to stderr, and the exit codes, are in `remarks.txt`.
 */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {after, test} from 'node:test'
import {indexFolder, openSnapshot, saveIndex} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from './cli.ts'

// File names stand in the answers: relative ones, so that they are the same from any checkout.
process.chdir(ROOT)
const FOLDER = 'test/golden'
const REMARKS = 'remarks.txt'
const isUpdating = (process.env.UPDATE_GOLDEN ?? '') !== ''

const BUFFERS = 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'
const CYCLES = 'fixtures/snapshots/cycles.node20.heapsnapshot.gz'
const HOSTILE = 'fixtures/snapshots/hostile-names.node20.heapsnapshot.gz'
const LISTENER = 'fixtures/snapshots/listener.node20.heapsnapshot.gz'
const PAGE = 'fixtures/snapshots/page.chromium.heapsnapshot.gz'
const SERVER = 'fixtures/snapshots/srv.node20.heapsnapshot.gz'
const GROWING = ['base', 'target', 'final'].map(part => `fixtures/snapshots/growing.node20.${part}.heapsnapshot.gz`)
const CONTROL = GROWING.map(file => file.replace('growing', 'growing-control'))
const AGAIN = [GROWING[0], ...GROWING.slice(1).map(file => file.replace('growing', 'growing-again'))]
const SMALL = 'fixtures/odd/compact.heapsnapshot'
const TRACKED = 'fixtures/snapshots/tracked.node20.heapsnapshot.gz'
const WASTE = 'fixtures/snapshots/waste.node20.heapsnapshot.gz'
const WHAT_IF = 'fixtures/snapshots/what-if.node20.heapsnapshot.gz'
const ZOO = 'fixtures/snapshots/types-zoo.node24.heapsnapshot.gz'

const ENDINGS: Record<string, string> = {text: 'txt', json: 'json', dot: 'dot', svg: 'svg', mermaid: 'mmd', md: 'md'}

/** Name, form and command line of each answer, or `nothing` on stdout; `info` as text says how much memory is free, so it is JSON only. */
const CASES: [name: string, format: 'text' | 'json' | 'dot' | 'svg' | 'mermaid' | 'md' | 'nothing', args: string[]][] =
  [
    ['help', 'text', ['--help']],
    ['help-path', 'text', ['path', '--help']],
    ['makers', 'text', ['makers', TRACKED]],
    ['makers', 'json', ['makers', '--limit', '3', TRACKED]],
    ['makers', 'svg', ['makers', TRACKED]],
    ['info-buffers', 'json', ['info', BUFFERS]],
    ['info-page', 'json', ['info', PAGE]],
    ['types-zoo', 'text', ['types', ZOO]],
    ['types-hostile', 'text', ['types', '--filter', '/[^\\x20-\\x7e]/', '--sort', 'name', '--limit', '100', HOSTILE]],
    ['types-small', 'json', ['types', SMALL]],
    ['list-page', 'text', ['list', '--type', '/^Detached/', '--limit', '12', PAGE]],
    ['list-functions', 'text', ['list', '--name', '/^on[A-Z]/', '--sort', 'id', '--limit', '12', LISTENER]],
    ['list-small', 'json', ['list', '--type', '/./', SMALL]],
    ['show-small', 'text', ['show', '@5', SMALL]],
    ['show-small', 'json', ['show', '@5', SMALL]],
    ['backrefs-buffers', 'text', ['backrefs', '--type', 'Buffer', BUFFERS]],
    ['backrefs-buffers', 'json', ['backrefs', '--type', 'Buffer', '--depth', '2', '--fan', '3', BUFFERS]],
    ['backrefs-buffers', 'dot', ['backrefs', '--type', 'Buffer', BUFFERS]],
    ['backrefs-buffers', 'svg', ['backrefs', '--type', 'Buffer', BUFFERS]],
    ['backrefs-page', 'text', ['backrefs', '--type', '/^Detached/', '--depth', '4', PAGE]],
    ['backrefs-hostile', 'text', ['backrefs', '--type', 'Hostile', '--fan', '50', HOSTILE]],
    ['backrefs-hostile', 'svg', ['backrefs', '--type', 'Hostile', '--fan', '50', HOSTILE]],
    ['why-server', 'text', ['why', '--type', 'UserRecord', SERVER]],
    ['why-server', 'dot', ['why', '--type', 'UserRecord', SERVER]],
    ['why-server', 'mermaid', ['why', '--type', 'UserRecord', SERVER]],
    ['refs-listener', 'text', ['refs', '--type', 'UserRecord', LISTENER]],
    ['refs-small', 'dot', ['refs', '--id', '@5', SMALL]],
    ['path-listener', 'text', ['path', '--type', 'UserRecord', '--count', '3', LISTENER]],
    ['path-listener-raw', 'text', ['path', '--type', 'UserRecord', '--raw', LISTENER]],
    ['path-listener', 'json', ['path', '--type', 'UserRecord', LISTENER]],
    ['path-listener', 'dot', ['path', '--type', 'UserRecord', '--count', '3', LISTENER]],
    ['path-page', 'svg', ['path', '--type', '/^Detached/', '--count', '2', PAGE]],
    ['dominators-listener', 'text', ['dominators', '--depth', '2', LISTENER]],
    ['dominators-listener', 'dot', ['dominators', '--depth', '1', '--fan', '5', LISTENER]],
    ['detached-page', 'text', ['detached', PAGE]],
    ['cycles', 'text', ['cycles', '--limit', '8', CYCLES]],
    ['cycles-ring', 'json', ['cycles', '--type', 'RingA', CYCLES]],
    ['cycles-ring', 'dot', ['cycles', '--type', 'RingA', CYCLES]],
    ['cycles-long', 'text', ['cycles', '--min-length', '3', '--max-length', '10', '--type', '/^(Ring|Ten)/', CYCLES]],
    ['what-if', 'text', ['what-if', '--cut', 'tenants', '--cut', 'auditTrail', WHAT_IF]],
    ['what-if', 'json', ['what-if', '--cut', 'RequestCache.entries', BUFFERS]],
    ['what-if-stays', 'text', ['what-if', '--cut', 'Map(byId)', '--cut', 'on "flush"', '--type', 'UserRecord', SERVER]],
    ['what-if-near', 'nothing', ['what-if', '--cut', 'RequestCache.entires', BUFFERS]],
    ['what-if-misread', 'nothing', ['what-if', '--cut', '[3', BUFFERS]],
    ['growth', 'text', ['growth', ...GROWING]],
    ['growth', 'json', ['growth', '--new', '--limit', '3', ...GROWING]],
    ['growth', 'md', ['growth', '--shallow', '--limit', '8', ...GROWING]],
    ['growth-holder', 'text', ['growth', '--by', 'holder', '--limit', '12', ...GROWING]],
    ['growth-path-again', 'text', ['growth', '--by', 'path', '--new', '--limit', '12', ...AGAIN]],
    ['growth-nothing', 'text', ['growth', CONTROL[2], CONTROL[2]]],
    ['leaks', 'text', ['leaks', ...GROWING]],
    ['leaks', 'json', ['leaks', '--limit', '2', ...GROWING]],
    ['leaks', 'md', ['leaks', ...AGAIN]],
    ['leaks', 'svg', ['leaks', ...GROWING]],
    ['leaks-control', 'text', ['leaks', ...CONTROL]],
    ['suspects', 'text', ['suspects', BUFFERS]],
    ['suspects', 'json', ['suspects', BUFFERS]],
    ['suspects-server', 'text', ['suspects', '--min-share', '2', SERVER]],
    ['strings', 'text', ['strings', '--limit', '12', WASTE]],
    ['strings-match', 'json', ['strings', '--match', 'a label made', WASTE]],
    ['strings-hostile', 'text', ['strings', '--match', '/[^\\x20-\\x7e]/', '--limit', '40', HOSTILE]],
    ['async', 'text', ['async', 'fixtures/snapshots/async-context.node24.heapsnapshot.gz']],
    ['async', 'json', ['async', '--limit', '1', 'fixtures/snapshots/srv.node24.heapsnapshot.gz']],
    ['waste', 'text', ['waste', WASTE]],
    ['waste', 'json', ['waste', '--limit', '1', WASTE]],
    [
      'assert',
      'text',
      [
        'assert',
        '--max',
        'UserRecord=10',
        '--max',
        'UserRecrod=1',
        '--max-retained',
        'UserRecord=1MB',
        '--no-path',
        'UserRecord -> globalThis',
        SERVER,
      ],
    ],
    ['assert', 'json', ['assert', '--max-retained', 'RequestCache=1kB', '--no-path', 'Map -> Nothing', BUFFERS]],
    ['assert-misread', 'nothing', ['assert', '--max', 'UserRecord', SERVER]],
    ['no-type', 'nothing', ['backrefs', '--type', 'UserRecrod', LISTENER]],
    ['no-cycle', 'text', ['cycles', SMALL]],
    ['broken', 'nothing', ['types', 'fixtures/broken/edge-target-off-grid.heapsnapshot']],
  ]

const remarks: string[] = []

/**
 * The first answer about a file is read from it, all others from the index that is then written: so that both give the same bytes, and in
 * two thirds of the time.
 */
const env = {XDG_CACHE_HOME: temporaryFolder()}
const indexed = new Set<string>()

async function keepIndexes(args: readonly string[]): Promise<void> {
  for (const file of args.filter(arg => arg.endsWith('.heapsnapshot.gz') && !indexed.has(arg))) {
    indexed.add(file)
    saveIndex(await openSnapshot(file, {index: 'auto', indexFolder: indexFolder(env)}), {fromBytes: 0})
  }
}

function held(file: string, actual: string): void {
  const path = `${FOLDER}/${file}`
  if (isUpdating) writeFileSync(path, actual)
  assert.equal(actual, readFileSync(path, 'utf8'), `${path}: UPDATE_GOLDEN=1 accepts this`)
}

function fileOf(name: string, format: string): string {
  return `${name}.${ENDINGS[format]}`
}

const ANSWERS = CASES.filter(([, format]) => format !== 'nothing').map(([name, format]) => fileOf(name, format))

// Only what no case writes: with a pattern for names, the others are not written anew.
if (isUpdating) {
  for (const file of readdirSync(FOLDER)) {
    if (file !== REMARKS && !ANSWERS.includes(file)) rmSync(`${FOLDER}/${file}`)
  }
}

for (const [name, format, args] of CASES) {
  test(`heapgraph ${args.join(' ')}, as ${format}`, async () => {
    const line = format === 'text' || format === 'nothing' ? args : [...args, '--format', format]
    const {code, stdout, stderr} = await heapgraph(line, {env})
    await keepIndexes(args)
    remarks.push(`$ heapgraph ${line.join(' ')}\n[${code}] ${stderr.trimEnd()}\n`)
    if (format === 'nothing') assert.equal(stdout, '')
    else held(fileOf(name, format), stdout)
  })
}

test('what went to stderr, and the exit codes', () => {
  held(REMARKS, remarks.join('\n'))
})

test('the folder holds nothing else, and no path of this machine', () => {
  const expected = [REMARKS, ...ANSWERS]
  assert.deepEqual(readdirSync(FOLDER).sort(), expected.sort())
  for (const file of expected) assert.ok(!readFileSync(`${FOLDER}/${file}`, 'utf8').includes(ROOT.slice(0, -1)), file)
})

if (isUpdating) after(() => console.log(`${FOLDER} was written anew`))
