import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {openSnapshot, type Snapshot, select} from '../../src/index.ts'
import {
  declaration,
  declarationIn,
  memberDeclaration,
  propertyDeclaration,
} from '../../src/snapshot/code/declarations.ts'
import {locationRow, type Place, placeInScript} from '../../src/snapshot/code/places.ts'
import {NodeKind} from '../../src/snapshot/columns/schema.ts'
import {HANG_MS} from '../support/limits.ts'

const PROGRAM = fileURLToPath(new URL('declared/main.cjs', import.meta.url))
const LINES = readFileSync(PROGRAM, 'utf8').split('\n')
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-declared-'))
after(() => rmSync(folder, {recursive: true, force: true}))

let heap: Snapshot
before(async () => {
  const file = join(folder, 'declared.heapsnapshot')
  execFileSync(process.execPath, [PROGRAM, file], {timeout: HANG_MS})
  heap = await openSnapshot(file)
})

/** The line with the mark of the name, from 1 on; column of the name's last appearance before the mark that stands alone. */
function marked(name: string): number {
  const mark = `@${name}`
  const at = LINES.findIndex(line => line.split(/[ }]+/).includes(mark))
  assert.notEqual(at, -1, `no mark for ${name}`)
  return at + 1
}

function isAtMark(place: Place | undefined, name: string): void {
  assert.equal(place?.script, PROGRAM, name)
  assert.equal(place?.line, marked(name), name)
  assert.ok(LINES[place.line - 1].slice(place.column - 1).startsWith(name), `${name} at column ${place.column}`)
}

const closureAt = (text: string) => {
  const line = LINES.findIndex(one => one.includes(text)) + 1
  const {locations, nodeKind} = heap
  const found = [...locations.node].find(
    node =>
      nodeKind[node] === NodeKind.closure &&
      placeInScript(heap, locationRow(heap, node))?.line === line &&
      placeInScript(heap, locationRow(heap, node))?.script === PROGRAM,
  )
  assert.ok(found !== undefined, text)
  return found
}

test('variables of every kind, where the whole text is in the file', () => {
  const inside = closureAt('() => [table, sessions')
  for (const name of 'table sessions counters totals parts renamed Emitter held arrow v8'.split(' ')) {
    isAtMark(declaration(heap, inside, name), name)
  }
  isAtMark(declaration(heap, closureAt('held.push(() => turn)'), 'turn'), 'turn')
  isAtMark(declaration(heap, closureAt('held.push(() => item)'), 'item'), 'item')
  isAtMark(declaration(heap, closureAt('held.push(() => caught)'), 'caught'), 'caught')
  const arrow = closureAt('=> [option, rest]')
  isAtMark(declaration(heap, arrow, 'option'), 'option')
  const inner = closureAt('return () => table.get(limit)')
  isAtMark(declaration(heap, inner, 'limit'), 'limit')
  const shadow = declaration(heap, inner, 'table')
  assert.equal(shadow?.line, LINES.findIndex(line => line.includes('further inside')) + 1)
  assert.equal(declaration(heap, inside, 'nothing'), undefined)
})

test('what comes from another module is told', () => {
  const inside = closureAt('() => [table, sessions')
  const isImport = (name: string) => declaration(heap, inside, name)?.isImport
  assert.deepEqual(['v8', 'Emitter', 'parts'].map(isImport), [true, true, true])
  assert.deepEqual(['table', 'renamed', 'arrow', 'held'].map(isImport), [false, false, false, false])
})

test('exports, and properties of what a variable has', () => {
  isAtMark(declarationIn(heap, PROGRAM, 'kept'), 'kept')
  isAtMark(declarationIn(heap, PROGRAM, 'store'), 'store')
  isAtMark(declarationIn(heap, PROGRAM, 'table'), 'table')
  const inside = closureAt('() => [table, sessions')
  isAtMark(memberDeclaration(heap, inside, 'sessions', ['open']), 'open')
  isAtMark(memberDeclaration(heap, inside, 'sessions', ['closed', 'late']), 'late')
  isAtMark(memberDeclaration(heap, inside, 'frozen', ['rows']), 'rows')
  isAtMark(memberDeclaration(heap, inside, 'bag', ['later']), 'later')
  assert.equal(memberDeclaration(heap, inside, 'bag', ['open']), undefined)
})

test('properties of objects by their class', () => {
  const only = (type: string) => {
    const {nodes} = select(heap, {where: `kind = object and type = ${type} and name = ${type}`})
    const made = [...nodes].filter(node => placeInScript(heap, locationRow(heap, node))?.script === PROGRAM)
    return made[0]
  }
  const store = only('Store')
  for (const name of ['active', '#hidden', 'shared', 'opened', 'early']) {
    isAtMark(propertyDeclaration(heap, store, name), name)
  }
  isAtMark(propertyDeclaration(heap, only('Old'), 'entries'), 'entries')
  assert.equal(propertyDeclaration(heap, only('Other'), 'early'), undefined)
  assert.equal(propertyDeclaration(heap, store, 'instances'), undefined)
  const line = LINES.findIndex(text => text.startsWith('  constructor()')) + 1
  const classes = [...heap.locations.node].filter(
    node => heap.nodeKind[node] === NodeKind.closure && placeInScript(heap, locationRow(heap, node))?.line === line,
  )
  const made = classes.find(node => heap.strings.get(heap.nodeName[node]) === 'Store')!
  isAtMark(propertyDeclaration(heap, made, 'instances'), 'instances')
  isAtMark(propertyDeclaration(heap, made, 'blocks'), 'blocks')
  isAtMark(propertyDeclaration(heap, made, 'registry'), 'registry')
})
