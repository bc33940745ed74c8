/** Recordings that stop before their program does, and that go on after a disk was full. */
import assert from 'node:assert/strict'
import {existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readRecording} from '../../../src/index.ts'
import {heapgraph, temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {runHeapgraph} from '../processes.ts'
import {mountSmallDisk} from '../small-disk.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: process.platform === 'win32' ? 'signals are of POSIX' : false}

interface Line {
  type: string
  t: number
  from?: number
}

function linesOf(file: string): Line[] {
  const text = readFileSync(file, 'utf8')
  assert.ok(text.endsWith('\n'), 'the last line is whole')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

test('--duration ends the recording, not the program, and does not wait for it', guard, async t => {
  // It holds the test's streams, and would run for ever.
  t.after(() => writeFileSync(join(folder, 'go'), ''))
  const done = join(folder, 'done')
  const program = join(folder, 'long.mjs')
  writeFileSync(
    program,
    `import {existsSync, writeFileSync} from 'node:fs'
writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid))
setInterval(() => { if (existsSync(${JSON.stringify(join(folder, 'go'))})) { writeFileSync(${JSON.stringify(done)}, 'alive'); process.exit() } }, 50)`,
  )
  const output = join(folder, 'duration.jsonl')
  const {child, said} = runHeapgraph(['record', '--duration', '1s', '-o', output, '--', process.execPath, program])
  // Its streams are the program's, too, which still runs.
  const code = await new Promise(resolve => child.once('exit', resolve))
  assert.equal(code, 0)
  await until(() => said.stderr.includes('next: '))
  // On a busy machine the program may not have got as far as telling of its heap.
  assert.match(
    said.stderr,
    /^recorded [\d.]+ s of 1 process, (?:1 heap|no heap seen) to .*\n1 process it started still runs\nnext: /,
  )
  assert.equal(linesOf(output).at(-1)?.type, 'finish')
  await until(() => existsSync(join(folder, 'pid')))
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)
  writeFileSync(join(folder, 'go'), '')
  await until(() => existsSync(done))
})

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

test('when a full disk has room again the recording goes on, and says what is missing', {
  ...guard,
  skip: isRoot ? false : 'needs root on Linux for a small tmpfs',
}, async t => {
  const disk = mkdtempSync(join(folder, 'disk-'))
  if (!mountSmallDisk(t, disk, '64k')) return
  const output = join(disk, 'gap.jsonl')
  const filling = join(disk, 'filling')
  writeFileSync(filling, Buffer.alloc(52 << 10))
  const go = join(folder, 'gap-go')
  const program = join(folder, 'gap.mjs')
  writeFileSync(
    program,
    `import {existsSync} from 'node:fs'\nsetInterval(() => { if (existsSync(${JSON.stringify(go)})) process.exit() }, 50)`,
  )
  const args = ['record', '--interval', '0.02', '-o', output, '--', process.execPath, program]
  const {ended} = runHeapgraph(args)
  // It grows until nothing fits any more.
  let size = -1
  let since = Date.now()
  await until(() => {
    const now = existsSync(output) ? statSync(output).size : 0
    if (now !== size) since = Date.now()
    size = now
    // A file that does not grow may be one of a busy machine: there must be no room, either.
    return size > 1000 && statfsSync(disk).bavail === 0 && Date.now() - since > 1500
  })
  rmSync(filling)
  await until(() => statSync(output).size > size)
  writeFileSync(go, '')
  const {code, stderr} = await ended
  // 0 of the program: that samples are missing is an error of the recording.
  assert.equal(code, 2, stderr)
  assert.match(stderr, /note: \S+gap\.jsonl: [\d.]+ s of [\d.]+ s could not be written/)
  const lines = linesOf(output)
  const lost = lines.filter(({type}) => type === 'lost')
  // A short line may have found room in between, so that there is more than one gap.
  const longest = lost.reduce((most, gap) => (gap.t - gap.from! > most.t - most.from! ? gap : most))
  assert.ok(longest.t - longest.from! >= 1, JSON.stringify(lost))
  const place = lines.indexOf(longest)
  const isSample = ({type}: Line) => type === 'sample'
  assert.ok(lines.slice(0, place).some(isSample) && lines.slice(place).some(isSample))
  assert.equal(lines.at(-1)?.type, 'finish')
  const recording = await readRecording(output, {metric: 'rss'})
  assert.match(recording.notes.join('\n'), /[\d.]+ s are missing: the disk was full/)
  const {stdout} = await heapgraph(['plot', output])
  assert.match(stdout, /s are missing: the disk was full/)
})
