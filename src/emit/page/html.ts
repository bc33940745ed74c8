/**
 * A picture of an answer to look around in: the drawing of the SVG form, and a small script. One file that asks nothing of anybody and works
 * from a disk. Cards that the picture has no room for are in the file too, as far as its budget goes, drawn but not shown.
 */
import {cutOfEdge} from '../../graph/answer/edge-cut.ts'
import type {ResultGraph, ResultNode} from '../../graph/answer/result.ts'
import {fileArgument, shellWord} from '../../util/shell-word.ts'
import {plural} from '../../util/units.ts'
import {type Card, drawCard} from '../picture/card.ts'
import {bestLayout, type Drawing, description, drawBody, drawingOf} from '../picture/drawing.ts'
import type {Spline} from '../picture/geometry.ts'
import {drawEdge, drawPlate, edgeTip, lineWidth, plateWidth} from '../picture/picture-edge.ts'
import {pictureGraph} from '../picture/picture-graph.ts'
import {headLines, legendEntries, noteLines} from '../picture/picture-words.ts'
import type {Picture, SvgOptions} from '../picture/svg.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {DEFAULT_EDITOR, placeUrl} from '../safe/place-link.ts'
import {captionTitle, idText, moreText, sizeText, strengthText, times, typeName} from '../safe/wording.ts'
import {toText} from '../text/text-tree.ts'
import type {GraphPageData, PageEdge, PageNode} from './page-data.ts'
import {picturePage} from './picture-page.ts'

/** How a page looks. */
export interface HtmlOptions extends SvgOptions {
  /** Cards in the file, shown or not: 400 unless given. */
  carriedNodes?: number
  /** The snapshot as commands name it, safe for a shell; its name unless given. */
  file?: string
  /** Where places in the code lead, as `placeUrl` takes it: to the file unless given. */
  editor?: string
  /** Without script and style sheet, for a page that has them. */
  bare?: boolean
}

/** A page, and what its picture shows at first. */
export interface HtmlPicture extends Omit<Picture, 'svg'> {
  html: string
  /** Cards that the page can show besides. */
  carried: number
}

const DEFAULT_CARRIED_NODES = 400
const MAX_FACT_WIDTH = 1000
const MAX_LABEL_WIDTH = 200
/** Where a card is drawn that has no place yet; the script moves it. */
const nowhere = {x: 0, y: 0}
const noLine: Spline = {points: [nowhere, nowhere, nowhere, nowhere], tip: nowhere, label: nowhere}

export async function toHtml(answer: ResultGraph, options: HtmlOptions = {}): Promise<string> {
  return (await drawHtml(answer, options)).html
}

export async function drawHtml(answer: ResultGraph, options: HtmlOptions = {}): Promise<HtmlPicture> {
  const {graph, limits, leftOut, ...counts} = pictureGraph(answer, options.maxNodes)
  const whole = pictureGraph(answer, options.carriedNodes ?? DEFAULT_CARRIED_NODES, {isFile: true})
  const picture = drawingOf(graph)
  const layout = await bestLayout(picture, options)
  const away = awayFrom(picture, drawingOf(whole.graph))
  const file = options.file ?? safeWord(fileArgument(answer.getAttribute('snapshot').name))
  const {root} = answer.getAttribute('snapshot')
  const hrefOf = (place: string) => placeUrl(place, root, options.editor ?? DEFAULT_EDITOR)
  const data = dataOf(picture, away, leftOut, layout.boxes, layout.direction === 'TB', file, hrefOf)
  // The script is wanted by no other form.
  const {script} = options.bare === true ? {script: ''} : await import('./graph-script.ts')
  const wrap = (part: string, i: number, svg: string) => `<g data-${part}="${i}">${svg}</g>`
  const svg = [
    `<svg class="hg" id="picture" viewBox="0 0 ${Math.ceil(layout.width)} ${Math.ceil(layout.height)}" width="${Math.ceil(layout.width)}" height="${Math.ceil(layout.height)}" role="graphics-document document" aria-label="${forXml(captionTitle(answer.getAttributes()))}">`,
    `<desc>${forXml(description(picture))}</desc>`,
    '<defs><pattern id="hg-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#FFFFFF" stroke-width="2" stroke-opacity="0.55"/></pattern></defs>',
    '<g id="drawn">',
    ...drawBody(picture, layout, options.link, wrap),
    '</g>',
    '<g id="away">',
    ...drawAway(picture, away, wrap),
    '</g>',
    '</svg>',
  ].join('\n')
  const [{text: title}, ...lines] = headLines(graph)
  const html = picturePage({
    kind: 'graph',
    title,
    lines: lines.map(line => `<p${line.name === '' ? '' : ` class="${line.name}"`}>${forXml(line.text)}</p>`),
    main: stageOf(svg),
    legend: legendEntries(graph),
    notes: notesOf(noteLines(graph, limits), whole.limits, away.keys.length),
    text: toText(answer),
    script,
    data,
    ...options,
  })
  return {html, ...counts, carried: away.cards.filter(({node}) => node.role !== 'more').length}
}

