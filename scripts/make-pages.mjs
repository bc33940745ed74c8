/**
 * Builds the pages below fixtures/pages/tickets anew with real frameworks, minified and with source maps, into fixtures/pages/built.
 * The frameworks are installed into a temporary folder: nobody who works on heapgraph needs them. `node scripts/make-pages.mjs [NAME …]`
 */
import {execFileSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {constants, gzipSync} from 'node:zlib'
import {build} from 'esbuild'

const PAGES = fileURLToPath(new URL('../fixtures/pages/', import.meta.url))

const ANGULAR = {
  ...Object.fromEntries(
    ['common', 'compiler', 'compiler-cli', 'core', 'platform-browser'].map(name => [`@angular/${name}`, '22.2.6']),
  ),
  rxjs: '7.8.2',
  tslib: '2.8.1',
  typescript: '6.0.3',
  'zone.js': '0.16.3',
}

/** Entry below fixtures/pages/tickets, packages with their versions; `by`: what bundles it, esbuild unless said. */
const BUILDS = {
  react17: {entry: 'react/render.jsx', packages: {react: '17.0.2', 'react-dom': '17.0.2'}},
  react18: {entry: 'react/root.jsx', packages: {react: '18.3.1', 'react-dom': '18.3.1'}},
  react19: {entry: 'react/root.jsx', packages: {react: '19.3.1', 'react-dom': '19.3.1'}},
  vue3: {entry: 'vue/mount.js', packages: {vue: '3.5.45'}, compile: compileVue},
  pinia: {entry: 'pinia/mount.js', packages: {vue: '3.5.45', pinia: '4.1.0'}, compile: compileVue},
  svelte5: {entry: 'svelte/mount.js', packages: {svelte: '5.57.3'}, compile: compileSvelte},
  vite8: {entry: 'react/root.jsx', packages: {react: '19.3.1', 'react-dom': '19.3.1', vite: '8.4.0'}, by: byVite},
  webpack5: {
    entry: 'react/root.jsx',
    packages: {react: '19.3.1', 'react-dom': '19.3.1', webpack: '5.113.0'},
    by: byWebpack,
  },
  'webpack5-lazy': {
    entry: 'react/lazy.jsx',
    packages: {react: '19.3.1', 'react-dom': '19.3.1', webpack: '5.113.0'},
    by: byWebpack,
  },
  vue27: {entry: 'vue2/mount.js', packages: {vue: '2.7.16'}, compile: compileVue2},
  svelte4: {entry: 'svelte4/mount.js', packages: {svelte: '4.2.20'}, compile: compileSvelte4},
  solid1: {
    entry: 'solid/main.jsx',
    packages: {'solid-js': '1.9.20', 'babel-preset-solid': '1.9.16', '@babel/core': '7.28.5'},
    compile: compileSolid,
  },
  angular22: {entry: 'angular/main.ts', packages: ANGULAR, by: byAngular},
  'angular22-zone': {entry: 'angular/main-zone.ts', packages: ANGULAR, by: byAngular},
  dom: {entry: 'dom/main.js', workers: ['dom/indexer.js'], packages: {}},
  stores: {
    entry: 'stores/main.js',
    packages: {redux: '5.0.1', '@reduxjs/toolkit': '2.15.0', zustand: '5.1.0', '@tanstack/query-core': '5.108.4'},
  },
  rxjs7: {entry: 'rxjs/main.js', packages: {rxjs: '7.8.2'}},
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BUILDS)
for (const name of names) await make(name, BUILDS[name])

async function make(name, {entry, workers = [], packages, compile, by = byEsbuild}) {
  const folder = mkdtempSync(join(tmpdir(), `heapgraph-${name}-`))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({private: true, dependencies: packages}))
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {cwd: folder})
    const outfile = join(folder, 'app.js')
    await by({entry: join(PAGES, 'tickets', entry), outfile, folder, compile})
    for (const worker of workers) {
      await byEsbuild({entry: join(PAGES, 'tickets', worker), outfile: join(folder, basename(worker)), folder})
    }
    const out = join(PAGES, 'built', name)
    if (!existsSync(out)) mkdirSync(out, {recursive: true})
    // Besides app.js what it loads when it is needed.
    for (const file of readdirSync(folder).filter(
      file => file.endsWith('.js') && existsSync(join(folder, `${file}.map`)),
    )) {
      write(join(out, `${file}.gz`), readFileSync(join(folder, file), 'utf8'))
      write(join(out, `${file}.map.gz`), ownMap(readFileSync(join(folder, `${file}.map`), 'utf8')))
    }
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

async function byEsbuild({entry, outfile, folder, compile, define = {}}) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: true,
    target: 'es2022',
    conditions: ['browser', 'production'],
    plugins: compile === undefined ? [] : [await compile(folder)],
    nodePaths: [join(folder, 'node_modules')],
    define: {'process.env.NODE_ENV': '"production"', ...define},
    logLevel: 'error',
  })
}

/** What is installed there: bundlers look for packages above the sources. */
function installed(folder, path) {
  return import(pathToFileURL(join(folder, 'node_modules', path)).href)
}

async function byVite({entry, folder}) {
  const {build} = await installed(folder, 'vite/dist/node/index.js')
  cpSync(join(PAGES, 'tickets'), join(folder, 'tickets'), {recursive: true})
  const input = join(folder, 'tickets', entry.slice(join(PAGES, 'tickets/').length))
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      sourcemap: true,
      rollupOptions: {input, output: {entryFileNames: 'app.js'}},
    },
  })
}

