/**
 * Makes a string of each script that runs in HTML files we write, or in pages that are tried: `page/graph/main.ts` becomes
 * `src/emit/page/graph-script.ts`, which the sources import as they do any other. Not minified: who opens such a file may read what it does.
 */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'
import {licencesOf} from './licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Those of the files we write are `emit`'s. */
const HOMES = {crawl: 'src/capture/page', recorder: 'src/capture/page'}
/** Those that have exports: scripts that are called by their names. */
const NAMED = new Set([...Object.keys(HOMES), 'webgl'])
const mainOf = name =>
  ['main.ts', 'main.tsx'].map(file => `page/${name}/${file}`).find(path => existsSync(`${root}${path}`))
const pages = readdirSync(`${root}page`).filter(name => mainOf(name) !== undefined)

for (const name of pages) {
  const {output} = await build({
    cwd: root,
    input: mainOf(name),
    platform: 'browser',
    output: {format: 'iife', comments: false, ...(NAMED.has(name) && {name})},
    write: false,
    logLevel: 'warn',
  })
  // Whoever gets the page gets the code of these packages: their licences ask for this.
  const licences = licencesOf(Object.keys(output[0].modules))
  const code = output[0].code
    .replace(/^\/\/#(?:end)?region.*\n/gm, '')
    .replaceAll('\t', '  ')
    .trim()
  const module = `/** Made of page/${name} by scripts/page-scripts.mjs. */\nexport const script = ${JSON.stringify(`\n${licences}${code}\n`)}\n`
  const path = `${root}${HOMES[name] ?? 'src/emit/page'}/${name}-script.ts`
  if (!existsSync(path) || readFileSync(path, 'utf8') !== module) writeFileSync(path, module)
}
