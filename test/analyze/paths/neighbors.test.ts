import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {rootNodes} from '../../../src/analyze/facts/roots.ts'
import {backrefs, type NeighborGroup, type NeighborsAnswer, refs} from '../../../src/analyze/paths/neighbors.ts'
import {type Selection, select} from '../../../src/analyze/select/select.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, runs} from '../../support/runs.ts'
import {largeHeap, type PlainEdge, type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

// The twin: the same tree, from lists of edges, with Maps and strings.

interface PlainGroup {
  level: number
  steps: number
  parent: number | null
  nodes: number[]
  joints: {kind: string; names: (string | number)[]; nameCount: number; edges: number}[]
  reached: number
  share: number
  isRoot: boolean
  seen: boolean
  left: NeighborGroup['left']
}

interface Limits {
  depth: number
  fan: number
  minShare: number
}

interface Link {
  edge: number
  neighbor: number
  member: number
}

function naiveTree(
  heap: PlainHeap,
  snapshot: Snapshot,
  question: 'backrefs' | 'refs',
  targets: number[],
  {depth, fan, minShare}: Limits,
): PlainGroup[] {
  const inward = question === 'backrefs'
  const retaining = retainingEdges(snapshot)
  const roots = rootNodes(snapshot)
  const idOf = (node: number) => heap.nodes[node].id
  const ascending = (nodes: Iterable<number>) => [...new Set(nodes)].sort((a, b) => idOf(a) - idOf(b))
  const linksOf = (members: number[]): Link[] =>
    members.flatMap(member =>
      heap.edges.flatMap(({source, target}, edge) => {
        if (!retaining.has(edge) || (inward ? target : source) !== member) return []
        return [{edge, neighbor: inward ? source : target, member}]
      }),
    )
  const typeOf = (node: number) => {
    const {kind, name} = heap.nodes[node]
    return kind === 'synthetic' || kind === 'array' ? `name ${name}` : `type ${snapshot.types.ofNode[node]}`
  }
  const firstGroup = {level: 0, steps: 0, parent: null, nodes: ascending(targets), joints: [], reached: 0, share: 1}
  const groups: PlainGroup[] = [{...firstGroup, isRoot: false, seen: false, left: undefined}]
  // For each group, how many of the objects asked about each of its nodes stands for.
  const weights = [new Map(targets.map(node => [node, 1]))]
  const followed = new Set<number>()
  const shown = new Set<number>()
  for (let level = 0; groups.some(group => group.level === level); level++) {
    const ofLevel = groups.flatMap((group, index) => (group.level === level ? [{group, index}] : []))
    for (const {group} of ofLevel) for (const node of group.nodes) shown.add(node)
    for (const {group, index} of ofLevel) {
      if (group.nodes.length > 0 && group.nodes.every(node => followed.has(node))) group.seen = true
      if (group.seen || group.isRoot) continue
      for (const node of group.nodes) followed.add(node)
      const joined = new Map<string, Map<string, Link[]>>()
      for (const [key, links] of grouped(linksOf(group.nodes), ({edge, neighbor}) => {
        const isRoot = inward && roots.has(neighbor)
        return JSON.stringify([typeOf(neighbor), shown.has(neighbor), heap.edges[edge].kind, isRoot])
      })) {
        const nameOf = ({edge}: Link) => `${heap.edges[edge].name}`
        const names = new Set(links.map(nameOf))
        const [type, seen] = JSON.parse(key)
        for (const [name, some] of names.size > 8 ? [['all', links] as const] : grouped(links, nameOf)) {
          const place = `${type}, ${seen}, ${ascending(some.map(({neighbor}) => neighbor))}`
          const joints = joined.get(place) ?? new Map<string, Link[]>()
          joined.set(place, joints.set(`${key}, ${name}`, some))
        }
      }
      const children = [...joined.values()].map(joints => {
        const links = [...joints.values()].flat()
        const nodes = ascending(links.map(({neighbor}) => neighbor))
        const members = [...new Set(links.map(({member}) => member))]
        const pairs = new Map(links.map(({neighbor, member}) => [`${neighbor} ${member}`, {neighbor, member}]))
        const weight = (member: number) => weights[index].get(member)!
        const ownWeights = new Map(nodes.map(node => [node, 0]))
        for (const {neighbor, member} of pairs.values()) {
          ownWeights.set(neighbor, ownWeights.get(neighbor)! + weight(member))
        }
        const reachedWeight = members.reduce((sum, member) => sum + weight(member), 0)
        return {links, nodes, joints: [...joints.values()], reached: members.length, reachedWeight, ownWeights}
      })
      const firstOf = (links: Link[]) => links[0].edge
      for (const child of children) child.joints.sort((a, b) => b.length - a.length || firstOf(a) - firstOf(b))
      children.sort(
        (a, b) =>
          Number(shown.has(a.nodes[0])) - Number(shown.has(b.nodes[0])) ||
          b.reached - a.reached ||
          b.links.length - a.links.length ||
          idOf(a.nodes[0]) - idOf(b.nodes[0]) ||
          firstOf(a.joints[0]) - firstOf(b.joints[0]),
      )
      const stop = group.steps === depth ? 'depth' : group.share < minShare ? 'share' : undefined
      const kept = stop === undefined ? children.slice(0, fan) : []
      const rest = children.slice(kept.length)
      const edges = rest.reduce((sum, {links}) => sum + links.length, 0)
      if (rest.length > 0) group.left = {groups: rest.length, edges, reason: stop ?? 'fan'}
      for (const {nodes, joints, reached, reachedWeight, ownWeights} of kept) {
        groups.push({
          level: level + 1,
          steps: group.steps + Number(heap.nodes[nodes[0]].kind !== 'array'),
          parent: index,
          nodes,
          joints: joints.map(links => plainJoint(links.map(({edge}) => heap.edges[edge]))),
          reached,
          share: Math.min(1, reachedWeight / targets.length),
          isRoot: inward && roots.has(nodes[0]),
          seen: shown.has(nodes[0]),
          left: undefined,
        })
        weights.push(ownWeights)
      }
    }
  }
  return groups
}

function grouped<T>(list: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function plainJoint(edges: PlainEdge[]): PlainGroup['joints'][number] {
  const names = new Set(edges.map(({name}) => name))
  return {kind: edges[0].kind, names: [...names], nameCount: names.size, edges: edges.length}
}

/** The answer in the twin's words. Of more names than are kept, both sides keep none. */
function plainGroups(snapshot: Snapshot, {groups}: NeighborsAnswer): PlainGroup[] {
  const {edgeKinds} = snapshot.header.schema
  return groups.map(({weights: _, ...group}) => ({
    ...group,
    nodes: [...group.nodes],
    joints: group.joints.map(({edgeKind, names, nameCount, edges}) => {
      const kind = edgeKinds[edgeKind]
      const isNumber = kind === 'element' || kind === 'hidden'
      return {kind, names: names.map(name => (isNumber ? name : snapshot.strings.get(name))), nameCount, edges}
    }),
  }))
}

function withoutManyNames(groups: PlainGroup[]): PlainGroup[] {
  return groups.map(({joints, ...group}) => ({
    ...group,
    joints: joints.map(({names, ...joint}) => ({...joint, names: joint.nameCount > 8 ? [] : names})),
  }))
}

const selectionOf = (snapshot: Snapshot, nodes: Iterable<number>): Selection => ({
  subject: 'these',
  nodes: Uint32Array.from(nodes).sort((a, b) => snapshot.nodeId[a] - snapshot.nodeId[b]),
})

const question = fc.record({
  heap: fc.oneof(
    {weight: 3, arbitrary: randomHeap({nodes: 12, edges: 60})},
    {weight: 1, arbitrary: randomHeap({nodes: 3, edges: 500})},
  ),
  targets: fc.array(fc.nat(), {minLength: 1, maxLength: 4}),
  limits: fc.record({
    depth: fc.nat(5),
    fan: fc.integer({min: 1, max: 6}),
    minShare: fc.constantFrom(0, 0, 0.01, 0.3, 0.6),
  }),
})

for (const [name, ask] of [
  ['backrefs', backrefs],
  ['refs', refs],
] as const) {
  test(`${name}: the same tree as by lists of edges, on random heaps`, async () => {
    const met = {seen: 0, joints: 0, manyNames: 0, depth: 0, fan: 0, share: 0}
    await fc.assert(
      fc.asyncProperty(question, async ({heap, targets: drawn, limits}) => {
        const snapshot = await snapshotOf(heap)
        const targets = [...new Set(drawn.map(number => number % heap.nodes.length))]
        const answer = ask(snapshot, selectionOf(snapshot, targets), {...limits, raw: true})
        const expected = naiveTree(heap, snapshot, name, targets, limits)
        assert.deepEqual(withoutManyNames(plainGroups(snapshot, answer)), withoutManyNames(expected))
        const reasons = new Set(answer.groups.flatMap(({left}) => (left === undefined ? [] : [left.reason])))
        assert.deepEqual(new Set(Object.keys(answer.limitsReached)), reasons)
        for (const reason of reasons) met[reason]++
        for (const {seen, joints} of answer.groups) {
          met.seen += Number(seen)
          met.joints += Number(joints.length > 1)
          met.manyNames += Number(joints.some(({nameCount}) => nameCount > 8))
        }
      }),
      {seed: 21, numRuns: runs(700)},
    )
    assert.ok(Math.min(...Object.values(met)) > enough(5), JSON.stringify(met))
  })

  test(`${name}: no edge of a followed group is lost`, async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({heap, targets: drawn, limits}) => {
        const snapshot = await snapshotOf(heap)
        const targets = new Set(drawn.map(number => number % heap.nodes.length))
        const {groups} = ask(snapshot, selectionOf(snapshot, targets), {...limits, raw: true})
        checkNothingLost(snapshot, name, groups)
        const children = (index: number) => groups.filter(({parent}) => parent === index).length
        groups.forEach(({steps}, index) => {
          assert.ok(steps <= limits.depth && children(index) <= limits.fan)
        })
      }),
      {seed: 22, numRuns: runs(300)},
    )
  })
}

