/** Result graphs made by hand: what the emitters are tried on. */
import {
  createResultGraph,
  type ResultEdge,
  type ResultGraph,
  type ResultInfo,
  type ResultNode,
} from '../../src/graph/answer/result.ts'

export function graphOf(info: Partial<ResultInfo>): ResultGraph {
  return createResultGraph({
    question: 'backrefs',
    subject: 'Buffer',
    direction: 'in',
    snapshot: {name: 'app.heapsnapshot', nodeCount: 123_456, edgeCount: 654_321, root: ''},
    count: 1,
    selfBytes: 96,
    offHeap: null,
    heapBytes: null,
    chains: [],
    cycles: [],
    owners: null,
    limits: [],
    ...info,
  })
}

/** The number in the key is the id. */
export function addNode(graph: ResultGraph, key: string, type: string, more: Partial<ResultNode> = {}): void {
  graph.addNode(key, {
    role: 'node',
    type,
    kind: 'object',
    id: Number(key.replace(/\D/g, '')),
    count: 1,
    selfBytes: 0,
    retainedBytes: null,
    preview: '',
    place: '',
    code: 'unknown',
    level: 0,
    notes: [],
    ...more,
  })
}

/** The edge's key is `holder>held`. */
export function addEdge(
  graph: ResultGraph,
  source: string,
  target: string,
  label: string,
  more: Partial<ResultEdge> = {},
): void {
  const attributes: ResultEdge = {label, kind: 'property', count: 1, strength: 'strong', ...more}
  graph.addDirectedEdgeWithKey(`${source}>${target}`, source, target, attributes)
}

/** 300 buffers: most in a cache, some in a closure's scope, which the cache's owner reaches too. */
export function backrefsGraph(): ResultGraph {
  const graph = graphOf({count: 300, selfBytes: 28_800, limits: ['12 holders were left out: --fan 3']})
  addNode(graph, '@90211', 'Buffer', {
    role: 'target',
    count: 300,
    selfBytes: 28_800,
    preview: 'GET /index.html HTTP/1.1',
  })
  addNode(graph, '@1234', 'Object', {count: 300, selfBytes: 9600})
  addNode(graph, '@77', 'Array', {selfBytes: 2416})
  addNode(graph, '@1203', 'RequestCache', {selfBytes: 96, notes: ['depth 4 reached']})
  addNode(graph, '@81', 'closure', {kind: 'closure', selfBytes: 64, preview: 'onRequest()', place: 'src/server.js:12'})
  addNode(graph, '@1', '(GC roots)', {role: 'root', kind: 'synthetic'})
  addNode(graph, 'more', '12 more holders', {role: 'more', id: 0, count: 12})
  addEdge(graph, '@1234', '@90211', '.body', {count: 300})
  addEdge(graph, '@81', '@90211', 'scope var last', {count: 2, kind: 'context'})
  addEdge(graph, 'more', '@90211', '', {count: 1234})
  addEdge(graph, '@77', '@1234', '[0], [1], … 298 more', {count: 300, kind: 'element'})
  addEdge(graph, '@1203', '@77', '.entries')
  addEdge(graph, '@1203', '@81', '‹table›', {kind: 'internal', strength: 'internal'})
  addEdge(graph, '@1', '@1203', '.cache')
  addEdge(graph, '@1234', '@1203', 'weak ‹owner›', {count: 300, kind: 'weak', strength: 'weak'})
  return graph
}

export function refsGraph(): ResultGraph {
  const graph = graphOf({question: 'refs', subject: '@7', direction: 'out', selfBytes: 40})
  addNode(graph, '@7', 'Session', {role: 'target', selfBytes: 40})
  addNode(graph, '@9', 'User', {selfBytes: 32})
  addNode(graph, '@11', '(string)', {kind: 'string', count: 3, selfBytes: 72, preview: '漢字 "Ada"'})
  addEdge(graph, '@7', '@9', '.user')
  addEdge(graph, '@9', '@7', '.session')
  addEdge(graph, '@9', '@11', '.name, .mail, … 1 more', {count: 3})
  addEdge(graph, '@7', '@11', '.id')
  return graph
}

