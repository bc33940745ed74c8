import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import {packAreas, unpackAreas} from '../../../src/emit/page/packed-areas.ts'
import {areaTree} from '../../../src/emit/picture/area-tree.ts'
import {flameView} from '../../../src/graph/views/flame-view.ts'
import {dominators, openSnapshot} from '../../../src/index.ts'
import {ROOT} from '../../cli/cli.ts'

test('areas come back as they were, and take a third of the room at the most', async () => {
  const snapshot = await openSnapshot(join(ROOT, 'fixtures/snapshots/hostile-names.node20.heapsnapshot.gz'))
  const view = flameView(dominators(snapshot, {depth: 60, fan: 1e6, minShare: 0, node: snapshot.root, leftTypes: 20}))
  const {root} = areaTree(view, {cells: 3000, depth: 60, share: 1e-5})
  const packed = packAreas(root)
  const through = JSON.parse(JSON.stringify(packed)) as typeof packed
  assert.deepEqual(unpackAreas(through), root)
  assert.ok(root.children.length > 0)
  assert.ok(JSON.stringify(packed).length * 3 < JSON.stringify(root).length)
})