/** Edges shown under a group and those left out there are all that V8 has. */
function checkNothingLost(snapshot: Snapshot, question: 'backrefs' | 'refs', groups: NeighborGroup[]): void {
  const retaining = retainingEdges(snapshot)
  const {firstEdge, retainers} = snapshot
  const below = groups.map(({left}) => left?.edges ?? 0)
  for (const {parent, joints} of groups) if (parent !== null) for (const {edges} of joints) below[parent] += edges
  groups.forEach(({nodes, seen, isRoot}, index) => {
    let all = 0
    for (const node of nodes) {
      if (question === 'refs') {
        for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) all += Number(retaining.has(edge))
      } else {
        for (let i = retainers.first[node]; i < retainers.first[node + 1]; i++) {
          all += Number(retaining.has(retainers.edge[i]))
        }
      }
    }
    assert.equal(below[index], seen || isRoot ? 0 : all)
  })
}

/** One line a group: what it is, how many, by which edges, how many of its parent it reaches. */
function lines(heap: DrawnHeap, {groups}: NeighborsAnswer): string[] {
  return groups.map(({level, nodes, joints, reached, isRoot, seen, left}) => {
    const names = joints.map(({names, nameCount, edges, edgeKind}) => {
      const isNumber = ['element', 'hidden'].includes(heap.header.schema.edgeKinds[edgeKind])
      const first = names.map(name => (isNumber ? name : heap.strings.get(name)))
      return `${nameCount > first.length ? `${nameCount} names` : first}×${edges}`
    })
    const marks = [isRoot ? 'root' : '', seen ? 'seen' : '', left ? `${left.reason} ${left.groups}/${left.edges}` : '']
    const labels = [...nodes].map(node => heap.label(node)).join('+')
    return [`${'. '.repeat(level)}${labels}`, ...names, level > 0 ? `of ${reached}` : '', ...marks]
      .filter(part => part !== '')
      .join(' ')
  })
}

