/** What the programs in fixtures/programs plant, asked of the snapshots they wrote, as the command line would ask. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {abstractLabel} from '../src/explain/code/pattern-label.ts'
import {
  backrefs,
  cycles,
  distances,
  type NeighborsAnswer,
  openSnapshot,
  type Snapshot,
  SYSTEM_DISTANCE,
  select,
  shortestPaths,
  toGraph,
} from '../src/index.ts'
import {EdgeKind, NodeKind} from '../src/snapshot/columns/schema.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))
const open = (name: string) => openSnapshot(`${FIXTURES}snapshots/${name}.heapsnapshot.gz`)
const truthOf = (program: string) => JSON.parse(readFileSync(`${FIXTURES}programs/${program}.truth.json`, 'utf8'))

interface TrueEdge {
  from: string
  name: string
  edgeType?: string
  to?: string
  count: number
}

interface Edge {
  edge: number
  source: number
  target: number
  kind: string
  name: string
}

function edgesOf(snapshot: Snapshot, node: number): Edge[] {
  const {firstEdge, edgeKind, edgeName, edgeTarget, strings, header} = snapshot
  return Array.from({length: firstEdge[node + 1] - firstEdge[node]}, (_, i) => {
    const edge = firstEdge[node] + i
    const isNumber = edgeKind[edge] === EdgeKind.element || edgeKind[edge] === EdgeKind.hidden
    const name = isNumber ? String(edgeName[edge]) : strings.get(edgeName[edge])
    return {edge, source: node, target: edgeTarget[edge], kind: header.schema.edgeKinds[edgeKind[edge]], name}
  })
}

const nameOf = ({strings, nodeName}: Snapshot, node: number) => strings.get(nodeName[node])

function nodesNamed(snapshot: Snapshot, name: string): number[] {
  return [...select(snapshot, {name}).nodes]
}

/** Each of the edges that a truth file lists is in the file as often as it says. */
function checkEdges(snapshot: Snapshot, edges: TrueEdge[]): void {
  for (const {from, name, edgeType, to, count} of edges) {
    const found = nodesNamed(snapshot, from)
      .flatMap(node => edgesOf(snapshot, node))
      .filter(
        edge =>
          edge.name === name &&
          (edgeType === undefined || edge.kind === edgeType) &&
          (to === undefined || nameOf(snapshot, edge.target) === to),
      )
    assert.equal(found.length, count, `${from}.${name}`)
  }
}

/** Groups of a tree as `type by edge`, with the number of objects and of those of the parent that they hold. */
function holders(snapshot: Snapshot, {groups}: NeighborsAnswer): Map<string, {count: number; reached: number}> {
  const lines = new Map<string, {count: number; reached: number}>()
  for (const {nodes, joints, reached, seen} of groups) {
    if (seen) continue
    for (const {exampleEdge, nameCount} of joints) {
      const label = nameCount > 1 ? ' …' : abstractLabel(snapshot, exampleEdge)
      const line = snapshot.types.names[snapshot.types.ofNode[nodes[0]]] + label
      if (!lines.has(line)) lines.set(line, {count: nodes.length, reached})
    }
  }
  return lines
}

function treeOf(snapshot: Snapshot, type: string, depth = 9) {
  const target = select(snapshot, {type})
  return {target, lines: holders(snapshot, backrefs(snapshot, target, {depth, fan: 20}))}
}

/** Names of functions in the tree, which the groups of functions leave out. */
function functionsIn(snapshot: Snapshot, answer: NeighborsAnswer): Set<string> {
  const functions = answer.groups.flatMap(({nodes}) =>
    [...nodes].filter(node => snapshot.nodeKind[node] === NodeKind.closure),
  )
  return new Set(functions.map(node => nameOf(snapshot, node)))
}

for (const file of ['buffer-cache.node20', 'buffer-cache.node12']) {
  test(`${file}: the Buffers are held by the entries of the cache`, async () => {
    const [snapshot, truth] = [await open(file), truthOf('buffer-cache')]
    checkEdges(snapshot, truth.edges)
    const {target, lines} = treeOf(snapshot, truth.type)
    assert.ok(target.nodes.length >= truth.count)
    const body = [...lines].find(([line]) => line.endsWith('}.body'))?.[1]
    assert.deepEqual(body, {count: truth.count, reached: truth.count})
    assert.deepEqual(lines.get(`${truth.holder.type}.entries`), {count: truth.holder.count, reached: 1})
    const stores = nodesNamed(snapshot, 'system / JSArrayBufferData')
    const planted = stores.filter(node => snapshot.nodeSelfBytes[node] === truth.backingStoreSize)
    assert.equal(planted.length, truth.count)
    assert.equal(planted.length * truth.backingStoreSize, truth.bytes)
    // A path to any of them leads through the cache.
    const [one] = snapshot.retainers.source.subarray(snapshot.retainers.first[planted[0]])
    const through = {count: 1, avoid: [truth.holder.type]}
    assert.equal(shortestPaths(snapshot, {subject: 'a store', nodes: Uint32Array.of(one)}, through).paths.length, 0)
  })
}

