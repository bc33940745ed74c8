/** What answers print can be cut: every kind of step, and every holder and collection of what is planted in the fixtures. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {cutEdges, resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {type PrintedStep, parsePrintedPath} from '../../../src/analyze/cuts/printed-path.ts'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {property, type StepKind, type StepValue, start} from '../../../src/explain/code/step.ts'
import {stepWords} from '../../../src/explain/code/step-words.ts'
import {ownerWords} from '../../../src/explain/owners/owner-words.ts'
import {loadSourceMaps, openSnapshot, owners, type Snapshot, select, suspectsView} from '../../../src/index.ts'
import {heapOf} from '../../support/ascii-heap.ts'

const FIXTURES = new URL('../../../fixtures/', import.meta.url)
const PROGRAMS =
  /^(?:srv|seven-leaks|language-zoo|lru|listener|timer|promise|weakmap|closure|vendor|async-context|typed)\./

/** One of each kind and what it is read as; behind the word `x`, but for what begins a path. */
const VALUES: Record<StepKind, [StepValue, PrintedStep['kind'] | undefined][]> = {
  start: [
    [start('object', 'Timeout'), undefined],
    [start('module', 'module src/a.js', 'src/a.js'), undefined],
  ],
  property: [
    [property('a'), 'access'],
    [property('two words'), 'access'],
    [property('<symbol s>'), 'access'],
    [property('get a'), 'access'],
    [property('key', true), 'access'],
  ],
  element: [[{kind: 'element', index: 3}, 'access']],
  mapValue: [
    [{kind: 'mapValue', key: ''}, 'entries'],
    [{kind: 'mapValue', key: '"a) · b"'}, 'entries'],
    [{kind: 'mapValue', key: 'Symbol(x)'}, 'entries'],
    [{kind: 'mapValue', key: 'User @12'}, 'entries'],
  ],
  mapKey: [[{kind: 'mapKey'}, 'entries']],
  setEntry: [[{kind: 'setEntry'}, 'entries']],
  weakValue: [[{kind: 'weakValue'}, 'entries']],
  scopeVariable: [
    [{kind: 'scopeVariable', name: 'v', ofModule: false}, 'name'],
    [{kind: 'scopeVariable', name: 'v', ofModule: true}, 'name'],
    [{kind: 'scopeVariable', name: '', ofModule: false}, 'inside'],
  ],
  export: [[{kind: 'export', name: 'v'}, 'name']],
  listener: [
    [{kind: 'listener', event: '"a b"', of: 'emitter', isOnce: false, functionName: 'f'}, 'listeners'],
    [{kind: 'listener', event: 'Symbol(s)', of: 'emitter', isOnce: true, functionName: ''}, 'listeners'],
    [{kind: 'listener', event: '', of: 'target', isOnce: false, functionName: 'f'}, 'listeners'],
    [{kind: 'listener', event: '', of: 'page', isOnce: false, functionName: 'f'}, 'listeners'],
    [{kind: 'listener', event: 'resize', of: 'page', isOnce: false, functionName: 'f'}, 'listeners'],
    [{kind: 'listener', event: 'WebSocket message', of: 'page', isOnce: false, functionName: 'f'}, 'listeners'],
  ],
  callback: [
    [{kind: 'callback', of: 'timer', functionName: ''}, 'callbacks'],
    [{kind: 'callback', of: 'ResizeObserver', functionName: 'f'}, 'callbacks'],
  ],
  reaction: [
    [{kind: 'reaction', functionName: ''}, 'inside'],
    [{kind: 'reaction', functionName: 'f'}, 'inside'],
  ],
  awaited: [[{kind: 'awaited', functionName: 'f', isAsync: true}, 'inside']],
  suspended: [
    [{kind: 'suspended', functionName: 'f', isAsync: true}, 'inside'],
    [{kind: 'suspended', functionName: '(anonymous)', isAsync: false}, 'inside'],
  ],
  local: [[{kind: 'local', slot: 2}, 'inside']],
  promise: [
    [{kind: 'promise', part: 'result'}, 'inside'],
    [{kind: 'promise', part: 'resolves'}, 'inside'],
    [{kind: 'promise', part: 'own'}, 'inside'],
  ],
  bound: [
    [{kind: 'bound', part: 'this'}, 'inside'],
    [{kind: 'bound', part: 'function'}, 'inside'],
  ],
  boundArgument: [[{kind: 'boundArgument', index: 1}, 'inside']],
  store: [
    [{kind: 'store', storage: ''}, 'store'],
    [{kind: 'store', storage: 'storage'}, 'store'],
  ],
  iterates: [
    [{kind: 'iterates', entry: undefined}, 'inside'],
    [{kind: 'iterates', entry: {kind: 'setEntry'}}, 'inside'],
  ],
  finalization: [[{kind: 'finalization'}, 'inside']],
  proxy: [
    [{kind: 'proxy', part: 'target'}, 'inside'],
    [{kind: 'proxy', part: 'handler'}, 'inside'],
  ],
  stack: [
    [{kind: 'stack', functionName: ''}, 'inside'],
    [{kind: 'stack', functionName: 'f'}, 'inside'],
  ],
  bytes: [[{kind: 'bytes'}, 'inside']],
  text: [
    [{kind: 'text', part: 'piece'}, 'inside'],
    [{kind: 'text', part: 'whole'}, 'inside'],
  ],
  this: [[{kind: 'this'}, 'inside']],
  pageNode: [
    [{kind: 'pageNode', isElement: false, name: 'div'}, 'name'],
    [{kind: 'pageNode', isElement: true, name: 'div#root.app[data-id]'}, 'name'],
  ],
  component: [
    [{kind: 'component', title: 'unmounted <Row>', part: ''}, 'component'],
    [{kind: 'component', title: '<App>', part: 'useRef #2'}, 'component'],
    [{kind: 'component', title: '<App>', part: 'useResize() useEffect #1 cleanup'}, 'component'],
    [{kind: 'component', title: '<App>', part: 'context Theme'}, 'component'],
    [{kind: 'component', title: '<App>', part: 'props'}, 'component'],
  ],
  root: [[{kind: 'root', words: 'held'}, 'name']],
  slot: [[{kind: 'slot', label: '‹slot 3›', pattern: '‹slot›'}, 'inside']],
  edge: [[{kind: 'edge', label: 'scope var v', pattern: 'scope var v'}, 'name']],
  repeat: [[{kind: 'repeat', steps: [property('next')], isSame: true}, 'access']],
}

