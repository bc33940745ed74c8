/** A result graph as text: the form every other one is held against. */
import type {ResultChain, ResultCycle, ResultGraph, ResultNode} from '../../graph/answer/result.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {foldRuns} from '../safe/fold.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {textWidth} from '../safe/width.ts'
import {
  CUT_SIGN,
  idText,
  limitText,
  moreText,
  nodeTitle,
  roleSign,
  selfAndOffHeap,
  selfSize,
  sizeText,
  snapshotText,
  strengthText,
  times,
  typeName,
} from '../safe/wording.ts'
import {ownersHeadline, ownersLines} from './owners-text.ts'

/** How an answer looks as text. */
export interface TextOptions {
  /** Colors; none unless given. */
  paint?: Paint
  /** Columns of the terminal. Previews are shortened to fit; what identifies an object never is. */
  width?: number
}

/** What every line below needs to know. */
interface Page {
  graph: ResultGraph
  paint: Paint
  width: number
}

const MAX_NAME_WIDTH = 80
const MAX_LABEL_WIDTH = 60
const MAX_CODE_WIDTH = 4000
const MAX_PREVIEW_WIDTH = 60
const MIN_PREVIEW_WIDTH = 12
const MAX_PLACE_WIDTH = 60
const MAX_NOTE_WIDTH = 300

/** After so many levels the indent starts again at the left: a list of 100,000 would else take 300 kB a line. */
const MAX_INDENTED_LEVELS = 50

/** An example cycle of at most so many objects is one line; a longer one takes a line a step. */
const MAX_INLINE_CYCLE = 4
const MAX_CYCLE_STEPS = 12

/** Of a chain that has more than twice as many objects, even with runs folded, the first and the last are shown. */
const MAX_STATIONS = 100
/** The same of the example of an owner: the line above it says the way. */
const MAX_EXAMPLE_STATIONS = 10

export function toText(graph: ResultGraph, options: TextOptions = {}): string {
  const page = {graph, paint: options.paint ?? plainPaint, width: options.width ?? Number.POSITIVE_INFINITY}
  const owners = ownersLines(graph, page.paint).map(({text}) => text)
  const lines = [headerLine(page), ...owners, ...bodyLines(page), ...limitLines(page)]
  return `${lines.join('\n')}\n`
}

function bodyLines(page: Page): string[] {
  const question = page.graph.getAttribute('question')
  if (question === 'path') return pathLines(page)
  if (question === 'why') return whyLines(page)
  if (question === 'cycles') return cyclesLines(page)
  return treeLines(page)
}

function headerLine({graph, paint}: Page): string {
  const {subject, count, selfBytes, offHeap, heapBytes} = graph.getAttributes()
  const name = paint.strong(forTerminal(typeName(subject), MAX_NAME_WIDTH))
  const owners = graph.getAttribute('owners')
  if (owners !== null) return `${name}${times(count)}  ${ownersHeadline(owners, paint)}`
  const size = selfBytes > 0 || heapBytes === null ? selfAndOffHeap({selfBytes, offHeap}) : formatBytes(heapBytes)
  return `${name}${times(count)}   ${paint.size(size)}`
}

/** The line under the header: where this was looked for, and how to read what follows. */
function captionLine({graph, paint}: Page, words: string): string {
  return paint.dim(`in ${snapshotText(graph.getAttribute('snapshot'))}; ${words}`)
}

function limitLines({graph, paint}: Page): string[] {
  return graph.getAttribute('limits').map(limit => paint.warn(forTerminal(limitText(limit), MAX_NOTE_WIDTH)))
}

// Trees: backrefs and refs.

interface Visit {
  node: string
  /** The edge this visit came by, and the visit it came from; a tree's top has neither. */
  edge: string | undefined
  from: Visit | undefined
  level: number
  /** What stands before the line, and before the lines below it. */
  guide: string
  indent: string
}

function treeLines(page: Page): string[] {
  const {graph} = page
  if (graph.order === 0) return [captionLine(page, 'nothing found')]
  const inward = graph.getAttribute('direction') === 'in'
  const question = graph.getAttribute('question')
  const reading =
    question === 'dominators'
      ? 'without a line, all that hangs from it would be freed'
      : inward
        ? 'each indented line holds the line it hangs from'
        : 'each line holds those that hang from it'
  const onward = edgesOnward(graph)
  const shown = new Set<string>()
  const lines = [captionLine(page, reading)]
  for (const node of targetsFirst(graph)) if (!shown.has(node)) lines.push(...subtreeLines(page, node, onward, shown))
  return lines
}

