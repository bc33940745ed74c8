/** Names out of source maps, in real snapshots of a program that esbuild has minified or tsx has run. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {decodedMappings, TraceMap} from '@jridgewell/trace-mapping'
import {resolveCuts} from '../../src/analyze/cuts/cuts.ts'
import {owners} from '../../src/analyze/owners/owners.ts'
import {codeLines} from '../../src/emit/safe/code-lines.ts'
import {plainPaint} from '../../src/emit/safe/paint.ts'
import {edgeLabel, edgeNaming} from '../../src/explain/code/edge-label.ts'
import {ownerWords} from '../../src/explain/owners/owner-words.ts'
import {codeAt} from '../../src/explain/places/code-frame.ts'
import {loadSourceMaps} from '../../src/explain/places/source-maps.ts'
import {codePlaceOf, placeOf, placeText} from '../../src/explain/places/source-place.ts'
import {describe} from '../../src/explain/words/describe.ts'
import {toGraph} from '../../src/graph/answer/to-graph.ts'
import {openSnapshot, type Snapshot, select} from '../../src/index.ts'
import {declaration} from '../../src/snapshot/code/declarations.ts'
import {originalOfFunction, originalOfVariable, originalVariables} from '../../src/snapshot/code/original-names.ts'
import {placeMapOf} from '../../src/snapshot/code/places.ts'
import {scopes} from '../../src/snapshot/code/scopes.ts'
import {sourceOf} from '../../src/snapshot/columns/retainers.ts'
import {EdgeKind} from '../../src/snapshot/columns/schema.ts'
import {HANG_MS} from '../support/limits.ts'

const here = createRequire(import.meta.url)
// The bundler that tsx has.
const esbuild = createRequire(here.resolve('tsx'))('esbuild')
const TSX = pathToFileURL(here.resolve('tsx')).href
const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'heapgraph-names-')))
after(() => rmSync(FOLDER, {recursive: true, force: true}))

/** Longer than the 1,024 characters that V8 writes of a text by default, before and after it is minified. */
const FILLER = `export const words = ${JSON.stringify(Array.from({length: 300}, (_, i) => `word ${i}`))}\n`
const SOURCES = {
  'review.ts': `export class Review {
  private readonly notes = new Map<string, string>()
  constructor(readonly id: number) {}
  note(text: string): void { this.notes.set(text, text) }
}
export class Author { name = 'x' }
export const more = [${Array.from({length: 60}, (_, i) => `\n  (text: string): string => text + ${i}`)}]
`,
  'loader.ts': `import {Author, Review} from './review.ts'
import {words} from './words.ts'

const reviewsLoader = new Map<number, Review>()
const authors: Author[] = []
let turns = 0

export function fitReview(id: number): Review {
  const made = new Review(id)
  made.note(words[id] + turns++)
  reviewsLoader.set(id, made)
  authors.push(new Author())
  return made
}
export const laterReview = (id: number) => () => [reviewsLoader.get(id), authors]
`,
  'words.ts': FILLER,
  'main.ts': `import {writeHeapSnapshot, setFlagsFromString} from 'node:v8'
import {fitReview, laterReview} from './loader.ts'
for (let id = 0; id < 40; id++) fitReview(id)
;(globalThis as any).kept = [fitReview, laterReview(3)]
if (process.env.WHOLE) setFlagsFromString('--heap-snapshot-string-limit=10000000')
setTimeout(() => writeHeapSnapshot(process.argv[2]), 10)
`,
}

let folders = 0
function project(): string {
  const folder = join(FOLDER, `${++folders}`)
  mkdirSync(join(folder, 'src'), {recursive: true})
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, 'src', name), text)
  return folder
}

function bundled(sourcemap: 'linked' | 'external' | 'inline', more: object = {}): string {
  const folder = project()
  esbuild.buildSync({
    ...{entryPoints: [join(folder, 'src/main.ts')], outfile: join(folder, 'dist/main.mjs'), bundle: true},
    ...{format: 'esm', platform: 'node', minify: true, sourcemap, logLevel: 'error', ...more},
  })
  return folder
}

