/** Every JSON document is as its schema in schemas/ says: all golden ones, and those of every command on two heaps. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {Ajv2020} from 'ajv/dist/2020.js'
import {proofJson} from '../../src/emit/text/proof.ts'
import {cutSteps, proofOf, proofView} from '../../src/index.ts'
import {closures, openSnapshot, toJson, whatIf} from '../../src/public/heapgraph.ts'
import {plot, type Recording, readRecording, toPlotJson} from '../../src/public/record.ts'
import type {CutOutcome} from '../../src/util/cut-step.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'

interface Schema {
  title?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: boolean | Schema
  const?: string
}

const FOLDER = join(ROOT, 'schemas')
const schemas = readdirSync(FOLDER).map(name => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Schema)

/** As published, a schema lets new fields pass. Here none may: a field that it does not name has been forgotten in it. */
function closed(schema: Schema): Schema {
  const {properties, items} = schema
  const inside = Object.entries(properties ?? {}).map(([name, part]) => [name, closed(part)])
  return {
    ...schema,
    ...(items !== undefined && {items: closed(items)}),
    ...(properties !== undefined && {properties: Object.fromEntries(inside), additionalProperties: false}),
  }
}

const ajv = new Ajv2020({strict: true, strictTypes: false, allErrors: true})
const validators = new Map(
  schemas.map(schema => [schema.properties?.schema.const ?? '', ajv.compile(closed(schema) as object)]),
)

function check(text: string, what: string): string {
  const document = JSON.parse(text) as {schema: string}
  const validate = validators.get(document.schema)
  assert.ok(validate !== undefined, `${what}: no schema for ${document.schema}`)
  const isValid = validate(document)
  assert.ok(isValid, `${what} (${document.schema}): ${ajv.errorsText(validate.errors?.slice(0, 5))}`)
  return document.schema
}

const seen = new Set<string>()

test('all golden documents', () => {
  const folder = join(ROOT, 'test', 'golden')
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  assert.ok(names.length > 10)
  for (const name of names) seen.add(check(readFileSync(join(folder, name), 'utf8'), name))
})

const PAGE = 'fixtures/snapshots/page.chromium.heapsnapshot.gz'
const WHAT_IF = 'fixtures/snapshots/what-if.node20.heapsnapshot.gz'

/** What each command is asked of both heaps, before the name of the file. */
const COMMANDS: string[][] = [
  ['info'],
  ['types'],
  ['types', '--shallow', '--by', 'script'],
  ['types', '--shallow', '--by', 'realm'],
  ['types', '--shallow', '--by', 'package'],
  ['list', '--type', '/Map|HTML/', '--limit', '5'],
  ['show', '@5'],
  ['backrefs', '--type', 'Map'],
  ['refs', '--type', 'Map', '--depth', '1'],
  ['why', '--type', 'Map'],
  ['path', '--type', 'Map', '--count', '2'],
  ['path', '--type', 'Map', '--raw'],
  ['dominators'],
  ['cycles', '--limit', '3'],
  ['cycles', '--shallow', '--limit', '3'],
  ['detached'],
  ['sql', 'SELECT * FROM node ORDER BY id LIMIT 5'],
  ['suspects', '--min-share', '1'],
  ['async', '--limit', '3'],
  ['strings', '--limit', '3'],
  ['waste'],
  ['closures'],
  ['assert', '--max', 'Map=1', '--max-retained', 'Map=1kB', '--no-path', 'Map -> Nothing'],
  ['what-if', '--cut', 'Map[]', '--limit', '3'],
]

for (const file of [PAGE, WHAT_IF]) {
  test(`every command on ${file}`, async () => {
    let answered = 0
    for (const [command, ...options] of COMMANDS) {
      const {stdout, code} = await heapgraph([command, ...options, '--format', 'json', join(ROOT, file)])
      assert.ok(code === 0 || code === 1, `${command}: ${code}`)
      if (stdout === '') continue
      answered++
      seen.add(check(stdout, `${command} ${options.join(' ')}`))
    }
    assert.ok(answered > 14, `${answered} answers`)
  })
}

