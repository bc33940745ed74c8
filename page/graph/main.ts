/** The script of HTML files with a graph: look around, ask for details, cut. All it knows is in the page. */

import type {GraphPageData} from '../../src/emit/page/page-data.ts'
import {lineAndArrow} from '../../src/emit/picture/geometry.ts'
import {formatCount, plural} from '../../src/util/units.ts'
import {type Actions, cutsPanel, edgePanel, element, freedText, nodePanel} from './panel.ts'
import {type Box, freePlace, lineBetween} from './place.ts'
import {freedBy} from './reach.ts'
import {makeView} from './view.ts'

const shownAtOnce = 8

function byId<Kind extends Element = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as unknown as Kind
}

const data = JSON.parse(byId('data').textContent ?? '') as GraphPageData
const {nodes, edges, isDown} = data
const [stage, svg, panel, status] = [byId('stage'), byId<SVGSVGElement>('picture'), byId('panel'), byId('status')]
const filter = byId<HTMLInputElement>('filter')

function parts(kind: string): Map<number, SVGGElement> {
  const found = [...svg.querySelectorAll<SVGGElement>(`[data-${kind}]`)]
  return new Map(found.map(part => [Number(part.getAttribute(`data-${kind}`)), part]))
}

const [cardParts, edgeParts, plateParts] = [parts('card'), parts('edge'), parts('plate')]
const boxes = new Map<number, Box>()
for (const [i, {at, width, height}] of nodes.entries()) if (at !== undefined) boxes.set(i, {...at, width, height})
/** Plates that have been put in a place, so that no card covers them. */
const plates = new Map<number, Box>()
const spent = new Set<number>()
const hiddenTypes = new Set<string>()
const cuts = new Set<number>()
let chosen: {node: number} | {edge: number} | undefined
let freed: ReadonlySet<number> = new Set()

const edgesOf = nodes.map((): number[] => [])
for (const [i, {from, to}] of edges.entries()) for (const end of new Set([from, to])) edgesOf[end].push(i)

// What is to be seen.

function isShown(node: number): boolean {
  return boxes.has(node) && !spent.has(node) && !hiddenTypes.has(nodes[node].type)
}

function matches(node: number, text: string): boolean {
  const {name, facts} = nodes[node]
  return [name, ...facts.map(([, fact]) => fact)].some(words => words.toLowerCase().includes(text))
}

function render(): void {
  const text = filter.value.trim().toLowerCase()
  for (const [i, part] of cardParts) {
    const found = text !== '' && matches(i, text)
    part.classList.toggle('hg-shown', isShown(i))
    part.classList.toggle('hg-none', !isShown(i))
    part.classList.toggle('hg-dim', text !== '' && !found)
    part.classList.toggle('hg-found', found)
    part.classList.toggle('hg-freed', freed.has(i))
    part.classList.toggle('hg-chosen', chosen !== undefined && 'node' in chosen && chosen.node === i)
  }
  for (const [i, {from, to}] of edges.entries()) {
    const seen = isShown(from) && isShown(to)
    for (const part of [edgeParts.get(i), plateParts.get(i)]) {
      part?.classList.toggle('hg-shown', seen)
      part?.classList.toggle('hg-none', !seen)
      part?.classList.toggle('hg-gone', cuts.has(i))
    }
  }
}

function say(text: string): void {
  status.textContent = text
}

// Cards that were not drawn at first.

function show(node: number, besideFirst: ReadonlySet<number>, wanted?: number): void {
  const near = edgesOf[node].filter(edge => boxes.has(otherEnd(edge, node)) && !spent.has(otherEnd(edge, node)))
  const edge = near.find(candidate => besideFirst.has(otherEnd(candidate, node))) ?? near[0]
  const beside = edge === undefined ? 0 : otherEnd(edge, node)
  const besideBox = boxes.get(beside)!
  const holds = edge === undefined ? false : edges[edge].from === node
  const across = besideFirst.has(beside) && wanted !== undefined ? wanted : isDown ? besideBox.x : besideBox.y
  const label = edge === undefined ? 0 : edges[edge].plateWidth
  const visible = [...boxes].filter(([i]) => !spent.has(i)).map(([, box]) => box)
  const at = freePlace(nodes[node], besideBox, {holds, isDown, label}, across, [...visible, ...plates.values()])
  const {width, height} = nodes[node]
  boxes.set(node, {...at, width, height})
  cardParts.get(node)?.setAttribute('transform', `translate(${at.x} ${at.y})`)
  for (const line of edgesOf[node]) if (boxes.has(otherEnd(line, node))) drawLine(line)
}

