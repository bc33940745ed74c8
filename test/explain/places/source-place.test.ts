import assert from 'node:assert/strict'
import {test} from 'node:test'
import {rootOf, scriptRoot} from '../../../src/explain/places/script-root.ts'
import {placeOf, scopePlace, scopeText, sourcePlace} from '../../../src/explain/places/source-place.ts'
import {describe} from '../../../src/explain/words/describe.ts'
import {openSnapshot, type Snapshot, select} from '../../../src/index.ts'
import {scopes} from '../../../src/snapshot/code/scopes.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'

const ROOTS: [root: string, names: string[]][] = [
  ['/app/', ['/app/src/cache.js', '/app/src/lib/bus.js']],
  ['/app/', ['/app/src/cache.js']],
  ['/app/', ['/app/server.js', '/app/src/bus.js', 'node:fs', 'internal/timers.js', '']],
  ['/home/me/shop/', ['/home/me/shop/server.js']],
  ['/home/me/shop/', ['/home/me/shop/dist/server.js', '/home/me/shop/dist/routes/user.js']],
  ['/usr/src/app/', ['/usr/src/app/server.js', '/usr/src/app/lib/x.js']],
  ['/usr/src/', ['/usr/src/server.js']],
  // Packages are no code of the application, but tell where it is.
  ['/repo/', ['/repo/packages/a/src/x.js', '/repo/packages/a/src/y.js', '/repo/node_modules/lodash/lodash.js']],
  ['/repo/a/', ['/repo/a/src/x.js', '/repo/a/node_modules/b/b.js', '/repo/node_modules/lodash/lodash.js']],
  ['/app/', ['/app/src/x.js', '/usr/lib/node_modules/pm2/lib/x.js']],
  // Names that differ after the same beginning have no folder of it in common.
  ['/srv/', ['/srv/shop-api/x.js', '/srv/shop-web/y.js']],
  ['', ['/srv/x.js', '/opt/y.js']],
  ['', ['/x.js']],
  ['C:\\shop\\', ['C:\\shop\\src\\x.js', 'C:\\shop\\src\\lib\\y.js']],
  [
    'https://shop.example/static/js/',
    ['https://shop.example/static/js/main.js', 'https://shop.example/static/js/a/b.js?path=/x/y'],
  ],
  ['https://shop.example/', ['https://shop.example/a.js', 'https://shop.example/b/c.js', 'https://tags.example/t.js']],
  [
    'webpack-internal:///./',
    ['webpack-internal:///./src/App.tsx', 'webpack-internal:///./node_modules/react/index.js'],
  ],
  ['', ['[eval]', 'REPL1', 'app.js', 'data:text/javascript,x']],
  ['', []],
  // An old Node's own script has this name.
  ['/srv/', ['/srv/shop/fs.js', '/srv/shop/bus.js', 'fs.js']],
]

test('the folder that paths are shown below', () => {
  for (const [root, names] of ROOTS) {
    assert.equal(rootOf(names), root, names.join(' '))
    assert.equal(rootOf(names.toReversed()), root, 'in any order')
  }
})

const found = (snapshot: Snapshot, type: string) => select(snapshot, {type}).nodes[0]
const closure = (snapshot: Snapshot, name: string) => {
  const {nodes} = select(snapshot, {name})
  return nodes.find(node => snapshot.nodeKind[node] === NodeKind.closure && placeOf(snapshot, node) !== undefined)!
}

for (const version of ['node12', 'node16', 'node18', 'node20', 'node22', 'node24', 'node26', 'deno']) {
  test(`a class and a function are where the program has them: ${version}`, async () => {
    const snapshot = await openSnapshot(`fixtures/snapshots/types-zoo.${version}.heapsnapshot.gz`)
    assert.equal(scriptRoot(snapshot), '/app/')
    const {column, ...zoo} = placeOf(snapshot, found(snapshot, 'Zoo'))!
    assert.deepEqual(zoo, {script: '/app/src/types-zoo.cjs', shown: 'src/types-zoo.cjs', line: 6, code: 'application'})
    assert(column > 0)
    assert.equal(sourcePlace(snapshot, closure(snapshot, 'snapshotWhenSettled')), 'src/lib/snapshot-when-settled.cjs:7')
    assert.equal(placeOf(snapshot, found(snapshot, 'Timeout'))?.code, 'runtime')
    const call = scopeOf(snapshot, /^call of snapshotWhenSettled/)
    assert.equal(scopeText(snapshot, call), 'call of snapshotWhenSettled() (src/lib/snapshot-when-settled.cjs:7)')
    assert.equal(scopeText(snapshot, scopes(snapshot).outer(call)), 'module src/lib/snapshot-when-settled.cjs')
    const {preview, place} = describe(snapshot, call)
    assert.deepEqual([preview, place], ['call of snapshotWhenSettled()', 'src/lib/snapshot-when-settled.cjs:7'])
    assert.equal(scopeText(snapshot, scopeOf(snapshot, /types-zoo\.cjs:95$/)), 'scope around src/types-zoo.cjs:95')
  })
}

function scopeOf(snapshot: Snapshot, text: RegExp): number {
  for (let node = 0; node < snapshot.nodeCount; node++) if (text.test(scopeText(snapshot, node))) return node
  return assert.fail(`no scope ${text}`)
}

test('a package is named', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/vendor.node20.heapsnapshot.gz')
  const {shown, code, package: name} = placeOf(snapshot, found(snapshot, 'TinyLru'))!
  assert.deepEqual([shown, code, name], ['src/vendor/node_modules/tiny-lru/index.js', 'library', 'tiny-lru'])
  assert.equal(scriptRoot(snapshot), '/app/')
})

test('a page: paths below its folder, its script as a module', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/page.chromium.heapsnapshot.gz')
  const panel = closure(snapshot, 'openPanel')
  assert.equal(sourcePlace(snapshot, panel), 'src/page.html:21')
  assert.equal(scopeText(snapshot, scopeOf(snapshot, /^module /)), 'module src/page.html')
})

test('what is no scope, or of nobody', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/types-zoo.node20.heapsnapshot.gz')
  assert.equal(scopeText(snapshot, snapshot.root), '')
  assert.equal(scopePlace(snapshot, snapshot.root), undefined)
  assert.equal(placeOf(snapshot, snapshot.root), undefined)
})
