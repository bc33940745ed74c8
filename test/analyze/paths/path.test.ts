import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {textPattern} from '../../../src/analyze/facts/text-pattern.ts'
import {SYSTEM_DISTANCE} from '../../../src/analyze/graph/system-distance.ts'
import {type Path, type PathAnswer, type PathOptions, shortestPaths} from '../../../src/analyze/paths/path.ts'
import {waypoint} from '../../../src/analyze/paths/waypoint.ts'
import {type Selection, select} from '../../../src/analyze/select/select.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {largeHeap, type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

/** What a twin needs to know of a question. */
interface Question {
  heap: PlainHeap
  mayFollow: (edge: number) => boolean
  targets: number[]
  /** Undefined: from the roots. */
  from: number[] | undefined
}

/** Length by which chains are ordered, and the nodes of every simple chain there is, holder first. */
function allChains({heap, mayFollow: mayEver, targets, from}: Question): {cost: number; nodes: number[]}[] {
  // No chain leaves the one object that all end at, nor does what only that object holds hold it.
  const mayFollow = (edge: number) => mayEver(edge) && !(targets.length === 1 && heap.edges[edge].source === targets[0])
  const startCost = costOfStarts({heap, mayFollow, targets, from})
  const found = new Map<string, {cost: number; nodes: number[]}>()
  const extend = (nodes: number[]) => {
    const cost = startCost.get(nodes[0])
    if (cost !== undefined) {
      // What no root reaches is no beginning of a chain, though it be a root by name.
      if (Number.isFinite(cost)) found.set(nodes.join(), {cost: nodes.length - 1 + cost, nodes})
      return
    }
    heap.edges.forEach(({source, target}, edge) => {
      if (target === nodes[0] && mayFollow(edge) && !nodes.includes(source)) extend([source, ...nodes])
    })
  }
  for (const target of targets) extend([target])
  return [...found.values()].sort((a, b) => a.cost - b.cost)
}

/** The nodes at which chains begin, and what each adds to a chain's length: user roots before all that the system holds. */
function costOfStarts({heap: {nodes, edges}, mayFollow, from}: Question): Map<number, number> {
  if (from !== undefined) return new Map(from.map(node => [node, 0]))
  const isUserRoot = nodes.map(
    ({kind, name}, node) =>
      (kind !== 'synthetic' || name === '(Document DOM trees)') &&
      edges.some(({source, target}) => source === 0 && target === node),
  )
  const bfsDepth = nodes.map((_, node) => (isUserRoot[node] ? 1 : Number.POSITIVE_INFINITY))
  const relax = (isFixed: (node: number) => boolean) => {
    for (let changed = true; changed; ) {
      changed = false
      edges.forEach(({source, target}, edge) => {
        if (!mayFollow(edge) || isFixed(target) || bfsDepth[source] + 1 >= bfsDepth[target]) return
        bfsDepth[target] = bfsDepth[source] + 1
        changed = true
      })
    }
  }
  relax(node => node === 0)
  bfsDepth[0] = isUserRoot.includes(true) ? SYSTEM_DISTANCE : 0
  relax(node => node === 0)
  const starts = nodes.flatMap(({kind}, node) => (kind === 'synthetic' || isUserRoot[node] ? [node] : []))
  return new Map(starts.map(node => [node, bfsDepth[node]]))
}

function checkAgainstAll(question: Question, snapshot: Snapshot, answer: PathAnswer, count: number): number {
  const all = allChains(question)
  const costOf = new Map(all.map(({cost, nodes}) => [nodes.join(), cost]))
  const costs = answer.paths.map(({nodes}) => {
    const cost = costOf.get(nodes.join())
    assert.notEqual(cost, undefined, `${nodes} is no simple chain`)
    return cost
  })
  assert.equal(new Set(answer.paths.map(({nodes}) => nodes.join())).size, costs.length)
  assert.deepEqual(
    costs,
    all.slice(0, count).map(({cost}) => cost),
  )
  for (const path of answer.paths) checkEdges(question, snapshot, path)
  assert.deepEqual(answer.limitsReached, all.length > count ? {count} : {})
  assert.equal(answer.reached, new Set(all.map(({nodes}) => nodes.at(-1))).size)
  return all.length
}

const NAME_RANK = ['property', 'context', 'element', 'internal', 'hidden', 'shortcut']

