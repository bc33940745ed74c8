import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {after, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {scriptRoot} from '../../../src/explain/places/script-root.ts'
import {isOfThisMachine, loadSourceMaps, type SourceMapsOptions} from '../../../src/explain/places/source-maps.ts'
import {placeOf, scopeText, sourcePlace} from '../../../src/explain/places/source-place.ts'
import {openSnapshot, select} from '../../../src/index.ts'
import {codeOf} from '../../../src/snapshot/code/code-origin.ts'
import {placeOfRow, readablePath} from '../../../src/snapshot/code/places.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {HANG_MS} from '../../support/limits.ts'

const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'heapgraph-maps-')))
after(() => rmSync(FOLDER, {recursive: true, force: true}))

/** Function `f` at line 1, column 1 of a script, `g` at line 2, column 5. */
const heapWith = (script: string) =>
  heapOf(`
    root -> f -internal:shared-> shared -internal:script-> script -internal:name-> name
    root -> g
    f: closure f at 7:0:0
    g: closure g at 7:1:4
    name: string ${JSON.stringify(script)}
  `)

/** Line 1 of the script is line 10 of the first source, line 2 from column 4 on line 3 of the last one. */
const map = (sources: string[], more: object = {}) => ({
  version: 3,
  sources,
  names: [],
  mappings: sources.length === 1 ? 'AASA;IAPA' : 'AASA;ICPA',
  ...more,
})

let folders = 0
function files(contents: Record<string, string | object>): string {
  const folder = join(FOLDER, `${++folders}`)
  mkdirSync(folder)
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(folder, name, '..'), {recursive: true})
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

const placesOf = (heap: DrawnHeap) => [sourcePlace(heap, heap.node('f')), sourcePlace(heap, heap.node('g'))]

async function mapped(script: string, options: SourceMapsOptions = {}) {
  const heap = await heapWith(script)
  const {scripts, remarks} = await loadSourceMaps(heap, options)
  return {heap, scripts, remarks, places: placesOf(heap)}
}

test('a map beside the script, whatever its sources are relative to', async () => {
  const folder = files({
    'dist/a.js.map': map(['../src/a.ts']),
    'dist/b.js.map': map(['a.ts'], {sourceRoot: '../src', file: 'b.js'}),
    'dist/two.js.map': map(['../src/a.ts', '../node_modules/lib/b.ts']),
    'dist/pack.js.map': map(['webpack://shop/./src/a.ts']),
    'dist/guarded.js.map': `)]}'\n${JSON.stringify(map(['../src/a.ts']))}`,
  })
  const shown = ['src/a.ts:10', 'src/a.ts:3']
  assert.deepEqual((await mapped(`${folder}/dist/a.js`)).places, shown)
  assert.deepEqual((await mapped(`file://${folder}/dist/a.js`)).places, shown)
  assert.deepEqual((await mapped(`${folder}/dist/b.js`)).places, shown)
  assert.deepEqual((await mapped(`${folder}/dist/guarded.js`)).places, shown)
  const two = await mapped(`${folder}/dist/two.js`)
  assert.deepEqual(two.places, ['src/a.ts:10', 'node_modules/lib/b.ts:3'])
  assert.equal(scriptRoot(two.heap), `${folder}/`)
  // Whose code it is, is told by the source.
  assert.equal(codeOf(two.heap, two.heap.node('f')), 'application')
  assert.equal(codeOf(two.heap, two.heap.node('g')), 'library')
  assert.deepEqual((await mapped(`${folder}/dist/pack.js`)).places, shown)
})

