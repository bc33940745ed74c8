/** `growth --baseline`: only what grows beyond what was written down counts; and `--fail`, which turns exit codes round. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import type {GrowthBaseline, GrowthView} from '../../src/index.ts'
import {growthBaseline, growth as growthOf} from '../../src/public/heapgraph.ts'
import {heapgraph, ROOT, temporaryFolder} from './cli.ts'

const FOLDER = temporaryFolder()
const fixture = (name: string) => join(ROOT, `fixtures/snapshots/${name}.heapsnapshot.gz`)
const [BASE, TARGET, FINAL] = ['base', 'target', 'final'].map(part => fixture(`growing.node20.${part}`))
/** Of another process of the same program, after as much work. */
const AGAIN = fixture('growing-again.node20.target')

async function growth(...args: string[]): Promise<{code: number; view: GrowthView; stderr: string}> {
  const {code, stdout, stderr} = await heapgraph(['growth', '--shallow', '--json', ...args])
  return {code, view: stdout === '' ? ({} as GrowthView) : (JSON.parse(stdout) as GrowthView), stderr}
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as GrowthBaseline

for (const by of ['type', 'holder', 'path']) {
  test(`by ${by}: what grew as much as before is counted, what grew more is told`, async () => {
    const file = join(FOLDER, `${by}.json`)
    const asked = ['--by', by, '--baseline', file]
    const plain = await growth('--by', by, '--limit', '1000', BASE, TARGET)
    const written = await growth(...asked, '--update-baseline', BASE, TARGET)
    assert.equal(written.code, 0)
    assert.match(written.stderr, /that grew written to /)
    assert.equal(written.view.total.grew, plain.view.total.grew)
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0)

    const same = await growth(...asked, BASE, TARGET)
    assert.deepEqual([same.code, same.view.total.grew, same.view.collections], [1, 0, []])
    assert.equal(same.view.baseline?.rows, plain.view.total.grew)
    assert.equal(same.view.baseline?.collections, plain.view.collections.length)
    assert.match(same.view.limits.join('\n'), /grew no more than the baseline allows, and do not count/)
    const {stdout} = await heapgraph(['growth', '--shallow', ...asked, BASE, TARGET])
    assert.match(stdout, /^nothing grew beyond the baseline$/m)

    const more = await growth(...asked, BASE, FINAL)
    assert.equal(more.code, 0)
    assert.ok(more.view.total.grew > 5)
    assert.ok(more.view.collections.some(({name}) => name.includes('sessions')))
    // Twice as much is allowed: all but tables of Maps, which grow by leaps.
    const allowed = await growth(...asked, '--tolerance', '100', BASE, FINAL)
    assert.ok(allowed.view.total.grew <= 2, JSON.stringify(allowed.view.rows))
    // The limit is for what is told.
    assert.equal((await growth(...asked, '--limit', '2', BASE, FINAL)).view.rows.length, 2)
  })
}

test('what one process grew by is the baseline of another', async () => {
  const file = join(FOLDER, 'processes.json')
  await growth('--by', 'holder', '--baseline', file, '--update-baseline', BASE, TARGET)
  const {code, view} = await growth('--by', 'holder', '--baseline', file, BASE, AGAIN)
  assert.deepEqual(
    view.rows.filter(({counts}) => counts[1] > counts[0]).map(({name}) => name),
    [],
  )
  assert.equal(code, 1)
})

test('what has not grown is told, and updating takes it out', async () => {
  const file = join(FOLDER, 'unused.json')
  await growth('--by', 'holder', '--baseline', file, '--update-baseline', BASE, TARGET)
  const found = read(file)
  const gone = {fingerprint: 'mended in src/mended.js', count: 100, selfBytes: 100}
  writeFileSync(file, JSON.stringify({...found, grew: [...found.grew, gone]}))
  const {view} = await growth('--by', 'holder', '--baseline', file, BASE, TARGET)
  assert.equal(view.baseline?.unused, 1)
  assert.match(view.limits.join('\n'), /1 entry of the baseline has not grown; --update-baseline takes it out/)
  await growth('--by', 'holder', '--baseline', file, '--update-baseline', BASE, TARGET)
  assert.deepEqual(read(file), found)
  // Lines move with each change.
  assert.ok(!/:\d/.test(found.grew.map(({fingerprint}) => fingerprint).join('\n')))
})

