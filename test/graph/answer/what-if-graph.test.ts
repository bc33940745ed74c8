import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openSnapshot, toDot, toSvg, whatIf, whatIfGraph} from '../../../src/index.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {elementsNamed, parseXml} from '../../emit/xml.ts'
import {heapText} from '../../support/ascii-heap.ts'

const folder = temporaryFolder()

/** A Cache holds Records and their Bodies; of the Bodies one is an Index's too. */
async function graphOfCut(...cuts: string[]) {
  const path = join(folder, 'app.heapsnapshot')
  writeFileSync(
    path,
    heapText(`
    root -> global.cache -> Cache.first -> Record.body -> Body
    Cache.second -> Other.body -> Kept
    global.index -> Index.kept -> Kept
    global: object global 40
    Body: object Body 500
    Kept: object Kept 700
  `),
  )
  const answer = whatIf(await openSnapshot(path), cuts)
  return {answer, graph: whatIfGraph(answer)}
}

test('what goes is framed and adds up, the cut is marked, what stays has its holder', async () => {
  const {answer, graph} = await graphOfCut('global.cache')
  const [{title, nodes}] = graph.getAttribute('frames')!
  assert.match(title, /^would be freed: 4 objects · /)
  const types = nodes.map(node => graph.getNodeAttribute(node, 'type')).sort()
  assert.deepEqual(types, ['Body', 'Cache', 'Other', 'Record'])
  assert.equal(
    nodes.reduce((sum, node) => sum + graph.getNodeAttribute(node, 'selfBytes'), 0),
    answer.total.selfBytes,
  )
  const [{cut}] = graph.getAttribute('chains')
  assert.equal(graph.getEdgeAttribute(cut!, 'label'), '.cache')
  const kept = graph.findNode((_, {type}) => type === 'Kept')!
  assert.ok(!nodes.includes(kept))
  assert.deepEqual(graph.getNodeAttribute(kept, 'notes'), ['still held: stays'])
  assert.deepEqual(graph.mapInNeighbors(kept, (_, {type}) => type).sort(), ['Index', 'Other'])
})

test('drawn in every form, and nothing freed is said', async () => {
  const {graph} = await graphOfCut('Cache.second', 'Index.kept')
  const texts = elementsNamed(parseXml(await toSvg(graph)), 'text').map(({text}) => text)
  assert.ok(texts.includes('✂1') && texts.includes('✂2'), texts.join('\n'))
  assert.match(toDot(graph), /what-if: cut Cache\.second, Index\.kept frees 2 objects/)
  const none = await graphOfCut('Index.kept')
  assert.match(toDot(none.graph), /frees nothing/)
  assert.equal(none.graph.getAttribute('frames'), undefined)
})
