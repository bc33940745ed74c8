import assert from 'node:assert/strict'
import {builtinModules} from 'node:module'
import {test} from 'node:test'
import {openSnapshot} from '../../../src/index.ts'
import {type CodeOrigin, codeOf, originOfScript} from '../../../src/snapshot/code/code-origin.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const NAMES: [script: string, code: CodeOrigin, packageName?: string][] = [
  ['/app/src/cache.js', 'application'],
  ['/app/src/node_modules.js', 'application'],
  ['/home/me/my_node_modules/x.js', 'application'],
  ['C:\\app\\src\\cache.js', 'application'],
  ['app.js', 'application'],
  ['src/fs.js', 'application'],
  ['/srv/fs.js', 'application'],
  ['[eval]', 'application'],
  ['[worker eval]', 'application'],
  ['REPL1', 'application'],
  ['http://localhost:3000/assets/index-1a2b.js', 'application'],
  ['https://shop.example/app.js?v=1', 'application'],
  ['https://tags.example/t.js', 'application'],
  ['https://deno.land/x', 'application'],
  ['webpack-internal:///./src/App.tsx', 'application'],
  ['webpack://my-app/./src/App.tsx', 'application'],
  ['blob:https://shop.example/2c3d', 'application'],
  ['data:text/javascript,export default 1', 'application'],
  ['/app/.yarn/__virtual__/web-virtual-1a2b/1/packages/web/src/x.ts', 'application'],

  ['/app/node_modules/lodash/lodash.js', 'library', 'lodash'],
  ['/app/node_modules/@scope/name/dist/index.js', 'library', '@scope/name'],
  ['C:\\app\\node_modules\\@scope\\name\\index.js', 'library', '@scope/name'],
  ['/app/node_modules/a/node_modules/b/index.js', 'library', 'b'],
  ['/app/node_modules/.pnpm/lodash@4.17.21/node_modules/lodash/lodash.js', 'library', 'lodash'],
  ['/app/node_modules/.pnpm/@a+b@1.0.0_c@2.0.0/node_modules/@a/b/x.js', 'library', '@a/b'],
  ['/app/.yarn/cache/lodash-npm-4.17.21-6382451519.zip/node_modules/lodash/lodash.js', 'library', 'lodash'],
  [
    '/app/.yarn/__virtual__/react-dom-virtual-1a/0/cache/react-dom.zip/node_modules/react-dom/index.js',
    'library',
    'react-dom',
  ],
  ['/app/.yarn/releases/yarn-4.1.0.cjs', 'library', 'yarn'],
  ['/app/.pnp.cjs', 'library'],
  ['http://localhost:5173/node_modules/.vite/deps/react-dom_client.js?v=1a2b', 'library', 'react-dom_client'],
  ['http://localhost:5173/node_modules/.vite/deps/@mui_material.js?v=1a2b', 'library', '@mui/material'],
  ['http://localhost:5173/node_modules/.vite/deps/chunk-WRD5.js?v=1a2b', 'library'],
  ['http://localhost:5173/@vite/client', 'library', 'vite'],
  ['webpack-internal:///./node_modules/react/index.js', 'library', 'react'],
  ['webpack-internal:///webpack/runtime/jsonp', 'library', 'webpack'],
  ['webpack://my-app/webpack/bootstrap', 'library', 'webpack'],
  ['https://deno.land/x/oak@v12.6.1/mod.ts', 'library', 'oak'],
  ['https://deno.land/std@0.200.0/path/mod.ts', 'library', 'std'],
  ['https://jsr.io/@std/path/1.0.0/mod.ts', 'library', '@std/path'],
  ['/root/.cache/deno/npm/registry.example.org/chalk/5.3.0/source/index.js', 'library', 'chalk'],
  ['/root/.cache/deno/npm/registry.example.org/@a/b/5.3.0/index.js', 'library', '@a/b'],
  ['npm:chalk@5.3.0', 'library', 'chalk'],
  ['npm:/@a/b@1/x.js', 'library', '@a/b'],
  ['jsr:@std/path@1', 'library', '@std/path'],
  ['https://esm.sh/react@18.2.0', 'library', 'react'],
  ['https://esm.sh/v135/@a/b@1/es2022/b.mjs', 'library', '@a/b'],
  ['https://unpkg.com/vue@3/dist/vue.global.js', 'library', 'vue'],
  ['https://cdn.jsdelivr.net/npm/@a/b@1.2.3/+esm', 'library', '@a/b'],
  ['https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js', 'library', 'jquery'],
  ['chrome-extension://abcdef/content.js', 'library', 'chrome-extension://abcdef'],
  ['__puppeteer_evaluation_script__', 'library', 'puppeteer'],

  ['node:internal/timers', 'runtime'],
  ['node:fs', 'runtime'],
  ['node:internal/deps/undici/undici', 'runtime'],
  ['internal/timers.js', 'runtime'],
  ['internal/process/next_tick.js', 'runtime'],
  ['fs.js', 'runtime'],
  ['v8.js', 'runtime'],
  ['_stream_readable.js', 'runtime'],
  ['timers/promises.js', 'runtime'],
  ['ext:deno_node/v8.ts', 'runtime'],
  ['devtools://devtools/bundled/x.js', 'runtime'],
  ['chrome://new-tab-page/x.js', 'runtime'],
  ['extensions::utils', 'runtime'],

  ['', 'unknown'],
  ['evalmachine.<anonymous>', 'unknown'],
  ['wasm://wasm/1a2b', 'unknown'],
]

