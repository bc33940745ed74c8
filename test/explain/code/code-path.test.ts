import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {placeInTable} from '../../../src/analyze/facts/tables.ts'
import {codePath, codePathText, openSnapshot, type Snapshot, select, shortestPaths} from '../../../src/index.ts'
import {scopes} from '../../../src/snapshot/code/scopes.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'

const snapshots = new Map<string, Promise<Snapshot>>()

function fixture(name: string): Promise<Snapshot> {
  const path = fileURLToPath(new URL(`../../../fixtures/snapshots/${name}.heapsnapshot.gz`, import.meta.url))
  const known = snapshots.get(name) ?? openSnapshot(path, {index: 'off'})
  snapshots.set(name, known)
  return known
}

/** The shortest path to an object of the type, with places. */
async function pathTo(name: string, type: string): Promise<string> {
  const snapshot = await fixture(name)
  const [path] = shortestPaths(snapshot, select(snapshot, {type})).paths
  const steps = codePath(snapshot, path.nodes[0], path.edges)
  let at = 0
  for (const {firstEdge, endEdge} of steps) {
    assert.equal(firstEdge, at, 'no edge is lost')
    at = endEdge
  }
  assert.equal(at, path.edges.length)
  assert.equal(steps[steps.length - 1].node, path.nodes[path.nodes.length - 1])
  return codePathText(steps, {places: true})
}

/** From the last module on that the path passes: before it, versions of Node differ. */
const fromModule = (text: string) => text.slice(Math.max(0, text.lastIndexOf('module zoo.cjs · ')))

const LANGUAGE_ZOO: Record<string, string> = {
  InProperty: 'module zoo.cjs · holder.property.value',
  InArray: 'module zoo.cjs · holder.array[3]',
  InSparseArray: 'module zoo.cjs · holder.sparse[100000]',
  InGetter: 'module zoo.cjs · holder.getters.value (getter) (zoo.cjs:31) · scope var hidden',
  InSetter: 'module zoo.cjs · holder.setters.value (setter) (zoo.cjs:39) · scope var hidden',
  InSymbolKey: 'module zoo.cjs · holder.symbols[Symbol(secret)]',
  InDictionary: 'module zoo.cjs · holder.dictionary["the key"]',
  InFrozen: 'module zoo.cjs · holder.frozen[0].value',
  InPrototype: 'module zoo.cjs · holder.inherits.__proto__.value',
  InErrorCause: 'module zoo.cjs · holder.error.cause',
  InPrivate: 'module zoo.cjs · holder.vault.#box',
  InStatic: 'module zoo.cjs · holder.WithStatic (zoo.cjs:61).kept',
  InPrivateStatic: 'module zoo.cjs · holder.WithPrivateStatic (zoo.cjs:64).#kept',
  InClassPrototype: 'module zoo.cjs · holder.model.__proto__.shared',
  InMapKey: 'module zoo.cjs · holder.mapKey · key of Map entry',
  InMapValue: 'module zoo.cjs · holder.mapValue.get("the key")',
  InSet: 'module zoo.cjs · holder.set · Set entry',
  InMapIterator: 'module zoo.cjs · holder.iterator · iterates.get(…)',
  InArrayIterator: 'module zoo.cjs · holder.arrayIterator · iterates[0]',
  InWeakMapValue: 'module zoo.cjs · heldKey · value in WeakMap',
  InFinalizationHeld: 'module zoo.cjs · registry · held value',
  InClosure: 'module zoo.cjs · holder.closure usesCaptured (zoo.cjs:88) · scope var captured',
  InOuterClosure: 'module zoo.cjs · holder.outerClosure usesBoth (zoo.cjs:96) · scope var outer',
  InBoundArgument: 'module zoo.cjs · holder.bound bound takes (zoo.cjs:101) · bound argument 0',
  InBoundThis: 'module zoo.cjs · holder.boundThis bound usesThis (zoo.cjs:104) · bound this',
  InFunctionProperty: 'module zoo.cjs · holder.functionProperty (zoo.cjs:107).lastCall',
  InArguments: 'module zoo.cjs · holder.arguments[0]',
  InGenerator: 'module zoo.cjs · holder.generator · suspended at generates (zoo.cjs:114), local #1',
  InAsyncGenerator: 'module zoo.cjs · holder.asyncGenerator · suspended at generatesSlowly (zoo.cjs:121), local #1',
  InAsync: 'module zoo.cjs · never · awaited by async waits (zoo.cjs:128), local #1',
  InAwaitedCaller: 'module zoo.cjs · never · awaited by async waitsInside (zoo.cjs:137), local #0',
  InPromiseReaction: 'module zoo.cjs · never.then(onSettled) (zoo.cjs:146) · scope var captured',
  InPromiseResult: 'module zoo.cjs · holder.promise · result',
  InPromiseRejection: 'module zoo.cjs · holder.rejected · result',
  InProxyTarget: 'module zoo.cjs · holder.proxy · Proxy target',
  InProxyHandler: 'module zoo.cjs · holder.proxyHandler · Proxy handler',
  InTimeout: 'Timeout._onTimeout onTimeout (zoo.cjs:161) · scope var captured',
  InInterval: 'Timeout._onTimeout onInterval (zoo.cjs:167) · scope var captured',
  InTimerArgument: 'Timeout withArgument (zoo.cjs:171)._timerArgs[0]',
  InListener: 'module zoo.cjs · emitter on "ready" listener onReady (zoo.cjs:176) · scope var captured',
  InOnceListener: 'module zoo.cjs · emitter once "done" listener onDone (zoo.cjs:182) · scope var captured',
  InEventTarget: 'module zoo.cjs · target on "change" listener onChange (zoo.cjs:188) · scope var captured',
  InAbortListener: 'module zoo.cjs · aborter.#signal on "abort" listener onAbort (zoo.cjs:194) · scope var captured',
  InProcessListener: 'process on "beforeExit" listener onBeforeExit (zoo.cjs:200) · scope var captured',
  InServer: 'TCP handle · Server on "connection" listener onConnection (zoo.cjs:213) · scope var captured',
  InAsyncLocalStorage: 'Timeout inStorage (zoo.cjs:222) · AsyncLocalStorage store',
  InGlobal: 'globalThis.zooGlobal',
  InScriptLet: 'script · zooLet',
  InVmContext: 'module zoo.cjs · holder.context.kept',
  InModuleExports: 'module zoo.cjs · exports.exported',
  InStack: '(Stack roots) · local variable of a running function',
  InBufferView: 'module zoo.cjs · holder.upload',
}