/** Each edge is one of those that lead from node to node, and none of these has a name of a better kind. */
function checkEdges({heap, mayFollow}: Question, snapshot: Snapshot, {nodes, edges, parallel}: Path): void {
  assert.deepEqual([edges.length, parallel.length], [nodes.length - 1, nodes.length - 1])
  edges.forEach((edge, i) => {
    const beside = heap.edges.flatMap(({source, target}, other) =>
      source === nodes[i] && target === nodes[i + 1] && mayFollow(other) ? [other] : [],
    )
    assert.ok(beside.includes(edge))
    assert.equal(parallel[i], beside.length)
    const ranks = beside.map(other => NAME_RANK.indexOf(heap.edges[other].kind))
    assert.equal(NAME_RANK.indexOf(heap.edges[edge].kind), Math.min(...ranks))
  })
  assert.equal(snapshot.edgeCount, heap.edges.length)
}

const selectionOf = (nodes: number[]): Selection => ({subject: 'these', nodes: Uint32Array.from(nodes)})

test('the k shortest of all simple chains, on random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 8, edges: 22}),
    targets: fc.array(fc.nat(), {minLength: 1, maxLength: 2}),
    from: fc.option(fc.array(fc.nat(), {minLength: 1, maxLength: 2}), {nil: undefined}),
    count: fc.integer({min: 1, max: 12}),
  })
  let chains = 0
  await fc.assert(
    fc.asyncProperty(question, async ({heap, targets: drawn, from: drawnFrom, count}) => {
      const snapshot = await snapshotOf(heap)
      const distinct = (list: number[]) => [...new Set(list.map(number => number % heap.nodes.length))]
      const targets = distinct(drawn)
      const from = drawnFrom === undefined ? undefined : distinct(drawnFrom)
      const retaining = retainingEdges(snapshot)
      const options: PathOptions = {count, ...(from === undefined ? {} : {from: selectionOf(from)})}
      const answer = shortestPaths(snapshot, selectionOf(targets), options)
      const mayFollow = (edge: number) => retaining.has(edge)
      chains += checkAgainstAll({heap, mayFollow, targets, from}, snapshot, answer, count)
    }),
    {seed: 11, numRuns: runs(1500)},
  )
  assert.ok(chains > enough(1500), `${chains}`)
})

test('all simple chains of small dense graphs, where most ways lead back to the chain', async () => {
  const size = 7
  const dense = fc.record({
    edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), {minLength: 10, maxLength: 26, size: 'max'}),
    from: fc.subarray([1, 2, 3], {minLength: 1}),
    targets: fc.subarray([4, 5, 6], {minLength: 1}),
    count: fc.integer({min: 1, max: 400}),
  })
  let longest = 0
  await fc.assert(
    fc.asyncProperty(dense, async ({edges: pairs, from, targets, count}) => {
      const nodes = Array.from({length: size}, (_, i) => ({
        kind: 'object' as const,
        name: 'A',
        id: 2 * i + 1,
        selfBytes: 8,
      }))
      const edges = pairs
        .map(([source, target]) => ({source, target, kind: 'property' as const, name: 'a'}))
        .sort((a, b) => a.source - b.source)
      const heap: PlainHeap = {nodes, edges}
      const snapshot = await snapshotOf(heap)
      const retaining = retainingEdges(snapshot)
      const mayFollow = (edge: number) => retaining.has(edge)
      const answer = shortestPaths(snapshot, selectionOf(targets), {count, from: selectionOf(from)})
      longest = Math.max(longest, checkAgainstAll({heap, mayFollow, targets, from}, snapshot, answer, count))
    }),
    {seed: 14, numRuns: runs(600)},
  )
  assert.ok(longest > 40, `${longest}`)
})

const patterns = ['A', 'B', '/^A|B$/', '/a/i', 'a', '7', '/^\\d$/', '@5', 'Function', '(array)', '(synthetic)']

