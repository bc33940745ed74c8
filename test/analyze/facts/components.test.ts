/** Which components are in use, which are the other of two fibers, and which are unmounted. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {components} from '../../../src/analyze/facts/components.ts'
import {componentTitle, unmountedAmong} from '../../../src/explain/words/component-words.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const FIBER = ['return', 'child', 'sibling', 'alternate', 'stateNode', 'elementType', 'type', 'pendingProps']
const ALSO = ['memoizedProps', 'memoizedState', 'updateQueue']
const ROOT = ['containerInfo', 'current', 'pendingChildren', 'pingCache', 'context', 'pendingContext']

/** Lines of a drawing: an object with these properties, null unless given. */
function objectWith(label: string, names: readonly string[], given: Record<string, string>): string {
  return names.map(name => `${label} -property:${name}-> ${given[name] ?? 'null'}`).join('\n')
}
const fiber = (label: string, given: Record<string, string>) => objectWith(label, [...FIBER, ...ALSO], given)

const DRAWING = `
  root -> FiberRoot
  root -> Leak.kept -> ia
  Leak.also -> ib
  null: native null
  Ticket: closure Ticket
  Panel: closure Panel
  memo -property:type-> Ticket
  text: string div
  ${objectWith('FiberRoot', ROOT, {current: 'ir'})}
  ${fiber('ir', {child: 'ih'})}
  ${fiber('ih', {type: 'text', child: 'it', return: 'ir'})}
  ${fiber('it', {type: 'memo', alternate: 'iz', return: 'ih', sibling: 'ip'})}
  ${fiber('iz', {type: 'memo', alternate: 'it', child: 'ia'})}
  ${fiber('ip', {type: 'Panel', return: 'ih'})}
  ${fiber('ia', {type: 'Ticket', alternate: 'ib'})}
  ${fiber('ib', {type: 'Ticket', alternate: 'ia'})}
  Instance -property:_reactInternals-> ia
  ia -property:stateNode-> Instance
  Plain.child -> ia
  Plain.return -> ia
`

test('fibers of a root are in use, their alternates are told apart, others are unmounted', async () => {
  const heap = await heapOf(DRAWING)
  const title = (label: string) => componentTitle(heap, heap.node(label))
  assert.equal(title('it'), '<Ticket>')
  assert.equal(title('iz'), 'alternate <Ticket>')
  assert.equal(title('ip'), '<Panel>')
  assert.equal(title('ia'), 'unmounted <Ticket>')
  assert.equal(title('Instance'), 'unmounted <Ticket>')
  for (const none of ['ir', 'ih', 'Plain', 'FiberRoot', 'memo']) assert.equal(title(none), '', none)
  // Two fibers are one component.
  assert.deepEqual(unmountedAmong(heap, [heap.node('ia'), heap.node('ib'), heap.node('ip')], ''), [
    {name: 'Ticket', place: '', count: 1},
  ])
})

const VIEW = ['blueprint', 'template', 'declTNode', 'data', 'components', 'directiveRegistry']

/** A component that Angular shows in a container of its root's view, two that it has destroyed, one of an attribute's; `tracked`: what has the views. */
const ANGULAR = (tracked: string) => `
  root -> Leak.kept -> e2
  Leak.also -> e3
  Leak.prototype -> Below
  null: native null
  yes: native true
  Ticket: closure e
  App: closure e
  Below: closure e
  protoOfTicket -property:constructor-> Ticket
  protoOfApp -property:constructor-> App
  protoOfBelow -property:constructor-> Below
  protoOfBelow -property:__proto__-> protoOfTicket
  Below -property:prototype-> protoOfBelow
  Ticket -property:"ɵcmp"-> defOfTicket -property:selectors-> Array1 [0] -> Array2 [0] -> tag
  tag: string app-ticket
  App -property:"ɵcmp"-> defOfApp -property:selectors-> Array3 [0] -> Array4 [0] -> none
  none: string ""
  Array4 [1] -> attribute
  Array4 [2] -> value
  attribute: string id
  value: string root
  e1 -property:__proto__-> protoOfTicket
  e2 -property:__proto__-> protoOfTicket
  e3 -property:__proto__-> protoOfTicket
  a1 -property:__proto__-> protoOfApp
  e1 -internal:map-> ofTickets
  e2 -internal:map-> ofTickets
  e3 -internal:map-> ofTickets
  a1 -internal:map-> ofApps
  ${objectWith('TView', VIEW, {blueprint: 'Array20'})}
  Array20 [1] -> TView
  Array20 [8] -> e3
  Array10 [0] -> host
  host: native "<div id=\\"root\\">" 96 attached
  Array10 [1] -> TView
  Array10 [8] -> a1
  Array10 [28] -> Array11
  Array11 [1] -> yes
  Array11 [10] -> Array12 [1] -> TView
  Array12 [8] -> e1
  Array12 [3] -> Array10
  Array13 [1] -> TView
  Array13 [8] -> e2
  Leak.view -> Array13
  ${tracked}
`

for (const [how, tracked] of [
  ['that it has in a Map', 'root -> Map -internal:table-> table [5] -> Array10\n table: array ""'],
  ['in the document', 'root -> Place.view -> Array10'],
]) {
  test(`components of Angular are in use in views ${how}`, async () => {
    const heap = await heapOf(ANGULAR(tracked))
    const title = (label: string) => componentTitle(heap, heap.node(label))
    assert.equal(title('e1'), '<app-ticket>')
    assert.equal(title('a1'), '<[id=root]>')
    assert.equal(title('e2'), 'unmounted <app-ticket>')
    // What views are copied from is none.
    assert.equal(title('e3'), 'unmounted <app-ticket>')
    for (const none of ['protoOfTicket', 'protoOfBelow', 'defOfTicket', 'TView']) assert.equal(title(none), '', none)
    assert.deepEqual(unmountedAmong(heap, [heap.node('e2')], ''), [{name: 'app-ticket', place: '', count: 2}])
  })
}

test('a heap without a framework has no components', async () => {
  const heap = await heapOf('root -> A.child -> B.return -> A')
  assert.equal(components(heap), undefined)
})
