/** What `npm publish` would upload, used as somebody uses it who has nothing else. Needs the npm registry, or its cache. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'
import {HANG_MS} from './support/limits.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SNAPSHOT = join(ROOT, 'fixtures', 'odd', 'compact.heapsnapshot')
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-package-'))
const consumer = join(folder, 'consumer')
const installed = join(consumer, 'node_modules', 'heapgraph')

interface PackageJson {
  version: string
  dependencies: Record<string, string>
  exports: Record<string, {types?: string; require?: {types: string}} | string>
  typesVersions: {'*': Record<string, string[]>}
}

const packageJson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson
let packedFiles: string[] = []

/** Runs a program; what it prints on stdout. Its failure is the test's, with all that it said. */
async function run(command: string, args: string[], cwd: string): Promise<string> {
  const env = {...process.env}
  // What a runner of tests, or npm itself, has set is not for the programs started here.
  for (const name of Object.keys(env)) if (/^(npm_|NODE_|FORCE_COLOR|NO_COLOR)/i.test(name)) delete env[name]
  try {
    // npm and tsc are scripts of a shell on Windows.
    const shell = process.platform === 'win32'
    return (await promisify(execFile)(command, args, {cwd, env, shell, maxBuffer: 1 << 26})).stdout
  } catch (error) {
    const {stdout, stderr} = error as {stdout?: string; stderr?: string}
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, {cause: error})
  }
}

before(
  async () => {
    assert.ok(existsSync(join(ROOT, 'dist', 'index.js')), 'npm run build comes first')
    // Without scripts: prepack would build dist anew while other tests run it.
    const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT)
    const [{filename, files}] = JSON.parse(packed) as [{filename: string; files: {path: string}[]}]
    packedFiles = files.map(({path}) => path)
    mkdirSync(consumer)
    writeFileSync(join(consumer, 'package.json'), '{"name": "consumer", "private": true, "type": "module"}\n')
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    await run('npm', ['install', ...quietly, join(folder, filename)], consumer)
  },
  {timeout: HANG_MS},
)

after(() => rmSync(folder, {recursive: true, force: true}))

test('the package holds the program, its types and its papers, and nothing else', () => {
  const expected = [
    /^package\.json$/,
    /^README\.md$/,
    /^LICENSE$/,
    /^(?:ARCHITECTURE|CHANGELOG|CONTRIBUTING|SECURITY)\.md$/,
    /^docs\/(?:recipes\/)?[\w-]+\.md$/,
    /^examples\/[\w.-]+\.mjs$/,
    /^man\/heapgraph\.1$/,
    /^schemas\/[\w-]+\.schema\.json$/,
  ]
  const programs = [
    /^bin\/heapgraph\.js$/,
    /^bin\/record-preload\.cjs$/,
    /^dist\/(?:[a-z]+\/){0,2}[a-z0-9-]+\.(?:js|d\.ts)$/,
    /^dist\/program\/code-hash$/,
    /^dist\/fonts\/[\w-]+\.(?:ttf|txt)$/,
    /^dist\/testing\/index\.(?:cjs|d\.cts)$/,
  ]
  const others = packedFiles.filter(path => ![...expected, ...programs].some(pattern => pattern.test(path)))
  assert.deepEqual(others, [])
  for (const needed of [
    'package.json',
    'README.md',
    'bin/heapgraph.js',
    'dist/public/heapgraph.js',
    'dist/public/heapgraph.d.ts',
    'dist/fonts/Arimo_400Regular.ttf',
    'dist/fonts/DejaVu-LICENSE.txt',
    'schemas/result.schema.json',
    'man/heapgraph.1',
  ]) {
    assert.ok(packedFiles.includes(needed), `${needed} is missing`)
  }
})