test('avoiding types, edge names, ids and what a regular expression matches, on random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 8, edges: 26}),
    target: fc.nat(),
    from: fc.option(fc.nat(), {nil: undefined}),
    avoid: fc.subarray(patterns, {minLength: 1, maxLength: 3}),
    avoidedNode: fc.nat(),
  })
  let chains = 0
  await fc.assert(
    fc.asyncProperty(question, async ({heap, target: drawn, from: drawnFrom, avoid: names, avoidedNode}) => {
      const snapshot = await snapshotOf(heap)
      const at = (number: number) => number % heap.nodes.length
      const target = at(drawn)
      const from = drawnFrom === undefined ? undefined : [at(drawnFrom)]
      const avoid = [...names, `@${heap.nodes[at(avoidedNode)].id}`]
      const retaining = retainingEdges(snapshot)
      const typeOf = (node: number) => snapshot.types.names[snapshot.types.ofNode[node]]
      const isAvoided = (node: number) =>
        avoid.some(pattern => pattern === `@${heap.nodes[node].id}` || textPattern(pattern)(typeOf(node)))
      const mayFollow = (edge: number) => {
        const {source, target: held, name} = heap.edges[edge]
        if (!retaining.has(edge) || avoid.some(pattern => textPattern(pattern)(`${name}`))) return false
        return (from?.includes(source) || !isAvoided(source)) && (held === target || !isAvoided(held))
      }
      const options: PathOptions = {count: 5, avoid, ...(from === undefined ? {} : {from: selectionOf(from)})}
      const answer = shortestPaths(snapshot, selectionOf([target]), options)
      chains += checkAgainstAll({heap, mayFollow, targets: [target], from}, snapshot, answer, 5)
    }),
    {seed: 12, numRuns: runs(1500)},
  )
  assert.ok(chains > enough(700), `${chains}`)
})

/** Chains as the labels of their nodes. */
function labels(heap: DrawnHeap, {paths}: PathAnswer): string[] {
  return paths.map(({nodes}) => nodes.map(node => heap.label(node)).join(' '))
}

function pathsTo(heap: DrawnHeap, label: string, options: PathOptions = {}): string[] {
  return labels(heap, shortestPaths(heap, select(heap, {id: heap.nodeId[heap.node(label)]}), {count: 9, ...options}))
}

// root ─▶ window ─▶ A ─▶ T      by way of the window first, however near the roots of the system are;
//      │            └▶ B ─▶ T   every chain begins at a root and passes no other
//      └▶ (GC roots) ─▶ (Stack roots) ─▶ T
const THREE_WAYS = `
  root -> window -> A -> T
  A -> B -> T
  root -> gc -> stack -> T
  gc: synthetic "(GC roots)" 0
  stack: synthetic "(Stack roots)" 0
`

test('chains begin at user roots first and at synthetic nodes last', async () => {
  const heap = await heapOf(THREE_WAYS)
  assert.deepEqual(pathsTo(heap, 'T'), ['window A T', 'window A B T', 'stack T'])
  assert.deepEqual(pathsTo(heap, 'T', {count: 1}), ['window A T'])
  assert.deepEqual(pathsTo(heap, 'window'), ['window'])
  assert.deepEqual(pathsTo(heap, 'root'), ['root'])
})

test('chains may begin elsewhere, and then pass roots', async () => {
  const heap = await heapOf(THREE_WAYS)
  const from = (label: string) => ({from: select(heap, {id: heap.nodeId[heap.node(label)]})})
  assert.deepEqual(pathsTo(heap, 'T', from('A')), ['A T', 'A B T'])
  assert.deepEqual(pathsTo(heap, 'T', from('root')), ['root window A T', 'root gc stack T', 'root window A B T'])
  assert.deepEqual(pathsTo(heap, 'A', from('B')), [])
  assert.deepEqual(pathsTo(heap, 'B', from('B')), ['B'])
})

test('what is avoided neither begins a chain nor is passed, but may end one', async () => {
  const heap = await heapOf(THREE_WAYS)
  const avoid = (...patterns: string[]) => pathsTo(heap, 'T', {avoid: patterns})
  assert.deepEqual(avoid('B'), ['window A T', 'stack T'])
  assert.deepEqual(avoid('window'), ['stack T'])
  assert.deepEqual(avoid(`@${heap.nodeId[heap.node('window')]}`), ['stack T'])
  assert.deepEqual(avoid('(synthetic)'), ['window A T', 'window A B T'])
  assert.deepEqual(avoid('/^w/', '(synthetic)'), [])
  // An edge's name; those of the edges here are the labels of their targets.
  assert.deepEqual(avoid('T'), [])
  assert.throws(() => avoid('/(/'), {name: 'HeapgraphError', code: 'USAGE'})
})

// root ─▶ N1 ─▶ N2 ─▶ N3      a list of Nodes: the nearest ones, and none through another if those are avoided
test('of several objects asked about, a chain ends at one and may pass others, unless they are avoided', async () => {
  const heap = await heapOf('root -> window -> N1.next -> N2.next -> N3')
  const all = select(heap, {type: 'N'})
  assert.deepEqual(labels(heap, shortestPaths(heap, all, {count: 9})), ['window N1', 'window N1 N2', 'window N1 N2 N3'])
  assert.deepEqual(labels(heap, shortestPaths(heap, all, {count: 9, avoid: ['N']})), ['window N1'])
  assert.deepEqual(labels(heap, shortestPaths(heap, all, {count: 9, from: all})), ['N1', 'N2', 'N3'])
})

