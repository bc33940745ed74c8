/** What can be imported is documented, and so is what it is typed by. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {exportedTypes, faces, ROOT, typesInSignatures} from './faces.ts'

const modules = faces()
const MAIN = modules.get('.')!

test('the subpaths are those that are promised, and the library is small enough to be read', async () => {
  assert.deepEqual([...modules.keys()].sort(), [
    '.',
    './capture',
    './export',
    './graphology',
    './record',
    './register',
    './sql',
    './testing',
  ])
  const library = (await import('../../src/public/heapgraph.ts')) as Record<string, unknown>
  const names = Object.keys(library)
  assert.ok(names.length >= 40 && names.length <= 80, `${names.length} exports`)
})

/** The comment that ends where the declaration begins. */
function commentBefore(text: string, at: number): string {
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, at))?.[0] ?? ''
}

test('every value that a module of public/ exports has a comment that says what it does', () => {
  let count = 0
  for (const module of readdirSync(join(ROOT, 'src/public'))) {
    // What the questions share, and what people do not import.
    if (module === 'answers.ts' || module === 'checks.ts') continue
    const text = readFileSync(join(ROOT, 'src/public', module), 'utf8')
    for (const found of text.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)) {
      count++
      const words = commentBefore(text, found.index).match(/[\w']+/g) ?? []
      assert.ok(words.length >= 5, `${found[1]} of src/public/${module} has no comment`)
    }
  }
  assert.ok(count > 60, `only ${count} were found`)
})

test('every type in a signature can be imported', () => {
  const inMain = exportedTypes(MAIN)
  for (const [name, module] of modules) {
    const here = exportedTypes(module)
    const missing = typesInSignatures(module)
      // The list of metrics is a value; what it is typed as is not.
      .filter(type => type.name !== 'METRICS')
      .map(type => `${type.name} of ${type.module}`)
      .filter(type => !here.has(type) && !inMain.has(type))
    assert.deepEqual(missing, [], name)
  }
  assert.ok(inMain.has('TypesAnswer of analyze/answers/types.ts'))
  assert.ok(typesInSignatures(MAIN).length > 100)
})