test('closure.node20: the payloads are held by a context that a function never called keeps', async () => {
  const [snapshot, truth] = [await open('closure.node20'), truthOf('closure')]
  checkEdges(snapshot, truth.edges)
  const {target, lines} = treeOf(snapshot, truth.type)
  assert.equal(target.nodes.length, truth.count)
  assert.deepEqual(lines.get('{payload, someMethod}.payload'), {count: truth.count, reached: truth.count})
  assert.deepEqual(lines.get('system / Context scope var originalThing'), {count: 49, reached: 49})
  const answer = backrefs(snapshot, target, {depth: 3})
  assert.ok(functionsIn(snapshot, answer).has(truth.closure))
  for (const name of truth.absent) {
    assert.deepEqual(
      nodesNamed(snapshot, name).filter(node => snapshot.nodeKind[node] === NodeKind.closure),
      [],
    )
  }
  // Each of the chain is held by the one after: the last of them is 3 edges a link away from the first.
  const {paths} = shortestPaths(snapshot, target, {count: truth.count})
  const lengths = paths.map(({nodes}) => nodes.filter(node => nameOf(snapshot, node) === 'Object').length)
  assert.ok(Math.max(...lengths) > 1)
})

test('cycles.node20: every ring is named and counted', async () => {
  const [snapshot, truth] = [await open('cycles.node20'), truthOf('cycles')]
  assert.equal(select(snapshot, {type: truth.type}).nodes.length, truth.count)
  const {groups} = cycles(snapshot, {limit: 1000})
  const typeOf = (node: number) => snapshot.types.names[snapshot.types.ofNode[node]]
  const patterns = new Map(
    groups.map(({nodes, edges, components, nodeCount}) => [
      nodes.map((node, i) => `${typeOf(node)}${abstractLabel(snapshot, edges[i])}`).join(' '),
      {components, nodeCount, length: nodes.length},
    ]),
  )
  let total = 0
  for (const {types, count, length, edges} of truth.cycles) {
    // Wherever the pattern begins.
    const turns = types.map((_: string, by: number) =>
      types.map((_: string, i: number) => {
        const at = (i + by) % types.length
        return `${types[at]}.${edges[at]}`
      }),
    )
    const found = turns.map((turn: string[]) => patterns.get(turn.join(' '))).find(Boolean)
    assert.deepEqual(found, {components: count, nodeCount: count * length, length}, types.join())
    total += count
  }
  assert.equal(total, truth.total)
  const graph = toGraph(cycles(snapshot))
  const texts = graph.getAttribute('cycles').map(({pattern, components}) => `${components}: ${pattern}`)
  assert.ok(texts.includes('40: Parent.child → Child.parent'), texts.slice(0, 5).join('\n'))
  for (const {nodes, heldBy} of groups.filter(group => typeOf(group.nodes[0]) === 'Selfish')) {
    assert.equal(nodes.length, 1)
    assert.notEqual(heldBy, undefined)
  }
  // With everything that V8 adds, no ring is a component of its own.
  const raw = cycles(snapshot, {raw: true, through: select(snapshot, {type: truth.type})})
  assert.deepEqual([raw.total.components, raw.total.nodeCount > 10_000], [1, true])
})

test('hostile-names.node20: every name is found, as type, as edge and as string', async () => {
  const [snapshot, truth] = [await open('hostile-names.node20'), truthOf('hostile-names')]
  const holders = select(snapshot, {type: truth.type}).nodes
  assert.equal(holders.length, truth.count)
  const held = [...holders].flatMap(node => edgesOf(snapshot, node))
  for (const {name, inFile, edgeType} of truth.names) {
    const text =
      typeof inFile === 'object' ? inFile.repeat.repeat(inFile.length).slice(0, inFile.length) : (inFile ?? name)
    const [edge] = held.filter(
      ({name: found, kind, target}) =>
        found === text && kind === edgeType && (nameOf(snapshot, target) === text || (text === '' && target !== 0)),
    )
    assert.notEqual(edge, undefined, JSON.stringify(text))
    // What the file calls the object is what a person may ask for, a DOM element's attributes apart.
    const type = snapshot.types.names[snapshot.types.ofNode[edge.target]]
    assert.ok(select(snapshot, {type}).nodes.includes(edge.target))
    assert.ok(type === text || ['', '<!-- -->', 'Object'].includes(text), JSON.stringify([type, text]))
    const strings = nodesNamed(snapshot, text).filter(node => snapshot.nodeKind[node] === NodeKind.string)
    assert.ok(strings.length > 0, JSON.stringify(text))
    const {paths} = shortestPaths(snapshot, {subject: text, nodes: Uint32Array.of(edge.target)}, {avoid: ['Map']})
    assert.equal(paths.length, 1)
  }
})