for (const version of ['node20', 'node24']) {
  test(`each way of holding in JavaScript reads as it is written: ${version}`, async () => {
    for (const [type, expected] of Object.entries(LANGUAGE_ZOO)) {
      // Up to Node 22 nothing tells whose store it is.
      const whose = type === 'InAsyncLocalStorage' && version === 'node24' ? ' of storage' : ''
      assert.equal(fromModule(await pathTo(`language-zoo.${version}`, type)), expected + whose, type)
    }
    assert.match(
      fromModule(await pathTo(`language-zoo.${version}`, 'InMapObjectValue')),
      /^module zoo\.cjs · holder\.mapOfObjects\.get\(\{name\} @\d+\)$/,
    )
    assert.match(
      await pathTo(`language-zoo.${version}`, 'InChannel'),
      / … Channel\._subscribers\[0\] onVisit \(zoo\.cjs:206\) · scope var captured$/,
    )
  })
}

const PLANTED: [snapshot: string, type: string, path: string][] = [
  ['es-module.node20', 'Order', 'module src/es-module/store.mjs · orders[0]'],
  ['es-module.node20', 'Draft', 'module src/es-module/store.mjs · export drafts.get("draft-1")'],
  ['es-module.node20', 'Coupon', 'module src/es-module/coupons.mjs · export default · Set entry'],
  ['seven-leaks.node24', 'Session', 'module src/seven-leaks/sessions.mjs · sessions.get("session-1")'],
  [
    'promise.node20',
    'PendingJob',
    'module src/promise.cjs · exports.run (src/promise.cjs:15) · module src/promise.cjs · waiting[41] · resolves Promise · awaited by async run (src/promise.cjs:15), local #2',
  ],
  [
    'async-context.node20',
    'RequestContext',
    'Timeout heartbeat (src/async-context/heartbeat.mjs:17) · AsyncLocalStorage store',
  ],
  [
    'class-static.node20',
    'Widget',
    'module src/class-static/widget.cjs · exports.Widget (src/class-static/widget.cjs:6).#all.get("widget-1")',
  ],
  [
    'vendor.node20',
    'Report',
    'module src/vendor/reports.cjs · exports.report memoized (src/vendor/node_modules/tiny-lru/memoize.js:5) · scope var results.get("month-1")',
  ],
  [
    'worker-outside.node20',
    'Job',
    'module pool.cjs · exports.cut (pool.cjs:20) · module pool.cjs · inFlight.get("picture-1")',
  ],
  ['detached-page.chromium', 'TabState', 'module tabs.js · closedTabs[0] reopen (tabs.js:22) · scope var tab.state'],
  ['iframe-page.chromium', 'FrameWidget', 'window.previews[0].widget'],
  ['listener-page.chromium', 'Chart', 'window · resize listener onResize (charts.js:13) · scope var chart'],
  ['page.chromium', 'PanelState', 'window.panelCache.panels[20] reopen (src/page.html:27) · scope var panel.state'],
]