test('a comment in the script: a file, or the map itself', async () => {
  const inline = Buffer.from(JSON.stringify(map(['../src/a.ts']))).toString('base64')
  const folder = files({
    'dist/linked.js': 'run()\n//# sourceMappingURL=maps/linked.map\n',
    'dist/maps/linked.map': map(['../../src/a.ts']),
    'dist/base64.js': `run()\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${inline}`,
    'dist/percent.js': `//# sourceMappingURL=old.map\n//@ sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map(['../src/a.ts'])))}\n`,
    'dist/plain.js': 'run()\n',
    'dist/net.js': '//# sourceMappingURL=http://127.0.0.1:1/x.map\n',
    'dist/absolute.js': `//# sourceMappingURL=${FOLDER}/x.map\n`,
  })
  const shown = ['src/a.ts:10', 'src/a.ts:3']
  for (const name of ['linked', 'base64', 'percent']) {
    assert.deepEqual((await mapped(`${folder}/dist/${name}.js`)).places, shown, name)
  }
  for (const name of ['plain', 'net', 'absolute', 'nowhere']) {
    const {scripts, remarks, places} = await mapped(`${folder}/dist/${name}.js`)
    assert.deepEqual([scripts, remarks, places], [0, [], [`dist/${name}.js:1`, `dist/${name}.js:2`]], name)
  }
})

test("code given to eval is named by its sourceURL, and a map in it is not the bundle's", async () => {
  const inline = `data:application/json;base64,${Buffer.from(JSON.stringify(map(['../src/a.ts']))).toString('base64')}`
  const folder = files({
    'dist/pack.js': `eval(${JSON.stringify(`a()\n//# sourceMappingURL=${inline}\n//# sourceURL=dev:///a.ts\n`)});\n`,
  })
  const bundle = await mapped(`${folder}/dist/pack.js`)
  assert.deepEqual([bundle.scripts, bundle.remarks], [0, []])
  const program = join(folder, 'eval.cjs')
  const code = `class Inner {}
globalThis.made = new Map([[1, new Inner()]])
globalThis.later = function laterMade() { return globalThis.made }
//# sourceURL=webpack-internal:///./src/inner.ts
`
  writeFileSync(program, `(0, eval)(${JSON.stringify(code)}); require('v8').writeHeapSnapshot(process.argv[2])`)
  const file = join(folder, 'eval.heapsnapshot')
  execFileSync(process.execPath, [program, file], {timeout: HANG_MS})
  const heap = await openSnapshot(file)
  const later = select(heap, {name: 'laterMade'}).nodes.find(node => heap.nodeKind[node] === NodeKind.closure)!
  assert.deepEqual(
    [placeOf(heap, later)?.script, placeOf(heap, later)?.line],
    ['webpack-internal:///./src/inner.ts', 3],
  )
  assert.equal(codeOf(heap, later), 'application')
})

test('a folder with maps: the file whose folders agree, from the end on', async () => {
  const folder = files({
    'web/index.js.map': map(['../src/web.ts']),
    'api/index.js.map': map(['../src/api.ts']),
    'main.js.map': map(['../../src/App.tsx']),
    'inline/late.js': `//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map(['late.ts'])))}`,
  })
  assert.deepEqual((await mapped('/srv/shop/api/index.js', {folder})).places, ['src/api.ts:10', 'src/api.ts:3'])
  assert.deepEqual((await mapped('https://shop.example/assets/js/main.js?v=/x/y', {folder})).places, [
    'src/App.tsx:10',
    'src/App.tsx:3',
  ])
  assert.deepEqual((await mapped('/srv/shop/late.js', {folder})).places, ['late.ts:10', 'late.ts:3'])
  const unsure = await mapped('/srv/shop/index.js', {folder})
  assert.equal(unsure.scripts, 0)
  assert.deepEqual(unsure.remarks, [
    `api/index.js.map and web/index.js.map in ${folder} fit /srv/shop/index.js equally: none is used`,
  ])
  await assert.rejects(loadSourceMaps(await heapWith('/a.js'), {folder: `${folder}/none`}), {code: 'USAGE'})
})

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