// window ─▶ Cache ─▶ (object elements) ─▶ Item1, Item2        two Items in an array, one of them
//   └─▶ Single.last ───────────────────────────▶ Item2        held by another object too
const CACHE = `
  root -> window -> Cache -internal:elements-> elements [0] -> Item1
  elements [1] -> Item2
  window -> Single.last -> Item2
  elements: array "(object elements)" 32
`

test('backrefs, drawn: arrays do not count as a level', async () => {
  const heap = await heapOf(CACHE)
  const answer = backrefs(heap, select(heap, {type: 'Item'}), {depth: 2})
  assert.deepEqual(lines(heap, answer), [
    'Item1+Item2',
    '. elements 0×1 1×1 of 2',
    '. Single last×1 of 1',
    '. . Cache elements×1 of 1',
    '. . window Single×1 of 1 root',
    '. . . window Cache×1 of 1 root seen',
  ])
})

test('refs, drawn, pass through roots', async () => {
  const heap = await heapOf(CACHE)
  const answer = refs(heap, select(heap, {id: 1}), {depth: 3})
  assert.deepEqual(lines(heap, answer), [
    'root',
    '. window window×1 of 1',
    '. . Cache Cache×1 of 1',
    '. . Single Single×1 of 1',
    '. . . elements elements×1 of 1',
    '. . . Item2 last×1 of 1',
    '. . . . Item1 0×1 of 1',
    '. . . . Item2 1×1 of 1 seen',
  ])
})