// root ─▶ window ┄▶ T      held weakly only; an island that no root reaches
// I1 ⇄ I2
test('what cannot be reached has no chain', async () => {
  const heap = await heapOf('root -> window -weak:w-> T\n I1 -> I2 -> I1')
  const answer = shortestPaths(heap, select(heap, {type: '/^T|I$/'}), {count: 9})
  assert.deepEqual([answer.paths, answer.reached, answer.limitsReached], [[], 0, {}])
})

// root ─▶ window ─▶ a, b, c ─▶ T      three of equal length: by id, which is not the order of the file
test('chains of equal length come in the order of ids from the target on, the same each time', async () => {
  const drawing = (order: string[]) => `
    root -> window
    ${order.map(label => `window -> ${label} -> T`).join('\n')}
    a: object A @15
    b: object B @13
    c: object C @11
    T: object T @99
  `
  const heap = await heapOf(drawing(['a', 'b', 'c']))
  assert.deepEqual(pathsTo(heap, 'T'), ['window c T', 'window b T', 'window a T'])
  assert.deepEqual(pathsTo(heap, 'T'), pathsTo(heap, 'T'))
  assert.deepEqual(pathsTo(await heapOf(drawing(['c', 'a', 'b'])), 'T'), pathsTo(heap, 'T'))
})

test('the order of a file does not matter, on random heaps', async () => {
  const shuffled = fc
    .tuple(randomHeap({nodes: 8, edges: 22}), fc.array(fc.nat(), {minLength: 60, maxLength: 60}))
    .map(([heap, keys]) => {
      const order = heap.edges.map((edge, i) => ({edge, key: keys[i % keys.length]})).sort((a, b) => a.key - b.key)
      const edges = order.map(({edge}) => edge).sort((a, b) => a.source - b.source)
      return {heap, other: {...heap, edges}}
    })
  await fc.assert(
    fc.asyncProperty(shuffled, async ({heap, other}) => {
      const nodesOfPaths = async (plain: PlainHeap) => {
        const snapshot = await snapshotOf(plain)
        return shortestPaths(snapshot, selectionOf([heap.nodes.length - 1]), {count: 6}).paths.map(({nodes}) => nodes)
      }
      assert.deepEqual(await nodesOfPaths(other), await nodesOfPaths(heap))
    }),
    {seed: 13, numRuns: runs(500)},
  )
})

// root ─▶ window ─▶ width nodes ═▶ width nodes ═▶ … ═▶ T      each layer holds all of the next: width^20 chains
test('20 complete layers', () => {
  const [width, layers] = [many(1000), 20]
  const first = 2
  const target = first + width * layers
  const between = width * width * (layers - 1)
  const heap = largeHeap({
    nodeCount: target + 1,
    edgeCount: 1 + width + between + width,
    source: edge => {
      if (edge < 1 + width) return Math.min(edge, 1)
      return edge < 1 + width + between
        ? first + Math.floor((edge - 1 - width) / width)
        : first + width * (layers - 1) + (edge - 1 - width - between)
    },
    target: edge => {
      if (edge < 1 + width) return 1 + edge
      const place = edge - 1 - width
      return place < between ? first + width * (1 + Math.floor(place / (width * width))) + (place % width) : target
    },
  })
  // 10 chains of 21 links, with one look at each: anything more is a search that goes astray.
  const answer = shortestPaths(heap, selectionOf([target]), {count: 10, maxSteps: 300})
  assert.deepEqual(answer.limitsReached, {count: 10})
  assert.deepEqual(
    answer.paths.map(({nodes}) => nodes.length),
    Array(10).fill(layers + 2),
  )
  assert.equal(new Set(answer.paths.map(({nodes}) => nodes.join())).size, 10)
})

// root ─▶ window ─▶ very many nodes ─▶ T
test('a node with very many retainers', () => {
  const count = many(1_000_000)
  const heap = largeHeap({
    nodeCount: count + 3,
    edgeCount: 2 * count + 1,
    source: edge => (edge === 0 ? 0 : edge <= count ? 1 : edge - count + 1),
    target: edge => (edge <= count ? edge + 1 : count + 2),
  })
  const answer = shortestPaths(heap, selectionOf([count + 2]), {count: 3, maxSteps: 20})
  const expected = [2, 3, 4].map(node => [1, node, count + 2])
  assert.deepEqual(
    answer.paths.map(({nodes}) => nodes),
    expected,
  )
})

