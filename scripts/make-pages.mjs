/**
 * Builds the pages below fixtures/pages/tickets anew with real frameworks, minified and with source maps, into fixtures/pages/built.
 * The frameworks are installed into a temporary folder: nobody who works on heapgraph needs them. `node scripts/make-pages.mjs [NAME …]`
 */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {constants, gzipSync} from 'node:zlib'
import {build} from 'esbuild'

const PAGES = fileURLToPath(new URL('../fixtures/pages/', import.meta.url))

/** Entry below fixtures/pages/tickets, packages with their versions. */
const BUILDS = {
  react17: {entry: 'react/render.jsx', packages: {react: '17.0.2', 'react-dom': '17.0.2'}},
  react18: {entry: 'react/root.jsx', packages: {react: '18.3.1', 'react-dom': '18.3.1'}},
  react19: {entry: 'react/root.jsx', packages: {react: '19.3.1', 'react-dom': '19.3.1'}},
  vue3: {entry: 'vue/mount.js', packages: {vue: '3.5.45'}, compile: compileVue},
  svelte5: {entry: 'svelte/mount.js', packages: {svelte: '5.57.3'}, compile: compileSvelte},
  dom: {entry: 'dom/main.js', packages: {}},
  rxjs7: {entry: 'rxjs/main.js', packages: {rxjs: '7.8.2'}},
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BUILDS)
for (const name of names) await make(name, BUILDS[name])

async function make(name, {entry, packages, compile}) {
  const folder = mkdtempSync(join(tmpdir(), `heapgraph-${name}-`))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({private: true, dependencies: packages}))
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {cwd: folder})
    const outfile = join(folder, 'app.js')
    await build({
      entryPoints: [join(PAGES, 'tickets', entry)],
      outfile,
      bundle: true,
      minify: true,
      sourcemap: true,
      target: 'es2022',
      conditions: ['browser', 'production'],
      plugins: compile === undefined ? [] : [await compile(folder)],
      nodePaths: [join(folder, 'node_modules')],
      define: {'process.env.NODE_ENV': '"production"'},
      logLevel: 'error',
    })
    const out = join(PAGES, 'built', name)
    if (!existsSync(out)) mkdirSync(out, {recursive: true})
    write(join(out, 'app.js.gz'), readFileSync(outfile, 'utf8'))
    write(join(out, 'app.js.map.gz'), ownMap(readFileSync(`${outfile}.map`, 'utf8')))
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** Vue's single-file components, as its compiler makes JavaScript of them. */
async function compileVue(folder) {
  const {compileScript, compileTemplate, parse, rewriteDefault} = await import(
    pathToFileURL(join(folder, 'node_modules/vue/compiler-sfc/index.mjs')).href
  )
  const compiled = path => {
    const {descriptor} = parse(readFileSync(path, 'utf8'), {filename: path, sourceMap: true})
    const id = basename(path)
    const {content, map} = compileScript(descriptor, {id, inlineTemplate: true, isProd: true, sourceMap: true})
    if (descriptor.scriptSetup !== null) return withMap(content, map)
    // Behind the component's options, so that their lines stay where they are.
    const {code} = compileTemplate({source: descriptor.template.content, filename: path, id, isProd: true})
    const options = rewriteDefault(content, 'component')
    return withMap(`${options}\n${code}\ncomponent.render = render\nexport default component`, map)
  }
  return {
    name: 'vue',
    setup: build => build.onLoad({filter: /\.vue$/}, ({path}) => ({contents: compiled(path), loader: 'js'})),
  }
}

async function compileSvelte(folder) {
  const {compile} = await import(pathToFileURL(join(folder, 'node_modules/svelte/src/compiler/index.js')).href)
  return {
    name: 'svelte',
    setup: build =>
      build.onLoad({filter: /\.svelte$/}, ({path}) => {
        const {js} = compile(readFileSync(path, 'utf8'), {filename: path, generate: 'client'})
        return {contents: withMap(js.code, js.map), loader: 'js'}
      }),
  }
}

function withMap(code, map) {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
}

/** Without paths of this machine, and the texts of packages. */
function ownMap(text) {
  const map = JSON.parse(text)
  const isPackage = source => source.includes('node_modules/')
  map.sourcesContent = map.sourcesContent.map((content, i) => (isPackage(map.sources[i]) ? null : content))
  map.sources = map.sources.map(source =>
    isPackage(source)
      ? source.slice(source.lastIndexOf('node_modules/'))
      : source.replace(/^.*\/tickets\//, 'tickets/'),
  )
  return JSON.stringify(map)
}

function write(path, text) {
  const packed = gzipSync(text, {level: constants.Z_BEST_COMPRESSION})
  // The operating system's number, which differs.
  packed[9] = 255
  writeFileSync(path, packed)
}
