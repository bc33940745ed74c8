/** What stands beside the picture. Texts become text nodes and nothing else. */
import type {GraphPageData, PageNode} from '../../src/emit/page/page-data.ts'
import {formatBytes, formatCount, plural} from '../../src/util/units.ts'
import {element, type Host} from '../host.ts'
import {codesTo} from './reach.ts'

const longestList = 40

export interface Actions {
  go(node: number): void
  chooseEdge(edge: number): void
  toggleCut(edge: number): void
  clearCuts(): void
  showMore(node: number): void
  hideType(type: string): void
  close(): void
  copied(text: string): void
}

function button(text: string, act: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const made = element('button', {type: 'button', ...attributes}, text)
  made.addEventListener('click', act)
  return made
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Where the page may not use the clipboard, the old way may work.
    const area = element('textarea', {'aria-hidden': 'true'})
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

function code(text: string, what: string, {copied}: Actions): HTMLElement {
  const act = async () => {
    await copy(text)
    copied(what)
  }
  return element('div', {class: 'code'}, element('code', {}, text), button('Copy', act, {'aria-label': `copy ${what}`}))
}

function section(title: string, ...children: (Node | string)[]): (Node | string)[] {
  return children.length === 0 ? [] : [element('h3', {}, title), ...children]
}

export function nodePanel(
  data: GraphPageData,
  node: number,
  cuts: ReadonlySet<number>,
  remaining: number[],
  actions: Actions,
  {linksOf, isPart}: Host,
): (Node | string)[] {
  const {name, id, facts, commands, type, role, href} = data.nodes[node]
  const list = element('dl')
  for (const [fact, text] of facts) {
    // A page of a server may not open files.
    const isLink = fact === 'source' && href !== undefined && !(isPart === true && href.startsWith('file:'))
    const told = isLink ? element('a', {href}, text) : text
    list.append(element('dt', {}, fact), element('dd', {}, told))
  }
  const paths = codesTo(data, node)
  return [
    head(name, actions),
    list,
    ...(role === 'more' ? morePanel(data, node, remaining, actions) : []),
    ...section(paths.length > 1 ? 'Paths as code' : 'Path as code', ...paths.map(path => code(path, 'path', actions))),
    ...neighbors(data, node, 'to', 'Held by', cuts, actions),
    ...neighbors(data, node, 'from', 'Holds', cuts, actions),
    ...(commands.length === 0 || id === null
      ? []
      : linksOf === undefined
        ? section('Ask heapgraph', ...commands.map(text => code(text, 'command', actions)))
        : section(
            'Look there',
            element('ul', {}, ...linksOf(id).map(({text, href}) => element('li', {}, element('a', {href}, text)))),
          )),
    ...(type === ''
      ? []
      : section(
          'Picture',
          button(`Hide all ${type}`, () => actions.hideType(type)),
        )),
  ]
}

function head(name: string, {close}: Actions): HTMLElement {
  const title = element('h2', {tabindex: '-1'}, name)
  const made = element('div', {class: 'code'}, title, button('Close', close))
  title.style.flex = '1'
  return made
}

function morePanel(
  {nodes}: GraphPageData,
  node: number,
  remaining: number[],
  {showMore, go}: Actions,
): (Node | string)[] {
  const {leftOut, objectsLeft = 0} = nodes[node]
  const missing = 'The file does not have these: ask heapgraph for more, with the option its note names.'
  if (leftOut === undefined) return [element('p', {}, missing)]
  const items = remaining.slice(0, longestList).map(member =>
    element(
      'li',
      {},
      button(nodes[member].name, () => go(member)),
    ),
  )
  const rest = remaining.length - items.length
  return [
    ...(objectsLeft > 0 ? [element('p', {}, `${plural(objectsLeft, 'object')} of these are not in the file.`)] : []),
    ...(remaining.length === 0
      ? []
      : [
          button(`Show more (${formatCount(remaining.length)} in the file)`, () => showMore(node)),
          element('ul', {}, ...items),
        ]),
    ...(rest > 0 ? [element('p', {}, `… ${formatCount(rest)} more`)] : []),
  ]
}

function neighbors(
  {nodes, edges, cuts: kind}: GraphPageData,
  node: number,
  end: 'from' | 'to',
  title: string,
  cuts: ReadonlySet<number>,
  {go, toggleCut}: Actions,
): (Node | string)[] {
  const other = end === 'from' ? 'to' : 'from'
  const all = edges.flatMap((edge, i) =>
    edge[end] === node && nodes[edge[other]].leftOut === undefined ? [{edge, i}] : [],
  )
  const items = all.slice(0, longestList).map(({edge, i}) => {
    const {name} = nodes[edge[other]]
    const text = edge.label === '' ? name : end === 'to' ? `${name} ${edge.label}` : `${edge.label} → ${name}`
    const isCut = cuts.has(i)
    const what = kind === 'objects' ? 'object' : 'reference'
    const scissors = button('✂ Cut', () => toggleCut(i), {
      'aria-pressed': String(isCut),
      'aria-label': `cut this ${what}: ${text}`,
    })
    return element(
      'li',
      {},
      button(text, () => go(edge[other])),
      ...(edge.keeps ? [scissors] : []),
    )
  })
  if (items.length === 0) return []
  const rest = all.length - items.length
  return section(
    title,
    element('ul', {}, ...items),
    ...(rest > 0 ? [element('p', {}, `… ${formatCount(rest)} more`)] : []),
  )
}

export function edgePanel(
  {nodes, edges}: GraphPageData,
  edge: number,
  cuts: ReadonlySet<number>,
  actions: Actions,
): (Node | string)[] {
  const {from, to, label, keeps} = edges[edge]
  const isCut = cuts.has(edge)
  const scissors = button('✂ Cut', () => actions.toggleCut(edge), {'aria-pressed': String(isCut)})
  return [
    head(label === '' ? 'line' : label, actions),
    ...section(
      'From',
      button(nodes[from].name, () => actions.go(from)),
    ),
    ...section(
      'To',
      button(nodes[to].name, () => actions.go(to)),
    ),
    ...section('What if it were gone?', keeps ? scissors : 'It does not keep anything alive.'),
  ]
}

/** What the cuts free, as far as this file knows. */
export function cutsPanel(
  data: GraphPageData,
  cuts: ReadonlySet<number>,
  freed: ReadonlySet<number>,
  actions: Actions,
): (Node | string)[] {
  if (cuts.size === 0) return []
  const {nodes, edges, whatIf} = data
  const gone = [...freed].map(i => nodes[i])
  const unnamed = [...cuts].filter(cut => edges[cut].cut === '')
  const texts = [...new Set([...cuts].map(cut => edges[cut].cut).filter(text => text !== ''))]
  return [
    element('h2', {}, `✂ ${plural(cuts.size, 'cut')}`),
    element('p', {id: 'freed'}, freedText(gone)),
    element(
      'p',
      {class: 'hg-soft'},
      'Within this file: what it does not have may hold them too. For the whole heap, ask:',
    ),
    ...(texts.length === 0
      ? []
      : [
          code(
            whatIf.replace('{}', () => texts.map(text => `--cut ${text}`).join(' ')),
            'what-if command',
            actions,
          ),
        ]),
    ...(unnamed.length === 0
      ? []
      : [
          element(
            'p',
            {class: 'hg-soft'},
            `No expression names ${plural(unnamed.length, 'cut')}: ${unnamed.map(cut => edges[cut].label || 'a line').join(', ')}.`,
          ),
        ]),
    button('Undo all cuts', actions.clearCuts),
  ]
}

export function freedText(gone: PageNode[]): string {
  if (gone.length === 0) return 'Nothing would be freed: all is held in another way.'
  const objects = gone.reduce((sum, {count}) => sum + count, 0)
  const bytes = gone.reduce((sum, {selfBytes}) => sum + selfBytes, 0)
  const target = gone.some(({role}) => role === 'target') ? ' What was asked about is among them.' : ''
  return `Would be freed: ${plural(gone.length, 'card')}, ${plural(objects, 'object')}, self ${formatBytes(bytes)}.${target}`
}