test('what dist holds is what src says: nothing is missing, nothing is left of files that are gone', () => {
  for (const path of readdirSync(join(ROOT, 'src'), {recursive: true, encoding: 'utf8'})) {
    const built = `dist/${path.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`
    if (path.endsWith('.ts')) assert.ok(packedFiles.includes(built), `${built} is missing`)
  }
  const programs = packedFiles.filter(name => /^dist\/(?:program|page|fonts)\//.test(name))
  for (const needed of ['dist/program/program.js', 'dist/page/engine.js'])
    assert.ok(programs.includes(needed), `${needed} is missing`)
  for (const path of packedFiles.filter(name => name.startsWith('dist/') && !programs.includes(name))) {
    const source = path.replace(/^dist\//, 'src/').replace(/(?:\.d\.c?ts|\.c?js)$/, '.ts')
    assert.ok(existsSync(join(ROOT, source)), `${path} has no ${source}`)
  }
})

test('every document that the README, another document or the help links is in it', async () => {
  const help = await run(process.execPath, [join(ROOT, 'bin/heapgraph.js'), '--help'], ROOT)
  const papers = packedFiles.filter(path => path.endsWith('.md') && !path.startsWith('node_modules'))
  const texts = [help, ...papers.map(path => readFileSync(join(ROOT, path), 'utf8'))]
  const linked = texts.flatMap(text => [...text.matchAll(/\bdocs\/(?:recipes\/)?[\w-]+\.md\b/g)].map(([path]) => path))
  assert.ok(linked.length > 10)
  assert.deepEqual(
    [...new Set(linked)].filter(path => !packedFiles.includes(path)),
    [],
  )
})

test('the licences of all that comes along are told, and their texts are there', () => {
  const told = readFileSync(join(installed, 'docs', 'licences.md'), 'utf8')
  for (const name of Object.keys(packageJson.dependencies)) {
    const row = told.split('\n').find(line => line.startsWith('|') && line.split(/[ |,]+/).includes(name))
    assert.ok(row !== undefined, `${name} is not told`)
    for (const [, text] of row.matchAll(/`([^`]+)`/g)) {
      assert.ok(existsSync(join(consumer, 'node_modules', name, text)), `${name} has no ${text}`)
    }
  }
  const page = readFileSync(join(installed, 'dist', 'emit', 'page', 'area-script.js'), 'utf8')
  assert.match(page, /d3-hierarchy.*Permission to use, copy, modify/)
})

test('no file of the package names a place of this machine', () => {
  for (const path of packedFiles) {
    assert.ok(!readFileSync(join(installed, path), 'utf8').includes(ROOT.slice(0, -1)), path)
  }
})

test('installed, the program tells its version and answers', async () => {
  const heapgraph = (...args: string[]) => run(join(consumer, 'node_modules', '.bin', 'heapgraph'), args, consumer)
  assert.equal(await heapgraph('--version'), `${packageJson.version}\n`)
  assert.match(await heapgraph('types', SNAPSHOT), /^count +self[^\n]*type\n(?:.*\n)*.* Cache\n/)
  // Graphviz is found and started from where it is installed.
  assert.match(await heapgraph('backrefs', '--type', 'Cache', '--format', 'svg', SNAPSHOT), /<\/svg>\n$/)
})

test('it brings all that it imports: the libraries it declares, and no more', async () => {
  const tree = JSON.parse(await run('npm', ['ls', '--json', '--depth=1'], consumer)) as {
    problems?: string[]
    dependencies: {heapgraph: {dependencies: Record<string, {version?: string}>}}
  }
  assert.equal(tree.problems, undefined)
  // Optional peers are told without a version: they are not installed.
  const installed = Object.entries(tree.dependencies.heapgraph.dependencies).filter(
    ([, {version}]) => version !== undefined,
  )
  assert.deepEqual(installed.map(([name]) => name).sort(), Object.keys(packageJson.dependencies).sort())
})

const SCRIPT = `
import {backrefs, openSnapshot, select, toGraph, toText} from 'heapgraph'
const snapshot = await openSnapshot(process.argv[2])
process.stdout.write(toText(toGraph(backrefs(snapshot, select(snapshot, {type: 'Cache'})))))
`

test('a script imports the library', async () => {
  writeFileSync(join(consumer, 'script.js'), SCRIPT)
  assert.match(await run(process.execPath, ['script.js', SNAPSHOT], consumer), /^Cache +self .*\n/)
})

test('only the library can be imported, not what is inside of it', async () => {
  const inside = "import('heapgraph/dist/read/source.js').catch(error => console.log(error.code))"
  assert.equal(await run(process.execPath, ['-e', inside], consumer), 'ERR_PACKAGE_PATH_NOT_EXPORTED\n')
  const json = "console.log(require('heapgraph/package.json').version)"
  const args = ['--input-type=commonjs', '-e', json]
  assert.equal(await run(process.execPath, args, consumer), `${packageJson.version}\n`)
})

test('TypeScript finds every type it needs, and finds mistakes', async () => {
  // No skipLibCheck: the package's own declarations are checked, too. Only the Node it runs on has to be told.
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
    outDir: 'built',
  }
  const config = (file: string) => JSON.stringify({compilerOptions: options, files: [file]})
  const tsc = (file: string) => {
    writeFileSync(join(consumer, 'tsconfig.json'), config(file))
    return run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')], consumer)
  }
  writeFileSync(
    join(consumer, 'typed.ts'),
    `import {backrefs, HeapgraphError, openSnapshot, type ResultNode, select, type Snapshot, toGraph, types} from 'heapgraph'
import {loadGraph} from 'heapgraph/graphology'
const snapshot: Snapshot = await openSnapshot(process.argv[2]!)
const graph = toGraph(backrefs(snapshot, select(snapshot, {type: 'Cache'}), {depth: 2}))
const first: ResultNode = graph.getNodeAttributes(graph.nodes()[0]!)
const rows: number = types(snapshot).rows.length
const whole = await loadGraph(process.argv[2]!)
const sizes: number[] = whole.mapNodes((_key, attributes) => attributes.selfBytes)
const error: Error = new HeapgraphError('USAGE', 'a sentence')
console.log(first.type, rows > 0, sizes.length, error.name)
`,
  )
  await tsc('typed.ts')
  assert.equal(await run(process.execPath, ['built/typed.js', SNAPSHOT], consumer), 'Cache true 5 HeapgraphError\n')
  writeFileSync(
    join(consumer, 'wrong.ts'),
    `import {openSnapshot, select} from 'heapgraph'\nselect(await openSnapshot('x'), {typo: 'Cache'})\n`,
  )
  await assert.rejects(tsc('wrong.ts'), /typo/)
})

test('the types of every part are named for TypeScript 5 with `moduleResolution: node`, too, which knows no exports', () => {
  const {exports, typesVersions} = packageJson
  const parts = Object.keys(exports).filter(name => /^\.\/[a-z]+$/.test(name))
  const typesOf = (name: string) => {
    const part = exports[name]
    return typeof part === 'string' ? part : (part.require?.types ?? part.types)
  }
  assert.deepEqual(
    typesVersions['*'],
    Object.fromEntries(parts.map(name => [name.slice(2), [typesOf(name)]]).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
})

test('publint finds nothing', async () => {
  const {messages, pkg} = await publint({pkgDir: installed, pack: false, strict: true})
  assert.deepEqual(
    messages.map(message => formatMessage(message, pkg)),
    [],
  )
})
