/**
 * Bundles the program into dist/program: few files, since each that Node has to find, read and link takes it a third of a
 * millisecond. What is not wanted each time is a file of its own: `import()` in the sources makes one. Other people's packages
 * stay outside.
 */
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'

await build({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  input: {program: 'src/cli/program.ts'},
  external: specifier => !/^[./]/.test(specifier),
  platform: 'node',
  // Two folders below the root, as the sources are: package.json is looked for from there.
  output: {dir: 'dist/program', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js'},
  logLevel: 'warn',
})