/** What the file has besides what is drawn at first. */
interface Away {
  /** All that the file carries, drawn at first or not. */
  graph: ResultGraph
  keys: string[]
  cards: Card[]
  /** `from` and `to`: keys. */
  edges: {key: string; from: string; to: string; look: Drawing['edges'][number]['look']}[]
}

function awayFrom(picture: Drawing, whole: Drawing): Away {
  const drawn = new Set(picture.keys)
  const keys = whole.keys.filter(key => !drawn.has(key))
  const edges = whole.edges
    .map(({key, from, to, look: {step: _, ...look}}) => ({key, from: whole.keys[from], to: whole.keys[to], look}))
    .filter(({key, from, to}) => !hasEdge(picture.graph, key, from, to))
  const cards = keys.map(key => whole.cards[whole.keys.indexOf(key)])
  return {graph: whole.graph, keys, cards, edges}
}

/** The same edge: where the middle of a chain is one card, edges keep their keys and change their ends. */
function hasEdge(graph: ResultGraph, key: string, from: string, to: string): boolean {
  return graph.hasEdge(key) && graph.source(key) === from && graph.target(key) === to
}

function drawAway(picture: Drawing, away: Away, wrap: (part: string, i: number, svg: string) => string): string[] {
  const type = (key: string) =>
    typeName((picture.graph.hasNode(key) ? picture.graph : away.graph).getNodeAttribute(key, 'type'))
  const [firstCard, firstEdge] = [picture.cards.length, picture.edges.length]
  return [
    ...away.edges.map(({from, to, look}, i) =>
      wrap('edge', firstEdge + i, drawEdge(look, noLine, edgeTip(type(from), type(to), look.edge), picture.mostFlow)),
    ),
    ...away.cards.map((card, i) =>
      wrap('card', firstCard + i, drawCard(card, {at: nowhere, id: `away-${i + 1}`, references: 0})),
    ),
    ...away.edges.map(({look}, i) => wrap('plate', firstEdge + i, drawPlate(look, nowhere))),
  ]
}

function dataOf(
  picture: Drawing,
  away: Away,
  leftOut: Map<string, string[]>,
  places: GraphPageData['nodes'][number]['at'][],
  isDown: boolean,
  file: string,
  hrefOf: (place: string) => string | undefined,
): GraphPageData {
  const keys = [...picture.keys, ...away.keys]
  const placeOf = new Map(keys.map((key, i) => [key, i]))
  const {mostFlow} = picture
  const codes = codesOf(picture.graph)
  const nodes = keys.map((key, i): PageNode => {
    const card = picture.cards[i] ?? away.cards[i - picture.cards.length]
    const at = places[i]
    const members = leftOut.get(key)?.flatMap(member => placeOf.get(member) ?? [])
    const paths = codes.get(key)
    const graph = picture.graph.hasNode(key) ? picture.graph : away.graph
    const href = card.node.place === '' ? undefined : hrefOf(card.node.place)
    return {
      ...pageNode(graph, key, card, file),
      ...(at === undefined ? {} : {at}),
      ...(href === undefined ? {} : {href}),
      ...(paths === undefined ? {} : {codes: paths}),
      ...(members === undefined
        ? {}
        : {
            leftOut: members,
            objectsLeft:
              card.node.count - countOf(members.map(member => away.cards[member - picture.cards.length]?.node)),
          }),
    }
  })
  const pageEdge = (
    graph: ResultGraph,
    key: string,
    from: number,
    to: number,
    look: Away['edges'][number]['look'],
  ): PageEdge => {
    const {label, strength, count} = look.edge
    const condition = strength === 'strong' ? '' : ` (${strengthText(strength)})`
    return {
      from,
      to,
      label: forTerminal(`${label}${times(count)}${condition}`.trim(), MAX_LABEL_WIDTH),
      width: lineWidth(look, mostFlow),
      plateWidth: plateWidth(look),
      // What a card of the picture's stands for holds by edges of its own.
      keeps: strength !== 'weak' && hasEdge(away.graph, key, keys[from], keys[to]),
      isOnPath: look.isOnPath,
      cut: safeWord(cutOfEdge(graph, key)),
    }
  }
  const edges = [
    ...picture.edges.map(({key, from, to, look}) => pageEdge(picture.graph, key, from, to, look)),
    ...away.edges.flatMap(({key, from, to, look}) => {
      const [start, end] = [placeOf.get(from), placeOf.get(to)]
      return start === undefined || end === undefined ? [] : [pageEdge(away.graph, key, start, end, look)]
    }),
  ]
  const cuts = picture.graph.getAttribute('question') === 'dominators' ? 'objects' : 'edges'
  return {isDown, nodes, edges, whatIf: `heapgraph what-if {} ${file}`, cuts}
}