test('whose code a script is, by its name', () => {
  for (const [script, code, packageName] of NAMES) {
    const expected = packageName === undefined ? {code} : {code, package: packageName}
    assert.deepEqual(originOfScript(script), expected, script)
  }
})

test('every module of Node under its old name is the runtime', () => {
  const newer = /^(bun|sqlite|test|sea|inspector\/)/
  for (const name of builtinModules.filter(name => !name.startsWith('node:') && !newer.test(name))) {
    assert.equal(originOfScript(`${name}.js`).code, 'runtime', name)
  }
})

test('hostile names take no time to speak of', () => {
  for (const part of ['/npm/', '.', 'node_modules/', '.vite/deps/', '@', 'https://esm.sh/', '/']) {
    for (const name of [part.repeat(1_000_000), `/npm/${part.repeat(1_000_000)}`]) {
      // The name of a package is a part of the path at most.
      const {package: found = ''} = originOfScript(name)
      assert.ok(found.length < name.length, part)
    }
  }
})

const VERSIONS = ['node12', 'node16', 'node18', 'node20', 'node22', 'node24', 'node26', 'deno']

for (const version of VERSIONS) {
  test(`every script of a real snapshot is told apart: ${version}`, async () => {
    const snapshot = await openSnapshot(`fixtures/snapshots/types-zoo.${version}.heapsnapshot.gz`)
    const {nodeKind, nodeName, strings, nodeCount, types} = snapshot
    const counts: Record<CodeOrigin, number> = {application: 0, library: 0, runtime: 0, unknown: 0}
    for (let node = 0; node < nodeCount; node++) {
      if (nodeKind[node] === NodeKind.closure) counts[codeOf(snapshot, node)]++
      if (strings.get(nodeName[node]) === 'Specimen' && nodeKind[node] === NodeKind.object) {
        assert.equal(codeOf(snapshot, node), 'application')
      }
      if (types.names[types.ofNode[node]] === 'Timeout') assert.equal(codeOf(snapshot, node), 'runtime')
    }
    assert.equal(counts.library, 0)
    assert(counts.application > 3 && counts.application < 30, `${counts.application} functions of the application`)
    assert(counts.runtime > 1000)
  })
}

test('the code of a package is a library, that of the file that uses it is not', async () => {
  const snapshot = await openSnapshot('fixtures/snapshots/vendor.node20.heapsnapshot.gz')
  const {nodeKind, nodeName, strings, nodeCount} = snapshot
  const origins = new Map<string, CodeOrigin>()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.object) origins.set(strings.get(nodeName[node]), codeOf(snapshot, node))
  }
  for (const name of ['Thumbnail', 'Report', 'Connection']) assert.equal(origins.get(name), 'application', name)
  assert.equal(origins.get('TinyLru'), 'library')
})

test('an extension is the application where there is no other', async () => {
  const page = (extra: string) => `
    root -> f -internal:shared-> shared -internal:script-> script -internal:name-> name
    f: closure f at 1:2:3
    name: string "chrome-extension://abcdef/background.js"
    ${extra}`
  const alone = await heapOf(page(''))
  assert.equal(codeOf(alone, alone.node('f')), 'application')
  const onPage = await heapOf(
    page(`
    root -> g -internal:shared-> shared2 -internal:script-> script2 -internal:name-> name2
    g: closure g at 2:2:3
    name2: string "https://shop.example/app.js"
  `),
  )
  assert.equal(codeOf(onPage, onPage.node('f')), 'library')
})
