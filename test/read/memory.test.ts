/** How much memory is left, by the kernel's files, which are made up here; and what follows from it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {addressSpaceLeft, memoryLeft} from '../../src/read/memory.ts'
import {checkMemory, checkStillRoom, memoryNeed, threadsFor} from '../../src/snapshot/load/memory-need.ts'

const reader = (files: Record<string, string>) => (path: string) => files[path] ?? ''
const left = (files: Record<string, string>) => memoryLeft(reader(files), 'linux')

test('groups of control limit, those above as well, and cached files give way', () => {
  const v2 = {
    '/proc/self/cgroup': '0::/a/b\n',
    '/sys/fs/cgroup/a/memory.max': '1000000\n',
    '/sys/fs/cgroup/a/memory.current': '900000\n',
    '/sys/fs/cgroup/a/memory.stat': 'anon 100\nactive_file 200000\ninactive_file 300000\nfile 7\n',
    '/sys/fs/cgroup/a/b/memory.max': 'max\n',
    '/sys/fs/cgroup/a/b/memory.current': '5\n',
  }
  assert.deepEqual(left(v2), {bytes: 600_000, isFixed: true})
  const v1 = {
    '/proc/self/cgroup': '7:cpu:/x\n4:hugetlb,memory:/x\n0::/\n',
    '/sys/fs/cgroup/memory/x/memory.limit_in_bytes': '5000',
    '/sys/fs/cgroup/memory/x/memory.usage_in_bytes': '4000',
    '/sys/fs/cgroup/memory/x/memory.stat': 'active_file 1\ntotal_active_file 400\ntotal_inactive_file 500\n',
  }
  assert.deepEqual(left(v1), {bytes: 1900, isFixed: true})
  // In a container, whose own group is at the root whatever its path is called outside.
  const container = {
    '/proc/self/cgroup': '0::/docker/123\n',
    '/sys/fs/cgroup/memory.max': '700',
    '/sys/fs/cgroup/memory.current': '900',
  }
  assert.deepEqual(left(container), {bytes: 0, isFixed: true})
})

test('so does a limit of the address space; without limits it is what is free', () => {
  const files = {
    '/proc/self/limits':
      'Limit  Soft Limit  Hard Limit  Units\nMax address space         2048000000           unlimited            bytes\n',
    '/proc/self/status': 'Name:\tnode\nVmSize:\t 1000000 kB\n',
  }
  assert.equal(addressSpaceLeft(reader(files)), 1_024_000_000)
  assert.equal(
    addressSpaceLeft(reader({'/proc/self/limits': 'Max address space  unlimited  unlimited  bytes\n'})),
    Number.POSITIVE_INFINITY,
  )
  assert.equal(left({}).isFixed, false)
  for (const platform of ['darwin', 'win32']) assert.equal(memoryLeft(reader(files), platform).isFixed, false)
})

test('what will not fit is refused, what may not is said, and no thread is started without room', () => {
  const need = memoryNeed({nodeCount: 10_000_000, edgeCount: 40_000_000}, 900e6)
  assert.ok(need.read < need.answered)
  assert.equal(checkMemory('a', need, {bytes: need.answered + 1e9, isFixed: true}), undefined)
  const sentence =
    /^needs about 1\.4 GB of memory, 1\.0 GB are (?:allowed; an index made elsewhere or a higher limit|free; an index made elsewhere or a machine)/
  assert.match(checkMemory('a', need, {bytes: 1e9, isFixed: true}) ?? '', sentence)
  assert.match(checkMemory('a', need, {bytes: 1e9, isFixed: false}) ?? '', sentence)
  assert.throws(() => checkMemory('a', need, {bytes: 5e8, isFixed: true}), {
    code: 'TOO_LARGE',
    message: /^a: needs about .* 500\.0 MB are allowed$/,
  })
  // Free memory comes and goes.
  assert.match(checkMemory('a', need, {bytes: 5e8, isFixed: false}) ?? '', /500\.0 MB are free/)
  assert.deepEqual(
    [0, 1e9, need.answered + 600e6, 1e12, Number.POSITIVE_INFINITY].map(room => threadsFor(need, 4, room)),
    [1, 1, 2, 4, 4],
  )
  // Counts that lie are believed no further than the file goes.
  const lie = memoryNeed({nodeCount: 1e15, edgeCount: 1e15}, 1e6)
  assert.ok(lie.answered < 10e6)
  assert.throws(
    () => checkStillRoom('b', 3e9, {bytes: 1e8, isFixed: false}),
    /b: 3\.0 GB of it have been read, and only 100\.0 MB/,
  )
  assert.equal(checkStillRoom('b', 3e9, {bytes: 1e9, isFixed: true}), undefined)
})