/** As one word of a shell, safe to be shown; '' stays what it is. */
function safeWord(text: string): string {
  return text === '' ? '' : shellWord(forTerminal(text))
}

function countOf(nodes: (ResultNode | undefined)[]): number {
  return nodes.reduce((sum, node) => sum + (node === undefined || node.role === 'more' ? 0 : node.count), 0)
}

const whose = {application: "the application's", library: "a library's", runtime: "the runtime's", unknown: ''}

function pageNode(
  graph: ResultGraph,
  key: string,
  {node, width, height, heapBytes}: Card,
  file: string,
): Omit<PageNode, 'at'> {
  const {role, type, kind, id, count, selfBytes, preview, place, code, notes} = node
  const isMore = role === 'more'
  const references = graph.reduceEdges(key, (sum, _edge, edge) => sum + (edge.label === '' ? edge.count : 0), 0)
  const facts: [string, string][] = isMore
    ? [['left out', moreText(node, references)]]
    : [
        ['objects', count === 1 ? '' : plural(count, 'object')],
        ['sizes', sizeText(node, heapBytes)],
        ['id', idText(node)],
        ['says', preview],
        ['source', place],
        ['code', whose[code]],
        ['kind', kind],
        ...notes.map((note): [string, string] => ['note', note]),
      ]
  const named = isMore || kind === 'synthetic' ? null : id
  return {
    name: forTerminal(isMore ? moreText(node, references) : `${typeName(type)}${times(count)}`, MAX_LABEL_WIDTH),
    type: isMore ? '' : forTerminal(typeName(type), MAX_LABEL_WIDTH),
    id: named,
    role,
    count,
    selfBytes,
    width,
    height,
    facts: facts.filter(([, text]) => text !== '').map(([name, text]) => [name, forTerminal(text, MAX_FACT_WIDTH)]),
    commands: named === null ? [] : [`heapgraph why @${named} ${file}`, `heapgraph show @${named} ${file}`],
  }
}

/** The paths to the objects on the answer's chains, in the words that the text form has: all to their ends, the first to the others. */
function codesOf(graph: ResultGraph): Map<string, string[]> {
  const codes = new Map<string, string[]>()
  const add = (key: string, code: string) =>
    codes.set(key, [...(codes.get(key) ?? []), forTerminal(code, MAX_FACT_WIDTH)])
  for (const {nodes, code} of graph.getAttribute('chains')) if (code !== undefined) add(nodes[nodes.length - 1], code)
  for (const {nodes, steps = []} of graph.getAttribute('chains')) {
    let path = ''
    for (const {text, times: often, id} of steps) {
      path += text + times(often)
      const node = nodes.find(key => graph.getNodeAttribute(key, 'id') === id)
      if (node !== undefined && !codes.has(node)) add(node, path.trim())
    }
  }
  return codes
}

// The page around the picture.

function stageOf(svg: string): string {
  return `<div id="tools" role="group" aria-label="picture" hidden>
<label for="filter">Filter</label>
<input id="filter" type="search" placeholder="type, text, file ( / )" autocomplete="off" spellcheck="false">
<details id="types"><summary>Types</summary><fieldset><legend>Show cards of type</legend></fieldset></details>
<span class="buttons"><button type="button" id="out" aria-label="zoom out">−</button><button type="button" id="in" aria-label="zoom in">+</button><button type="button" id="fit">Fit</button></span>
<span id="status" role="status"></span>
</div>
<div id="look">
<div id="stage">${svg}</div>
<aside id="panel" aria-label="details" hidden></aside>
</div>`
}

function notesOf(notes: string[], limits: string[], carried: number): string[] {
  const carries =
    carried === 0 ? '' : `the file has ${plural(carried, 'more card')}, behind the cards that begin with “…”`
  return [...notes, carries, ...limits.map(limit => `in the file: ${limit}`)].filter(text => text !== '')
}