/** A snapshot of a program in TypeScript, told by its maps, and what is true of it. */
async function typed(file: string, folder: string) {
  const snapshot = await openSnapshot(`${FIXTURES}snapshots/${file}.heapsnapshot.gz`)
  await loadSourceMaps(snapshot, {folder: `${FIXTURES}programs/typed/${folder}`})
  const truth = JSON.parse(readFileSync(`${FIXTURES}programs/${file.replace('.node20', '')}.truth.json`, 'utf8'))
  return {snapshot, truth}
}

for (const [file, folder] of [
  ['typed.node20', 'dist'],
  ['typed-bundle.node20', 'bundle'],
]) {
  test(`TypeScript people see their own lines: ${file}`, async () => {
    const {snapshot, truth} = await typed(file, folder)
    for (const {type, count, made, held} of truth.holders) {
      const {nodes} = select(snapshot, {type})
      const places = [...nodes].map(node => sourcePlace(snapshot, node))
      assert.equal(places.filter(place => place === `src/${made.place}`).length, count)
      for (const {closure, place, count: closures} of held) {
        if (closure === undefined) continue
        const functions = [...select(snapshot, {name: closure}).nodes].filter(node => placeOf(snapshot, node))
        const there = functions.filter(node => sourcePlace(snapshot, node) === `src/${place}`)
        assert.equal(there.length, closures)
      }
    }
  })
}

test('the module of a bundle is the bundle, that of a script its source', async () => {
  const modules = async (file: string, folder: string) => {
    const {snapshot} = await typed(file, folder)
    const texts = Array.from({length: snapshot.nodeCount}, (_, node) => scopeText(snapshot, node))
    return [...new Set(texts.filter(text => /^module .*typed/.test(text)))].sort()
  }
  assert.deepEqual(await modules('typed.node20', 'dist'), [
    'module src/typed/src/index.ts',
    'module src/typed/src/quotes.ts',
    'module src/typed/src/session.ts',
  ])
  assert.deepEqual(await modules('typed-bundle.node20', 'bundle'), ['module src/typed/bundle/app.min.js'])
})

test('an index map, also within another', async () => {
  const section = (line: number, source: string) => ({
    offset: {line, column: 0},
    map: map([source], {mappings: 'AASA'}),
  })
  const inner = {version: 3, sections: [section(0, 'b.ts')]}
  const folder = files({
    'x.js.map': {version: 3, sections: [section(0, 'a.ts'), {offset: {line: 1, column: 0}, map: inner}]},
  })
  assert.deepEqual((await mapped(`${folder}/x.js`)).places, ['a.ts:10', 'b.ts:10'])
})

test('broken maps are remarks, and the lines are those of the script', async () => {
  const broken: Record<string, string | object> = {
    'text.js.map': 'root:x:0:0:secret',
    'old.js.map': {version: 2, sources: ['a'], mappings: ''},
    'number.js.map': '7',
    'null.js.map': 'null',
    'empty.js.map': '',
    'other.js.map': map(['a.ts'], {file: 'another.js'}),
    'mappings.js.map': map(['a.ts'], {mappings: 7}),
    'sources.js.map': map(['a.ts'], {sources: 7}),
  }
  const folder = files(broken)
  for (const name of Object.keys(broken)) {
    const script = name.replace('.map', '')
    const {remarks, places} = await mapped(`${folder}/${script}`)
    assert.deepEqual(places, [`${script}:1`, `${script}:2`])
    assert.equal(remarks.length, 1, name)
    assert(!remarks.join().includes('secret'))
  }
  const section = '{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":'
  const deep = files({'deep.js.map': `${section.repeat(100_000)}{}${'}]}'.repeat(100_000)}`})
  assert.deepEqual((await mapped(`${deep}/deep.js`)).places, ['deep.js:1', 'deep.js:2'])
})

