/** Whether the answer to `why` names every planted holder by file and line, in its first three lines. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {
  loadSourceMaps,
  openSnapshot,
  owners,
  type Snapshot,
  scriptRoot,
  select,
  toGraph,
  toText,
} from '../../src/index.ts'

const FIXTURES = new URL('../../fixtures/', import.meta.url)

interface Place {
  place: string
}

interface Held extends Place {
  name: string
  count: number
  declared?: Place
  also?: Place[]
}

interface Holder {
  type: string
  count: number
  held: Held[]
}

/** What the file says nothing about: locals of running functions, and texts of scripts behind their first 1,024 characters. */
const UNTOLD = new Set(['InStack', 'InGlobal', 'InScriptLet', 'InModuleExports'])
/** How many lines people read: one for each holder of those that are held in more ways than two. */
const FIRST_LINES = 3

for (const file of readdirSync(new URL('programs/', FIXTURES)).filter(name => name.endsWith('.truth.json'))) {
  const truth = JSON.parse(readFileSync(new URL(`programs/${file}`, FIXTURES), 'utf8'))
  if (truth.holders === undefined) continue
  for (const name of truth.snapshots as string[]) {
    test(`${name}: every planted holder is named`, async () => {
      const path = new URL(`snapshots/${name}.heapsnapshot.gz`, FIXTURES)
      const snapshot = await openSnapshot(readFileSync(path))
      await loadSourceMaps(snapshot, {folder: fileURLToPath(new URL('programs/', FIXTURES))})
      for (const holder of truth.holders as Holder[]) assertNamed(snapshot, holder)
    })
  }
}

function assertNamed(snapshot: Snapshot, {type, count, held}: Holder): void {
  const target = select(snapshot, selectorOf(type))
  const answer = owners(snapshot, target)
  const text = toText(toGraph(answer))
  const lines = text.split('\n').slice(0, FIRST_LINES)
  assert.equal(target.nodes.length, count, type)
  assert.equal(answer.unheld, 0, type)
  for (const {name, place, declared, also = []} of held) {
    const places = [place, declared?.place, ...also.map(other => other.place)].filter(known => known !== undefined)
    if (UNTOLD.has(type)) continue
    const isNamed = lines.some(line => places.some(known => isIn(shown(snapshot, known), line)))
    assert.ok(isNamed, `${type} held by ${name}: none of ${places.join(', ')} in\n${lines.join('\n')}`)
  }
  // Ways of one owner may part behind it, but there are no owners that nobody planted.
  assert.ok(answer.owners.length <= held.length + 2, `${type}: ${lines.join('\n')}`)
}

/** Programs ran from here. */
const FOLDER = '/app/src/'

/** As the answer has it: without the folder that all scripts are in. */
function shown(snapshot: Snapshot, place: string): string {
  const root = scriptRoot(snapshot)
  return `${FOLDER}${place}`.startsWith(root) ? `${FOLDER}${place}`.slice(root.length) : place
}

/** `srv/cache.cjs:1`, but not the beginning of `srv/cache.cjs:13`. */
function isIn(place: string, line: string): boolean {
  const at = line.indexOf(place)
  return at >= 0 && !/\d/.test(line.charAt(at + place.length))
}

function selectorOf(type: string) {
  if (type.includes('*')) return {name: `/^${type.replaceAll('*', '.*')}/`}
  return type.startsWith('<') ? {name: type} : {type}
}
