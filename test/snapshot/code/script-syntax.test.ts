/** Texts of scripts and the functions in them, in what a living program wrote: V8's own names and places are the truth. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {openSnapshot, type Snapshot} from '../../../src/index.ts'
import {locationRow, placeInScript} from '../../../src/snapshot/code/places.ts'
import {scopeOfClosure} from '../../../src/snapshot/code/script-lines.ts'
import {scriptOf, syntaxOfScript, textOfScript} from '../../../src/snapshot/code/script-syntax.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS} from '../../support/limits.ts'

const folder = temporaryFolder()
const FILLING = `// ${'x'.repeat(90)}\n`.repeat(20)

/** One of each shape of function, in a CommonJS module with a hashbang, an ES module, `eval`, `Function` and `vm`. */
const COMMON = `#!/usr/bin/env node
${FILLING}const kept = (globalThis.kept = [])
function declared(a, b = () => a) { kept.push(b); return function inner() { return a } }
const arrow = async x => x, wide = async (x, y) => [x, y]; kept.push(declared, declared(1), arrow, wide)
class Base { constructor() { this.x = 1 } } /* ☃ */ class Bare extends Base {}
class Full extends Base { #hidden = () => 1; static made = function () {}; field = () => this; get size() { return this.#hidden } set size(v) {}
  async *['computed']() {} static quick() {} async slow() {} }
kept.push(Base, Bare, Full, Full.made, Full.quick, new Full().field, Full.prototype, Object.getOwnPropertyDescriptor(Full.prototype, 'size'))
kept.push({method() {}, async *generator() {}, get got() { return 1 }, 'quoted name': function () {}, [Symbol.iterator]: function* () {}})
kept.push(eval('(function evaluated(p) { return () => p })'), new Function('p', 'q', 'return () => p')(1))
kept.push(require('node:vm').runInThisContext('(function inVm() { return 1 })', {filename: 'in-vm.js'}))
if (kept.length === 0) return
import('./module.mjs').then(({later}) => {
  kept.push(later)
  require('node:v8').setFlagsFromString(\`--heap-snapshot-string-limit=\${process.argv[3]}\`)
  require('node:v8').writeHeapSnapshot(process.argv[2])
})
`
const MODULE = `${FILLING}export const later = () => import.meta.url, more = await 1
export default function () { return more }
globalThis.kept.push(() => 1)
`

async function snapshotWith(limit: number): Promise<Snapshot> {
  const file = join(folder, `${limit}.heapsnapshot`)
  execFileSync(process.execPath, [join(folder, 'main.cjs'), file, String(limit)], {timeout: HANG_MS})
  return await openSnapshot(file)
}

let whole: Snapshot

before(
  async () => {
    writeFileSync(join(folder, 'main.cjs'), COMMON)
    writeFileSync(join(folder, 'module.mjs'), MODULE)
    whole = await snapshotWith(1_000_000)
  },
  {timeout: HANG_MS},
)

/** Closures whose script is one of the program's. */
function* ownClosures(snapshot: Snapshot): Generator<{closure: number; name: string; script: string}> {
  for (let closure = 0; closure < snapshot.nodeCount; closure++) {
    if (snapshot.nodeKind[closure] !== NodeKind.closure) continue
    const script = placeInScript(snapshot, locationRow(snapshot, closure))?.script
    // What `eval` and `Function` made has no name.
    const isEvaluated = /^\(function (?:evaluated|anonymous)/.test(
      textOfScript(snapshot, scriptOf(snapshot, closure))?.text ?? '',
    )
    if (isEvaluated || script?.startsWith(folder) || script === 'in-vm.js') {
      yield {closure, name: snapshot.strings.get(snapshot.nodeName[closure]), script: script ?? ''}
    }
  }
}

test('snapshots of one program share what is parsed', async () => {
  const again = await openSnapshot(join(folder, '1000000.heapsnapshot'))
  const syntaxOf = (snapshot: Snapshot) => {
    for (const {closure, name} of ownClosures(snapshot)) {
      if (name === 'declared') return syntaxOfScript(snapshot, scriptOf(snapshot, closure))
    }
    return undefined
  }
  assert.ok(syntaxOf(whole))
  assert.equal(syntaxOf(again), syntaxOf(whole))
})

test('each closure leads to its function in the text', () => {
  const names = new Set<string>()
  for (const {closure, name, script} of ownClosures(whole)) {
    const found = scopeOfClosure(whole, closure)
    assert.ok(found, `${name} in ${script}`)
    // What has no text of its own in a class has the class's scope.
    const of =
      found.kind === 'class'
        ? syntaxOfScript(whole, scriptOf(whole, closure))?.functions.find(({scope}) => scope === found)
        : found.function
    if (of === undefined) {
      assert.equal(found.kind, 'root')
      continue
    }
    names.add(of.name)
    // V8 calls this one otherwise, and has no name for what is exported by default, nor `later`, which is assigned to an export.
    if (of.kind === 'class') assert.ok(['Bare', '<instance_members_initializer>', 'Full'].includes(name), name)
    else if (name !== '' && name !== 'Function') assert.equal(of.name, name)
  }
  const expected = [
    'declared', 'inner', 'b', 'arrow', 'wide', 'Base', 'Bare', 'Full', 'made', 'field', 'get size', 'set size', 'computed', 'quick', 'slow', 'method',
    'generator', 'get got', 'quoted name', 'evaluated', 'inVm', 'later',
  ] // biome-ignore format: a table
  for (const name of expected) assert.ok(names.has(name), name)
})

test('texts are whole or known to be cut', async () => {
  const cut = await snapshotWith(1024)
  let scripts = 0
  for (const {closure, name, script} of ownClosures(cut)) {
    if (!script.endsWith('main.cjs') && !script.endsWith('module.mjs')) continue
    const text = textOfScript(cut, scriptOf(cut, closure))
    assert.deepEqual({length: text?.text.length, isWhole: text?.isWhole}, {length: 1024, isWhole: false}, name)
    assert.equal(scopeOfClosure(cut, closure), undefined)
    scripts++
  }
  assert.ok(scripts > 10)
  for (const {closure, script} of ownClosures(whole)) {
    if (script.endsWith('main.cjs')) assert.equal(textOfScript(whole, scriptOf(whole, closure))?.text, COMMON)
  }
})

test('a script is parsed once', () => {
  const [{closure}] = ownClosures(whole)
  const script = scriptOf(whole, closure)
  assert.ok(syntaxOfScript(whole, script))
  assert.equal(syntaxOfScript(whole, script), syntaxOfScript(whole, script))
})
