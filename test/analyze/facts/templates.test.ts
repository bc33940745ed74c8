/** Prototypes and templates are no instances, and paths begin at global objects, wherever V8 hangs them. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {shortestPaths} from '../../../src/analyze/paths/path.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {codePath, codePathText} from '../../../src/explain/code/code-path.ts'
import {placeOf} from '../../../src/explain/places/source-place.ts'
import {codeOf} from '../../../src/snapshot/code/code-origin.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const NEAR = `
  root -> window.Sub -> Sub.prototype -> T1
  window.make -> make -internal:feedback_cell-> site -internal:transition_info-> T2
  Sub: closure Sub 32
  make: closure make 32
  site: code "system / AllocationSite" 32
`

test('a path leads to an instance, though a prototype or a template is nearer', async () => {
  const heap = await heapOf(`${NEAR}\n window.a -> A.b -> B.c -> C.d -> T3`)
  const {paths, reached, templates} = shortestPaths(heap, select(heap, {type: 'T'}))
  assert.deepEqual(
    paths[0].nodes.map(node => heap.label(node)),
    ['window', 'A', 'B', 'C', 'T3'],
  )
  assert.deepEqual([reached, templates], [3, 2])
})

test('where there is nothing else, a path leads there', async () => {
  const heap = await heapOf(NEAR)
  const {paths, templates} = shortestPaths(heap, select(heap, {type: 'T'}))
  assert.deepEqual([heap.label(paths[0].nodes.at(-1) ?? -1), templates], ['T1', 0])
})

test('below a native context a path begins at its global object', async () => {
  const heap = await heapOf(`
    root -> context -internal:global_object-> global.a -> A.b -> T
    context: hidden "system / NativeContext" 32
    global: object "global (global*)" 32`)
  const [{nodes, edges}] = shortestPaths(heap, select(heap, {type: 'T'})).paths
  assert.deepEqual(
    nodes.map(node => heap.label(node)),
    ['global', 'A', 'T'],
  )
  assert.equal(codePathText(codePath(heap, nodes[0], edges)), 'globalThis.a.b')
})

test('a bound function is where the function that it calls is', async () => {
  const heap = await heapOf(`
    root -> window.on -> bound -internal:bound_function-> again -internal:bound_function-> onData
    onData -internal:shared-> shared -internal:script-> script -internal:name-> name
    window.ring -> ring -internal:bound_function-> ring
    bound: closure native_bind 32
    again: closure native_bind 32
    ring: closure native_bind 32
    onData: closure onData 32 at 1:8:2
    shared: code onData
    script: code script
    name: string "/app/src/bus.js"`)
  const bound = heap.node('bound')
  assert.deepEqual([placeOf(heap, bound)?.line, codeOf(heap, bound)], [9, 'application'])
  assert.equal(placeOf(heap, heap.node('ring')), undefined)
})
