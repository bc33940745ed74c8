/**
 * A name out of a heap may be as long as a file: no question takes time that grows with the square of it. Held by processor time of this
 * process, not by the clock, and by ratio: eight times the name may take three times as much as eight times, and a second.
 */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {textOf} from '../analyze/plain-heap.ts'
import {heapgraph, temporaryFolder} from './cli.ts'

const folder = temporaryFolder()

/** What patterns and the division into characters may stumble over, again and again, and what comes after it. */
const TEXTS: Record<string, [again: string, end: string]> = {
  letters: ['x', ''],
  dots: ['(.', 'z'],
  indexes: ['[i]', 'z'],
  symbols: ['[Symbol(', 'z'],
  spaces: [' ', 'z'],
  ideographs: ['漢', ''],
  faces: ['😀', 'z'],
  joiners: ['👩\u200d', 'z'],
  marks: ['\u0301', 'z'],
  quotes: ['"', 'z'],
  escapes: ['\\', 'z'],
  arrows: ['@1 -> ', 'z'],
  words: [' · scope var on "x" of ', 'z'],
  slashes: ['/', 'z'],
}

const QUESTIONS = [
  'why @7',
  'suspects',
  'path --id @7',
  'backrefs --id @7',
  'list --type Item',
  'show @7',
  'refs --id @5',
  'what-if --cut @7',
  'types',
  'dominators',
  'growth --by path',
]

/** A Cache that holds an Item by a property of that name, and an object of a class of that name. */
function snapshotWith(name: string): string {
  return textOf({
    nodes: [
      {kind: 'synthetic', name: '', id: 1, selfBytes: 0},
      {kind: 'synthetic', name: '(GC roots)', id: 3, selfBytes: 0},
      {kind: 'object', name: 'Cache', id: 5, selfBytes: 320},
      {kind: 'object', name: 'Item', id: 7, selfBytes: 64},
      {kind: 'object', name, id: 9, selfBytes: 64},
    ],
    edges: [
      {source: 0, target: 1, kind: 'element', name: 1},
      {source: 1, target: 2, kind: 'element', name: 1},
      {source: 2, target: 3, kind: 'property', name},
      {source: 2, target: 4, kind: 'property', name: 'other'},
    ],
  })
}

async function cpuSeconds(question: string, path: string): Promise<number> {
  const files = question.startsWith('growth') ? [path, path] : [path]
  const before = process.cpuUsage()
  const {code, stderr} = await heapgraph([...question.split(' '), ...files])
  const {user, system} = process.cpuUsage(before)
  assert.ok(code === 0 || code === 1, `${question}: ${code} ${stderr.slice(0, 200)}`)
  return (user + system) / 1e6
}

for (const [kind, [again, end]] of Object.entries(TEXTS)) {
  test(`time grows no faster than a name of ${kind}`, async () => {
    const paths = [4_000, 32_000].map(length => {
      const path = join(folder, `${kind}-${length}.heapsnapshot`)
      writeFileSync(path, snapshotWith(again.repeat(length / again.length) + end))
      return path
    })
    for (const question of QUESTIONS) {
      const short = await cpuSeconds(question, paths[0])
      const long = await cpuSeconds(question, paths[1])
      assert.ok(long < 24 * short + 1, `${question}: ${short.toFixed(2)} s, then ${long.toFixed(2)} s`)
    }
  })
}