/** Edges to follow from each node, in the order they were added: graphology's own lists go by neighbor. */
function edgesOnward(graph: ResultGraph): Map<string, string[]> {
  const inward = graph.getAttribute('direction') === 'in'
  const onward = new Map<string, string[]>(graph.mapNodes(node => [node, []]))
  graph.forEachEdge((edge, _attributes, source, target) => onward.get(inward ? target : source)?.push(edge))
  return onward
}

/** Whatever no target leads to still follows, so that nothing of an answer is lost. */
function targetsFirst(graph: ResultGraph): string[] {
  const isTarget = (node: string) => graph.getNodeAttribute(node, 'role') === 'target'
  return [...graph.filterNodes(isTarget), ...graph.filterNodes(node => !isTarget(node))]
}

function subtreeLines(page: Page, top: string, onward: Map<string, string[]>, shown: Set<string>): string[] {
  const {graph, paint} = page
  const lines: string[] = []
  const waiting: Visit[] = [{node: top, edge: undefined, from: undefined, level: 0, guide: '', indent: ''}]
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    const {node} = visit
    lines.push(visitLine(page, visit, shown.has(node)))
    if (shown.has(node)) continue
    shown.add(node)
    const edges = onward.get(node)!
    if (edges.length === 0 && node === top) lines.push(paint.dim(`└─ ${nothingFurther(graph)}`))
    const level = visit.level + 1
    const [base, indent] = level % MAX_INDENTED_LEVELS === 0 ? [`(level ${level}) `, ''] : [visit.indent, visit.indent]
    for (let index = edges.length - 1; index >= 0; index--) {
      const last = index === edges.length - 1
      waiting.push({
        node: graph.opposite(node, edges[index]),
        edge: edges[index],
        from: visit,
        level,
        guide: base + (last ? '└─ ' : '├─ '),
        indent: indent + (last ? '   ' : '│  '),
      })
    }
  }
  return lines
}

function nothingFurther(graph: ResultGraph): string {
  return graph.getAttribute('direction') === 'in' ? 'no holder in this answer' : 'reaches nothing in this answer'
}

function visitLine(page: Page, visit: Visit, again: boolean): string {
  const {graph, paint} = page
  const attributes = graph.getNodeAttributes(visit.node)
  if (attributes.role === 'more') {
    const references = visit.edge ? graph.getEdgeAttribute(visit.edge, 'count') : 0
    return paint.dim(visit.guide + forTerminal(moreText(attributes, references), MAX_NOTE_WIDTH))
  }
  const heapBytes = graph.getAttribute('heapBytes')
  const end = again ? `  ${isAncestor(visit) ? '↺ ' : ''}(shown above)` : ''
  const shown = again ? {...attributes, preview: '', place: '', notes: []} : attributes
  return fitted(page, shown, (brush, preview) => {
    const edge = visit.edge ? edgeText(graph, visit.edge, brush, attributes.count) : ''
    const link = edge && `${edge} ${joiningWord(graph, brush)} `
    return painted(brush.dim, visit.guide) + link + nodeText(shown, brush, preview, heapBytes) + painted(brush.dim, end)
  })
}

/** `.body of Object` for a holder, `.body → Object` for what is held. */
function joiningWord(graph: ResultGraph, paint: Paint): string {
  return paint.dim(graph.getAttribute('direction') === 'in' ? 'of' : '→')
}

function isAncestor(visit: Visit): boolean {
  for (let above = visit.from; above; above = above.from) if (above.node === visit.node) return true
  return false
}

// Chains: path.

function pathLines(page: Page): string[] {
  const whole = page.graph.getAttribute('chains')
  if (whole.length === 0) return [captionLine(page, 'no path found')]
  const graph = foldRuns(page.graph)
  const lines = [captionLine(page, 'from the root down, each line holds the next')]
  for (const [index, chain] of graph.getAttribute('chains').entries()) {
    lines.push(chainTitle(page, whole, index), ...chainLines({...page, graph}, chain, MAX_EXAMPLE_STATIONS))
  }
  return lines
}