// window ─▶ Hub ─a▶ T1, ─b▶ T2, ─c▶ T3        one holder by three names reaches all three
test('one holder by several names is one group that reaches all it holds', async () => {
  const heap = await heapOf('root -> window -> Hub.a -> T1\n Hub.b -> T2\n Hub.c -> T3\n Hub.d -> T3')
  const {groups} = backrefs(heap, select(heap, {type: 'T'}), {depth: 1})
  const [, hub] = groups
  assert.deepEqual([hub.nodes.length, hub.joints.length, hub.reached, hub.share], [1, 4, 3, 1])
  assert.deepEqual([...hub.weights], [3])
})

// T ◀─ A ◀─ X ◀─ Y      two ways to the same holder: it is followed from one of them only
// └─◀─ B ◀─ X
test('the same holders by two ways are followed once', async () => {
  const heap = await heapOf('root -> window -> Y -> X -> A -> T\n X -> B -> T')
  const answer = backrefs(heap, select(heap, {type: 'T'}), {depth: 5})
  assert.deepEqual(lines(heap, answer), [
    'T',
    '. A T×1 of 1',
    '. B T×1 of 1',
    '. . X A×1 of 1',
    '. . X B×1 of 1 seen',
    '. . . Y X×1 of 1',
    '. . . . window Y×1 of 1 root',
  ])
})

test('ways that part and meet again at each of 40 levels do not double the tree', async () => {
  const levels = Array.from({length: 40}, (_, i) => `N${i} -> A${i} -> N${i + 1}\n N${i} -> B${i} -> N${i + 1}`)
  const kinds = Array.from({length: 40}, (_, i) => `A${i}: object A${i}x\n B${i}: object B${i}x\n N${i}: object N${i}x`)
  const heap = await heapOf(['root -> window -> N0', ...levels, ...kinds, 'N40: object End'].join('\n'))
  const {groups} = backrefs(heap, select(heap, {type: 'End'}), {depth: 100})
  assert.equal(groups.length, 1 + 4 * 40 + 1)
})

// Context1 (a user root, like the native contexts of Node 26) and Context2 both hold T
test('roots stand apart from objects of the same type, and are not followed', async () => {
  const heap = await heapOf(`
    root -> Context1 -> T
    root -> gc -> Holder -> Context2 -> T
    gc: synthetic "(GC roots)" 0
  `)
  const answer = backrefs(heap, select(heap, {type: 'T'}), {depth: 5})
  assert.deepEqual(lines(heap, answer), [
    'T',
    '. Context1 T×1 of 1 root',
    '. Context2 T×1 of 1',
    '. . Holder Context2×1 of 1',
    '. . . gc Holder×1 of 1 root',
  ])
})

test('a ring is walked once', async () => {
  const heap = await heapOf('A -> B -> C -> A')
  const answer = backrefs(heap, select(heap, {type: 'A'}), {depth: 9})
  assert.deepEqual(lines(heap, answer), ['A', '. C A×1 of 1', '. . B C×1 of 1', '. . . A B×1 of 1 seen'])
})

test('nothing holds it, and nothing was asked about', async () => {
  const heap = await heapOf('root -> A -weak:w-> B')
  assert.deepEqual(lines(heap, backrefs(heap, select(heap, {type: 'B'}))), ['B'])
  const none = backrefs(heap, select(heap, {type: 'Missing'}))
  assert.deepEqual([none.groups.length, none.groups[0].nodes.length, none.limitsReached], [1, 0, {}])
})

test('depth 0 counts the holders and shows none', async () => {
  const heap = await heapOf(CACHE)
  const answer = backrefs(heap, select(heap, {type: 'Item'}), {depth: 0})
  assert.deepEqual(lines(heap, answer), ['Item1+Item2 depth 2/3'])
  assert.deepEqual(answer.limitsReached, {depth: 0})
})