test('listener.node20: the users are held by the listeners of the bus', async () => {
  const [snapshot, truth] = [await open('listener.node20'), truthOf('listener')]
  const [events, user] = truth.edges
  checkEdges(snapshot, [user])
  const {target, lines} = treeOf(snapshot, truth.type)
  assert.equal(target.nodes.length, truth.count)
  assert.deepEqual(lines.get('system / Context scope var user'), {count: truth.count, reached: truth.count})
  assert.deepEqual(lines.get(`${events.from}.${events.name}`), {count: events.count, reached: 1})
  const answer = backrefs(snapshot, target)
  assert.ok(functionsIn(snapshot, answer).has(truth.listener))
  const {paths} = shortestPaths(snapshot, target)
  assert.ok(paths[0].nodes.some(node => nameOf(snapshot, node) === 'EventEmitter'))
})

test('long-list.node20: lists as long as they are', async () => {
  const [snapshot, truth] = [await open('long-list.node20'), truthOf('long-list')]
  for (const {type, count, edges} of truth.lists) {
    const all = select(snapshot, {type})
    assert.equal(all.nodes.length, count)
    const next = (node: number) =>
      edgesOf(snapshot, node).find(
        ({name, kind, target}) =>
          name === 'next' && kind === 'property' && nameOf(snapshot, target) === nameOf(snapshot, node),
      )?.target
    const follows = new Set([...all.nodes].map(next))
    const [head] = [...all.nodes].filter(node => !follows.has(node))
    let last = head
    let length = 1
    for (let node = next(head); node !== undefined; node = next(node)) {
      last = node
      length++
    }
    assert.equal(length, count)
    const one = (node: number) => ({subject: '', nodes: Uint32Array.of(node)})
    const {paths, limitsReached} = shortestPaths(snapshot, one(last), {from: one(head), count: 2})
    assert.deepEqual([paths.length, paths[0].nodes.length, limitsReached], [1, count, {}])
    assert.ok(edges.includes('next') && paths[0].parallel.every(parallel => parallel === 1))
    // Of a list there and back each link is a cycle of two; of a list there, none is.
    const rings = cycles(snapshot, {through: all})
    assert.equal(rings.total.nodeCount, edges.length === 2 ? count : 0)
    assert.ok(distances(snapshot)[last] < SYSTEM_DISTANCE)
    const fromRoots = shortestPaths(snapshot, one(last))
    assert.equal(fromRoots.paths.length, 1)
  }
})

test('promise.node20: the jobs are held by functions that wait for promises', async () => {
  const [snapshot, truth] = [await open('promise.node20'), truthOf('promise')]
  checkEdges(snapshot, truth.edges)
  const {target, lines} = treeOf(snapshot, truth.type, 12)
  assert.equal(target.nodes.length, truth.count)
  const {count} = truth
  assert.deepEqual(lines.get('Generator ‹parameters_and_registers›'), {count, reached: count})
  assert.deepEqual(lines.get('Promise ‹reactions_or_result›'), {count, reached: count})
  assert.deepEqual(lines.get('system / Context scope var waiting'), {count: 1, reached: 1})
})

test('timer.node20: the states are held by intervals', async () => {
  const [snapshot, truth] = [await open('timer.node20'), truthOf('timer')]
  checkEdges(snapshot, truth.edges)
  const {target, lines} = treeOf(snapshot, truth.type)
  const {count} = truth
  assert.equal(target.nodes.length, count)
  assert.deepEqual(lines.get('system / Context scope var state'), {count, reached: count})
  assert.deepEqual(lines.get('Timeout._onTimeout'), {count, reached: count})
  assert.equal(select(snapshot, {type: 'Timeout'}).nodes.length, count + 1)
  const answer = backrefs(snapshot, target)
  assert.ok(functionsIn(snapshot, answer).has(truth.listener))
})

for (const file of ['tracked.node20', 'tracked-in-process.node24']) {
  test(`${file}: the items are held by an array`, async () => {
    const [snapshot, truth] = [await open(file), truthOf('tracked')]
    const {target, lines} = treeOf(snapshot, truth.type)
    const {count} = truth
    assert.equal(target.nodes.length, count)
    assert.deepEqual(lines.get('Array …'), {count: 1, reached: count})
    assert.deepEqual(lines.get('system / Context scope var items'), {count: 1, reached: 1})
    assert.notEqual(snapshot.nodeTraceId, undefined)
  })
}