/** The chain as code, if the answer has it, and its length. */
function chainTitle({paint}: Page, chains: readonly ResultChain[], index: number): string {
  const {code, steps = [], edges} = chains[index]
  const length = steps.length === 0 ? edges.length : steps.reduce((sum, step) => sum + step.edges, 0)
  const words = plural(length, 'step')
  if (code === undefined) return paint.strong(`${index + 1}. ${words}`)
  const same = chains.findIndex(chain => chain.code === code)
  const other = same < index ? `, as ${same + 1}. but for folded ones: --raw` : ''
  return `${paint.strong(`${index + 1}. ${forTerminal(code, MAX_CODE_WIDTH)}`)}  ${paint.dim(`(${words}${other})`)}`
}

function chainLines(page: Page, chain: ResultChain, stations = MAX_STATIONS): string[] {
  const {graph, paint} = page
  const last = chain.nodes.length - 1
  const left = chain.nodes.length - 2 * stations
  const isShown = (index: number) => index < stations || index > last - stations
  return chain.nodes.flatMap((node, index) => {
    if (left > 0 && index === stations) return [paint.dim(`│  … ${plural(left, 'more step')}`)]
    if (left > 0 && !isShown(index)) return []
    const station = stationLine(page, node, index === 0 ? '┌─ ' : index === last ? '└─ ' : '├─ ')
    if (index === 0) return [station]
    const edge = chain.edges[index - 1]
    const cut = edge === chain.cut ? `  ${paint.mark(CUT_SIGN)}` : ''
    return [paint.dim('│  ') + edgeText(graph, edge, paint, 1) + cut, station]
  })
}

/** One object on the way. Root and target have their signs instead of a branch. */
function stationLine(page: Page, node: string, branch: string): string {
  const attributes = page.graph.getNodeAttributes(node)
  const guide = roleSign(attributes.role) ? '' : branch
  const heapBytes = page.graph.getAttribute('heapBytes')
  return fitted(
    page,
    attributes,
    (brush, preview) => painted(brush.dim, guide) + nodeText(attributes, brush, preview, heapBytes),
  )
}

// Owners: why.

function whyLines(page: Page): string[] {
  const chains = page.graph.getAttribute('chains')
  if (chains.length === 0) return [captionLine(page, 'no owner found')]
  const graph = foldRuns(page.graph)
  const lines = [captionLine(page, 'for each owner the path to one object, each line holds the next')]
  for (const [index, chain] of graph.getAttribute('chains').entries()) {
    lines.push(page.paint.strong(`${index + 1}.`), ...chainLines({...page, graph}, chain, MAX_EXAMPLE_STATIONS))
  }
  return lines
}

// Cycles.

function cyclesLines(page: Page): string[] {
  const cycles = page.graph.getAttribute('cycles')
  if (cycles.length === 0) return [captionLine(page, 'no cycles')]
  const lines = [captionLine(page, 'each group shows one example')]
  for (const [index, cycle] of cycles.entries()) lines.push(...cycleLines(page, index + 1, cycle))
  return lines
}

function cycleLines(page: Page, number: number, cycle: ResultCycle): string[] {
  const {paint} = page
  const many = cycle.components === 1 ? '1 cycle' : `×${formatCount(cycle.components)} cycles`
  const retained = cycle.retainedBytes === null ? '' : ` · retained ${formatBytes(cycle.retainedBytes)}`
  const sizes = paint.size(`${selfSize(cycle.selfBytes)}${retained}`)
  const totals = `${many}, ${plural(cycle.nodeCount, 'object')}, ${sizes}`
  return [
    `${paint.strong(`${number}.`)} ${paint.type(forTerminal(cycle.pattern, 2 * MAX_NAME_WIDTH))}   ${totals}`,
    ...exampleLines(page, cycle).map(line => `   ${line}`),
    ...membersLines(page, cycle),
    `   ${heldByText(page, cycle)}`,
  ]
}

function membersLines({paint}: Page, {members, membersLeft}: ResultCycle): string[] {
  if (members.length === 0) return []
  const shown = members.map(
    ({type, count}) => `${paint.type(forTerminal(typeName(type), MAX_NAME_WIDTH))} ×${formatCount(count)}`,
  )
  const left =
    membersLeft.types === 0
      ? []
      : [paint.dim(`… ${plural(membersLeft.types, 'more type')} ×${formatCount(membersLeft.count)}`)]
  return [`   members: ${[...shown, ...left].join(', ')}`]
}