test('commands on a heap with allocation stacks', async () => {
  const file = 'fixtures/snapshots/tracked.node20.heapsnapshot.gz'
  const one = (await heapgraph(['list', '--where', 'allocated~tracked', '--ids', file])).stdout.split('\n')[0]
  for (const args of [
    ['makers'],
    ['makers', '--limit', '1', '--where', 'allocated~tracked'],
    ['types', '--by', 'allocated'],
    ['types', '--by', 'born', '--shallow'],
    ['show', one],
    ['why', one],
    ['suspects', '--min-share', '1'],
  ]) {
    const {stdout} = await heapgraph([...args, '--json', file])
    seen.add(check(stdout, args.join(' ')))
    if (args[0] === 'show') assert.notEqual(JSON.parse(stdout).stack, null)
    if (args[0] === 'why') assert.equal(JSON.parse(stdout).owners.allocated.length, 1)
  }
})

test('sampled allocations, of one profile and of two', async () => {
  const head = {callFrame: {functionName: 'f', scriptId: '1', url: '/app/x.js', lineNumber: 1, columnNumber: 1}}
  const file = join(temporaryFolder(), 'x.heapprofile')
  writeFileSync(file, JSON.stringify({head: {...head, selfSize: 7, id: 1, children: []}, samples: []}))
  const tracked = 'fixtures/snapshots/tracked.node20.heapsnapshot.gz'
  for (const args of [
    [file],
    [file, file],
    ['--by', 'package', file],
    [file, '--with', tracked],
    [file, '--with', file],
  ]) {
    const {stdout} = await heapgraph(['allocations', '--json', ...args])
    seen.add(check(stdout, args.join(' ')))
  }
})

/** Some seconds of a program, as memory_profiler writes them. */
function recorded(): Promise<Recording> {
  const lines = [0, 1, 2, 3].map(second => `MEM ${10 + second}.5 ${1_600_000_000 + second}.25`)
  return readRecording(Buffer.from(`CMDLINE node\n${lines.join('\n')}\n`), {metric: 'rss'})
}

test('a plot and unused variables', async () => {
  const recording: Recording = {
    file: 'x',
    metric: 'heapUsed',
    command: 'node',
    threads: [],
    marks: [{time: 1, text: 'a mark', recording: 0}],
    seconds: 2,
    isFinished: true,
    notes: [],
  }
  seen.add(check(toPlotJson(plot([recording])), 'plot of nothing'))
  seen.add(check(toPlotJson(plot([await recorded()])), 'plot'))
  const snapshot = await openSnapshot(join(ROOT, 'fixtures/snapshots/closure.node20.heapsnapshot.gz'))
  seen.add(check(toJson(closures(snapshot)), 'closures'))
})

test('a proof', async () => {
  const snapshot = await openSnapshot(join(ROOT, WHAT_IF))
  const answer = whatIf(snapshot, ['tenants', 'auditTrail'])
  const plan = cutSteps(snapshot, answer.cuts)
  // Compared with the same heap nothing is gone: every row has stayed, and one step was refused.
  const outcomes = plan.steps.map((_, i) => (i === 0 ? {failed: 'read only'} : 'done')) as CutOutcome[]
  const view = proofView(answer, plan, outcomes, proofOf(answer, snapshot), {of: 'process 4711'})
  assert.ok(view.rows.length > 0 && view.uncut.length > 0)
  seen.add(check(proofJson(view), 'proof'))
})

test('each document has been met, each schema is told in docs/json.md', () => {
  const titles = schemas.map(({title}) => title ?? '')
  assert.deepEqual(
    titles.filter(title => !seen.has(title)),
    [],
  )
  const told = readFileSync(join(ROOT, 'docs', 'json.md'), 'utf8')
  for (const title of titles) assert.ok(told.includes(`\`${title}\``), title)
})
