/** Source maps on the command line. */
import assert from 'node:assert/strict'
import {mkdirSync, realpathSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {heapText} from '../support/ascii-heap.ts'
import {heapgraph, temporaryFolder} from './cli.ts'

const folder = realpathSync(temporaryFolder())
const file = join(folder, 'app.heapsnapshot')
mkdirSync(join(folder, 'dist'))
mkdirSync(join(folder, 'maps'))
const MAP = JSON.stringify({version: 3, sources: ['../src/cache.ts'], names: [], mappings: 'AASA'})
writeFileSync(
  file,
  heapText(`
    root -> remember -internal:shared-> shared -internal:script-> script -internal:name-> name
    remember: closure remember 64 at 7:0:0
    name: string ${JSON.stringify(join(folder, 'dist/cache.js'))}
  `),
)
// Taken after all that is written here, however long that takes.
const LATER = Date.now() / 1000 + 3600
utimesSync(file, LATER, LATER)
const place = async (...options: string[]) => {
  const {code, stdout, stderr} = await heapgraph(['list', '--name', 'remember', '--json', file, ...options])
  assert.equal(code, 0, stderr)
  const {rows, snapshot} = JSON.parse(stdout)
  return {place: rows[0].place, root: snapshot.root, told: stderr.replace(/^next: .*\n/m, '')}
}

test('maps are found beside the script or in a folder, broken ones told, none used if none are wanted', async () => {
  const root = `${folder}/`
  assert.deepEqual(await place(), {place: 'dist/cache.js:1', root, told: ''})
  writeFileSync(join(folder, 'maps/cache.js.map'), MAP)
  assert.deepEqual(await place(), {place: 'dist/cache.js:1', root, told: ''})
  assert.deepEqual(await place('--source-maps', join(folder, 'maps')), {place: 'src/cache.ts:10', root, told: ''})

  const beside = join(folder, 'dist/cache.js.map')
  writeFileSync(beside, '\u001b[31msecret')
  const broken = `heapgraph: ${beside} is not a readable source map; the lines shown are those of ${folder}/dist/cache.js\n`
  assert.deepEqual(await place(), {place: 'dist/cache.js:1', root, told: broken})
  assert.deepEqual(await place('--no-source-maps'), {place: 'dist/cache.js:1', root, told: ''})

  writeFileSync(beside, MAP)
  assert.deepEqual(await place(), {place: 'src/cache.ts:10', root, told: ''})
  assert.deepEqual(await place('--no-source-maps'), {place: 'dist/cache.js:1', root, told: ''})
  utimesSync(file, 1_000, 1_000)
  const {told} = await place()
  assert.equal(told, `heapgraph: ${beside} was changed after the snapshot was taken: lines may be off\n`)
})

test('the text says once what its paths are below', async () => {
  const {stdout} = await heapgraph(['list', '--name', 'remember', file])
  assert.match(stdout, /remember\(\) +src\/cache\.ts:10\n/)
  assert.equal(stdout.split(`note: paths of code are below ${folder}/\n`).length, 2)
})

test('a folder that is not there is misuse', async () => {
  const {code, stdout, stderr} = await heapgraph(['types', '--source-maps', join(folder, 'none'), file])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^heapgraph: .*none: no such folder for source maps; check the path\n$/)
})

test('the next command keeps the options that tell places', async () => {
  const next = async (...options: string[]) => {
    const {stderr} = await heapgraph([...options, 'list', '--name', 'remember', file])
    return /^next: (.*)$/m.exec(stderr)?.[1] ?? stderr
  }
  assert.match(await next(), /^heapgraph [a-z]/)
  assert.match(await next('--no-source-maps'), /^heapgraph [a-z].* --no-source-maps$/)
  const maps = join(folder, "it's maps")
  mkdirSync(maps)
  const kept = await next('--source-maps', maps)
  assert.ok(kept.endsWith(` --source-maps '${folder}/it'\\''s maps'`), kept)
  const {code} = await heapgraph(['--no-source-maps', 'types', file])
  assert.equal(code, 0)
})