function otherEnd(edge: number, node: number): number {
  return edges[edge].from === node ? edges[edge].to : edges[edge].from
}

function drawLine(edge: number): void {
  const {from, to, width, plateWidth} = edges[edge]
  const spline = lineBetween(boxes.get(from)!, boxes.get(to)!, isDown)
  const {line, arrow} = lineAndArrow(spline, width)
  for (const path of edgeParts.get(edge)?.querySelectorAll('.hg-edge') ?? []) path.setAttribute('d', line)
  edgeParts.get(edge)?.querySelector('.hg-tip')?.setAttribute('d', arrow)
  if (spline.label === undefined || plateWidth === 0) return
  plateParts.get(edge)?.setAttribute('transform', `translate(${spline.label.x} ${spline.label.y})`)
  plates.set(edge, {...spline.label, width: plateWidth, height: 18})
}

function remaining(more: number): number[] {
  return (nodes[more].leftOut ?? []).filter(member => !boxes.has(member))
}

/** The next of those that a card stands for, beside what is shown already. */
function showMore(more: number): void {
  const {leftOut, objectsLeft = 0} = nodes[more]
  if (leftOut === undefined) {
    chooseNode(more)
    return
  }
  const place = boxes.get(more)!
  const around = new Set(edgesOf[more].map(edge => otherEnd(edge, more)))
  const all = remaining(more)
  // Its own place is free if it goes.
  if (all.length <= shownAtOnce && objectsLeft === 0) spent.add(more)
  const fresh: number[] = []
  while (fresh.length < shownAtOnce) {
    const next = remaining(more).find(member =>
      edgesOf[member].some(edge => boxes.has(otherEnd(edge, member)) && otherEnd(edge, member) !== more),
    )
    if (next === undefined) break
    show(next, around, isDown ? place.x : place.y)
    fresh.push(next)
  }
  relabel(more)
  listTypes()
  if (fresh.length === 0) {
    chooseNode(more)
    return
  }
  render()
  view.fit(shownBoxes(), boxes.get(fresh[0]))
  focusCard(fresh[0])
  say(`${plural(fresh.length, 'card')} more; ${plural(remaining(more).length, 'card')} left there`)
}

function relabel(more: number): void {
  const {objectsLeft = 0} = nodes[more]
  const left = remaining(more).length
  if (left === 0 && objectsLeft === 0) spent.add(more)
  const outside = objectsLeft > 0 ? `${plural(objectsLeft, 'object')} not in the file` : ''
  const inside = left > 0 ? `${plural(left, 'more card')}` : ''
  const text = `… ${[inside, outside].filter(words => words !== '').join(', ')}`
  const part = cardParts.get(more)
  const [first, ...rest] = part?.querySelectorAll('text') ?? []
  first?.replaceChildren(text)
  for (const line of rest) line.replaceChildren()
  part?.firstElementChild?.setAttribute('aria-label', text)
  part?.querySelector('title')?.replaceChildren(text)
}

/** Shows a node, and what lies between it and what is shown. */
function reveal(node: number): void {
  if (boxes.has(node)) return
  const cameFrom = new Map<number, number>([[node, node]])
  const front = [node]
  for (const at of front) {
    if (boxes.has(at) && !spent.has(at)) {
      for (let step = at; step !== node; step = cameFrom.get(step)!) if (!boxes.has(step)) show(step, new Set())
      break
    }
    for (const edge of edgesOf[at]) {
      const next = otherEnd(edge, at)
      if (cameFrom.has(next) || nodes[next].leftOut !== undefined) continue
      cameFrom.set(next, at)
      front.push(next)
    }
  }
  if (!boxes.has(node)) show(node, new Set())
  for (const [i, {leftOut}] of nodes.entries()) if (leftOut?.includes(node)) relabel(i)
  listTypes()
}

function shownBoxes(): Box[] {
  return [...boxes].filter(([i]) => isShown(i)).map(([, box]) => box)
}

// Details and cuts.

