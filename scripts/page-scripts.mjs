/**
 * Makes a string of each script that runs in HTML files we write: `page/graph/main.ts` becomes `src/emit/graph-script.ts`, which the
 * sources import as they do any other. Not minified: who opens such a file may read what it does.
 */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = readdirSync(`${root}page`).filter(name => existsSync(`${root}page/${name}/main.ts`))

for (const name of pages) {
  const {output} = await build({
    cwd: root,
    input: `page/${name}/main.ts`,
    platform: 'browser',
    output: {format: 'iife', comments: false},
    write: false,
    logLevel: 'warn',
  })
  const code = output[0].code
    .replace(/^\/\/#(?:end)?region.*\n/gm, '')
    .replaceAll('\t', '  ')
    .trim()
  const module = `/** Made of page/${name} by scripts/page-scripts.mjs. */\nexport const script = ${JSON.stringify(`\n${code}\n`)}\n`
  const path = `${root}src/emit/${name}-script.ts`
  if (!existsSync(path) || readFileSync(path, 'utf8') !== module) writeFileSync(path, module)
}