for (const [kind, values] of Object.entries(VALUES)) {
  test(`a step of the kind ${kind} is read as it is written`, () => {
    for (const [value, expected] of values) {
      const {text, pattern} = stepWords(value)
      const isStart = value.kind === 'start'
      for (const words of new Set([text, pattern])) {
        const whole = isStart ? `${words.replace(/^ · /, '')} · x` : `x${words}`
        const path = parsePrintedPath(whole)
        assert.ok(path !== undefined, whole)
        if (isStart) assert.ok(path.head !== '', whole)
        else {
          assert.equal(path.head, 'x', whole)
          assert.equal(path.steps[0]?.kind, expected, whole)
          if ('functionName' in value && value.kind === 'listener')
            assert.equal(path.steps[0].functionName, value.functionName, whole)
        }
        if (!isStart) assert.equal(parsePrintedPath(`${whole} (src/a.js:10)`)?.steps.length, path.steps.length, whole)
      }
    }
  })
}

test('what each form that answers print means', async () => {
  const heap = await heapOf(`
    root -> scope -context:byId-> Map -internal:table-> table -internal:"5"-> User1
    table -internal:"6"-> User2
    scope -context:bus-> bus._events -> events.tick -> Array [0] -> onTick
    Array [1] -> onTock
    scope -context:later-> Promise -internal:reactions_or_result-> reaction -hidden:3-> handler
    scope -context:W-> W -context:kept-> User3 -> W
    scope -context:shown-> frozen -internal:elements-> store -internal:"0"-> User4
    scope: object "system / Context"
    table: array ""
    store: array ""
    reaction: code "system / PromiseReaction"
    onTick: closure onTick
    onTock: closure onTock
    handler: closure handler
    W: closure W
    frozen: object Array
  `)
  const edges = (text: string) => {
    const [cut] = resolveCuts(heap, [text])
    return Array.from(cut.edges, edge => heap.label(heap.edgeTarget[edge])).sort()
  }
  assert.deepEqual(edges('byId.get(…)'), ['User1', 'User2'])
  assert.deepEqual(edges('byId.get("k")'), ['User1', 'User2'])
  assert.deepEqual(edges('byId · Set entry (src/x.js:10)'), ['User1', 'User2'])
  assert.deepEqual(edges('byId · key of Map entry'), ['User1', 'User2'])
  assert.deepEqual(edges('bus on "tick" listener onTick'), ['onTick'])
  assert.deepEqual(edges('bus on "tick" listener'), ['Array'])
  assert.deepEqual(edges('later.then(…)'), ['reaction'])
  assert.deepEqual(edges('W()'), ['W'])
  assert.deepEqual(edges('shown[i]'), ['User4'])
  assert.throws(() => resolveCuts(heap, ['bus on "tick" listener nobody']), {code: 'NOTHING_FOUND'})
  assert.throws(() => resolveCuts(heap, ['nobody()']), {code: 'NOTHING_FOUND'})
})

/** An accessor's function is in the hidden class, too, from which no expression takes it. */
const IN_CLASS = new Set(['InGetter', 'InSetter'])

for (const file of readdirSync(new URL('programs/', FIXTURES)).filter(name => name.endsWith('.truth.json'))) {
  const truth = JSON.parse(readFileSync(new URL(`programs/${file}`, FIXTURES), 'utf8'))
  if (truth.holders === undefined || !PROGRAMS.test(file)) continue
  for (const name of truth.snapshots as string[]) {
    test(`${name}: holders and collections that answers print can be cut`, async () => {
      const snapshot = await openSnapshot(readFileSync(new URL(`snapshots/${name}.heapsnapshot.gz`, FIXTURES)))
      await loadSourceMaps(snapshot, {folder: fileURLToPath(new URL('programs/', FIXTURES))})
      for (const {type} of truth.holders as {type: string}[]) assertTaken(snapshot, type)
      for (const {holder} of suspectsView(snapshot, {minShare: 0.01}).rows)
        if (holder !== '') assert.ok(resolveCuts(snapshot, [holder]).length === 1, holder)
    })
  }
}

function assertTaken(snapshot: Snapshot, type: string): void {
  const selector = type.includes('*')
    ? {name: `/^${type.replaceAll('*', '.*')}/`}
    : type.startsWith('<')
      ? {name: type}
      : {type}
  const {nodes} = select(snapshot, selector)
  for (const owner of owners(snapshot, select(snapshot, selector)).owners) {
    const {holder, container} = ownerWords(snapshot, owner)
    for (const text of new Set([holder, container])) {
      const left = reachableWithout(snapshot, cutEdges(snapshot, resolveCuts(snapshot, [text])))
      const freed = nodes.filter(node => reachableNodes(snapshot).has(node) && !left.has(node)).length
      const words = `${type}: ${text} frees ${freed}, held alone ${owner.alone}`
      if (!IN_CLASS.has(type)) assert.ok(freed >= owner.alone, words)
    }
  }
}