test('what is planted in programs and pages is reached from their own names', async () => {
  for (const [snapshot, type, expected] of PLANTED) assert.equal(await pathTo(snapshot, type), expected)
})

const IN_ALL_VERSIONS = [
  'zoo.array[0]',
  'zoo.arguments[0]',
  'zoo.bound bound toBind (src/types-zoo.cjs:54) · bound argument 0',
  'zoo.classWithStatic (src/types-zoo.cjs:8).held',
  'zoo.dictionary.key500',
  'zoo.frozen.frozen',
  'zoo.generator · suspended at (anonymous) (src/types-zoo.cjs:44), local #1',
  'zoo.map.get("key")',
  'zoo.plain.b.c',
  'zoo.promise · result',
  'zoo.sparse[4294967293]',
  'zoo.specimen · value in WeakMap',
  'zoo.specimen',
]
/** Older versions of V8 write neither names of a block's variables, nor what a symbol or private field is called, nor that a proxy is one. */
const SINCE_NODE_16 = [
  'zoo.blockScoped[0] (src/types-zoo.cjs:95) · scope var captured',
  'zoo.proxy · Proxy target.target',
  'zoo.privateField.#secret',
  'zoo.symbolKeyed[Symbol(a symbol)]',
]

for (const version of ['node12', 'node16', 'node18', 'node20', 'node22', 'node24', 'node26', 'deno']) {
  test(`paths read alike in all versions: ${version}`, async () => {
    const snapshot = await fixture(`types-zoo.${version}`)
    const found = new Set<string>()
    for (const id of select(snapshot, {type: 'Specimen'}).nodes.map(node => snapshot.nodeId[node])) {
      const [path] = shortestPaths(snapshot, select(snapshot, {id})).paths
      const text = codePathText(codePath(snapshot, path.nodes[0], path.edges), {places: true})
      found.add(text.slice(text.lastIndexOf(' · zoo') + 3))
    }
    const expected = version === 'node12' ? IN_ALL_VERSIONS : [...IN_ALL_VERSIONS, ...SINCE_NODE_16]
    for (const text of expected) assert.ok(found.has(text), `${text} in\n${[...found].join('\n')}`)
  })
}

/** Labels of the drawing, from where to where the path is. */
function drawnPath(heap: DrawnHeap, from: string, to: string, options?: {raw: boolean}): string {
  const select1 = (label: string) => ({nodes: Uint32Array.of(heap.node(label)), subject: label})
  const [path] = shortestPaths(heap, select1(to), {from: select1(from)}).paths
  return codePathText(codePath(heap, path.nodes[0], path.edges, options))
}

test('a Map with thousands of entries is never searched', async () => {
  // 4096 entries: 2048 buckets, so 16 + 8 * (3 + 7 * 2048) bytes.
  const entries = Array.from({length: 4096}, (_, i) => {
    const key = 3 + 2048 + 3 * i
    return `table -internal:${key}-> key${i}\ntable -internal:${key + 1}-> value${i}\nkey${i}: string k${i}`
  })
  const heap = await heapOf(`
    root -> Owner.map -> map -internal:table-> table
    map: object Map 32
    table: array "" ${16 + 8 * (3 + 7 * 2048)}
    ${entries.join('\n')}
  `)
  assert.equal(drawnPath(heap, 'Owner', 'value0'), 'Owner.map.get("k0")')
  assert.equal(drawnPath(heap, 'Owner', 'value4095'), 'Owner.map.get("k4095")')
  assert.equal(drawnPath(heap, 'Owner', 'key4000'), 'Owner.map · key of Map entry')
  assert.equal(drawnPath(heap, 'Owner', 'value7', {raw: true}), 'Owner.map · ‹table› · ‹slot 2073›')
})