// root ─▶ window ─▶ 1 ⇄ 2 ⇄ … ⇄ length, and each holds an object that points back at it
test('a long list, there and back, with an owner at each', () => {
  const length = many(100_000)
  const last = length + 1
  /** Of each link: to the next, to the one before, to its datum; a datum has one edge back. */
  const links = 3 * length
  const heap = largeHeap({
    nodeCount: 2 + 2 * length,
    edgeCount: 2 + links + length,
    source: edge => (edge < 2 ? edge : edge < 2 + links ? 2 + Math.floor((edge - 2) / 3) : edge - links + length),
    target: edge => {
      if (edge < 2) return edge + 1
      if (edge >= 2 + links) return edge - links
      const node = 2 + Math.floor((edge - 2) / 3)
      return [Math.min(node + 1, last), node - 1, node + length][(edge - 2) % 3]
    },
    edgeName: edge => (edge < 2 + links ? ['next', 'prev', 'data'][(edge + 1) % 3] : 'owner'),
  })
  const answer = shortestPaths(heap, selectionOf([last]), {count: 10, maxSteps: 1_000_000})
  // There is no other simple chain: whatever goes back meets itself.
  assert.deepEqual(
    answer.paths.map(({nodes}) => nodes.length),
    [length + 1],
  )
  assert.deepEqual(answer.limitsReached, {})
  assert.ok(answer.paths[0].nodes.every((node, i) => node === i + 1))
})

/**
 * root ─▶ window ─▶ hub ─▶ T, and a thicket of `size` nodes that all hold one another. A node of the thicket is held by `entry`,
 * and by a tail of so many links from the window if there is one; each of the thicket holds `exit`.
 */
function thicket(size: number, entry: 'hub' | 'T', exit: 'hub' | 'T', tail = 0): {heap: Snapshot; target: number} {
  const [window, hub, target, first] = [1, 2, 3, 4]
  const ends = {hub, T: target}
  const pairs = [
    [0, window],
    [window, hub],
    [hub, target],
    [ends[entry], first],
    ...Array.from({length: size * size}, (_, i) => [first + Math.floor(i / size), first + (i % size)]),
    ...Array.from({length: size}, (_, i) => [first + i, ends[exit]]),
    ...Array.from({length: tail}, (_, i) => [i === 0 ? window : first + size + i - 1, first + size + i]),
    ...(tail === 0 ? [] : [[first + size + tail - 1, first]]),
  ].sort((a, b) => a[0] - b[0])
  const [source, end] = [(edge: number) => pairs[edge][0], (edge: number) => pairs[edge][1]]
  return {heap: largeHeap({nodeCount: first + size + tail, edgeCount: pairs.length, source, target: end}), target}
}

test('what the object alone holds is not searched for its holders', () => {
  const {heap, target} = thicket(24, 'T', 'T')
  const answer = shortestPaths(heap, selectionOf([target]), {count: 5, maxSteps: 10})
  assert.deepEqual([answer.paths.map(({nodes}) => nodes), answer.limitsReached], [[[1, 2, 3]], {}])
})

test('parts that hold one another and their whole are no way out, and do not keep the search', () => {
  const {heap, target} = thicket(100, 'hub', 'hub')
  // One look through the thicket, of which each visit is a sixteenth of a step.
  const answer = shortestPaths(heap, selectionOf([target]), {count: 5, maxSteps: 15})
  assert.deepEqual([answer.paths.map(({nodes}) => nodes), answer.limitsReached], [[[1, 2, 3]], {}])
})

test('a long way out of a thicket is taken at its length', () => {
  const {heap, target} = thicket(24, 'hub', 'hub', 30)
  const {paths, limitsReached} = shortestPaths(heap, selectionOf([target]), {count: 2, maxSteps: 1000})
  assert.deepEqual(
    paths.map(({nodes}) => nodes.length),
    [3, 34],
  )
  assert.deepEqual(limitsReached, {count: 2})
})

test('a search gives up after the steps it was given, and says so', () => {
  const {heap, target} = thicket(24, 'hub', 'T')
  const lengths = (options: PathOptions) => {
    const {paths, limitsReached} = shortestPaths(heap, selectionOf([target]), options)
    return [paths.length, paths.at(-1)?.nodes.length, limitsReached]
  }
  // 1 way past the thicket, 1 through 1 of its nodes, 23 through 2, 23 * 22 through 3.
  assert.deepEqual(lengths({count: 25, maxSteps: 5000}), [25, 5, {count: 25}])
  assert.deepEqual(lengths({count: 26, maxSteps: 5000}), [26, 6, {count: 26}])
  assert.deepEqual(lengths({count: 3, maxSteps: 2}), [0, undefined, {steps: 2}])
  const [found, , limits] = lengths({count: 1e6, maxSteps: 5000})
  assert.deepEqual(limits, {steps: 5000})
  assert.ok(Number(found) > 500, `${found}`)
})

