/** What is told to V8 before a file is read. The program is run as it is built: flags are the whole process's. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {isSmallFile} from '../../src/cli/compiling.ts'
import {HANG_MS} from '../support/limits.ts'
import {ROOT, temporaryFolder, writeApp} from './cli.ts'

const folder = temporaryFolder()
const app = writeApp(folder)

test('V8 knows each flag that it is given, and answers are the same without', () => {
  const program = join(ROOT, 'bin', 'heapgraph.js')
  const packed = join(folder, 'app.heapsnapshot.gz')
  writeFileSync(packed, gzipSync(readFileSync(app)))
  const run = (file: string) =>
    spawnSync(process.execPath, [program, 'types', '--json', file], {
      timeout: HANG_MS,
      encoding: 'utf8',
      env: {...process.env, NODE_OPTIONS: '', HEAPGRAPH_NO_INDEX: '1'},
    })
  const [small, unpacked] = [app, packed].map(run)
  assert.equal(small.status, 0, small.stderr)
  assert.doesNotMatch(small.stderr, /flag|--help/)
  assert.deepEqual(JSON.parse(small.stdout).rows, JSON.parse(unpacked.stdout).rows)
})

test('small is what says its size, is plain and below 32 MB', () => {
  assert.equal(isSmallFile(app), true)
  const large = join(folder, 'large.heapsnapshot')
  const fd = openSync(large, 'w')
  writeSync(fd, '{')
  ftruncateSync(fd, 32e6)
  closeSync(fd)
  const packed = join(folder, 'packed.heapsnapshot')
  writeFileSync(packed, gzipSync('{}'))
  const empty = join(folder, 'empty.heapsnapshot')
  writeFileSync(empty, '')
  for (const file of [large, packed, empty, folder, '-', join(folder, 'none')])
    assert.equal(isSmallFile(file), false, file)
})