test('a baseline that is none, or of other rows, is told before a snapshot is read', async () => {
  const file = join(FOLDER, 'broken.json')
  const tried: [content: string | undefined, options: string[], said: RegExp][] = [
    [undefined, [], /no such baseline.*--update-baseline/],
    ['', [], /is no baseline of growth/],
    ['null', [], /is no baseline of growth/],
    [
      '{"by": "type", "grew": [{"fingerprint": "A", "count": -1, "selfBytes": 0}], "collections": []}',
      [],
      /is no baseline/,
    ],
    ['{"by": "name", "grew": [], "collections": []}', [], /is no baseline of growth/],
    ['{"by": "holder", "grew": [], "collections": []}', [], /is a baseline by holder; add --by holder/],
    ['{"by": "type", "grew": [], "collections": []}', ['--format', 'mermaid'], /a picture of growth has no rows/],
  ]
  for (const [content, options, said] of tried) {
    if (content !== undefined) writeFileSync(file, content)
    const {code, stdout, stderr} = await heapgraph(['growth', ...options, '--baseline', file, 'no-such', 'snapshots'])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, said)
  }
  const {code, stderr} = await heapgraph(['growth', '--update-baseline', BASE, TARGET])
  assert.equal(code, 2)
  assert.match(stderr, /--update-baseline has no file/)
})

test('--fail: 1 if something is found, 0 if nothing is, 2 as ever', async () => {
  const heap = fixture('seven-leaks.node20')
  const file = join(FOLDER, 'fail.json')
  const known = join(FOLDER, 'known.json')
  await heapgraph(['growth', '--shallow', '--baseline', file, '--update-baseline', BASE, TARGET])
  await heapgraph(['leaks', '--known', known, '--update-known', '--limit', '100', BASE, TARGET, FINAL])
  assert.ok(existsSync(file) && existsSync(known))
  const asked: [found: boolean, ...args: string[]][] = [
    [true, 'growth', '--shallow', BASE, TARGET],
    [false, 'growth', '--shallow', '--baseline', file, BASE, TARGET],
    [true, 'leaks', BASE, TARGET, FINAL],
    [false, 'leaks', '--known', known, BASE, TARGET, FINAL],
    [true, 'suspects', '--min-share', '1', heap],
    [false, 'suspects', '--min-share', '100', heap],
    [true, 'detached', fixture('detached-page.chromium')],
    [false, 'detached', heap],
  ]
  for (const [isFound, ...args] of asked) {
    assert.equal((await heapgraph(args)).code, isFound ? 0 : 1, args.join(' '))
    const {code, stdout} = await heapgraph([...args, '--fail'])
    assert.equal(code, isFound ? 1 : 0, args.join(' '))
    assert.ok(stdout !== '' || !isFound)
  }
  assert.equal((await heapgraph(['leaks', '--fail', 'no-such', BASE])).code, 2)
})

test('in a program: the same baseline, and the same answer beyond it', async () => {
  const file = join(FOLDER, 'program.json')
  await growth('--by', 'holder', '--baseline', file, '--update-baseline', BASE, TARGET)
  const baseline = await growthBaseline([BASE, TARGET], {by: 'holder'})
  assert.deepEqual(baseline, read(file))
  const {view} = await growth('--by', 'holder', '--baseline', file, BASE, FINAL)
  const asked = {by: 'holder', retained: false, baseline} as const
  assert.deepEqual(JSON.parse(JSON.stringify(await growthOf([BASE, FINAL], asked))).rows, view.rows)
  assert.equal((await growthOf([BASE, TARGET], asked)).total.grew, 0)
  const {stdout} = await heapgraph([
    'growth',
    '--shallow',
    '--json',
    '--by',
    'holder',
    '--baseline',
    file,
    '--tolerance',
    '100',
    BASE,
    FINAL,
  ])
  const {total} = await growthOf([BASE, FINAL], {...asked, tolerance: 1})
  assert.deepEqual(total, JSON.parse(stdout).total)
  await assert.rejects(growthOf([BASE, FINAL], {baseline}), {code: 'USAGE', message: 'the baseline is by holder'})
  await assert.rejects(growthOf([BASE, FINAL], {baseline: {by: 'holder'} as never}), {code: 'USAGE'})
})