test('weakmap.node20: the values are held by keys that are held, and the others are gone', async () => {
  const [snapshot, truth] = [await open('weakmap.node20'), truthOf('weakmap')]
  const keys = select(snapshot, {type: truth.keys.type})
  const {target, lines} = treeOf(snapshot, truth.type)
  assert.deepEqual([target.nodes.length, keys.nodes.length], [truth.count, truth.keys.count])
  const {groups} = backrefs(snapshot, target, {depth: 1})
  assert.equal(groups.length, 2)
  assert.deepEqual([groups[1].nodes.length, groups[1].reached], [truth.count, truth.count])
  assert.deepEqual(groups[1].nodes, keys.nodes)
  assert.deepEqual(lines.get('system / Context scope var heldKeys'), {count: 1, reached: 1})
  const graph = toGraph(backrefs(snapshot, target, {depth: 1}))
  const edges = graph.mapEdges((_, {label, strength, count}) => [label, strength, count])
  assert.deepEqual(edges[0], ['value in WeakMap (30 keys)', 'ephemeron', truth.count])
  // Without the keys there is no way to the values, though the map itself is alive.
  assert.equal(shortestPaths(snapshot, target).reached, truth.count)
  assert.equal(shortestPaths(snapshot, target, {avoid: [truth.keys.type]}).reached, 0)
  assert.ok(shortestPaths(snapshot, select(snapshot, {type: 'WeakMap'})).reached > 0)
  // A value is as far as the farther of key and table.
  const {ephemerons, edgeTarget} = snapshot
  const values = new Set(target.nodes)
  const pairs = [...ephemerons.edge].filter(edge => values.has(edgeTarget[edge]))
  assert.equal(pairs.length, 2 * truth.count)
})

test('page.chromium: the panels are held by closures, the buttons by listeners', async () => {
  const [snapshot, truth] = [await open('page.chromium'), truthOf('page')]
  for (const [type, count] of Object.entries(truth.objects)) {
    assert.equal(select(snapshot, {type}).nodes.length, count, type)
  }
  for (const {type, count} of truth.detached) {
    const detached = nodesNamed(snapshot, type).filter(node => snapshot.nodeDetachedness?.[node] === 2)
    assert.equal(detached.length, count, type)
  }
  const panels = select(snapshot, {type: 'Detached <section>'})
  assert.equal(panels.nodes.length, truth.count)
  const held = backrefs(snapshot, panels, {depth: 7})
  assert.ok(holders(snapshot, held).has('PanelCache.panels'))
  assert.ok(functionsIn(snapshot, held).has('reopen'))
  const buttons = select(snapshot, {type: 'Detached <button>'})
  assert.equal(buttons.nodes.length, truth.detached[1].count)
  const listened = backrefs(snapshot, buttons, {depth: 7})
  assert.ok(functionsIn(snapshot, listened).has('onResize'))
})

const ZOOS = ['node12', 'node16', 'node18', 'node20', 'node20-internals', 'node22', 'node24', 'node26', 'deno']

for (const version of ZOOS) {
  test(`types-zoo.${version}: every specimen is held by the zoo`, async () => {
    const [snapshot, truth] = [await open(`types-zoo.${version}`), truthOf('types-zoo')]
    const [zoo] = select(snapshot, {type: 'Zoo'}).nodes
    const properties = edgesOf(snapshot, zoo).filter(({kind}) => kind === 'property')
    const held = new Map(properties.map(({name, target}) => [name, target]))
    for (const {property, nodeType, nodeName} of truth.specimens) {
      const node = held.get(property)
      if (node === undefined) {
        // What the oldest of them does not have, or has by another name.
        assert.ok(version === 'node12', property)
        continue
      }
      if (version.startsWith('node20')) {
        const kind = snapshot.header.schema.nodeKinds[snapshot.nodeKind[node]]
        assert.deepEqual([kind, nameOf(snapshot, node)], [nodeType, nodeName], property)
      }
      const {paths} = shortestPaths(snapshot, {subject: property, nodes: Uint32Array.of(node)}, {count: 1})
      assert.equal(paths.length, 1, property)
    }
    const specimens = select(snapshot, {type: truth.type})
    assert.equal(specimens.nodes.length, truth.count)
    const reached = shortestPaths(snapshot, specimens).reached
    // One is held by a WeakRef only, if it still lives.
    assert.ok(reached >= truth.count - 1, `${reached}`)
  })
}