test('chains through types, edges and ids, on random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 8, edges: 24}),
    targets: fc.array(fc.nat(), {minLength: 1, maxLength: 2}),
    from: fc.option(fc.array(fc.nat(), {minLength: 1, maxLength: 2}), {nil: undefined}),
    through: fc.constantFrom('A', 'B', '/^A|B$/', 'a', '7', 'Function', '(array)', 'kind=object and edges>2', '@5'),
    count: fc.integer({min: 1, max: 4}),
  })
  let [chains, crossed, none] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(question, async ({heap, targets: drawn, from: drawnFrom, through, count}) => {
      const snapshot = await snapshotOf(heap)
      const distinct = (list: number[]) => [...new Set(list.map(number => number % heap.nodes.length))]
      const [targets, from] = [distinct(drawn), drawnFrom && distinct(drawnFrom)]
      const retaining = retainingEdges(snapshot)
      const asked: Question = {heap, mayFollow: edge => retaining.has(edge), targets, from}
      const {nodes: meant, isEdge} = waypoint(snapshot, [through])
      const passes = (nodes: number[]) =>
        nodes.some(node => meant.has(node)) ||
        heap.edges.some(
          ({source, target}, edge) =>
            nodes.includes(source) &&
            nodes[nodes.indexOf(source) + 1] === target &&
            retaining.has(edge) &&
            isEdge(edge),
        )
      const all = allChains(asked).filter(({nodes}) => passes(nodes))
      const answer = shortestPaths(snapshot, selectionOf(targets), {
        count,
        through,
        ...(from === undefined ? {} : {from: selectionOf(from)}),
      })
      const costOf = new Map(all.map(({cost, nodes}) => [nodes.join(), cost]))
      const costs = answer.paths.map(({nodes}) => {
        assert.ok(costOf.has(nodes.join()), `${nodes} is no chain through ${through}`)
        return costOf.get(nodes.join()) as number
      })
      assert.equal(new Set(answer.paths.map(({nodes}) => nodes.join())).size, costs.length)
      assert.deepEqual(
        costs,
        costs.toSorted((a, b) => a - b),
      )
      answer.paths.forEach(({nodes, edges}) => {
        const named = edges.some(edge => isEdge(edge))
        assert.ok(named || nodes.some(node => meant.has(node)), 'the edge that is passed is the one shown')
        edges.forEach((edge, i) => {
          const {source, target} = heap.edges[edge]
          assert.deepEqual([source, target], [nodes[i], nodes[i + 1]])
          assert.ok(retaining.has(edge))
        })
      })
      // In heaps so small all that crosses is settled.
      assert.equal(answer.limitsReached.crossing, undefined)
      assert.equal(answer.limitsReached.untried, undefined)
      assert.equal(costs.length > 0, all.length > 0)
      if (costs.length === 0) none++
      else assert.equal(costs[0], all[0].cost)
      if (answer.limitsReached.count === undefined) {
        // Then each thing to pass lies on a chain shown, or on none.
        const shown = new Set(answer.paths.flatMap(({nodes}) => nodes))
        for (const {nodes} of all) for (const node of nodes) assert.ok(!meant.has(node) || shown.has(node), `${node}`)
      }
      chains += costs.length
      const walk = shortestPaths(snapshot, selectionOf(targets), from === undefined ? {} : {from: selectionOf(from)})
      if (walk.paths.length > 0 && costs.length === 0) crossed++
    }),
    {seed: 15, numRuns: runs(2000)},
  )
  assert.ok(chains > enough(150) && crossed > enough(100) && none > enough(100), `${[chains, crossed, none]}`)
})

