/** `--threads`: how many read a file is nobody's business but the machine's. */
import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {heapgraph, QUESTIONS, ROOT, temporaryFolder, withoutFreeMemory, writeApp} from './cli.ts'

const folder = temporaryFolder()
const env = {HEAPGRAPH_NO_INDEX: '1'}
/** Files below are read by one thread whatever is asked. */
const PARALLEL_FROM = 32 << 20

/** A real snapshot that several threads read: as large as it must be by nothing but spaces before its end. */
function largeFile(): string {
  const text = gunzipSync(readFileSync(join(ROOT, 'fixtures/snapshots/listener.node20.heapsnapshot.gz'))).toString(
    'latin1',
  )
  const path = join(folder, 'large.heapsnapshot')
  writeFileSync(path, `${text.trimEnd().slice(0, -1).padEnd(PARALLEL_FROM)}}`, 'latin1')
  return path
}

let workers = 0
const count = () => void workers++
process.on('worker', count)
after(() => process.off('worker', count))

test('as many threads as asked for read a large file, and the answer is the same', async () => {
  const file = largeFile()
  const questions = [
    ['types', '--json'],
    ['list', '--type', 'Function'],
    ['backrefs', '--type', 'Function', '--json'],
  ]
  for (const question of questions) {
    // What compiles the sources when they are loaded has a thread as well, so all that the question needs is loaded first.
    await heapgraph([...question, '--threads', '2', file], {env})
    workers = 0
    const expected = await heapgraph([...question, '--threads', '1', file], {env})
    assert.equal(expected.code, 0, expected.stderr)
    assert.equal(workers, 0)
    for (const threads of [2, 5]) {
      workers = 0
      assert.deepEqual(await heapgraph([...question, '--threads', String(threads), file], {env}), expected)
      assert.equal(workers, threads - 1, 'this thread takes part')
    }
  }
})

test('every command takes it, before its name or behind', async () => {
  const file = writeApp(folder)
  const answer = async (args: string[]) => {
    const result = await heapgraph(args, {env})
    return {...result, stdout: withoutFreeMemory(result.stdout)}
  }
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const expected = await answer([...question, file])
    assert.deepEqual(await answer([...question, '--threads', '2', file]), expected, name)
    assert.deepEqual(await answer(['--threads', '2', ...question, file]), expected, name)
  }
})

test('a number of threads that makes no sense is refused', async () => {
  const file = writeApp(folder)
  for (const wrong of ['0', '-1', '1.5', 'many', '65', '1000000', '']) {
    const {code, stdout, stderr} = await heapgraph(['types', `--threads=${wrong}`, file], {env})
    assert.equal(code, 2, wrong)
    assert.equal(stdout, '')
    assert.match(stderr, /^heapgraph: option '--threads <n>' .*; it must be a whole number from 1 to 64; [^\n]+\n$/)
  }
})
