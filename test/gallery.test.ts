/** The pictures in docs are what the program draws today: `node scripts/make-gallery.mjs` draws them anew. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {heapgraph, ROOT} from './cli/cli.ts'
import {elementsNamed, parseXml} from './emit/xml.ts'
import {HANG_MS} from './support/limits.ts'

interface Script {
  PICTURES: [name: string, question: string[]][]
  argumentsOf(question: string[]): string[]
}

const {PICTURES, argumentsOf}: Script = await import(`${new URL('../scripts/make-gallery.mjs', import.meta.url)}`)

process.chdir(ROOT)

const hasXmllint = spawnSync('xmllint', ['--version'], {timeout: HANG_MS}).status === 0

for (const [name, question] of PICTURES) {
  test(`docs/${name}.svg`, async () => {
    const {code, stdout} = await heapgraph(argumentsOf(question))
    assert.equal(code, 0)
    assert.equal(stdout, readFileSync(`docs/${name}.svg`, 'utf8'), 'node scripts/make-gallery.mjs draws it anew')
    const root = parseXml(stdout)
    assert.ok(elementsNamed(root, 'g').length > 3)
    assert.ok(!stdout.includes(ROOT.slice(0, -1)))
    if (hasXmllint) assert.equal(spawnSync('xmllint', ['--noout', '-'], {timeout: HANG_MS, input: stdout}).status, 0)
  })
}

test('the gallery holds nothing else, and its page shows all', () => {
  const inGallery = PICTURES.map(([name]) => `${name}.svg`).filter(name => name.startsWith('gallery/'))
  const files = readdirSync('docs/gallery').filter(name => name.endsWith('.svg'))
  assert.deepEqual(files.map(name => `gallery/${name}`).sort(), inGallery.sort())
  const page = readFileSync('docs/gallery/README.md', 'utf8')
  for (const name of files) assert.ok(page.includes(`](${name})`), name)
})