test('chains through one node of small dense graphs, where most ways to it and from it cross', async () => {
  const size = 7
  const dense = fc.record({
    edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), {minLength: 8, maxLength: 20, size: 'max'}),
    from: fc.subarray([1, 2, 3], {minLength: 1}),
    targets: fc.subarray([4, 5, 6], {minLength: 1}),
    place: fc.nat(size - 1),
  })
  let [chains, longer, none] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(dense, async ({edges: pairs, from, targets, place}) => {
      const nodes = Array.from({length: size}, (_, i) => ({
        kind: 'object' as const,
        name: 'A',
        id: 2 * i + 1,
        selfBytes: 8,
      }))
      const edges = pairs
        .map(([source, target]) => ({source, target, kind: 'property' as const, name: 'a'}))
        .sort((a, b) => a.source - b.source)
      const snapshot = await snapshotOf({nodes, edges})
      const retaining = retainingEdges(snapshot)
      const mayFollow = (edge: number) => retaining.has(edge)
      const all = allChains({heap: {nodes, edges}, mayFollow, targets, from}).filter(chain =>
        chain.nodes.includes(place),
      )
      const options = {from: selectionOf(from), through: `@${2 * place + 1}`, count: 2}
      const {paths, limitsReached} = shortestPaths(snapshot, selectionOf(targets), options)
      assert.deepEqual(limitsReached, {})
      assert.deepEqual(
        paths.map(path => path.edges.length),
        all.slice(0, 1).map(({cost}) => cost),
      )
      for (const path of paths) assert.ok(all.some(chain => chain.nodes.join() === path.nodes.join()))
      chains += paths.length
      none += Number(all.length === 0)
      const [shortest] = shortestPaths(snapshot, selectionOf(targets), {from: selectionOf(from)}).paths
      longer += Number(paths.length > 0 && paths[0].edges.length > shortest.edges.length + 1)
    }),
    {seed: 16, numRuns: runs(1500)},
  )
  assert.ok(chains > enough(300) && longer > enough(50) && none > enough(300), `${[chains, longer, none]}`)
})

// root ─▶ window ─▶ hub ─▶ T      the shortest way to x and back goes through the hub twice; the right one past it
//            │       ⇅
//            │       x
//            └▶ a ─▶ b ─▶ x ─▶ c ─▶ T
test('ways that cross are not put together', async () => {
  const heap = await heapOf(`
    root -> window -> hub -> T
    hub -> x -> hub
    window -> a -> b -> x
    x -> c -> d -> T
  `)
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type=x'}), ['window hub x c d T'])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type=x', avoid: ['c']}), ['window a b x hub T'])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type=x', avoid: ['c', 'a']}), [])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type=hub'}), ['window hub T'])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type~^[ab]$'}), ['window a b x hub T'])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'window'}), ['window hub T'])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'nobody'}), [])
  assert.deepEqual(pathsTo(heap, 'T', {through: 'type=/[hx]/'}), ['window hub T', 'window hub x c d T'])
})

// window ═▶ 20 rungs of 1,000 ═▶ x ═▶ 20 rungs of 1,000 ═▶ T      1000^40 chains through x, none shorter than another
test('a ladder of as many chains as there are, through its middle', () => {
  const [width, layers] = [many(1000), 20]
  const rungs = 2 * layers
  const middle = 2 + width * layers
  const target = middle + 1 + width * layers
  const layerOf = (layer: number) => 2 + width * layer + (layer >= layers ? 1 : 0)
  const ends: [number, number][] = [[0, 1]]
  for (let i = 0; i < width; i++) ends.push([1, layerOf(0) + i])
  for (let layer = 0; layer < rungs; layer++) {
    const isLast = layer === layers - 1 || layer === rungs - 1
    const beyond = layer === layers - 1 ? middle : target
    for (let i = 0; i < width; i++) {
      if (isLast) ends.push([layerOf(layer) + i, beyond])
      // Ten of the next, so that the heap stays small; two would do for 2^40 chains.
      else for (let j = 0; j < 10; j++) ends.push([layerOf(layer) + i, layerOf(layer + 1) + ((i + j * 97) % width)])
    }
    if (layer === layers - 1) for (let i = 0; i < width; i++) ends.push([middle, layerOf(layers) + i])
  }
  const heap = largeHeap({
    nodeCount: target + 1,
    edgeCount: ends.length,
    source: edge => ends[edge][0],
    target: edge => ends[edge][1],
  })
  const through = `@${2 * middle + 1}`
  // No step: the two ways are put together, and no chain is looked for among all of them.
  const answer = shortestPaths(heap, selectionOf([target]), {through, maxSteps: 0})
  assert.deepEqual([answer.paths.length, answer.paths[0].edges.length, answer.limitsReached], [1, rungs + 2, {}])
  assert.ok(answer.paths[0].nodes.includes(middle))
  const again = shortestPaths(heap, selectionOf([target]), {through, maxSteps: 0})
  assert.deepEqual(again.paths, answer.paths)
})

