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

test('a heap without a framework has no components', async () => {
  const heap = await heapOf('root -> A.child -> B.return -> A')
  assert.equal(components(heap), undefined)
})