// window ─▶ Map ─table▶ array ─▶ 100,000 Values
test('a Map of 100,000 entries is a tree of a few groups', () => {
  const count = 100_000
  const heap = largeHeap({
    nodeCount: 4 + count,
    edgeCount: 3 + count,
    source: edge => Math.min(edge, 3),
    target: edge => edge + 1,
    edgeKind: edge => (edge < 2 ? 'property' : 'internal'),
    edgeName: edge => (edge < 2 ? 'map' : edge === 2 ? 'table' : `${edge}`),
    nodeKind: node => (node === 3 ? 'array' : 'object'),
    nodeName: node => ['', 'window', 'Map', ''][node] ?? 'Value',
  })
  const {groups} = backrefs(heap, select(heap, {type: 'Value'}))
  assert.deepEqual(
    groups.map(({nodes, reached, joints}) => [nodes.length, reached, joints[0]?.nameCount, joints[0]?.edges]),
    [
      [count, 0, undefined, undefined],
      [1, count, count, count],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ],
  )
  checkNothingLost(heap, 'backrefs', groups)
})

// window ─▶ Dictionary ─key0, key1, …▶ 100,000 Values
test('a dictionary of 100,000 names is one group', () => {
  const count = 100_000
  const heap = largeHeap({
    nodeCount: 3 + count,
    edgeCount: 2 + count,
    source: edge => Math.min(edge, 2),
    target: edge => edge + 1,
    edgeName: edge => `key${edge}`,
    nodeName: node => ['', 'window', 'Dictionary'][node] ?? 'Value',
  })
  const {groups} = backrefs(heap, select(heap, {type: 'Value'}))
  assert.equal(groups.length, 3)
  const [joint] = groups[1].joints
  assert.deepEqual([joint.nameCount, joint.edges, joint.names.length, groups[1].reached], [count, count, 8, count])
  const onward = refs(heap, select(heap, {type: 'Dictionary'}))
  assert.deepEqual([onward.groups.length, onward.groups[1].nodes.length, onward.groups[1].reached], [2, count, 1])
})

// window ─▶ 10,000 Holders ─item▶ 10,000 Items, each with an owner of its own
test('10,000 instances, each with a holder of its own', () => {
  const count = 10_000
  const heap = largeHeap({
    nodeCount: 2 + 2 * count,
    edgeCount: 1 + 2 * count,
    source: edge => (edge === 0 ? 0 : edge <= count ? 1 : edge - count + 1),
    target: edge => edge + 1,
    edgeName: edge => (edge <= count ? 'holders' : 'item'),
    nodeName: node => (node === 1 ? 'window' : node < 2 + count ? 'Holder' : 'Item'),
  })
  const {groups} = backrefs(heap, select(heap, {type: 'Item'}))
  assert.deepEqual(
    groups.map(({nodes, reached, share}) => [nodes.length, reached, share]),
    [
      [count, 0, 1],
      [count, count, 1],
      [1, count, 1],
    ],
  )
})

test('a tree 60 levels deep of a real snapshot comes to an end', async () => {
  const path = fileURLToPath(new URL('../../../fixtures/snapshots/types-zoo.node20.heapsnapshot.gz', import.meta.url))
  const snapshot = await openSnapshot(path)
  for (const ask of [backrefs, refs]) {
    const {groups} = ask(snapshot, select(snapshot, {type: 'Specimen'}), {depth: 60, fan: 5, minShare: 0.01})
    assert.ok(groups.length < 20_000, `${groups.length}`)
  }
})

test('maps, code and stores are left out, unless asked for or alone', async () => {
  const heap = await heapOf(`
    root -> gc -> Array [0] -> T
    gc: synthetic "(GC roots)" 0
    Array -internal:elements-> store -internal:0-> T
    store: array "(object elements)" 64
    code -internal:constant-> T
    code: code work 64
    code2 -internal:constant-> Lone
    code2: code work 64
    gc -> code
    gc -> code2
  `)
  const holders = (type: string, raw: boolean) =>
    backrefs(heap, select(heap, {type}), {depth: 1, raw})
      .groups.slice(1)
      .map(({nodes}) => heap.label(nodes[0]))
  assert.deepEqual(holders('T', false), ['Array'])
  assert.deepEqual(holders('T', true).sort(), ['Array', 'Array', 'code', 'store'])
  assert.deepEqual(holders('Lone', false), ['code2'])
})