/** A linked list of 86 between a cache and the target, and a second, weak way round. */
export function pathGraph(): ResultGraph {
  const graph = graphOf({question: 'path', subject: '@90211'})
  addNode(graph, '@1', '(GC roots)', {role: 'root', kind: 'synthetic'})
  addNode(graph, '@1203', 'RequestCache', {selfBytes: 96})
  addEdge(graph, '@1', '@1203', '.cache')
  const nodes = ['@1', '@1203']
  for (let index = 0; index < 86; index++) {
    addNode(graph, `@${2001 + 2 * index}`, 'Node', {selfBytes: 24})
    addEdge(graph, nodes[nodes.length - 1], `@${2001 + 2 * index}`, index === 0 ? '.head' : '.next')
    nodes.push(`@${2001 + 2 * index}`)
  }
  addNode(graph, '@90211', 'Buffer', {role: 'target', selfBytes: 96, preview: 'abc'})
  addEdge(graph, nodes[nodes.length - 1], '@90211', '.value')
  addEdge(graph, '@1203', '@90211', 'value in WeakMap (key @3, table @5)', {kind: 'internal', strength: 'ephemeron'})
  nodes.push('@90211')
  const edges = nodes.slice(1).map((node, index) => `${nodes[index]}>${node}`)
  const short = {nodes: ['@1', '@1203', '@90211'], edges: ['@1>@1203', '@1203>@90211']}
  graph.setAttribute('chains', [short, {nodes, edges}])
  return graph
}

export function cyclesGraph(): ResultGraph {
  const graph = graphOf({question: 'cycles', subject: 'all objects', count: 80, selfBytes: 3200})
  addNode(graph, '@12', 'Parent', {selfBytes: 40})
  addNode(graph, '@13', 'Child', {selfBytes: 40})
  addNode(graph, '@99', 'Registry', {selfBytes: 56})
  addNode(graph, '@21', 'Timer', {selfBytes: 56})
  addEdge(graph, '@12', '@13', '.child')
  addEdge(graph, '@13', '@12', '.parent')
  addEdge(graph, '@99', '@12', '.list')
  addEdge(graph, '@21', '@21', '.self')
  graph.setAttribute('cycles', [
    {
      pattern: 'Parent.child → Child.parent',
      components: 40,
      nodeCount: 80,
      selfBytes: 3200,
      retainedBytes: 9600,
      members: [],
      membersLeft: {types: 0, count: 0},
      nodes: ['@12', '@13'],
      edges: ['@12>@13', '@13>@12'],
      heldBy: '@99>@12',
      holder: {text: 'scope var registry of main()', place: 'src/main.js:3', id: 98},
    },
    {
      pattern: 'Timer.self',
      components: 1,
      nodeCount: 1,
      selfBytes: 56,
      retainedBytes: null,
      members: [
        {type: 'Timer', count: 1, selfBytes: 56},
        {type: 'Timeout', count: 2, selfBytes: 100},
      ],
      membersLeft: {types: 2, count: 12},
      nodes: ['@21'],
      edges: ['@21>@21'],
      heldBy: undefined,
      holder: undefined,
    },
  ])
  return graph
}

/** A tree with cross edges, about as dense as answers are. */
export function bigGraph(nodeCount: number): ResultGraph {
  const graph = graphOf({count: nodeCount})
  for (let index = 0; index < nodeCount; index++) {
    addNode(graph, `@${index + 1}`, `Type${index % 17}`, {role: index === 0 ? 'target' : 'node', selfBytes: 24 * index})
    const held = Math.floor((index - 1) / 3)
    if (index > 0) addEdge(graph, `@${index + 1}`, `@${held + 1}`, `.property${index}`)
    if (index > 10 && index % 4 === 0) addEdge(graph, `@${index + 1}`, `@${held - 1}`, `[${index}]`, {count: index})
  }
  return graph
}

export const namedGraphs = {backrefs: backrefsGraph, refs: refsGraph, path: pathGraph, cycles: cyclesGraph}