test('names out of a hostile snapshot lead to no other files', async () => {
  const good = ['/app/a.js', '/app/x y.mjs', '/app/a.tsx', '/home/me/.config/a.cts']
  const bad = [
    ...[
      '/etc/passwd',
      '//host/share/a.js',
      '\\\\host\\share\\a.js',
      '/proc/self/environ.js',
      '/dev/x.js',
      '/net/host/a.js',
    ],
    // As the system reads them.
    ...[
      '/./net/host/a.js',
      '/.//proc/self/environ.js',
      '/./././dev/x.js',
      '/sys/./a.js',
      '/NET/host/a.js',
      '/net//host/a.js',
    ],
    ...['/./../net/host/a.js', readablePath('file:///%2e/net/host/a.js'), readablePath('file:///%2fhost/a.js')],
    ...[
      '/app/../etc/a.js',
      '/app/a\0.js',
      '/app/a\n.js',
      'a.js',
      './a.js',
      'https://shop.example/a.js',
      'file:///a.js',
      '',
    ],
  ]
  for (const name of good) assert.equal(isOfThisMachine(name), true, name)
  for (const name of bad) assert.equal(isOfThisMachine(name), false, name)

  const folder = files({'passwd.map': map(['secret.ts']), 'secret.map': map(['secret.ts'])})
  for (const name of [`${folder}/passwd`, `/${folder}/passwd.js`, `${folder}/x/../secret.js`]) {
    const {scripts, remarks} = await mapped(name)
    assert.deepEqual([scripts, remarks], [0, []], name)
  }
})

test('a comment leads to no folder of devices and of other machines', {
  skip: !existsSync('/dev/shm') && 'no /dev/shm here',
}, async () => {
  const below = mkdtempSync('/dev/shm/heapgraph-maps-')
  after(() => rmSync(below, {recursive: true, force: true}))
  writeFileSync(join(below, 'a.map'), JSON.stringify(map(['secret.ts'])))
  const up = '../'.repeat(20)
  for (const way of [`${up}dev/shm/`, `${up}./dev//shm/`, `${up.replaceAll('.', '%2e')}dev/shm/`]) {
    const folder = files({'a.js': `//# sourceMappingURL=${way}${basename(below)}/a.map\n`})
    assert.equal((await mapped(`${folder}/a.js`)).scripts, 0, way)
  }
  const elsewhere = files({'b.map': map(['found.ts'])})
  const folder = files({'a.js': `//# sourceMappingURL=${up}${elsewhere.slice(1)}/b.map\n`})
  assert.equal((await mapped(`${folder}/a.js`)).scripts, 1, 'a map elsewhere on the disk')
})

test('a pipe in the place of a map keeps nobody waiting', async () => {
  const folder = files({})
  execFileSync('mkfifo', [join(folder, 'a.js.map'), join(folder, 'a.js')], {timeout: HANG_MS})
  mkdirSync(join(folder, 'b.js.map'))
  assert.equal((await mapped(`${folder}/a.js`)).scripts, 0)
  assert.equal((await mapped(`${folder}/b.js`)).scripts, 0)
})

test('what was changed after the snapshot was taken is told', async () => {
  const folder = files({'a.js.map': map(['a.ts'])})
  utimesSync(join(folder, 'a.js.map'), 1_000, 1_000)
  assert.deepEqual((await mapped(`${folder}/a.js`, {takenAt: 1_001_000})).remarks, [])
  assert.deepEqual((await mapped(`${folder}/a.js`, {takenAt: 900_000})).remarks, [
    `${folder}/a.js.map was changed after the snapshot was taken: lines may be off`,
  ])
})

test('without a map everything is as before, and packages are not looked at', async () => {
  const folder = files({'node_modules/lib/a.js.map': map(['a.ts'])})
  const {scripts, heap} = await mapped(`${folder}/node_modules/lib/a.js`)
  assert.equal(scripts, 0)
  assert.deepEqual(placeOfRow(heap, 0), {script: `${folder}/node_modules/lib/a.js`, line: 1, column: 1})
})
