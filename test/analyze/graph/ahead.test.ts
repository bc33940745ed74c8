/** What another thread computes ahead is the same as what this one computes, and whoever is faster does not matter. */
import assert from 'node:assert/strict'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {prepare} from '../../../src/analyze/answers/prepare.ts'
import {computeAhead, computeBesides, run} from '../../../src/analyze/graph/ahead.ts'
import {openSnapshot, type Snapshot, types, typesJson, typesView} from '../../../src/index.ts'
import type {Threads} from '../../../src/threads/threads.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-ahead-'))
after(() => rmSync(folder, {recursive: true, force: true}))
const FIXTURES = new URL('../../../fixtures/snapshots/', import.meta.url)
const path = join(folder, 'taken.heapsnapshot')
const GROUPS = [
  'types',
  'selfSizes',
  'distances',
  'typeSums',
  'offHeap',
  'scripts',
  'retainers',
  'functions of scopes',
  'functions in scopes',
] as const

function take(name: string): void {
  writeFileSync(path, gunzipSync(readFileSync(new URL(name, FIXTURES))))
}

const open = (threads: number) => openSnapshot(path, {threads, parallelFromBytes: 0})

function assertSameColumns(actual: Snapshot, expected: Snapshot, what: string): void {
  assert.deepEqual([...actual.saved.computed.keys()].sort(), [...expected.saved.computed.keys()].sort(), what)
  for (const [group, columns] of expected.saved.computed) {
    for (const [key, column] of Object.entries(columns)) {
      const other = actual.saved.computed.get(group)?.[key]
      assert.ok(other !== undefined && Buffer.compare(bytes(other), bytes(column)) === 0, `${what}: ${group}.${key}`)
    }
  }
}

const bytes = ({buffer, byteOffset, byteLength}: NodeJS.ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength)

test('all that is derived, byte for byte: one thread, or several, on every real snapshot', async () => {
  for (const name of readdirSync(FIXTURES).filter(name => name.endsWith('.gz'))) {
    take(name)
    const expected = await open(1)
    prepare(expected)
    assert.equal(expected.saved.takeAhead, undefined)
    const actual = await open(3)
    prepare(actual)
    assertSameColumns(actual, expected, name)
    await actual.threads?.close()
  }
})

test('types, with retained sizes and without: one thread, or several', async () => {
  for (const name of ['closure.node20.heapsnapshot.gz', 'page.chromium.heapsnapshot.gz']) {
    take(name)
    for (const options of [{}, {retained: false}, {by: 'shape'}, {sizes: 'raw'}] as const) {
      const answers: string[] = []
      for (const threads of [1, 2, 3]) {
        const snapshot = await open(threads)
        answers.push(typesJson(typesView(types(snapshot, options))))
        await snapshot.threads?.close()
      }
      assert.deepEqual(new Set(answers).size, 1, `${name} ${JSON.stringify(options)}`)
    }
  }
})

/** Threads in which `work` stands for the other one. */
function pretended(work: (job: Parameters<typeof run>[0]) => void): Threads {
  return {
    run: () => {},
    runOne: (_module, job) => work(job as unknown as Parameters<typeof run>[0]),
    close: async () => {},
  }
}

test('a thread that never answers, takes nothing more, fails, or has done all before: the columns are the same', async () => {
  take('closure.node20.heapsnapshot.gz')
  const expected = await open(1)
  prepare(expected)
  const FREE = 0
  const FAILED = 3
  const others: Record<string, Threads> = {
    silent: pretended(() => {}),
    done: pretended(run),
    failing: pretended(({states}) => void states.fill(FAILED)),
    half: pretended(job => {
      run({...job, names: job.names.slice(0, 2)})
      // Of one that is asked besides there is no third.
      assert.equal(job.states[2] ?? FREE, FREE)
    }),
    broken: pretended(job => run({...job, about: {...job.about, stringPieces: []}})),
  }
  for (const [what, threads] of Object.entries(others)) {
    const snapshot = await open(2)
    await snapshot.threads?.close()
    snapshot.threads = threads
    computeAhead(snapshot, GROUPS)
    assert.notEqual(snapshot.saved.takeAhead, undefined)
    computeBesides(snapshot, ['dominatorTree'])
    prepare(snapshot)
    assertSameColumns(snapshot, expected, what)
  }
})