test('a key that is a number is not in the file, and is not guessed', async () => {
  const heap = await heapOf(`
    root -> Owner.map -> map -internal:table-> table
    map: object Map 32
    table: array "" 152
    table -internal:5-> key
    table -internal:9-> Value
    key: string first
  `)
  assert.equal(drawnPath(heap, 'Owner', 'Value'), 'Owner.map.get(…)')
})

test('which slot of a table is what follows from its size, with pointers of 8 bytes and of 4', () => {
  const places = (bytes: number, slots: number[]) =>
    slots.map(slot => placeInTable({nodeSelfBytes: [bytes]} as unknown as Snapshot, 0, slot))
  assert.deepEqual(places(16 + 8 * 17, [4, 5, 6, 7, 8, 9]), [undefined, 'key', 'value', undefined, 'key', 'value'])
  assert.deepEqual(places(16 + 8 * 23, [6, 7, 8, 9]), [undefined, 'member', undefined, 'member'])
  assert.deepEqual(places(8 + 4 * 31, [7, 8, 9]), ['key', 'value', undefined])
  assert.deepEqual(places(1000, [5]), [undefined])
})

test('equal steps in a row are one, and so are equal pairs; what is folded is counted', async () => {
  const list = Array.from({length: 500}, (_, i) => `Node${i}.next -> Node${i + 1}`)
  const tree = Array.from({length: 50}, (_, i) => `Tree${i}.children -> list${i}\nlist${i} [${i % 3}] -> Tree${i + 1}`)
  const heap = await heapOf(`
    root -> Owner.head -> Node0
    Owner.tree -> Tree0
    Owner.few -> A0.next -> A1.next -> Leaf
    ${list.join('\n')}
    ${tree.join('\n')}
    ${tree.map((_, i) => `list${i}: object Array 16`).join('\n')}
  `)
  assert.equal(drawnPath(heap, 'Owner', 'Node500'), 'Owner.head.next ×500')
  assert.equal(drawnPath(heap, 'Owner', 'Tree50'), 'Owner.tree(.children[i]) ×50')
  assert.equal(drawnPath(heap, 'Owner', 'Leaf'), 'Owner.few.next.next')
})

test('of a long path that repeats nothing the middle is counted', async () => {
  const links = Array.from({length: 3000}, (_, i) => `Node${i}.p${i} -> Node${i + 1}`)
  const heap = await heapOf(`root -> Node0\n${links.join('\n')}`)
  const text = drawnPath(heap, 'Node0', 'Node3000')
  assert.match(text, /^Node\.p0\.p1\..*\.p38 … 2,941 more steps … \.p2980.*\.p2999$/)
})

test('a very long way through what nobody wrote needs no stack', async () => {
  const slots = Array.from({length: 30_000}, (_, i) => `Slot${i} -internal:next-> Slot${i + 1}`)
  const heap = await heapOf(`root -> Slot0\n${slots.join('\n')}`)
  assert.equal(drawnPath(heap, 'Slot0', 'Slot30000'), 'Slot · ‹next› ×30,000')
})

test('an edge that no rule knows is shown as V8 has it', async () => {
  const heap = await heapOf(`
    root -> Owner -internal:strange-> Odd -hidden:7-> Inner -weak:w-> Gone
    Inner -context:notAScope-> Deep -internal:table-> NoTable -internal:x-> End
  `)
  assert.equal(drawnPath(heap, 'Owner', 'End'), 'Owner · ‹strange› · ‹slot 7› · scope var notAScope · ‹table› · ‹x›')
})

test('names made to mislead stay names', async () => {
  const heap = await heapOf(`
    root -> Owner."constructor" -> A."two words" -> B."<symbol a>b>" -> C."hasOwnProperty" -> D."get x y" -> E
    Owner._events -> fake
    fake: string "not an object of listeners"
    Owner.exports -> F
    Owner.emitter -> Emitter._events -> events."a\\"b" -> onEvent
    events: object Object
    onEvent: closure "on\\u001b[31m"
  `)
  assert.equal(drawnPath(heap, 'Owner', 'E'), 'Owner.constructor["two words"][Symbol(a>b)].hasOwnProperty["get x y"]')
  assert.equal(drawnPath(heap, 'Owner', 'fake'), 'Owner._events')
  assert.equal(drawnPath(heap, 'Owner', 'F'), 'Owner.exports')
  assert.equal(drawnPath(heap, 'Owner', 'onEvent'), 'Owner.emitter on "a\\"b" listener on\u001b[31m')
})