// root ─▶ window ─▶ 1 ⇄ 2 ⇄ … ⇄ length
test('a list of very many links, there and back, and through its middle', () => {
  const length = many(1_000_000)
  const last = length + 1
  const heap = largeHeap({
    nodeCount: 2 + length,
    edgeCount: 2 + 2 * length,
    source: edge => (edge < 2 ? edge : 2 + ((edge - 2) >> 1)),
    target: edge => {
      if (edge < 2) return edge + 1
      const node = 2 + ((edge - 2) >> 1)
      return edge % 2 === 0 ? Math.min(node + 1, last) : node - 1
    },
    edgeName: edge => (edge > 1 && edge % 2 === 1 ? 'prev' : 'next'),
  })
  const middle = `@${2 * (length >> 1) + 1}`
  const ask = (target: number, options: PathOptions) => {
    const {paths, limitsReached} = shortestPaths(heap, selectionOf([target]), {count: 3, maxSteps: 0, ...options})
    return [paths.map(({nodes}) => nodes.length), limitsReached]
  }
  assert.deepEqual(ask(last, {through: middle}), [[length + 1], {}])
  // All links but the last: they lie on one chain.
  assert.deepEqual(ask(last, {through: 'Thing'}), [[length + 1], {}])
  assert.deepEqual(ask(last, {through: 'next'}), [[length + 1], {}])
  // From the first link on there is no way back from the middle but over itself.
  const [paths, limits] = ask(2, {through: middle, maxSteps: 10})
  assert.deepEqual([paths, limits], [[], {}])
  // No chain goes back, but nothing short of a look at all chains would prove it: a few are tried.
  const back = ask(last, {through: 'prev'})
  assert.deepEqual(back[0], [])
  const {crossing = 0, untried = 0} = back[1] as PathAnswer['limitsReached']
  // So many edges are looked at in all, and each try looks at all links.
  assert.ok(crossing > 0 && crossing < 2e7 / length, `${crossing}`)
  // Those into the window and out of the last link are no part of any chain.
  assert.equal(crossing + untried, length - 2)
})

// window ─▶ very many nodes ─▶ T, and each is held by the one before it
test('very many retainers, and any of them to pass', () => {
  const count = many(1_000_000)
  const heap = largeHeap({
    nodeCount: count + 3,
    edgeCount: 1 + count + 2 * count,
    source: edge => (edge === 0 ? 0 : edge <= count ? 1 : 2 + ((edge - count - 1) >> 1)),
    target: edge => {
      if (edge <= count) return edge + 1
      const node = 2 + ((edge - count - 1) >> 1)
      return (edge - count) % 2 === 1 ? Math.min(node + 1, count + 1) : count + 2
    },
  })
  const answer = shortestPaths(heap, selectionOf([count + 2]), {through: 'id>1000', count: 3, maxSteps: 0})
  assert.deepEqual(
    answer.paths.map(({nodes}) => nodes),
    [500, 501, 502].map(node => [1, node, count + 2]),
  )
  assert.deepEqual(answer.limitsReached, {count: 3})
})

// window ─▶ hub ─▶ T, and the hub holds 10,000 parts that hold it: the way to each and the way from it cross
test('what crosses everywhere is given up within bounds, and said', () => {
  const parts = 10_000
  const size = 12
  const first = 4 + parts
  // Behind the hub a thicket on the way to T, so that all chains cannot be looked through.
  const ends: [number, number][] = [
    [0, 1],
    [1, 2],
    ...Array.from({length: parts}, (_, i): [number, number] => [2, 4 + i]),
    ...Array.from({length: size}, (_, i): [number, number] => [2, first + i]),
    ...Array.from({length: parts}, (_, i): [number, number] => [4 + i, 2]),
    ...Array.from({length: size * size}, (_, i): [number, number] => [
      first + Math.floor(i / size),
      first + (i % size),
    ]),
    ...Array.from({length: size}, (_, i): [number, number] => [first + i, 3]),
  ]
  ends.sort((a, b) => a[0] - b[0])
  const heap = largeHeap({
    nodeCount: first + size,
    edgeCount: ends.length,
    source: edge => ends[edge][0],
    target: edge => ends[edge][1],
  })
  const answer = shortestPaths(heap, selectionOf([3]), {through: `id>=9 and id<${2 * first + 1}`, maxSteps: 2000})
  assert.equal(answer.paths.length, 0)
  assert.deepEqual(answer.limitsReached, {crossing: 4096, untried: parts - 4096})
})
