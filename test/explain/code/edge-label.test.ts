import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {backrefs, refs} from '../../../src/analyze/paths/neighbors.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {edgeKindName, edgeLabel, edgeStrength, jointLabel} from '../../../src/explain/code/edge-label.ts'
import {abstractLabel} from '../../../src/explain/code/pattern-label.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {runs} from '../../support/runs.ts'

const ENTRY = '3 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @15)'

/** Labels of the edge A has, for each kind and name. */
async function labeled(edges: [string, string | number][]) {
  const heap = await heapOf(
    edges.map(([kind, name], i) => `A -${kind}:${JSON.stringify(`${name}`)}-> T${i}`).join('\n'),
  )
  return edges.map((_, i) => {
    const edge = heap.edge('A', `T${i}`)
    return {label: edgeLabel(heap, edge), strength: edgeStrength(heap, edge), pattern: abstractLabel(heap, edge)}
  })
}

test('every kind of edge', async () => {
  const cases: [string, string | number, string, string, string][] = [
    ['property', 'cache', '.cache', 'strong', '.cache'],
    ['property', '#secret', '.#secret', 'strong', '.#secret'],
    ['property', '$_é1', '.$_é1', 'strong', '.$_é1'],
    ['property', 'two words', '["two words"]', 'strong', '["two words"]'],
    ['property', 'get size', '.size (getter)', 'strong', '.size (getter)'],
    ['property', 'set size', '.size (setter)', 'strong', '.size (setter)'],
    ['property', '<symbol kResource>', '[Symbol(kResource)]', 'strong', '[Symbol(kResource)]'],
    ['property', '<symbol two\nlines>', '[Symbol(two\nlines)]', 'strong', '[Symbol(two\nlines)]'],
    ['property', '__proto__', '.__proto__', 'strong', '.__proto__'],
    ['element', 3, '[3]', 'strong', '[i]'],
    ['element', 4294967294, '[4294967294]', 'strong', '[i]'],
    ['context', 'state', 'scope var state', 'strong', ' scope var state'],
    ['internal', 'table', '‹table›', 'internal', ' ‹table›'],
    ['internal', '17', '‹slot 17›', 'internal', ' ‹slot›'],
    ['internal', '', '‹›', 'internal', ' ‹›'],
    ['internal', ENTRY, 'value in WeakMap (key @11, table @15)', 'ephemeron', ' ‹WeakMap entry›'],
    ['hidden', 7, '‹slot 7›', 'internal', ' ‹slot›'],
    ['weak', '5', 'weak ‹5›', 'weak', ' weak ‹5›'],
    ['weak', ENTRY, `weak ‹${ENTRY}›`, 'weak', ` weak ‹${ENTRY}›`],
    ['shortcut', 'bound_argument_0', 'shortcut bound_argument_0', 'strong', ' shortcut bound_argument_0'],
  ]
  const found = await labeled(cases.map(([kind, name]) => [kind, name]))
  cases.forEach(([kind, name, label, strength, pattern], i) => {
    assert.deepEqual(found[i], {label, strength, pattern}, `${kind} ${name}`)
  })
  const heap = await heapOf('A -weak:w-> B')
  assert.equal(edgeKindName(heap, heap.edgeKind[0]), 'weak')
})

test('hostile property names stay in their brackets, and can be read back', async () => {
  const names = fc.oneof(
    fc.string({minLength: 1, maxLength: 20}),
    fc.constantFrom(
      'a.b',
      '"]',
      '\\',
      "'",
      '-1',
      '1a',
      ' ',
      '\n',
      '\u001b[31m',
      'a-b',
      '#',
      '<symbol',
      'get',
      'get ',
      'get a b',
      '😀',
    ),
  )
  await fc.assert(
    fc.asyncProperty(names, async name => {
      const [{label}] = await labeled([['property', name]])
      const accessor = /^\.(.*) \(([gs]et)ter\)$/su.exec(label)
      const symbol = /^\[Symbol\((.*)\)\]$/s.exec(label)
      if (accessor !== null) assert.equal(`${accessor[2]} ${accessor[1]}`, name)
      else if (symbol !== null) assert.equal(`<symbol ${symbol[1]}>`, name)
      else assert.equal(label.startsWith('.') ? label.slice(1) : JSON.parse(label.slice(1, -1)), name)
      // What looks like an identifier is one, for JavaScript as well.
      if (label.startsWith('.') && accessor === null) {
        assert.doesNotThrow(
          () => new Function(`class A { ${name.startsWith('#') ? `${name};` : ''} f() { return this${label} } }`),
        )
      }
    }),
    {seed: 61, numRuns: runs(400)},
  )
})

function joints(heap: DrawnHeap, type: string): string[] {
  const {groups} = backrefs(heap, select(heap, {type}), {depth: 1})
  return groups.slice(1).flatMap(group => group.joints.map(joint => jointLabel(heap, joint)))
}

/** `from` holds `count` T by names that `arrow` gives. */
const many = (count: number, arrow: (i: number) => string) =>
  Array.from({length: count}, (_, i) => `H${arrow(i)} T${i}`).join('\n')

test('several edges in one label', async () => {
  const label = async (drawing: string) => joints(await heapOf(drawing), 'T')
  assert.deepEqual(await label(many(3, i => `.p${i} ->`)), ['.p0', '.p1', '.p2'])
  assert.deepEqual(await label(many(9, i => `.p${i} ->`)), ['.p0, .p1, .p2, … 6 more'])
  assert.deepEqual(await label(many(2000, i => `.p${i} ->`)), ['.p0, .p1, .p2, … 1,997 more'])
  assert.deepEqual(await label(many(9, i => `[${i}] ->`)), ['[…]'])
  assert.deepEqual(await label(many(1, () => '[5] ->')), ['[5]'])
  assert.deepEqual(await label(many(9, i => `-hidden:${i}->`)), ['‹9 slots›'])
  assert.deepEqual(await label(many(1200, i => `-internal:"${i}"->`)), ['‹1,200 slots›'])
  assert.deepEqual(await label(many(9, i => `-context:v${i}->`)), [
    'scope var v0, scope var v1, scope var v2, … 6 more',
  ])
  const entry = (i: number) =>
    `-internal:"${i} / part of key (K @${100 + i}) -> value (V @3) pair in WeakMap (table @5)"->`
  assert.deepEqual(await label(many(9, entry)), ['value in WeakMap (9 keys)'])
})

test('labels of joints as refs gives them', async () => {
  const heap = await heapOf('H.a -> T1\n H.a -> T2\n H -weak:w-> T3')
  const {groups} = refs(heap, select(heap, {type: 'H'}), {depth: 1})
  assert.deepEqual(
    groups.slice(1).map(({joints: [joint], nodes}) => [jointLabel(heap, joint), joint.edges, nodes.length]),
    [['.a', 2, 2]],
  )
})
