import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Paint} from '../../../src/emit/safe/paint.ts'
import {textWidth} from '../../../src/emit/safe/width.ts'
import {toText} from '../../../src/emit/text/text-tree.ts'
import type {ResultGraph} from '../../../src/graph/answer/result.ts'
import {addEdge, addNode, backrefsGraph, cyclesGraph, graphOf, namedGraphs, pathGraph, refsGraph} from '../graphs.ts'
import {anyText, hostileNames, terminalHazard} from '../hostile.ts'

test('backrefs: a tree of holders, from the target outward', () => {
  assert.equal(
    toText(backrefsGraph()),
    `\
Buffer ×300   self 28.8 kB
in app.heapsnapshot: 123,456 nodes, 654,321 edges; each indented line holds the line it hangs from
◎ Buffer ×300  self 28.8 kB  e.g. @90211  GET /index.html HTTP/1.1
├─ .body of Object ×300  self 9.6 kB  e.g. @1234
│  └─ [0], [1], … 298 more ×300 of Array @77  self 2.4 kB
│     └─ .entries of RequestCache @1203  self 96 B  (depth 4 reached)
│        ├─ .cache of ▣ (GC roots)
│        └─ weak ‹owner› of Object ×300  self 9.6 kB  e.g. @1234  ↺ (shown above)
├─ scope var last ×2 of closure @81  self 64 B  onRequest()  src/server.js:12
│  └─ ‹table› of RequestCache @1203  self 96 B  (shown above)
└─ … 12 more holders: 1,234 references
note: 12 holders were left out: --fan 3
`,
  )
})

test('refs: a tree of what is held', () => {
  assert.equal(
    toText(refsGraph()),
    `\
@7   self 40 B
in app.heapsnapshot: 123,456 nodes, 654,321 edges; each line holds those that hang from it
◎ Session @7  self 40 B
├─ .user → User @9  self 32 B
│  ├─ .session → ◎ Session @7  self 40 B  ↺ (shown above)
│  └─ .name, .mail, … 1 more → (string) ×3  self 72 B  e.g. @11  漢字 "Ada"
└─ .id ×1 → (string) ×3  self 72 B  e.g. @11  (shown above)
`,
  )
})

test('path: numbered chains, root first, equal steps folded', () => {
  assert.equal(
    toText(pathGraph()),
    `\
@90211   self 96 B
in app.heapsnapshot: 123,456 nodes, 654,321 edges; from the root down, each line holds the next
1. 2 steps
▣ (GC roots)
│  .cache
├─ RequestCache @1203  self 96 B
│  value in WeakMap (key @3, table @5) (needs key and table)
◎ Buffer @90211  self 96 B  abc
2. 88 steps
▣ (GC roots)
│  .cache
├─ RequestCache @1203  self 96 B
│  .head
├─ Node @2001  self 24 B
│  .next ×85
├─ Node ×85  self 2.0 kB  e.g. @2003  (85 equal steps in one: @2003 … @2171)
│  .value
◎ Buffer @90211  self 96 B  abc
`,
  )
})

test('cycles: pattern, example, and who holds it', () => {
  assert.equal(
    toText(cyclesGraph()),
    `\
all objects ×80   self 3.2 kB
in app.heapsnapshot: 123,456 nodes, 654,321 edges; each group shows one example
1. Parent.child → Child.parent   ×40 cycles, 80 objects, self 3.2 kB · retained 9.6 kB
   @12 Parent .child → @13 Child .parent ↺
   held from outside by .list of Registry @99  self 56 B, and that by scope var registry of main() @98  src/main.js:3
2. Timer.self   1 cycle, 1 object, self 56 B
   @21 Timer .self ↺
   members: Timer ×1, Timeout ×2, … 2 more types ×12
   nothing outside holds it
`,
  )
})

test('a long cycle takes a line a step, and says how many are left out', () => {
  const graph = graphOf({question: 'cycles', subject: 'all objects', count: 20, selfBytes: 480})
  const nodes = Array.from({length: 20}, (_, index) => `@${index + 1}`)
  for (const node of nodes) addNode(graph, node, 'Link')
  const edges = nodes.map((node, index) => {
    const next = nodes[(index + 1) % nodes.length]
    addEdge(graph, node, next, '.next')
    return `${node}>${next}`
  })
  const sizes = {components: 1, nodeCount: 20, selfBytes: 480, retainedBytes: null}
  const members = {members: [], membersLeft: {types: 0, count: 0}}
  const group = {pattern: 'Link.next', ...sizes, ...members, nodes, edges, heldBy: undefined, holder: undefined}
  graph.setAttribute('cycles', [group])
  const lines = toText(graph).split('\n').slice(3, -2)
  assert.equal(lines.length, 13)
  assert.equal(lines[0], '   @1 Link .next')
  assert.equal(lines[1], '   → @2 Link .next')
  assert.equal(lines[11], '   → … 8 more')
  assert.equal(lines[12], '   → @20 Link .next ↺')
})

test('an empty answer says so, and its limits', () => {
  const said = (graph: ResultGraph) => toText(graph).split('\n').slice(1)
  const limits = ['nothing matches; nearest: BufferList']
  const where = 'in app.heapsnapshot: 123,456 nodes, 654,321 edges; '
  const none = {subject: 'Bufer', count: 0, selfBytes: 0, limits}
  assert.deepEqual(said(graphOf(none)), [`${where}nothing found`, `note: ${limits[0]}`, ''])
  assert.deepEqual(said(graphOf({...none, question: 'path'})), [`${where}no path found`, `note: ${limits[0]}`, ''])
  assert.deepEqual(said(graphOf({...none, question: 'cycles'})), [`${where}no cycles`, `note: ${limits[0]}`, ''])
  assert.equal(toText(graphOf(none)).split('\n')[0], 'Bufer ×0   self 0 B')
})

