/** `--where`, ids through pipes and paths between sets, as a person meets them; and what docs/where.md promises. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {heapgraph, ROOT, shellWords, temporaryFolder, writeApp} from './cli.ts'

process.chdir(ROOT)
const folder = temporaryFolder()
const app = writeApp(folder)
const BUFFERS = 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'

test('every line of docs/where.md can be run and finds something', async () => {
  const lines = [...readFileSync('docs/where.md', 'utf8').matchAll(/^ {4}heapgraph (.*)$/gm)].map(([, line]) => line)
  assert.ok(lines.length > 10)
  for (const line of lines) {
    let stdin: string | undefined
    for (const command of line.split(' | heapgraph ')) {
      const args = shellWords(command).map(word => (word === 'app.heapsnapshot' ? app : word))
      const {code, stdout, stderr} = await heapgraph(args, stdin === undefined ? {} : {stdin})
      assert.equal(code, 0, `${line}: ${stderr}`)
      assert.notEqual(stdout, '')
      stdin = stdout
    }
  }
})

test('every field and operator of docs/where.md is one, and no other', async () => {
  const table = [...readFileSync('docs/where.md', 'utf8').matchAll(/^\| (`[a-z]+`.*?|`prop\.NAME`) \|/gm)]
  const fields = table.flatMap(([, cell]) => [...cell.matchAll(/`([a-zA-Z.]+)`/g)].map(([, field]) => field))
  const {stderr} = await heapgraph(['list', '--where', 'nonsense=1', app])
  const listed = /the fields are (.*) and (.*)$/m.exec(stderr)
  assert.deepEqual(fields.slice(0, -4).sort(), [...(listed?.[1].split(', ') ?? []), listed?.[2]].sort())
})

test('what cannot be read is 2, one sentence, and a caret below the character', async () => {
  const {code, stdout, stderr} = await heapgraph(['list', '--where', 'type=Buffer and retaned>1mb', 'no such file'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.equal(
    stderr,
    `heapgraph: the expression cannot be read at character 17: retaned is not a field; the fields are type, name, kind, place, realm, package, allocated, id, self, retained, distance, edges, retainers, born, detached and prop.NAME
  type=Buffer and retaned>1mb
                  ^
`,
  )
  // What stands far away is left out, and nothing steers the terminal; a wide character takes two columns.
  const far = await heapgraph(['list', '--where', `${'A or '.repeat(50)}"\u001b漢" or =${' or A'.repeat(50)}`, app])
  const [, excerpt, caret] = far.stderr.split('\n')
  assert.match(excerpt, /"\\u\{1b\}漢" or = or A/)
  assert.equal(excerpt.indexOf('='), caret.indexOf('^') - 1)
  assert.ok(excerpt.length < 140)
})

test('expressions of every option are read before the file is', async () => {
  for (const args of [
    ['types', '--where', 'self>'],
    ['backrefs', '--type', 'A', '--where', 'self>'],
    ['cycles', '--where', 'self>'],
    ['path', '--from', 'self>', '--to', 'A'],
    ['path', '--to', 'self>'],
    ['path', '--to', 'A', '--avoid', 'self>'],
    ['path', '--to', 'A', '--through', 'where ('],
  ]) {
    const {code, stderr} = await heapgraph([...args, 'no such file'])
    assert.equal(code, 2)
    assert.match(stderr, /the expression cannot be read at character/, args.join(' '))
  }
})

test('nothing that passes is 1, and says what was narrowed down', async () => {
  const lines: [args: string[], words: RegExp][] = [
    [['list', '--where', 'self>1gb'], /no object where self>1gb in .* objects of \d+ types searched\)\n$/],
    [
      ['list', '--type', 'Buffer', '--where', 'self>1gb'],
      /no object of type Buffer where self>1gb in .*; 1 object of type Buffer does not pass/,
    ],
    [['list', '--type', 'Bufer', '--where', 'self>1'], /no object of type Bufer in .*near: Buffer/],
    [['types', '--where', 'self>1gb'], /no object where self>1gb/],
    [['cycles', '--type', 'Child', '--where', 'self>1gb'], /no object of type Child where self>1gb/],
    [['list', '--where', 'prop.size>1'], /the file has no numeric .*exposeNumericValues/],
    [['path', '--to', 'Buffer', '--from', 'prop.nothing'], /no object where prop\.nothing/],
    [['list', '--type', '/usr/lib/s'], /no object of type \/usr\/lib\/s .*invalid regular expression/],
  ]
  for (const [args, words] of lines) {
    const {code, stdout, stderr} = await heapgraph([...args, app])
    assert.equal(stdout, '')
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
    assert.equal(code, 1, args.join(' '))
  }
})

test('types of some objects: counts, sizes and retained sizes are of those alone', async () => {
  const types = async (...args: string[]) => {
    const {stdout} = await heapgraph(['types', '--json', ...args, BUFFERS])
    return JSON.parse(stdout) as {
      rows: {type: string; count: number; retainedBytes: number}[]
      heapBytes: number
      limits: string[]
    }
  }
  const all = await types('--filter', 'Map')
  const one = await types('--filter', 'Map', '--where', 'retained>100kb')
  assert.deepEqual([one.rows[0].count < all.rows[0].count, one.heapBytes === all.heapBytes], [true, true])
  assert.ok(one.rows[0].retainedBytes < all.rows[0].retainedBytes)
  assert.match(one.limits[0], /^only objects where retained>100kb: \d+ objects of 41,476$/)
})

test('list --ids writes all ids, in order, or as many as it is told; --id - reads them', async () => {
  const ids = await heapgraph(['list', '--type', 'Buffer', '--ids', BUFFERS])
  const numbers = ids.stdout
    .trimEnd()
    .split('\n')
    .map(line => Number(line.slice(1)))
  assert.equal(numbers.length, 302)
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  )
  assert.equal(ids.stdout, numbers.map(id => `@${id}\n`).join(''))
  const by = (sort: string, limit: string) =>
    heapgraph(['list', '--type', 'Buffer', '--ids', '--sort', sort, '--limit', limit, BUFFERS])
  assert.equal((await by('id', '2')).stdout, `@${numbers[0]}\n@${numbers[1]}\n`)
  const largest = JSON.parse((await heapgraph(['list', '--type', 'Buffer', '--limit', '2', '--json', BUFFERS])).stdout)
  assert.equal((await by('retained', '2')).stdout, largest.rows.map(({id}: {id: number}) => `@${id}\n`).join(''))
  const direct = await heapgraph(['backrefs', '--type', 'Buffer', '--json', BUFFERS])
  const piped = await heapgraph(['backrefs', '--id', '-', '--json', BUFFERS], {stdin: ids.stdout})
  const {subject, ...rest} = JSON.parse(piped.stdout)
  assert.equal(subject, 'objects by id')
  assert.deepEqual(rest, (({subject: _, ...others}) => others)(JSON.parse(direct.stdout)))
})

test('ids on standard input: any way they are divided, and what is wrong with them', async () => {
  const list = (stdin: string, ...args: string[]) => heapgraph(['list', '--id', '-', '--json', ...args, app], {stdin})
  const found = async (stdin: string) =>
    JSON.parse((await list(stdin)).stdout)
      .rows.map(({id}: {id: number}) => id)
      .sort()
  assert.deepEqual(await found('@12345'), [12345])
  assert.deepEqual(await found(' 12345,@3\r\n\n@3\t'), [12345, 3])
  const some = await list('@12345 @999 @1001')
  assert.match(some.stderr, /^note: 2 of 3 ids match no object in /)
  assert.equal(some.code, 0)
  const none = await list('@999')
  assert.deepEqual([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, /no object with the id on standard input in .*; ids are valid only within one process/)
  const empty = await list('')
  assert.equal(empty.code, 1)
  assert.match(empty.stderr, /no ids on standard input/)
  for (const wrong of ['@1\n\nBuffer\n', `@1\n\n${'9'.repeat(50)}`, '@1\n\n@']) {
    const {code, stderr} = await list(wrong)
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^heapgraph: standard input, line 3: \S+ is not an id; ids look like @12345; list --ids writes them\n$/,
    )
  }
  const both = await heapgraph(['list', '--id', '-', '-'], {stdin: '@1'})
  assert.equal(both.code, 2)
  assert.match(both.stderr, /cannot both be on standard input/)
})

test('the ends of a path: --from and --to, or the older --to beside --type', async () => {
  const chain = async (...args: string[]) => {
    const {code, stdout} = await heapgraph(['path', '--json', ...args, app])
    return [code, JSON.parse(stdout).chains[0]?.nodes]
  }
  const expected = await chain('--from', 'Server', '--to', '@12345')
  assert.deepEqual([expected[0], expected[1].length, expected[1].at(-1)], [0, 2, '@12345'])
  for (const same of [
    ['--type', 'Buffer', '--to', 'Server'],
    ['--type', 'Buffer', '--from', 'Server'],
    ['--where', 'type=Buffer', '--from', 'prop.cache'],
    ['--id', '-', '--from', 'where Server or Nobody'],
  ]) {
    const {stdout} = await heapgraph(['path', '--json', ...same, app], {stdin: '@12345'})
    assert.deepEqual(JSON.parse(stdout).chains[0].nodes, expected[1], same.join(' '))
  }
  assert.deepEqual((await chain('--to', 'Buffer', '--through', 'Map'))[1].length, 5)
  const wrong = await heapgraph(['path', '--type', 'Buffer', '--from', 'Server', '--to', 'Map', app])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /the end of the paths was given twice, with --to and another option; leave --to out/)
  const none = await heapgraph(['path', '--to', 'Buffer', '--through', 'Child', app])
  assert.equal(none.code, 1)
  assert.match(none.stdout, /no path found\nnote: no path from the roots through Child exists\n/)
})
