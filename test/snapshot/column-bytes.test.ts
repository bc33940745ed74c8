/** The columns take as many bytes as ARCHITECTURE.md says. */
import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {retainingEdges} from '../../src/analyze/facts/edge-policy.ts'
import {selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {distances} from '../../src/analyze/graph/distances.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import {markingTree} from '../../src/analyze/graph/reachable.ts'
import {namedPaths} from '../../src/analyze/owners/named-paths.ts'
import {openSnapshot} from '../../src/index.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-bytes-'))
after(() => rmSync(folder, {recursive: true, force: true}))

type Column = Uint8Array | Uint32Array | Int32Array | Float64Array

/** By the names of the table. */
const COLUMNS: Record<string, (snapshot: Snapshot) => (Column | undefined)[]> = {
  'kind, name, id, self size, first edge, detachedness of a node': s => [
    s.nodeKind,
    s.nodeName,
    s.nodeId,
    s.nodeSelfBytes,
    s.firstEdge,
    s.nodeDetachedness,
  ],
  'kind, name, target of an edge': s => [s.edgeKind, s.edgeName, s.edgeTarget],
  retainers: s => [s.retainers.first, s.retainers.edge, s.retainers.source],
  types: s => [s.types.ofNode],
  'self sizes with private parts moved': s => [selfSizes(s, 'devtools')],
  distances: s => [distances(s)],
  'retaining edges': s => [retainingEdges(s).words],
  'dominator, order and number of the dominated': s => {
    const {dominator, order, count} = dominatorTree(s)
    // What nothing reaches has no place in the order, but room.
    return [dominator, new Uint32Array(order.buffer), count]
  },
  'retained sizes of one size model': s => [retainedSizes(s, 'devtools')],
  'children in the dominator tree': s => [dominatedNodes(s).first, dominatedNodes(s).children],
  'how marking meets each node': s => {
    const {entry, order, parent} = markingTree(s)
    return [entry, new Uint32Array(order.buffer), parent]
  },
  'named paths': s => [namedPaths(s)],
}

/** The rows of the table: name, bytes a node, bytes an edge. */
function documented(): [name: string, node: number, edge: number][] {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8')
  const rows = text.matchAll(/^\| ([^|]+) \| ([\d.]*) ?\| ([\d.]*) ?\| `[^|]+` \|$/gm)
  return Array.from(rows, ([, name, node, edge]) => [name, Number(node), Number(edge)])
}

test('a node and an edge take the bytes that ARCHITECTURE.md says, however the file is read', async () => {
  const fixture = new URL('../../fixtures/snapshots/closure.node20.heapsnapshot.gz', import.meta.url)
  const path = join(folder, 'closure.heapsnapshot')
  writeFileSync(path, gunzipSync(readFileSync(fixture)))
  assert.deepEqual(
    documented().map(([name]) => name),
    Object.keys(COLUMNS),
  )
  for (const threads of [1, 2]) {
    const snapshot = await openSnapshot(path, {threads, parallelFromBytes: 0})
    for (const [name, node, edge] of documented()) {
      const bytes = COLUMNS[name](snapshot).reduce((sum, column) => sum + (column?.byteLength ?? 0), 0)
      const said = node * snapshot.nodeCount + edge * snapshot.edgeCount
      // One more or less at the end of a column of firsts or children; whole words of bits.
      assert.ok(Math.abs(bytes - said) <= 4, `${threads} threads, ${name}: ${bytes} bytes, said to be ${said}`)
    }
    const strings = snapshot.strings.source.offsets().byteLength
    assert.equal(strings, 4 * (snapshot.strings.count + 1))
    await snapshot.threads?.close()
  }
})