test('a target without holders says so; what no target leads to is shown all the same', () => {
  const graph = graphOf({})
  addNode(graph, '@5', 'Stray')
  addNode(graph, '@4', 'Buffer', {role: 'target'})
  assert.deepEqual(toText(graph).split('\n').slice(2), [
    '◎ Buffer @4',
    '└─ no holder in this answer',
    'Stray @5',
    '└─ no holder in this answer',
    '',
  ])
})

/** `@1` root, then a list of `length` nodes, then the target. */
function listGraph(length: number): ResultGraph {
  const graph = graphOf({question: 'path'})
  const nodes = Array.from({length: length + 2}, (_, index) => `@${index + 1}`)
  for (const [index, node] of nodes.entries()) {
    addNode(graph, node, 'Node', {role: index === 0 ? 'root' : index === nodes.length - 1 ? 'target' : 'node'})
    if (index > 0) addEdge(graph, nodes[index - 1], node, `[${index}]`)
  }
  const edges = nodes.slice(1).map((node, index) => `${nodes[index]}>${node}`)
  graph.setAttribute('chains', [{nodes, edges}])
  return graph
}

test('fewer than three equal steps are written out, and the target is never folded', () => {
  assert.ok(!toText(listGraph(2)).includes('equal steps'))
  const lines = toText(listGraph(3)).split('\n').slice(2, -1)
  assert.deepEqual(lines, [
    '1. 4 steps',
    '▣ Node @1',
    '│  […] ×3',
    '├─ Node ×3  e.g. @2  (3 equal steps in one: @2 … @4)',
    '│  [4]',
    '◎ Node @5',
  ])
})

test('a step with a note, or where another chain branches off, is not folded away', () => {
  const noted = listGraph(9)
  noted.setNodeAttribute('@5', 'notes', ['look here'])
  assert.match(toText(noted), /Node @5 {2}\(look here\)/)
  const branching = listGraph(9)
  addNode(branching, '@99', 'Node')
  addEdge(branching, '@5', '@99', '.other')
  assert.match(toText(branching), /├─ Node @5\n/)
})

test('a tree as deep as a list is long stays narrow', () => {
  const graph = listGraph(5000)
  graph.setAttribute('question', 'backrefs')
  const lines = toText(graph).split('\n')
  assert.equal(lines.length, 5002 + 3)
  assert.equal(lines[2 + 49], `${'   '.repeat(48)}└─ [4953] of Node @4953`)
  assert.equal(lines[2 + 50], '(level 50) └─ [4952] of Node @4952')
  assert.equal(lines[2 + 51], '   └─ [4951] of Node @4951')
  for (const line of lines) assert.ok(textWidth(line) < 250)
})

test('folding leaves the answer itself alone', () => {
  const graph = listGraph(50)
  const before = JSON.stringify(graph.export())
  toText(graph)
  assert.equal(JSON.stringify(graph.export()), before)
})

test('previews give way to the width, names do not', () => {
  const graph = graphOf({})
  addNode(graph, '@4', 'Buffer', {role: 'target', preview: 'p'.repeat(200)})
  const line = (width: number) => toText(graph, {width}).split('\n')[2]
  assert.equal(textWidth(line(40)), 40)
  assert.equal(line(5), '◎ Buffer @4  pppppp…ppppp')
  assert.equal(textWidth(line(1000)), 73)
})

test('paint changes nothing but color', () => {
  const mark = (text: string) => `\x01${text}\x02`
  const paint: Paint = {type: mark, edge: mark, size: mark, mark, dim: mark, strong: mark, warn: mark, place: mark}
  for (const make of Object.values(namedGraphs)) {
    const painted = toText(make(), {paint, width: 60})
    assert.equal(painted.replace(/[\x01\x02]/g, ''), toText(make(), {width: 60}))
  }
})

/** Every place a name can stand in, filled with one name. */
function graphNamed(name: string, question: string): ResultGraph {
  const graph = graphOf({
    question,
    subject: name,
    snapshot: {name, nodeCount: 1, edgeCount: 1, root: ''},
    limits: [name],
  })
  const everywhere = {preview: name, place: name, notes: [name], kind: name}
  addNode(graph, '@1', name, {role: 'target', ...everywhere})
  addNode(graph, '@2', name, everywhere)
  addNode(graph, 'more', name, {role: 'more', ...everywhere})
  addEdge(graph, '@2', '@1', name)
  addEdge(graph, '@1', '@2', name)
  addEdge(graph, 'more', '@1', name)
  graph.setAttribute('chains', [{nodes: ['@2', '@1'], edges: ['@2>@1']}])
  const heldBy = '@2>@1'
  const edges = ['@1>@2', heldBy]
  graph.setAttribute('cycles', [
    {
      pattern: name,
      components: 1,
      nodeCount: 2,
      selfBytes: 2,
      retainedBytes: 3,
      members: [{type: name, count: 1, selfBytes: 1}],
      membersLeft: {types: 1, count: 1},
      nodes: ['@1', '@2'],
      edges,
      heldBy,
      holder: {text: name, place: name, id: 1},
    },
  ])
  return graph
}

function assertHarmless(name: string): void {
  for (const question of ['backrefs', 'path', 'cycles']) {
    const text = toText(graphNamed(name, question))
    assert.doesNotMatch(text, terminalHazard)
    assert.equal(text.split('\n').length, toText(graphNamed(name === '' ? '' : 'x', question)).split('\n').length)
    for (const line of text.split('\n')) assert.ok(textWidth(line) < 1000)
  }
}

test('no name steers the terminal or makes a line of its own', () => {
  for (const name of hostileNames) assertHarmless(name)
  fc.assert(fc.property(anyText, assertHarmless))
})
