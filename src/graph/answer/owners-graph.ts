/** Owners as a result graph: their words, and the paths to their examples as chains. */
import {offHeapBytes} from '../../analyze/facts/off-heap.ts'
import type {OwnersAnswer} from '../../analyze/owners/owners.ts'
import {memberName} from '../../explain/code/code-nodes.ts'
import {measuredCuts} from '../../explain/owners/owner-cut.ts'
import {ownerFingerprint} from '../../explain/owners/owner-fingerprint.ts'
import {cutsOfVerdict, verdict} from '../../explain/owners/owner-verdict.ts'
import {ownersSentence, ownerWords} from '../../explain/owners/owner-words.ts'
import {codeAt} from '../../explain/places/code-frame.ts'
import {coverageSentences, madeBy} from '../../explain/words/allocation-words.ts'
import {componentsTitle} from '../../explain/words/component-words.ts'
import {unheldWords} from '../../explain/words/wholeness-words.ts'
import {formatCount, plural} from '../../util/units.ts'
import {info} from './graph-parts.ts'
import {addCodePath, addPath} from './path-graph.ts'
import {createResultGraph, type ResultGraph, type ResultOwner} from './result.ts'

export function ownersGraph(answer: OwnersAnswer, raw: boolean): ResultGraph {
  const {snapshot, target} = answer
  const graph = createResultGraph(
    info(snapshot, {
      question: 'why',
      subject: target.subject,
      direction: 'in',
      count: target.nodes.length,
      selfBytes: answer.total.selfBytes,
      limits: [],
    }),
  )
  graph.setAttribute('offHeap', offHeapBytes(snapshot, target.nodes))
  addOwners(graph, answer)
  const chains = answer.owners.map(({start, edges, cut}) => {
    const nodes = [start, ...edges.map(edge => snapshot.edgeTarget[edge])]
    const path = {nodes, edges, parallel: edges.map(() => 1)}
    return raw ? addPath(graph, snapshot, path, cut) : addCodePath(graph, snapshot, path, cut)
  })
  graph.setAttribute('chains', chains)
  return graph
}

/** Adds the owners as words, and the ways of their examples as objects. */
export function addOwners(graph: ResultGraph, answer: OwnersAnswer): void {
  const {snapshot, owners, total, shared, unheld} = answer
  const words = owners.map(owner => ownerWords(snapshot, owner))
  const cuts = measuredCuts(answer)
  const list = owners.map((owner, i): ResultOwner => {
    const {count, selfBytes, retainedBytes, retainedOffHeapBytes, code, example} = owner
    // Links among the objects hold some that no other owner seems to.
    const alone = Math.min(owner.alone, cuts.frees[i] ?? owner.alone)
    const own = cuts.texts[i] ?? []
    const bytes = {selfBytes, retainedBytes, retainedOffHeapBytes}
    const lines = codeAt(snapshot, words[i].place)
    const exampleId = snapshot.nodeId[example]
    const fingerprint = ownerFingerprint(snapshot, words[i], memberName(snapshot, example))
    return {...words[i], codeLines: lines, cuts: own, code, count, alone, ...bytes, exampleId, fingerprint}
  })
  const isUnheld = answer.owners.length === 0 && answer.unheld === answer.target.nodes.length
  const sentence = isUnheld ? unheldWords(answer.snapshot) : ownersSentence(answer, words)
  const {nodes} = answer.target
  const component = componentsTitle(snapshot, nodes)
  // Of components in use their type says enough.
  const isLeftOver = component !== '' && !component.startsWith('<')
  const summary = isLeftOver ? `${formatCount(nodes.length)} ${component}, ${sentence}` : sentence
  const {retainedBytes, retainedOffHeapBytes} = total
  graph.setAttribute('owners', {
    summary,
    verdict: verdict(answer, words, cuts),
    cuts: cutsOfVerdict(cuts),
    allocated: madeBy(snapshot, nodes),
    list,
    total: total.owners,
    shared,
    unheld,
    retainedBytes,
    retainedOffHeapBytes,
  })
  graph.setAttribute('limits', [
    ...ownerLimits(answer),
    ...coverageSentences(snapshot),
    ...graph.getAttribute('limits'),
  ])
}

function ownerLimits({snapshot, total, limitsReached, unheld, target}: OwnersAnswer): string[] {
  const limits: string[] = []
  if (limitsReached.owners !== undefined)
    limits.push(
      `${plural(limitsReached.owners, 'owner')} of ${formatCount(total.owners)} are shown; --owners N shows more`,
    )
  if (unheld > 0 && unheld < target.nodes.length)
    limits.push(`${plural(unheld, 'object is', 'objects are')} ${unheldWords(snapshot)}`)
  return limits
}