function exampleLines({graph, paint}: Page, cycle: ResultCycle): string[] {
  const steps = cycle.nodes.map((node, index) => {
    const attributes = graph.getNodeAttributes(node)
    const link = edgeText(graph, cycle.edges[index], paint, 1)
    return `${paint.dim(`@${attributes.id}`)} ${paint.type(forTerminal(nodeTitle(attributes), MAX_NAME_WIDTH))} ${link}`
  })
  const arrow = paint.dim('→')
  const back = paint.mark('↺')
  if (steps.length <= MAX_INLINE_CYCLE) return [`${steps.join(` ${arrow} `)} ${back}`]
  const cut = steps.length - MAX_CYCLE_STEPS
  const tail = cut > 0 ? [paint.dim(`… ${formatCount(cut)} more`), steps[steps.length - 1]] : []
  const seen = cut > 0 ? [...steps.slice(0, MAX_CYCLE_STEPS - 1), ...tail] : steps
  return seen.map((step, index) => {
    const start = index === 0 ? '' : `${arrow} `
    return `${start}${step}${index === seen.length - 1 ? ` ${back}` : ''}`
  })
}

function heldByText({graph, paint}: Page, cycle: ResultCycle): string {
  if (cycle.heldBy === undefined) return paint.dim('nothing outside holds it')
  const holder = graph.getNodeAttributes(graph.source(cycle.heldBy))
  const link = edgeText(graph, cycle.heldBy, paint, holder.count)
  return `held from outside by ${link} ${paint.dim('of')} ${nodeText(holder, paint, '', null)}${furtherText(cycle, paint)}`
}

/** Who in the code holds the holder. */
function furtherText({holder}: ResultCycle, paint: Paint): string {
  if (holder === undefined) return ''
  const place = painted(text => paint.place(text, holder.place), forTerminal(holder.place, MAX_PLACE_WIDTH))
  const text = `${paint.edge(forTerminal(holder.text, MAX_LABEL_WIDTH))} ${paint.dim(`@${holder.id}`)}`
  return joined([`, and that by ${text}`, place])
}

// Pieces of a line.

/** `.body`, `.body ×600` if that is not one edge for each of the objects on the same line. */
function edgeText(graph: ResultGraph, edge: string, paint: Paint, expected: number): string {
  const {label, count, strength} = graph.getEdgeAttributes(edge)
  if (label === '') return ''
  const many = count === expected ? '' : ` ×${formatCount(count)}`
  // The labels of weak and internal edges say what they are.
  const condition = strength === 'ephemeron' ? ` ${paint.dim(`(${strengthText(strength)})`)}` : ''
  return paint.edge(forTerminal(label, MAX_LABEL_WIDTH)) + many + condition
}

/** `▣ Object ×300  self 9.6 kB  e.g. @1234  preview  place  (notes)`; the id of a single object stands beside its type. */
function nodeText(node: ResultNode, paint: Paint, preview: string, heapBytes: number | null): string {
  const sign = roleSign(node.role)
  const name = `${sign && `${paint.mark(sign)} `}${paint.type(forTerminal(nodeTitle(node), MAX_NAME_WIDTH))}`
  const id = painted(paint.dim, idText(node))
  const size = painted(paint.size, sizeText(node, heapBytes))
  const place = painted(text => paint.place(text, node.place), forTerminal(node.place, MAX_PLACE_WIDTH))
  const notes = node.notes.map(note => paint.dim(`(${forTerminal(note, MAX_NOTE_WIDTH)})`))
  if (node.count === 1) return joined([id ? `${name} ${id}` : name, size, preview, place, ...notes])
  return joined([name + times(node.count), size, id, preview, place, ...notes])
}

/** No color without text: a painter may put its marks around nothing. */
function painted(brush: (text: string) => string, text: string): string {
  return text === '' ? '' : brush(text)
}

function joined(parts: string[]): string {
  return parts.filter(part => part !== '').join('  ')
}

/** Writes a line with as much of the node's preview as the page has room for. */
function fitted(page: Page, node: ResultNode, write: (paint: Paint, preview: string) => string): string {
  if (node.preview === '') return write(page.paint, '')
  const room = page.width - textWidth(write(plainPaint, '')) - 2
  return write(page.paint, forTerminal(node.preview, Math.min(MAX_PREVIEW_WIDTH, Math.max(MIN_PREVIEW_WIDTH, room))))
}
