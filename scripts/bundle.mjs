/**
 * Bundles the program into dist/program: few files, since each that Node has to find, read and link takes it a third of a
 * millisecond. What is not wanted each time is a file of its own: `import()` in the sources makes one. Other people's packages
 * stay outside.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'

const cwd = fileURLToPath(new URL('..', import.meta.url))
await build({
  cwd,
  // The second is the program of a thread.
  input: {program: 'src/cli/program.ts', engine: 'src/cli/explore/engine.ts'},
  external: specifier => !/^[./]/.test(specifier),
  platform: 'node',
  // Two folders below the root, as the sources are: package.json is looked for from there.
  output: {dir: 'dist/program', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js'},
  logLevel: 'warn',
})

/** `heapgraph/testing` for those who `require` it, as Jest does: one file, beside the module of its other thread. */
await build({
  cwd,
  input: 'src/testing/index.ts',
  external: specifier => !/^[./]/.test(specifier),
  platform: 'node',
  output: {file: 'dist/testing/index.cjs', format: 'cjs'},
  logLevel: 'warn',
})
const types = name => readFileSync(new URL(`../dist/testing/${name}.d.ts`, import.meta.url), 'utf8')
writeFileSync(new URL('../dist/testing/index.d.cts', import.meta.url), types('expect-no-growth'))
