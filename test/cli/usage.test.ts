/** What a person gets who asks for help, or asks wrongly. */
import assert from 'node:assert/strict'
import {readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {parseXml} from '../emit/xml.ts'
import {heapText} from '../support/ascii-heap.ts'
import {EMPTY_HEAP, heapgraph, QUESTIONS, type Result, ROOT, shellWords, temporaryFolder, writeApp} from './cli.ts'

process.chdir(ROOT)
const folder = temporaryFolder()
const app = writeApp(folder)
const BROKEN = 'fixtures/broken/truncated-in-nodes.heapsnapshot'
const COMMANDS = Object.keys(QUESTIONS)

/** Exit code 2, nothing on stdout, one line on stderr that begins with the program's name; the line is returned. */
function refusal({code, stdout, stderr}: Result, words: RegExp): void {
  assert.equal(stdout, '')
  assert.match(stderr, /^heapgraph: [^\n]+\n$/)
  assert.match(stderr, words)
  assert.equal(code, 2)
}

test('every command answers with 0, its answer on stdout and the next command on stderr', async () => {
  for (const [command, args] of Object.entries(QUESTIONS)) {
    const {code, stdout, stderr} = await heapgraph([...args, app])
    assert.equal(code, 0, command)
    assert.match(stdout, /\n$/, command)
    assert.match(stderr, /^next: heapgraph [^\n]+\n$/, command)
  }
})

test('the next command can be run as it stands', async () => {
  const spaced = writeApp(folder, "it's an app.heapsnapshot")
  for (const [command, args] of Object.entries(QUESTIONS)) {
    const {stderr} = await heapgraph([...args, spaced])
    const next = stderr.slice('next: heapgraph '.length, -1).replace('TYPE', 'Buffer')
    const words = [...next.matchAll(/'((?:[^']|'\\'')*)'|[^\s']+/g)].map(([word, quoted]) =>
      quoted === undefined ? word : quoted.replaceAll("'\\''", "'"),
    )
    const {code, stderr: told} = await heapgraph(words)
    assert.equal(code, 0, `${command}: ${next}: ${told}`)
  }
})

test('every command says with 1 what it did not find, and what comes near', async () => {
  const lines: [args: string[], words: RegExp][] = [
    [
      ['types', '--filter', 'Bufer'],
      /no object of type Bufer in .*app\.heapsnapshot \(1\d objects of \d+ types searched\); near: Buffer/,
    ],
    [['list', '--type', 'bufer'], /near: Buffer/],
    [['list', '--type', 'Nothing like it'], /heapgraph types .*app\.heapsnapshot lists the types/],
    [['list', '--name', 'Nothing'], /no object named Nothing/],
    [['show', '@4'], /no object @4 in/],
    [['backrefs', '--type', 'Servr'], /near: Server/],
    [['refs', '--id', '@4'], /no object @4 in/],
    [['dominators', '@4'], /no object @4 in/],
    [['path', '--type', '/^Zzz/'], /no object of type \/\^Zzz\//],
    [['path', '--type', 'Buffer', '--to', 'Serve'], /no object of type Serve .*near: Server/],
    [['cycles', '--type', 'Chld'], /near: Child/],
  ]
  for (const [args, words] of lines) {
    const {code, stdout, stderr} = await heapgraph([...args, app])
    assert.equal(stdout, '')
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
    assert.equal(code, 1, args.join(' '))
  }
})

test('a whole heap without what was asked about is 1, and says so', async () => {
  const noPath = await heapgraph(['path', '--type', 'Buffer', '--to', 'Child', app])
  assert.equal(noPath.code, 1)
  assert.match(noPath.stdout, /no path found/)
  const noSize = await heapgraph(['types', 'fixtures/odd/only-root.heapsnapshot'])
  assert.equal(noSize.code, 1)
  assert.match(noSize.stderr, /^heapgraph: no object that has a size in .* \(1 object of 1 type searched\)\n$/)
  const noDom = await heapgraph(['detached', 'fixtures/odd/compact.heapsnapshot'])
  assert.equal(noDom.code, 1)
  assert.match(noDom.stderr, /^heapgraph: no detached DOM tree in .* \(5 objects of \d types searched\)\n$/)
  const noCycle = await heapgraph(['cycles', '--type', 'Buffer', app])
  assert.equal(noCycle.code, 1)
  assert.match(noCycle.stdout, /no cycles/)
})

test('names out of the heap cannot steer the terminal, not even in a remark', async () => {
  const hostile = join(folder, 'hostile.heapsnapshot')
  writeFileSync(
    hostile,
    heapText(String.raw`root -> A
    A: object "Bell\u0007\u001b[31m" 16 @77`),
  )
  const {code, stderr} = await heapgraph(['list', '--type', 'Bell', hostile])
  assert.equal(code, 1)
  assert.match(stderr, /near: Bell\\u\{7\}\\u\{1b\}\[31m\n$/)
})

test('every command refuses what it cannot understand with 2 and one sentence', async () => {
  for (const command of COMMANDS) {
    const question = QUESTIONS[command]
    refusal(await heapgraph([...question]), /missing required argument '.*snapshot'; heapgraph [\w-]+ --help shows how/)
    refusal(await heapgraph([...question, '--nonsense', app]), /unknown option '--nonsense'/)
    // As many snapshots as one likes can be compared, and asked in SQL.
    if (command !== 'growth' && command !== 'sql')
      refusal(await heapgraph([...question, app, app, app]), /too many arguments|more than one snapshot was given/)
    refusal(await heapgraph([...question, '--format', 'pdf', app]), /'pdf' is invalid; allowed choices are text, json/)
    refusal(await heapgraph([...question, '--json', '--format', 'text', app]), /'--json' cannot be used with/)
    refusal(
      await heapgraph([...question, '-o', join(folder, 'x.pdf'), app]),
      /no format is known for the ending "\.pdf"/,
    )
    refusal(await heapgraph([...question, '-o', join(folder, 'x'), app]), /no format is known without an ending/)
    refusal(await heapgraph([...question, '-o', join(folder, 'not', 'x.json'), app]), /its folder does not exist/)
    refusal(await heapgraph([...question, '-o', join(app, 'x.json'), app]), /its folder is a file/)
    refusal(await heapgraph([...question, '-o', folder, app]), /this is a directory/)
    refusal(await heapgraph([...question, join(folder, 'missing')]), /missing: no such file/)
    refusal(await heapgraph([...question, folder]), /this is a directory/)
    if (command !== 'info') refusal(await heapgraph([...question, BROKEN]), /truncated-in-nodes.*byte 894/)
    refusal(await heapgraph([...question, 'fixtures/broken/png.heapsnapshot']), /not a V8 heap snapshot/)
  }
})

test('each command refuses options that make no sense to it', async () => {
  const lines: [args: string[], words: RegExp][] = [
    [['types', '--limit', 'many'], /'--limit <n>' argument 'many' is invalid; it must be a whole number above 0/],
    [['types', '--limit', '-1'], /whole number/],
    [['types', '--limit', '1e3'], /whole number/],
    [['types', '--limit', '99999999999999999999'], /whole number/],
    [['types', '--limit', ''], /whole number/],
    [['types', '--limit', '0'], /whole number above 0/],
    [['types', '--sort', 'size'], /'size' is invalid; allowed choices are retained, self, off-heap, count, name/],
    [['types', '--filter', '/[/'], /\/\[\/ is not a valid regular expression/],
    [['types', '--format', 'dot'], /allowed choices are text, json/],
    [['types', '-o', join(folder, 'x.svg')], /this command writes text, json, not svg/],
    [['info', '-o', join(folder, 'x.dot')], /this command writes text, json, not dot/],
    [['list'], /no objects were selected; give one of --type, --id, --name/],
    [['list', '--type', 'A', '--id', '3'], /more than one of --type, --id, --name was given/],
    [['list', '--type', '/(/'], /not a valid regular expression/],
    [['list', '--limit', '0', '--type', 'A'], /whole number above 0/],
    [['list', '--sort', 'name', '--type', 'A'], /allowed choices are retained, self, off-heap, id, distance/],
    [['show', 'Buffer'], /'Buffer' is invalid for argument '@id'; it must look like @12345/],
    [['show', '@'], /it must look like @12345/],
    [['show', '-1'], /it must look like @12345/],
    [['show', '@1', '--limit', '0'], /whole number above 0/],
    [['backrefs'], /no objects were selected/],
    [['backrefs', '--id', '12a'], /it must look like @12345/],
    [['backrefs', '--type', 'A', '--name', 'b'], /more than one of --type, --id, --name/],
    [['backrefs', '--type', 'A', '--depth', '-2'], /whole number/],
    [['backrefs', '--type', 'A', '--min-share', '101'], /a number from 0 to 100/],
    [['backrefs', '--type', 'A', '--min-share', ''], /a number from 0 to 100/],
    [['refs', '--name', '/*/'], /not a valid regular expression/],
    [['refs', '--type', 'A', '--fan', '2.5'], /whole number/],
    [['path'], /no objects were selected/],
    [['path', '--type', 'Buffer', '--count', '0'], /whole number above 0/],
    [['path', '--type', 'Buffer', '--avoid', '/(/'], /not a valid regular expression/],
    [['path', '--type', 'Buffer', '--to', '/(/'], /not a valid regular expression/],
    [['dominators', 'Buffer'], /Buffer is not an id; it must look like @12345/],
    [['dominators', '--min', '1e1'], /'1e1' is invalid; it must be a number from 0 to 100/],
    [['dominators', '--fan', '0'], /whole number above 0/],
    [['cycles', '--limit', '0'], /whole number above 0/],
    [['cycles', '--type', '/(/'], /not a valid regular expression/],
  ]
  for (const [args, words] of lines) refusal(await heapgraph([...args, app]), words)
})

test('an id without a snapshot is told so', async () => {
  refusal(await heapgraph(['show', '@12345']), /missing required argument 'snapshot'/)
  refusal(await heapgraph(['dominators', '@12345']), /only @12345 was given; name the snapshot after it/)
})

test('--avoid may be repeated, and takes no more than its own word', async () => {
  const past = (...avoid: string[]) => heapgraph(['path', '--type', 'Buffer', ...avoid, app])
  assert.equal((await past('--avoid', 'Map')).code, 0)
  assert.equal((await past('--avoid', 'spare')).code, 0)
  assert.equal((await past('--avoid', 'Map', '--avoid', 'spare')).code, 1)
})

test('path says the way as code, with --raw as V8 has it', async () => {
  const chainOf = async (...options: string[]) =>
    JSON.parse((await heapgraph(['path', '--type', 'Buffer', '--json', ...options, app])).stdout).chains[0]
  const [chain, raw] = [await chainOf(), await chainOf('--raw')]
  assert.equal(raw.code, null)
  assert.deepEqual(raw.steps, [])
  assert.equal(chain.code.startsWith(chain.steps[0].text), true)
  const edges = chain.steps.reduce((sum: number, step: {edges: number}) => sum + step.edges, 0)
  assert.equal(edges, raw.edges.length)
})

test('a mistyped command or option is told with its likely meaning', async () => {
  refusal(await heapgraph(['typs', app]), /unknown command 'typs'; did you mean types\?/)
  refusal(await heapgraph(['backref', '--type', 'A', app]), /unknown command 'backref'; did you mean backrefs\?/)
  refusal(await heapgraph(['types', '--limt', '3', app]), /unknown option '--limt'; did you mean --limit\?/)
  refusal(await heapgraph(['zzz', app]), /unknown command 'zzz'; heapgraph --help shows the commands/)
  refusal(await heapgraph(['--nonsense']), /unknown option '--nonsense'/)
  refusal(await heapgraph(['help', 'zzz']), /unknown command 'zzz'/)
  refusal(await heapgraph(['--no-color']), /no command was given/)
  refusal(await heapgraph(['one\u001b[31m\ntwo']), /unknown command 'one\\u\{1b\}\[31m\\ntwo'/)
})

test('an answer never takes the place of its snapshot', async () => {
  const before = readFileSync(app)
  symlinkSync(app, join(folder, 'link.json'))
  refusal(await heapgraph(['types', '--json', '-o', app, app]), /this is the input snapshot; write to another file/)
  refusal(await heapgraph(['types', '-o', join(folder, 'link.json'), app]), /this is the input snapshot/)
  assert.deepEqual(readFileSync(app), before)
})

test('an output that cannot be written is told before the snapshot is read', async () => {
  const missing = join(folder, 'not', 'x.json')
  refusal(await heapgraph(['types', '-o', missing, 'no such snapshot']), /x\.json: cannot be written/)
})

test('a stack comes with --debug only, wherever it stands', async () => {
  const plain = await heapgraph(['types', 'missing'])
  assert.doesNotMatch(plain.stderr, /^ +at /m)
  for (const args of [
    ['--debug', 'types', 'missing'],
    ['types', 'missing', '--debug'],
  ]) {
    const {code, stderr} = await heapgraph(args)
    assert.equal(code, 2)
    assert.match(stderr, /^heapgraph: missing: no such file; check the path\nHeapgraphError: .*\n +at /)
  }
})

test('an internal error is one sentence, too', async () => {
  const stdout = {
    write() {
      throw new TypeError('a bug\nin two lines')
    },
  }
  let stderr = ''
  const {executeCli} = await import('../../src/cli/main.ts')
  const code = await executeCli(['types', app], {stdout, stderr: {write: text => (stderr += text)}, env: {}})
  assert.equal(stderr, 'heapgraph: internal error: a bug\\nin two lines; please report it with the output of --debug\n')
  assert.equal(code, 2)
})

test('every command of the help is asked in these tests', async () => {
  const {stdout} = await heapgraph(['--help'])
  const names = [...stdout.slice(stdout.indexOf('\nCommands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)
  // `record`, `plot`, `capture`, `watch` and `doctor` ask processes: see test/capture. `export` answers in other forms, `index` answers nothing:
  // see test/export/cli.test.ts and test/index-file.
  // `closures` needs scripts' whole texts: see test/closures; `async` something that waits: see test/analyze/waiting; `allocations` a profile: see test/explain/allocations.test.ts; `makers` allocation stacks: see test/explain/makers.test.ts; `complete` answers shells: see complete.test.ts; `explore` and `mcp` serve: see explore/ and mcp/; `redact` and `reduce` write snapshots: see test/snapshot/save and reduce.test.ts; `digest` writes tables: see test/query.
  const elsewhere = [
    'help',
    'explore',
    'mcp',
    'report',
    'export',
    'index',
    'record',
    'plot',
    'capture',
    'watch',
    'doctor',
    'closures',
    'async',
    'makers',
    'allocations',
    'complete',
    'redact',
    'digest',
    'reduce',
  ]
  assert.deepEqual(names.filter(name => !elsewhere.includes(name)).sort(), COMMANDS.toSorted())
})

test('help begins with examples, on stdout, with 0', async () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const {code, stdout, stderr} = await heapgraph(args)
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.match(stdout, /^Examples:\n {2}heapgraph info app\.heapsnapshot/)
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
    assert.match(stdout, /Exit codes: 0 answered, 1 nothing found, 2 misuse/)
  }
  for (const command of COMMANDS) {
    for (const args of [
      [command, '--help'],
      ['help', command],
    ]) {
      const {code, stdout, stderr} = await heapgraph(args)
      assert.equal(code, 0)
      assert.equal(stderr, '')
      assert.match(stdout, new RegExp(`^Examples:\n {2}heapgraph ${command} [\\s\\S]*\nUsage: heapgraph ${command} `))
    }
  }
})

const exampleFiles = new Map([
  ...['app', 'page', 'target', 'final'].map((name): [string, string] => [`${name}.heapsnapshot`, app]),
  ['base.heapsnapshot', EMPTY_HEAP],
  ['why.svg', join(folder, 'why.svg')],
  ['why.html', join(folder, 'why.html')],
  ['types.csv', join(folder, 'types.csv')],
  ['digest.parquet', join(folder, 'digest.parquet')],
])

test('every example of every help can be run and finds something', async () => {
  writeFileSync(join(folder, 'standard-input.txt'), '')
  for (const args of [['--help'], ...COMMANDS.map(command => [command, '--help'])]) {
    const {stdout} = await heapgraph(args)
    const examples = [...stdout.matchAll(/^ {2}heapgraph (.*?)(?: {2,}.*)?$/gm)].map(([, line]) => line)
    assert.ok(examples.length >= 2, args.join(' '))
    for (const line of examples) {
      // It asks a living program: see test/proof.
      if (line.includes('--prove')) continue
      assert.match(line, /(?:app|page|base)\.heapsnapshot/)
      // A real process's test reads from a pipe.
      if (line.includes(' < ')) continue
      const words = shellWords(line).map(word => exampleFiles.get(word) ?? word)
      const {code, stderr} = await heapgraph(words)
      assert.equal(code, 0, `${line}: ${stderr}`)
    }
  }
})

test('help is as wide as the terminal, and 80 columns in a pipe', async () => {
  const widest = ({stdout}: Result) =>
    Math.max(
      ...stdout
        .slice(stdout.indexOf('Usage:'))
        .split('\n')
        .map(line => line.length),
    )
  assert.ok(widest(await heapgraph(['--help'])) <= 80)
  assert.ok(widest(await heapgraph(['--help'], {columns: 200})) > 80)
})

test('without arguments the help goes to stderr, with 2', async () => {
  const {code, stdout, stderr} = await heapgraph([])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.equal(stderr, (await heapgraph(['--help'])).stdout)
})

test('--version is that of the package', async () => {
  const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
  for (const option of ['--version', '-V']) {
    assert.deepEqual(await heapgraph([option]), {code: 0, stdout: `${version}\n`, stderr: ''})
  }
})

test('comparisons take packed files, one pipe at most, and name the file that is broken', async () => {
  const packed = 'fixtures/snapshots/growing-control.node20.base.heapsnapshot.gz'
  const {code, stdout} = await heapgraph(['growth', packed, packed])
  assert.equal(code, 1)
  assert.match(stdout, /nothing grew/)
  for (const command of ['growth', 'leaks']) {
    refusal(await heapgraph([command, '-', '-']), /two snapshots cannot both be on standard input/)
    refusal(await heapgraph([command, app]), /missing required argument/)
    refusal(await heapgraph([command, app, BROKEN, app]), /truncated-in-nodes.*byte 894/)
    refusal(await heapgraph([command, app, app, '-o', app]), /this is the input snapshot|no format is known/)
  }
  refusal(await heapgraph(['suspects', '--min-share', 'many', app]), /number from 0 to 100/)
  refusal(await heapgraph(['growth', '--by', 'age', app, app]), /allowed choices are type, holder, path/)
})

test('snapshots of different processes are told so, and compared by place', async () => {
  const other = join(folder, 'other.heapsnapshot')
  writeFileSync(other, heapText('root -> A\n  A: object A 16 @101\n  root: synthetic "" 0 @3'))
  const {stdout} = await heapgraph(['growth', other, app])
  assert.match(stdout, /^(?:ids are of different processes|different processes or inspector sessions)/)
  const {stdout: json} = await heapgraph(['growth', '--new', '--json', other, app])
  const {fresh, rows, limits} = JSON.parse(json)
  assert.equal(fresh, null)
  assert.ok(rows.every(({added}: {added: unknown}) => added === null))
  assert.match(limits.join(), /new objects cannot be identified/)
})

test('assertions: all are judged, a failed one is 1 with its holder, what is not there passes and is told', async () => {
  const {code, stdout, stderr} = await heapgraph([
    'assert',
    '--max',
    'Buffer=0',
    '--max',
    'Bufer=0',
    '--no-path',
    'Child -> Buffer',
    app,
  ])
  assert.equal(code, 1)
  assert.match(stdout, /^✗ --max Buffer=0: 1 object, 0 allowed\n {4}held by /)
  assert.match(stdout, /^✓ --max Bufer=0: 0 objects, 0 allowed$/m)
  assert.match(stdout, /^✓ --no-path Child -> Buffer: no path$/m)
  assert.match(
    stderr,
    /^note: --max Bufer=0 matches nothing in .*; near: Buffer\nnext: heapgraph why --type Buffer [^\n]+\n$/,
  )
  const within = await heapgraph([
    'assert',
    '--max',
    'Buffer=1',
    '--max-retained',
    'Server=1MB',
    '--no-growth',
    app,
    app,
  ])
  assert.equal(within.code, 0)
  const held = await heapgraph(['assert', '--no-path', 'Server -> Buffer', '--json', app])
  assert.equal(held.code, 1)
  const {assertions} = JSON.parse(held.stdout) as {assertions: {passed: boolean; actual: number; details: string[]}[]}
  assert.deepEqual([assertions[0].passed, assertions[0].actual], [false, 1])
})

test('assertions that cannot be read are refused', async () => {
  refusal(await heapgraph(['assert', app]), /no assertion was given; give --max/)
  refusal(await heapgraph(['assert', '--max', 'Buffer', app]), /--max Buffer is invalid/)
  refusal(await heapgraph(['assert', '--max', 'Buffer=many', app]), /it must look like 'UserRecord=10'/)
  refusal(await heapgraph(['assert', '--max-retained', 'Buffer=5 miles', app]), /it must look like 'Cache=5MB'/)
  refusal(await heapgraph(['assert', '--no-path', 'Buffer', app]), /it must look like 'Cache -> Request'/)
  refusal(await heapgraph(['assert', '--no-growth', join(folder, 'nowhere.heapsnapshot'), app]), /nowhere/)
})

test("assertions as JUnit's XML are well-formed, whatever the names", async () => {
  const hostile = join(folder, 'junit.heapsnapshot')
  writeFileSync(
    hostile,
    heapText(String.raw`root -> Holder."]]><b a='&\u0001'>" -> A
    A: object "<T & \u001b[31m\"'>" 16 @77`),
  )
  const xml = join(folder, 'out.xml')
  const {code} = await heapgraph(['assert', '--max', '/T/=0', '--max', 'Holder=1', '--junit', xml, hostile])
  assert.equal(code, 1)
  const text = readFileSync(xml, 'utf8')
  parseXml(text)
  assert.match(text, /<testsuites name="heapgraph" tests="2" failures="1">/)
  assert.match(text, /<testcase classname="heapgraph" name="--max Holder=1"\/>/)
})