async function byWebpack({entry, outfile, folder}) {
  const {default: webpack} = await installed(folder, 'webpack/lib/index.js')
  const loader = join(folder, 'loader.cjs')
  writeFileSync(
    loader,
    `const {transform} = require(${JSON.stringify(fileURLToPath(import.meta.resolve('esbuild')))})
    module.exports = function (text) {
      const done = this.async()
      transform(text, {loader: 'jsx', sourcemap: true, sourcefile: this.resourcePath}).then(({code, map}) => done(null, code, map), done)
    }`,
  )
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry,
    devtool: 'source-map',
    output: {path: folder, filename: basename(outfile)},
    module: {rules: [{test: /\.jsx$/, loader}]},
    resolve: {modules: [join(folder, 'node_modules')]},
  })
  const stats = await new Promise((done, fail) => compiler.run((error, stats) => (error ? fail(error) : done(stats))))
  if (stats.hasErrors()) throw new Error(stats.toString())
}

/** Angular's own compiler for the sources, its linker for its packages, and esbuild for both. Its compiler needs Node 22.18 or newer. */
async function byAngular({entry, outfile, folder}) {
  cpSync(join(PAGES, 'tickets/angular'), join(folder, 'tickets/angular'), {recursive: true})
  const compilerOptions = {
    target: 'es2022',
    module: 'es2022',
    moduleResolution: 'bundler',
    rootDir: 'tickets/angular',
    outDir: 'compiled',
    sourceMap: true,
    inlineSources: true,
    skipLibCheck: true,
    rewriteRelativeImportExtensions: true,
    experimentalDecorators: true,
    useDefineForClassFields: false,
    strict: true,
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
  }
  const config = {compilerOptions, angularCompilerOptions: {compilationMode: 'full'}, include: ['tickets/angular/*.ts']}
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(folder, 'node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.json'], {cwd: folder, stdio: 'inherit'})
  await byEsbuild({
    entry: join(folder, 'compiled', basename(entry).replace('.ts', '.js')),
    outfile,
    folder,
    compile: linkAngular,
    define: {ngDevMode: 'false', ngJitMode: 'false', ngI18nClosureMode: 'false', ngServerMode: 'false'},
  })
}

async function linkAngular(folder) {
  const {createEs2015LinkerPlugin} = await installed(folder, '@angular/compiler-cli/bundles/linker/babel/index.js')
  const babel = await installed(folder, '@babel/core/lib/index.js')
  const fileSystem = {
    resolve: (...parts) => join(...parts),
    exists: () => false,
    dirname: path => path,
    relative: (_, path) => path,
  }
  const logger = {level: 1, debug() {}, info() {}, warn: console.warn, error: console.error}
  const plugin = createEs2015LinkerPlugin({linkerJitMode: false, fileSystem, logger})
  const options = {plugins: [plugin], configFile: false, babelrc: false, compact: false}
  return {
    name: 'angular',
    setup: build =>
      build.onLoad({filter: /@angular\/.*\.mjs$/}, async ({path}) => {
        const text = readFileSync(path, 'utf8')
        if (!text.includes('ɵɵngDeclare')) return undefined
        const {code} = await babel.transformAsync(text, {...options, filename: path})
        return {contents: code, loader: 'js'}
      }),
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

/** The same of Vue 2.7. */
async function compileVue2(folder) {
  const {default: compiler} = await installed(folder, 'vue/packages/compiler-sfc/dist/compiler-sfc.js')
  const compiled = path => {
    const source = readFileSync(path, 'utf8')
    const descriptor = compiler.parse({source, filename: path})
    const id = basename(path)
    const {content, map} = compiler.compileScript(descriptor, {id, isProd: true, sourceMap: true})
    const {code} = compiler.compileTemplate({
      source: descriptor.template.content,
      filename: path,
      isProduction: true,
      bindings: compiler.compileScript(descriptor, {id, isProd: true}).bindings,
    })
    // Behind the component's options, so that their lines stay where they are.
    const options = compiler.rewriteDefault(content, 'component')
    const rendered = 'component.render = render\ncomponent.staticRenderFns = staticRenderFns\nexport default component'
    return withMap(`${options}\n${code}\n${rendered}`, map)
  }
  return {
    name: 'vue2',
    setup: build => build.onLoad({filter: /\.vue$/}, ({path}) => ({contents: compiled(path), loader: 'js'})),
  }
}

async function compileSolid(folder) {
  const {default: babel} = await installed(folder, '@babel/core/lib/index.js')
  const preset = join(folder, 'node_modules/babel-preset-solid/index.js')
  return {
    name: 'solid',
    setup: build =>
      build.onLoad({filter: /\.jsx$/}, async ({path}) => {
        const {code, map} = await babel.transformFileAsync(path, {
          presets: [preset],
          sourceMaps: true,
          configFile: false,
        })
        return {contents: withMap(code, map), loader: 'js'}
      }),
  }
}

async function compileSvelte4(folder) {
  const {compile} = await installed(folder, 'svelte/src/compiler/index.js')
  return {
    name: 'svelte4',
    setup: build =>
      build.onLoad({filter: /\.svelte$/}, ({path}) => {
        const {js} = compile(readFileSync(path, 'utf8'), {filename: path, generate: 'dom'})
        return {contents: withMap(js.code, js.map), loader: 'js'}
      }),
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
  // Angular's packages have maps of their own, with paths of where they were made.
  map.sources = map.sources.map(source => source.replace(/^.*\/bin\/packages\//, 'node_modules/@angular/'))
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