test('patterns leave out what tells one member of a group from the next', async () => {
  const snapshot = await fixture('seven-leaks.node24')
  const patterns = new Set<string>()
  for (const node of select(snapshot, {type: 'Session'}).nodes.subarray(0, 10)) {
    const [path] = shortestPaths(snapshot, {nodes: Uint32Array.of(node), subject: 'Session'}).paths
    patterns.add(codePathText(codePath(snapshot, path.nodes[0], path.edges), {pattern: true}))
  }
  assert.deepEqual([...patterns], ['module src/seven-leaks/sessions.mjs · sessions.get(…)'])
})

test('a path may begin at what has a name of its own', async () => {
  const snapshot = await fixture('srv.node24')
  const {isScope, kind} = scopes(snapshot)
  const starts = Array.from({length: snapshot.nodeCount}, (_, node) => node).filter(
    node => isScope(node) && kind(node) === 'module',
  )
  const targets = select(snapshot, {type: 'UserRecord'})
  const [path] = shortestPaths(snapshot, targets, {from: {nodes: Uint32Array.from(starts), subject: 'modules'}}).paths
  const steps = codePath(snapshot, path.nodes[0], path.edges)
  assert.match(steps[0].text, /^module src\/srv\//)
  assert.match(steps[1].text, /^ · \w+$/)
  assert.equal(steps[0].endEdge, 0)
})

test('what waits to be run is named by the queue that it waits in', async () => {
  const heap = await heapOf(`
    root -internal:"1"-> gc -internal:"2"-> strong -internal:"1"-> task -hidden:0-> bound
    gc: synthetic "(GC roots)" 0
    strong: synthetic "(Strong roots)" 0
    task: hidden "system / CallableTask"
    bound: closure native_bind
    bound -internal:bound_this-> AsyncResource.callback -> onDone -context:never-> Unseen
    onDone: closure onDone
    onDone.kept -> Kept
    root -> global -internal:queue-> FixedCircularBuffer.list -> list [7] -> tick.callback -> onTick.kept -> Other
    tick.args -> args [0] -> Argument
    list: object Array 16
    args: object Array 16
    tick: object Object 16
    onTick: closure onTick
  `)
  const textTo = (type: string) => {
    const [path] = shortestPaths(heap, select(heap, {type})).paths
    return codePathText(codePath(heap, path.nodes[0], path.edges))
  }
  assert.equal(textTo('Kept'), 'microtask onDone.kept')
  assert.equal(textTo('Other'), 'process.nextTick onTick.kept')
  assert.equal(textTo('Argument'), 'process.nextTick · args[0]')
})

test('what the embedder says of a handle is shown', async () => {
  const heap = await heapOf(`
    root -internal:"1"-> gc -internal:"2"-> handles -internal:"6 / DevTools console"-> Panel.state -> State
    gc: synthetic "(GC roots)" 0
    handles: synthetic "(Global handles)" 0
    Panel: object Panel 16
  `)
  const [path] = shortestPaths(heap, select(heap, {type: 'State'})).paths
  const text = codePathText(codePath(heap, path.nodes[0], path.edges))
  assert.equal(text, '(Global handles) · DevTools console.state')
})

test('whatever way through a heap is taken, its edges are all accounted for, in order', async () => {
  // Numbers from a linear congruential generator: the same walks each time.
  let seed = 1
  const below = (limit: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  for (const name of [
    'language-zoo.node24',
    'types-zoo.node12',
    'types-zoo.deno',
    'page.chromium',
    'hostile-names.node20',
  ]) {
    const snapshot = await fixture(name)
    const {firstEdge, edgeTarget, nodeCount} = snapshot
    for (let walk = 0; walk < 4000; walk++) {
      const start = below(nodeCount)
      const edges: number[] = []
      for (let node = start; edges.length < 12 && firstEdge[node] < firstEdge[node + 1]; ) {
        edges.push(firstEdge[node] + below(firstEdge[node + 1] - firstEdge[node]))
        node = edgeTarget[edges[edges.length - 1]]
      }
      for (const raw of [false, true]) {
        const steps = codePath(snapshot, start, edges, {raw})
        let at = 0
        for (const {firstEdge: first, endEdge, text, pattern, node} of steps) {
          assert.equal(first, at)
          assert.ok(text !== '' && pattern !== '', `@${snapshot.nodeId[node]} in ${name}`)
          assert.equal(node, endEdge === 0 ? start : edgeTarget[edges[endEdge - 1]])
          at = endEdge
        }
        assert.equal(at, edges.length)
      }
    }
  }
})
