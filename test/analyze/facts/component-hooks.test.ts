/** What hooks of a component in use have: found, named on paths, cut by those names. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {heldByHooks, hooksOf} from '../../../src/analyze/facts/component-hooks.ts'
import {pathNames} from '../../../src/analyze/owners/path-names.ts'
import {codePath, codePathText} from '../../../src/explain/code/code-path.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const FIBER = ['return', 'child', 'sibling', 'alternate', 'stateNode', 'elementType', 'type', 'pendingProps']
const ALSO = ['memoizedProps', 'memoizedState', 'updateQueue']
const ROOT = ['containerInfo', 'current', 'pendingChildren', 'pingCache', 'context', 'pendingContext']
const HOOK = ['memoizedState', 'baseState', 'baseQueue', 'queue', 'next']

function objectWith(label: string, names: readonly string[], given: Record<string, string>): string {
  return names.map(name => `${label} -property:${name}-> ${given[name] ?? 'null'}`).join('\n')
}

const DRAWING = `
  root -> FiberRoot
  null: native null
  Ticket: closure Ticket
  effectIt: closure effectIt
  reduce: closure reduce
  Log: object Array
  Pair: object Array
  Rows: object Array
  ${objectWith('FiberRoot', ROOT, {current: 'ir'})}
  ${objectWith('ir', [...FIBER, ...ALSO], {child: 'it'})}
  ${objectWith('it', [...FIBER, ...ALSO], {type: 'Ticket', return: 'ir', memoizedState: 'hook1', memoizedProps: 'Props'})}
  ${objectWith('hook1', HOOK, {memoizedState: 'Ref', next: 'hook2'})}
  ${objectWith('hook2', HOOK, {memoizedState: 'Log', queue: 'Queue', next: 'hook3'})}
  ${objectWith('hook3', HOOK, {memoizedState: 'Pair', next: 'hook4'})}
  ${objectWith('hook4', HOOK, {memoizedState: 'Effect', next: 'hook5'})}
  ${objectWith('hook5', HOOK, {memoizedState: 'Ref2'})}
  Ref.current -> Rows [0] -> Row
  Ref2.current -> Other
  Log [0] -> Entry
  ${objectWith('Queue', ['pending', 'dispatch', 'lastRenderedReducer'], {lastRenderedReducer: 'reduce'})}
  Queue.lastRenderedState -> Log
  Pair [0] -> Cache.entry -> Kept
  Pair [1] -> Deps
  ${objectWith('Effect', ['create', 'deps', 'next'], {create: 'effectIt', next: 'Effect', deps: 'Deps2'})}
  effectIt -internal:context-> Scope -context:log-> Log
  Props.ticket -> Given
`

test('the hooks of a component are told by what React has for them', async () => {
  const heap = await heapOf(DRAWING)
  assert.deepEqual(
    hooksOf(heap, heap.node('it')).map(({name, number}) => `${name} #${number}`),
    ['useRef #1', 'useState #1', 'useMemo #1', 'useEffect #1', 'useRef #2'],
  )
  assert.deepEqual(hooksOf(heap, heap.node('ir')), [])
  const held = heldByHooks(heap)!
  const whatIs = (is: (node: number) => boolean) =>
    ['Ref', 'Log', 'Cache', 'Deps', 'Deps2', 'Props', 'Effect', 'Row'].filter(label => is(heap.node(label)))
  assert.deepEqual(whatIs(held.isValue), ['Ref', 'Log', 'Cache'])
  assert.deepEqual(whatIs(held.isCopy), ['Deps', 'Deps2', 'Props'])
  assert.deepEqual(whatIs(held.isEffect), ['Effect'])
})

test('paths begin at the component, and name its hooks and properties', async () => {
  const heap = await heapOf(DRAWING)
  const pathTo = (label: string) => {
    const edges: number[] = []
    const start = pathNames(heap).pathTo(heap.node(label), edges)
    return codePathText(codePath(heap, start, edges))
  }
  assert.equal(pathTo('Row'), '<Ticket> useRef #1.current[0]')
  assert.equal(pathTo('Other'), '<Ticket> useRef #2.current')
  assert.equal(pathTo('Entry'), '<Ticket> useState #1[0]')
  assert.equal(pathTo('Kept'), '<Ticket> useMemo #1.entry')
  assert.equal(pathTo('Given'), '<Ticket> props.ticket')
  assert.equal(pathTo('Deps2'), '<Ticket> useEffect #1 dependencies')
})

test('what is called so can be cut', async () => {
  const heap = await heapOf(DRAWING)
  const cutTargets = (text: string) =>
    Array.from(resolveCuts(heap, [text])[0].edges, edge => heap.edgeTarget[edge]).sort((a, b) => a - b)
  const nodes = (...labels: string[]) => labels.map(label => heap.node(label)).sort((a, b) => a - b)
  assert.deepEqual(cutTargets('<Ticket> useRef #1.current'), nodes('Rows'))
  assert.deepEqual(
    cutTargets('<Ticket> useState #1'),
    [...nodes('Log'), ...nodes('Log'), ...nodes('null')].sort((a, b) => a - b),
  )
  assert.deepEqual(cutTargets('<Ticket> useMemo #1'), nodes('Cache'))
  assert.deepEqual(cutTargets('<Ticket> props.ticket'), nodes('Given'))
})