const actions: Actions = {
  go(node) {
    reveal(node)
    hiddenTypes.delete(nodes[node].type)
    listTypes()
    chooseNode(node)
    focusCard(node)
  },
  chooseEdge,
  toggleCut(edge) {
    if (!cuts.delete(edge)) cuts.add(edge)
    recut()
  },
  clearCuts() {
    cuts.clear()
    recut()
  },
  showMore,
  hideType(type) {
    hiddenTypes.add(type)
    listTypes()
    chosen = undefined
    renderPanel()
    render()
    sayHidden()
  },
  close,
  copied: what => say(`${what} copied`),
}

function recut(): void {
  freed = freedBy(data, cuts)
  const focused = document.activeElement?.getAttribute('aria-label')
  renderPanel()
  render()
  // The button that was pressed has been made anew.
  for (const made of panel.querySelectorAll<HTMLElement>('button'))
    if (made.getAttribute('aria-label') === focused) made.focus()
  say(cuts.size === 0 ? 'no cuts' : `${plural(cuts.size, 'cut')}. ${freedText([...freed].map(i => nodes[i]))}`)
}

function chooseNode(node: number): void {
  chosen = {node}
  renderPanel()
  render()
}

function chooseEdge(edge: number): void {
  chosen = {edge}
  renderPanel()
  render()
}

function close(): void {
  const last = chosen
  chosen = undefined
  renderPanel()
  render()
  if (last !== undefined && 'node' in last) focusCard(last.node)
}

function renderPanel(): void {
  const details =
    chosen === undefined
      ? []
      : 'node' in chosen
        ? nodePanel(data, chosen.node, cuts, remaining(chosen.node), actions)
        : edgePanel(data, chosen.edge, cuts, actions)
  panel.replaceChildren(...cutsPanel(data, cuts, freed, actions), ...details)
  if (panel.childElementCount > 0) return
  panel.append(
    element('h2', {}, 'How to look around'),
    element(
      'p',
      {},
      'Choose a card or a line for its details, and what would be freed without it. Cards that begin with “…” show more.',
    ),
    element(
      'p',
      {},
      'Drag to move, turn the wheel or pinch to zoom. Keys: arrows go from card to card, Enter opens, + − and 0 zoom, / filters, Esc closes.',
    ),
  )
}

// Types and the filter.

function listTypes(): void {
  const counts = new Map<string, number>()
  for (const [i, {type}] of nodes.entries())
    if (type !== '' && boxes.has(i)) counts.set(type, (counts.get(type) ?? 0) + 1)
  const rows = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const field = byId('types').querySelector('fieldset')!
  field.replaceChildren(
    field.querySelector('legend')!,
    ...rows.map(([type, count]) => {
      const box = element('input', {type: 'checkbox'})
      box.checked = !hiddenTypes.has(type)
      box.addEventListener('change', () => {
        if (box.checked) hiddenTypes.delete(type)
        else hiddenTypes.add(type)
        render()
        sayHidden()
      })
      return element('label', {}, box, `${type} (${formatCount(count)})`)
    }),
  )
}

function sayHidden(): void {
  const count = [...boxes.keys()].filter(i => hiddenTypes.has(nodes[i].type)).length
  say(count === 0 ? '' : `${plural(count, 'card')} hidden; Types shows them again`)
}

function sayMatches(): void {
  const text = filter.value.trim().toLowerCase()
  render()
  if (text === '') {
    say('')
    return
  }
  const found = [...nodes.keys()].filter(i => nodes[i].leftOut === undefined && matches(i, text))
  const shown = found.filter(isShown).length
  const away = found.filter(i => !boxes.has(i)).length
  say(`${plural(shown, 'card')} found${away > 0 ? `, ${formatCount(away)} more not drawn: Enter shows the next` : ''}`)
}

let lastFound = -1

function nextMatch(): void {
  const text = filter.value.trim().toLowerCase()
  if (text === '') return
  const found = [...nodes.keys()].filter(i => nodes[i].leftOut === undefined && !spent.has(i) && matches(i, text))
  const next = found.find(i => i > lastFound) ?? found[0]
  if (next === undefined) return
  lastFound = next
  reveal(next)
  chooseNode(next)
  view.see(boxes.get(next)!)
  sayMatches()
}

// Keys and pointers.

/** The card that Tab leads to is the one that had the focus last. */
function cardElement(node: number): SVGGElement | null {
  return cardParts.get(node)?.querySelector<SVGGElement>('.hg-node') ?? null
}