async function opened(folder: string, argv: string[], isWhole = false): Promise<Snapshot> {
  const file = join(folder, 'x.heapsnapshot')
  execFileSync(process.execPath, [...argv, file], {
    timeout: HANG_MS,
    cwd: folder,
    env: {...process.env, WHOLE: isWhole ? '1' : ''},
  })
  return openSnapshot(file)
}

async function checkNames(heap: Snapshot, source: string): Promise<void> {
  const reviews = select(heap, {type: 'Review'}).nodes
  assert.equal(reviews.length, 40)
  const type = heap.types.names[heap.types.ofNode[reviews[0]]]
  assert.match(type, /^Review \(\w{1,3}\)$/)
  const inParentheses = /\((\w+)\)/.exec(type)![1]
  for (const selector of [
    {type},
    {type: inParentheses},
    {type: '/^Review/'},
    {where: 'type = Review'},
    {name: 'Review'},
  ]) {
    const nodes = [...select(heap, selector).nodes]
    assert.ok(
      [...reviews].every(node => nodes.includes(node)),
      JSON.stringify(selector),
    )
  }
  assert.deepEqual([placeOf(heap, reviews[0])?.script, placeOf(heap, reviews[0])?.line], [`${source}review.ts`, 3])
  assert.equal(select(heap, {type: 'Author'}).nodes.length, 40)
  const [fit] = select(heap, {name: 'fitReview'}).nodes
  assert.equal(originalOfFunction(heap, fit), 'fitReview')
  const {isScope, inner} = scopes(heap)
  const found = [...originalVariables(heap)].filter(([, name]) => name === 'reviewsLoader')
  assert.equal(found.length, 1)
  const [[edge]] = found
  assert.equal(originalOfVariable(heap, edge), 'reviewsLoader')
  const short = heap.strings.get(heap.edgeName[edge])
  assert.equal(edgeLabel(heap, edge), `scope var reviewsLoader (${short})`)
  assert.match(describe(heap, fit).preview, /^fitReview\(\) \(\w{1,3}\)$/)
  const held = owners(heap, {subject: 'Review', nodes: reviews})
  assert.match(ownerWords(heap, held.owners[0]).path, /reviewsLoader\.get\(/)
  assert.ok(resolveCuts(heap, ['reviewsLoader']).length > 0)
  const scope = sourceOf(heap.firstEdge, edge)
  assert.ok(isScope(scope))
  const name = heap.strings.get(heap.edgeName[edge])
  const place = declaration(heap, inner(scope), name, scope)
  assert.deepEqual([place?.script, place?.line, place?.column], [`${source}loader.ts`, 4, 7])
  const content = placeMapOf(heap)?.content(`${source}loader.ts`)
  assert.equal(content, SOURCES['loader.ts'])
}

test('a minified bundle with its map beside it, though V8 has cut its text', async () => {
  for (const kind of ['linked', 'external'] as const) {
    const folder = bundled(kind)
    const heap = await opened(folder, ['dist/main.mjs'])
    assert.equal((await loadSourceMaps(heap)).scripts, 1)
    await checkNames(heap, `${folder}/src/`)
  }
})

test('properties with short names have those of the source, in labels, paths, cuts and expressions', async () => {
  const folder = bundled('linked', {mangleProps: /^(?:notes|id)$/})
  const heap = await opened(folder, ['dist/main.mjs'], true)
  await loadSourceMaps(heap)
  await checkNames(heap, `${folder}/src/`)
  const [edge] = resolveCuts(heap, ['Review.notes']).flatMap(({edges}) => [...edges])
  const short = heap.strings.get(heap.edgeName[edge])
  assert.match(short, /^\w{1,2}$/)
  assert.equal(edgeLabel(heap, edge), `.notes (${short})`)
  assert.equal(edgeNaming(heap, edge), undefined)
  const edgesOf = (cut: string) => resolveCuts(heap, [cut]).flatMap(({edges}) => [...edges])
  assert.equal(edgesOf('Review.notes').length, 40)
  assert.deepEqual(edgesOf(`Review.${short}`), edgesOf('Review.notes'))
  assert.ok(edgesOf('notes').includes(edge))
  const maps = heap.edgeTarget[edge]
  const [owner] = owners(heap, {subject: 'a map', nodes: Uint32Array.of(maps)}).owners
  assert.match(ownerWords(heap, owner).path, /\.notes\b/)
  for (const name of ['notes', short]) {
    assert.equal(select(heap, {where: `type = Review and prop.${name}`}).nodes.length, 40, name)
  }
  const other = [...Array(heap.edgeCount).keys()].find(
    one => heap.strings.get(heap.edgeName[one]) === '__proto__' && heap.edgeKind[one] === EdgeKind.property,
  )
  assert.ok(other !== undefined)
  assert.equal(edgeLabel(heap, other), '.__proto__')
})

test("keys of object literals with short names have those of the source, where they are the script's own", async () => {
  const folder = project()
  writeFileSync(
    join(folder, 'src/main.ts'),
    `import {writeHeapSnapshot, setFlagsFromString} from 'node:v8'
const desk = {openOrders: [] as object[], closedOrders: new Map()}
const lines = new Map<number, object>()
function order(id: number) { return {customerName: 'customer ' + id, orderLines: [String(id)], id} }
for (let id = 0; id < 30; id++) {
  lines.set(id, order(id))
  desk.openOrders.push([lines.get(id)])
}
;(globalThis as any).kept = () => [desk, lines]
;(globalThis as any).parsed = JSON.parse(process.argv[3])
;(globalThis as any).mixed = JSON.parse(process.argv[4])
lines.set(-1, (globalThis as any).mixed)
setFlagsFromString('--heap-snapshot-string-limit=10000000')
setTimeout(() => writeHeapSnapshot(process.argv[2]), 10)
`,
  )
  const names = ['openOrders', 'closedOrders', 'customerName', 'orderLines']
  esbuild.buildSync({
    ...{entryPoints: [join(folder, 'src/main.ts')], outfile: join(folder, 'dist/main.mjs'), bundle: true},
    ...{format: 'esm', platform: 'node', minify: true, sourcemap: 'linked', logLevel: 'error'},
    mangleProps: new RegExp(`^(?:${names.join('|')})$`),
  })
  const text = readFileSync(join(folder, 'dist/main.mjs'), 'utf8')
  const short = /\{(\w):\[\],(\w):new Map\}/.exec(text)!.slice(1)
  const [customer, line] = /\{(\w):"customer "\+\w,(\w):/.exec(text)!.slice(1)
  const file = join(folder, 'x.heapsnapshot')
  // One that no code of the script holds, and one that no literal of it looks like.
  const foreign = [{[customer]: ['nobody']}, {[customer]: ['other'], ownName: ['x']}]
  execFileSync(process.execPath, ['dist/main.mjs', file, ...foreign.map(value => JSON.stringify(value))], {
    timeout: HANG_MS,
    cwd: folder,
  })
  const heap = await openSnapshot(file)
  await loadSourceMaps(heap)
  const labelsOf = (name: string) =>
    Array.from(heap.edgeKind.keys())
      .filter(edge => heap.edgeKind[edge] === EdgeKind.property && heap.strings.get(heap.edgeName[edge]) === name)
      .filter(edge => heap.strings.get(heap.nodeName[sourceOf(heap.firstEdge, edge)]) === 'Object')
      .map(edge => edgeLabel(heap, edge))
      .sort()
  const originals = {
    [short[0]]: ['openOrders', 1],
    [short[1]]: ['closedOrders', 1],
    [line]: ['orderLines', 30],
    [customer]: ['customerName', 30],
  }
  for (const [name, [original, count]] of Object.entries(originals)) {
    const labels = labelsOf(name)
    assert.equal(labels.filter(label => label === `.${original} (${name})`).length, count)
    // Node has objects with short names, too.
    assert.ok(labels.every(label => label === `.${original} (${name})` || label === `.${name}`))
  }
  assert.ok(labelsOf(customer).filter(label => label === `.${customer}`).length >= 2)
  assert.deepEqual(labelsOf('ownName'), ['.ownName'])
  assert.equal(select(heap, {where: 'prop.orderLines'}).nodes.length, 30)
  const [edge] = resolveCuts(heap, ['desk.openOrders']).flatMap(({edges}) => [...edges])
  assert.equal(heap.strings.get(heap.edgeName[edge]), short[0])
  const nodes = Uint32Array.of(heap.edgeTarget[edge])
  const [owner] = owners(heap, {subject: 'an array', nodes}).owners
  assert.match(ownerWords(heap, owner).path, /desk\.openOrders/)
})

test('a map inside the script, which is nowhere but in the snapshot', async () => {
  const folder = bundled('inline')
  const heap = await opened(folder, ['dist/main.mjs'], true)
  rmSync(join(folder, 'dist'), {recursive: true})
  assert.equal((await loadSourceMaps(heap)).scripts, 1)
  await checkNames(heap, `${folder}/src/`)
})

test('a hidden map in a folder of its own', async () => {
  const folder = bundled('external')
  const heap = await opened(folder, ['dist/main.mjs'], true)
  mkdirSync(join(folder, 'maps'))
  renameSync(join(folder, 'dist/main.mjs.map'), join(folder, 'maps/main.mjs.map'))
  assert.equal((await loadSourceMaps(heap)).scripts, 0)
  assert.equal((await loadSourceMaps(heap, {folder: join(folder, 'maps')})).scripts, 1)
  await checkNames(heap, `${folder}/src/`)
})

test('a map without names leads to where they stand in the source', async () => {
  const folder = bundled('linked')
  const file = join(folder, 'dist/main.mjs.map')
  const map = JSON.parse(readFileSync(file, 'utf8'))
  const mappings = decodedMappings(new TraceMap(map)).map(line => line.map(segment => segment.slice(0, 4)))
  writeFileSync(file, JSON.stringify({...map, names: [], mappings}))
  const heap = await opened(folder, ['dist/main.mjs'])
  assert.equal((await loadSourceMaps(heap)).scripts, 1)
  await checkNames(heap, `${folder}/src/`)
})

test('of a short minified script, too, whose map has no names', async () => {
  const folder = project()
  const text = `import {writeHeapSnapshot} from 'node:v8'
class Reading { constructor(readonly values: number[]) {} }
const readingsOfToday = new Map<number, Reading>()
for (let id = 0; id < 20; id++) readingsOfToday.set(id, new Reading([id, id + 0.5]))
;(globalThis as any).kept = () => readingsOfToday
;(globalThis as any).told = (text: string) => text.split(', ').map(part => part.trim()).filter(part => part !== 'none')
setTimeout(() => writeHeapSnapshot(process.argv[2]), 10)
`
  writeFileSync(join(folder, 'src/main.ts'), text)
  const outfile = join(folder, 'dist/main.mjs')
  esbuild.buildSync({
    ...{entryPoints: [join(folder, 'src/main.ts')], outfile, bundle: true, format: 'esm', platform: 'node'},
    ...{minify: true, sourcemap: 'linked', logLevel: 'error'},
  })
  const map = JSON.parse(readFileSync(`${outfile}.map`, 'utf8'))
  const mappings = decodedMappings(new TraceMap(map)).map(line => line.map(segment => segment.slice(0, 4)))
  writeFileSync(`${outfile}.map`, JSON.stringify({...map, names: [], mappings}))
  assert.ok(readFileSync(outfile, 'utf8').length < 1000)
  const heap = await opened(folder, ['dist/main.mjs'])
  await loadSourceMaps(heap)
  assert.equal(select(heap, {type: 'Reading'}).nodes.length, 20)
  assert.deepEqual([...originalVariables(heap).values()], ['readingsOfToday'])
})

test('a file that is not the text that ran is not believed', async () => {
  const folder = bundled('external')
  const heap = await opened(folder, ['dist/main.mjs'])
  const script = join(folder, 'dist/main.mjs')
  const text = here('node:fs').readFileSync(script, 'utf8')
  writeFileSync(
    script,
    `${text.slice(0, 2000)};\n${text.slice(2000)} // longer by this much, so that it cannot be the text`,
  )
  await loadSourceMaps(heap)
  assert.equal(select(heap, {type: 'Review'}).nodes.length, 0)
  assert.equal(originalVariables(heap).size, 0)
})

test('what tsx has made in memory has the lines of the source, or none', async () => {
  const folder = project()
  const run = ['--import', TSX, 'src/main.ts']
  const lineOf = async (isWhole: boolean) => {
    const heap = await opened(folder, run, isWhole)
    await loadSourceMaps(heap)
    const reviews = select(heap, {type: 'Review'}).nodes
    assert.equal(reviews.length, 40)
    return [placeOf(heap, reviews[0])?.script, placeOf(heap, reviews[0])?.line]
  }
  assert.deepEqual(await lineOf(true), [join(folder, 'src/review.ts'), 3])
  // With the map's first characters only, nobody knows the line.
  assert.deepEqual(await lineOf(false), [join(folder, 'src/review.ts'), 0])
})

test('a minified script without a map is told of once, by answers that show it', async () => {
  const folder = bundled('external')
  rmSync(join(folder, 'dist/main.mjs.map'))
  const heap = await opened(folder, ['dist/main.mjs'], true)
  const {scripts, remarks} = await loadSourceMaps(heap)
  assert.deepEqual([scripts, remarks], [0, []])
  const limitsOf = (heap: Snapshot, nodes: Uint32Array) =>
    toGraph(owners(heap, {subject: 'these', nodes})).getAttribute('limits')
  const [reviews] = heap.types.names.flatMap((name, type) => {
    const nodes = Uint32Array.from(heap.types.ofNode.keys()).filter(node => heap.types.ofNode[node] === type)
    return /^\w{1,2}$/.test(name) && nodes.length === 40 ? [nodes] : []
  })
  const isHint = (text: string) =>
    /^(?:dist\/)?main\.mjs looks minified and has no source map.*--source-maps DIR$/.test(text)
  assert.equal(limitsOf(heap, reviews).filter(isHint).length, 1, limitsOf(heap, reviews).join('\n'))
  const other = select(heap, {name: 'setTimeout'}).nodes
  assert.ok(other.length > 0)
  assert.equal(limitsOf(heap, other).filter(text => text.includes('minified')).length, 0)
  const plain = await opened(project(), ['--import', TSX, 'src/main.ts'], true)
  await loadSourceMaps(plain)
  const mapped = limitsOf(plain, select(plain, {type: 'Review'}).nodes)
  assert.ok(mapped.length > 0)
  assert.equal(mapped.filter(text => text.includes('minified')).length, 0)
})

test('without texts of sources in the map, code is that of the file beside if it agrees, else what ran', async () => {
  const LINE = 'const reviewsLoader = new Map<number, Review>()'
  const frame = async (folder: string, isWhole: boolean) => {
    const heap = await opened(folder, ['dist/main.mjs'], isWhole)
    await loadSourceMaps(heap)
    assert.equal(select(heap, {type: 'Review'}).nodes.length, 40)
    return codeAt(heap, placeText(codePlaceOf(heap, {script: join(folder, 'src/loader.ts'), line: 4, column: 7})))
  }
  for (const minify of [true, false]) {
    const folder = bundled('linked', {sourcesContent: false, minify})
    for (const isWhole of [true, false]) {
      const lines = await frame(folder, isWhole)
      assert.deepEqual(
        lines.map(({line, text}) => [line, text]),
        [3, 4, 5].map(line => [line, SOURCES['loader.ts'].split('\n')[line - 1]]),
      )
      assert.ok(lines.every(({compiled}) => compiled === undefined))
    }
    writeFileSync(join(folder, 'src/loader.ts'), `// Another line.\n${SOURCES['loader.ts']}`)
    const changed = await frame(folder, true)
    rmSync(join(folder, 'src/loader.ts'))
    const gone = await frame(folder, true)
    assert.deepEqual(changed, gone)
    if (minify) assert.deepEqual(gone, [])
    else {
      assert.deepEqual(
        gone.map(({compiled}) => compiled),
        [false, true, false].map(isPlace => ({script: 'dist/main.mjs', isPlace})),
      )
      assert.match(gone[1].text, /reviewsLoader = .*new Map\(\)/)
      assert.notEqual(gone[1].text, LINE)
      const text = codeLines(gone, 'src/loader.ts:4', '', plainPaint)
      assert.equal(text[0], 'as compiled, dist/main.mjs:')
      assert.match(text[2], /^→ \d+ │ .*reviewsLoader/)
    }
  }
})