function focusCard(node: number): void {
  for (const card of svg.querySelectorAll('.hg-node[tabindex="0"]')) card.setAttribute('tabindex', '-1')
  const card = cardElement(isShown(node) ? node : firstShown())
  card?.setAttribute('tabindex', '0')
  card?.focus({preventScroll: true})
  const box = boxes.get(node)
  if (box !== undefined) view.see(box)
}

function firstShown(): number {
  return nodes.findIndex((_, i) => isShown(i))
}

const ways: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The card that way: along a line if there is one, of the path's rather than another's; else the nearest. */
function cardTowards(node: number, [dx, dy]: [number, number]): number | undefined {
  const from = boxes.get(node)!
  const cost = (other: number, slope: number): number => {
    const to = boxes.get(other)!
    const [along, across] = [
      (to.x - from.x) * dx + (to.y - from.y) * dy,
      Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx),
    ]
    return along > 1 && across <= slope * along ? along + across : Number.POSITIVE_INFINITY
  }
  const best = (candidates: number[], slope: number) =>
    candidates
      .filter(other => other !== node && isShown(other) && cost(other, slope) < Number.POSITIVE_INFINITY)
      .sort((a, b) => cost(a, slope) - cost(b, slope))[0]
  const onPath = edgesOf[node].filter(edge => edges[edge].isOnPath).map(edge => otherEnd(edge, node))
  const linked = edgesOf[node].map(edge => otherEnd(edge, node))
  return best(onPath, 3) ?? best(linked, 3) ?? best([...boxes.keys()], 1.2)
}

function nodeOf(target: EventTarget | null): number | undefined {
  const part = target instanceof Element ? target.closest('[data-card]') : null
  return part === null ? undefined : Number(part.getAttribute('data-card'))
}

function open(node: number): void {
  if (remaining(node).length > 0) {
    showMore(node)
    return
  }
  chooseNode(node)
  focusCard(node)
}

svg.addEventListener('click', event => {
  if (view.wasDragged() || !(event.target instanceof Element)) return
  const node = nodeOf(event.target)
  if (node !== undefined) {
    open(node)
    return
  }
  const part = event.target.closest('[data-edge],[data-plate]')
  if (part !== null) chooseEdge(Number(part.getAttribute('data-edge') ?? part.getAttribute('data-plate')))
})

svg.addEventListener('keydown', event => {
  const node = nodeOf(event.target)
  if (node === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const next = event.key in ways ? cardTowards(node, ways[event.key]) : undefined
  if (next !== undefined) focusCard(next)
  else if (event.key === 'Enter' || event.key === ' ') open(node)
  else if (!(event.key in ways)) return
  event.preventDefault()
})

document.addEventListener('keydown', event => {
  const isTyping = event.target instanceof HTMLInputElement
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape') {
    filter.value = ''
    sayMatches()
    byId<HTMLDetailsElement>('types').open = false
    if (chosen !== undefined) close()
  } else if (isTyping) return
  else if (event.key === '/') filter.focus()
  else if (event.key === '+' || event.key === '=') view.zoom(1.25)
  else if (event.key === '-') view.zoom(0.8)
  else if (event.key === '0') view.fit(shownBoxes())
  else return
  event.preventDefault()
})

filter.addEventListener('input', () => {
  lastFound = -1
  sayMatches()
})
filter.addEventListener('keydown', event => {
  if (event.key === 'Enter') nextMatch()
})
byId('in').addEventListener('click', () => view.zoom(1.25))
byId('out').addEventListener('click', () => view.zoom(0.8))
byId('fit').addEventListener('click', () => view.fit(shownBoxes()))

// Without this script the page is the picture alone.
stage.classList.add('live')
byId('tools').hidden = false
panel.hidden = false
const view = makeView(stage, svg)
for (const card of svg.querySelectorAll('.hg-node')) {
  card.setAttribute('tabindex', '-1')
  card.setAttribute('role', 'button')
  // Who speaks to their computer says what they see, and a letter is part of it.
  const sign = card.querySelector('.hg-sign')?.textContent ?? ''
  if (/\p{L}/u.test(sign)) card.setAttribute('aria-label', `${sign} ${card.getAttribute('aria-label')}`)
}
const target = nodes.findIndex(({role}) => role === 'target')
const first = target < 0 ? firstShown() : target
cardElement(first)?.setAttribute('tabindex', '0')
listTypes()
renderPanel()
render()
view.fit(shownBoxes(), boxes.get(first))
