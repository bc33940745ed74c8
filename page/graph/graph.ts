/** A picture of cards to look around in: details, cuts, more cards, a filter. All it knows is what it is given. */

import type {GraphPageData} from '../../src/emit/page/page-data.ts'
import {lineAndArrow} from '../../src/emit/picture/geometry.ts'
import {formatCount, plural} from '../../src/util/units.ts'
import {element, type Host} from '../host.ts'
import {type Actions, cutsPanel, edgePanel, freedText, nodePanel} from './panel.ts'
import {type Box, freePlace, lineBetween} from './place.ts'
import {freedBy} from './reach.ts'
import {makeView, type View} from './view.ts'

const shownAtOnce = 8

const ways: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

function nodeOf(target: EventTarget | null): number | undefined {
  const part = target instanceof Element ? target.closest('[data-card]') : null
  return part === null ? undefined : Number(part.getAttribute('data-card'))
}

class GraphPicture {
  readonly nodes: GraphPageData['nodes']
  readonly edges: GraphPageData['edges']
  readonly isDown: boolean
  readonly stage: HTMLElement
  readonly svg: SVGSVGElement
  readonly panel: HTMLElement
  readonly status: HTMLElement
  readonly filter: HTMLInputElement
  readonly view: View
  readonly cardParts: Map<number, SVGGElement>
  readonly edgeParts: Map<number, SVGGElement>
  readonly plateParts: Map<number, SVGGElement>
  readonly boxes = new Map<number, Box>()
  /** Plates that have been put in a place, so that no card covers them. */
  readonly plates = new Map<number, Box>()
  readonly spent = new Set<number>()
  readonly hiddenTypes = new Set<string>()
  readonly cuts = new Set<number>()
  readonly edgesOf: number[][]
  readonly ending = new AbortController()
  chosen: {node: number} | {edge: number} | undefined
  freed: ReadonlySet<number> = new Set()
  lastFound = -1

  readonly root: HTMLElement
  readonly data: GraphPageData
  readonly host: Host

  constructor(root: HTMLElement, data: GraphPageData, host: Host) {
    const {nodes, edges, isDown} = data
    this.root = root
    this.data = data
    this.host = host
    this.nodes = nodes
    this.edges = edges
    this.isDown = isDown
    this.stage = this.byId('stage')
    this.svg = this.byId<SVGSVGElement>('picture')
    this.panel = this.byId('panel')
    this.status = this.byId('status')
    this.filter = this.byId<HTMLInputElement>('filter')
    this.cardParts = this.parts('card')
    this.edgeParts = this.parts('edge')
    this.plateParts = this.parts('plate')
    for (const [i, {at, width, height}] of nodes.entries())
      if (at !== undefined) this.boxes.set(i, {...at, width, height})
    this.edgesOf = nodes.map((): number[] => [])
    for (const [i, {from, to}] of edges.entries()) for (const end of new Set([from, to])) this.edgesOf[end].push(i)
    this.view = makeView(this.stage, this.svg, host.isPart)
    this.listen()
    this.begin()
  }

  byId<Kind extends Element = HTMLElement>(id: string): Kind {
    return this.root.querySelector(`#${id}`) as unknown as Kind
  }

  parts(kind: string): Map<number, SVGGElement> {
    const found = [...this.svg.querySelectorAll<SVGGElement>(`[data-${kind}]`)]
    return new Map(found.map(part => [Number(part.getAttribute(`data-${kind}`)), part]))
  }

  // What is to be seen.

  isShown(node: number): boolean {
    return this.boxes.has(node) && !this.spent.has(node) && !this.hiddenTypes.has(this.nodes[node].type)
  }

  matches(node: number, text: string): boolean {
    const {name, facts} = this.nodes[node]
    return [name, ...facts.map(([, fact]) => fact)].some(words => words.toLowerCase().includes(text))
  }

  render(): void {
    const text = this.filter.value.trim().toLowerCase()
    for (const [i, part] of this.cardParts) {
      const found = text !== '' && this.matches(i, text)
      part.classList.toggle('hg-shown', this.isShown(i))
      part.classList.toggle('hg-none', !this.isShown(i))
      part.classList.toggle('hg-dim', text !== '' && !found)
      part.classList.toggle('hg-found', found)
      part.classList.toggle('hg-freed', this.freed.has(i))
      part.classList.toggle('hg-chosen', this.chosen !== undefined && 'node' in this.chosen && this.chosen.node === i)
    }
    for (const [i, {from, to}] of this.edges.entries()) {
      const seen = this.isShown(from) && this.isShown(to)
      for (const part of [this.edgeParts.get(i), this.plateParts.get(i)]) {
        part?.classList.toggle('hg-shown', seen)
        part?.classList.toggle('hg-none', !seen)
        part?.classList.toggle('hg-gone', this.cuts.has(i))
      }
    }
  }

  say(text: string): void {
    this.status.textContent = text
  }

  // Cards that were not drawn at first.

  show(node: number, besideFirst: ReadonlySet<number>, wanted?: number): void {
    const near = this.edgesOf[node].filter(
      edge => this.boxes.has(this.otherEnd(edge, node)) && !this.spent.has(this.otherEnd(edge, node)),
    )
    const edge = near.find(candidate => besideFirst.has(this.otherEnd(candidate, node))) ?? near[0]
    const beside = edge === undefined ? 0 : this.otherEnd(edge, node)
    const besideBox = this.boxes.get(beside)!
    const holds = edge === undefined ? false : this.edges[edge].from === node
    const across = besideFirst.has(beside) && wanted !== undefined ? wanted : this.isDown ? besideBox.x : besideBox.y
    const label = edge === undefined ? 0 : this.edges[edge].plateWidth
    const visible = [...this.boxes].filter(([i]) => !this.spent.has(i)).map(([, box]) => box)
    const at = freePlace(this.nodes[node], besideBox, {holds, isDown: this.isDown, label}, across, [
      ...visible,
      ...this.plates.values(),
    ])
    const {width, height} = this.nodes[node]
    this.boxes.set(node, {...at, width, height})
    this.cardParts.get(node)?.setAttribute('transform', `translate(${at.x} ${at.y})`)
    for (const line of this.edgesOf[node]) if (this.boxes.has(this.otherEnd(line, node))) this.drawLine(line)
  }

  otherEnd(edge: number, node: number): number {
    return this.edges[edge].from === node ? this.edges[edge].to : this.edges[edge].from
  }

  drawLine(edge: number): void {
    const {from, to, width, plateWidth} = this.edges[edge]
    const spline = lineBetween(this.boxes.get(from)!, this.boxes.get(to)!, this.isDown)
    const {line, arrow} = lineAndArrow(spline, width)
    for (const path of this.edgeParts.get(edge)?.querySelectorAll('.hg-edge') ?? []) path.setAttribute('d', line)
    this.edgeParts.get(edge)?.querySelector('.hg-tip')?.setAttribute('d', arrow)
    if (spline.label === undefined || plateWidth === 0) return
    this.plateParts.get(edge)?.setAttribute('transform', `translate(${spline.label.x} ${spline.label.y})`)
    this.plates.set(edge, {...spline.label, width: plateWidth, height: 18})
  }

  remaining(more: number): number[] {
    return (this.nodes[more].leftOut ?? []).filter(member => !this.boxes.has(member))
  }

  /** The next of those that a card stands for, beside what is shown already. */
  showMore(more: number): void {
    const {leftOut, objectsLeft = 0} = this.nodes[more]
    if (leftOut === undefined) {
      this.chooseNode(more)
      return
    }
    const place = this.boxes.get(more)!
    const around = new Set(this.edgesOf[more].map(edge => this.otherEnd(edge, more)))
    const all = this.remaining(more)
    // Its own place is free if it goes.
    if (all.length <= shownAtOnce && objectsLeft === 0) this.spent.add(more)
    const fresh: number[] = []
    while (fresh.length < shownAtOnce) {
      const next = this.remaining(more).find(member =>
        this.edgesOf[member].some(
          edge => this.boxes.has(this.otherEnd(edge, member)) && this.otherEnd(edge, member) !== more,
        ),
      )
      if (next === undefined) break
      this.show(next, around, this.isDown ? place.x : place.y)
      fresh.push(next)
    }
    this.relabel(more)
    this.listTypes()
    if (fresh.length === 0) {
      this.chooseNode(more)
      return
    }
    this.render()
    this.view.fit(this.shownBoxes(), this.boxes.get(fresh[0]))
    this.focusCard(fresh[0])
    this.say(`${plural(fresh.length, 'card')} more; ${plural(this.remaining(more).length, 'card')} left there`)
  }

  relabel(more: number): void {
    const {objectsLeft = 0} = this.nodes[more]
    const left = this.remaining(more).length
    if (left === 0 && objectsLeft === 0) this.spent.add(more)
    const outside = objectsLeft > 0 ? `${plural(objectsLeft, 'object')} not in the file` : ''
    const inside = left > 0 ? `${plural(left, 'more card')}` : ''
    const text = `… ${[inside, outside].filter(words => words !== '').join(', ')}`
    const part = this.cardParts.get(more)
    const [first, ...rest] = part?.querySelectorAll('text') ?? []
    first?.replaceChildren(text)
    for (const line of rest) line.replaceChildren()
    part?.firstElementChild?.setAttribute('aria-label', text)
    part?.querySelector('title')?.replaceChildren(text)
  }

  /** Shows a node, and what lies between it and what is shown. */
  reveal(node: number): void {
    if (this.boxes.has(node)) return
    const cameFrom = new Map<number, number>([[node, node]])
    const front = [node]
    for (const at of front) {
      if (this.boxes.has(at) && !this.spent.has(at)) {
        for (let step = at; step !== node; step = cameFrom.get(step)!)
          if (!this.boxes.has(step)) this.show(step, new Set())
        break
      }
      for (const edge of this.edgesOf[at]) {
        const next = this.otherEnd(edge, at)
        if (cameFrom.has(next) || this.nodes[next].leftOut !== undefined) continue
        cameFrom.set(next, at)
        front.push(next)
      }
    }
    if (!this.boxes.has(node)) this.show(node, new Set())
    for (const [i, {leftOut}] of this.nodes.entries()) if (leftOut?.includes(node)) this.relabel(i)
    this.listTypes()
  }

  shownBoxes(): Box[] {
    return [...this.boxes].filter(([i]) => this.isShown(i)).map(([, box]) => box)
  }

  // Details and cuts.

  readonly actions: Actions = {
    go: node => {
      this.reveal(node)
      this.hiddenTypes.delete(this.nodes[node].type)
      this.listTypes()
      this.chooseNode(node)
      this.focusCard(node)
    },
    chooseEdge: edge => this.chooseEdge(edge),
    toggleCut: edge => {
      if (!this.cuts.delete(edge)) this.cuts.add(edge)
      this.recut()
    },
    clearCuts: () => {
      this.cuts.clear()
      this.recut()
    },
    showMore: node => this.showMore(node),
    hideType: type => {
      this.hiddenTypes.add(type)
      this.listTypes()
      this.chosen = undefined
      this.renderPanel()
      this.render()
      this.sayHidden()
    },
    close: () => this.close(),
    copied: what => this.say(`${what} copied`),
  }

  recut(): void {
    this.freed = freedBy(this.data, this.cuts)
    const focused = document.activeElement?.getAttribute('aria-label')
    this.renderPanel()
    this.render()
    // The button that was pressed has been made anew.
    for (const made of this.panel.querySelectorAll<HTMLElement>('button'))
      if (made.getAttribute('aria-label') === focused) made.focus()
    this.say(
      this.cuts.size === 0
        ? 'no cuts'
        : `${plural(this.cuts.size, 'cut')}. ${freedText([...this.freed].map(i => this.nodes[i]))}`,
    )
  }

  chooseNode(node: number): void {
    this.chosen = {node}
    this.renderPanel()
    this.render()
  }

  chooseEdge(edge: number): void {
    this.chosen = {edge}
    this.renderPanel()
    this.render()
  }

  close(): void {
    const last = this.chosen
    this.chosen = undefined
    this.renderPanel()
    this.render()
    if (last !== undefined && 'node' in last) this.focusCard(last.node)
  }

  renderPanel(): void {
    const details =
      this.chosen === undefined
        ? []
        : 'node' in this.chosen
          ? nodePanel(this.data, this.chosen.node, this.cuts, this.remaining(this.chosen.node), this.actions, this.host)
          : edgePanel(this.data, this.chosen.edge, this.cuts, this.actions)
    this.panel.replaceChildren(...cutsPanel(this.data, this.cuts, this.freed, this.actions), ...details)
    if (this.panel.childElementCount > 0) return
    this.panel.append(
      element('h2', {}, 'How to look around'),
      element(
        'p',
        {},
        'Choose a card or a line for its details, and what would be freed without it. Cards that begin with “…” show more.',
      ),
      element(
        'p',
        {},
        `Drag to move, ${this.host.isPart ? 'turn the wheel with Ctrl' : 'turn the wheel'} or pinch to zoom. Keys: arrows go from card to card, Enter opens, + − and 0 zoom, / filters, Esc closes.`,
      ),
    )
  }

  // Types and the filter.

  listTypes(): void {
    const counts = new Map<string, number>()
    for (const [i, {type}] of this.nodes.entries())
      if (type !== '' && this.boxes.has(i)) counts.set(type, (counts.get(type) ?? 0) + 1)
    const rows = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    const field = this.byId('types').querySelector('fieldset')!
    field.replaceChildren(
      field.querySelector('legend')!,
      ...rows.map(([type, count]) => {
        const box = element('input', {type: 'checkbox'})
        box.checked = !this.hiddenTypes.has(type)
        box.addEventListener('change', () => {
          if (box.checked) this.hiddenTypes.delete(type)
          else this.hiddenTypes.add(type)
          this.render()
          this.sayHidden()
        })
        return element('label', {}, box, `${type} (${formatCount(count)})`)
      }),
    )
  }

  sayHidden(): void {
    const count = [...this.boxes.keys()].filter(i => this.hiddenTypes.has(this.nodes[i].type)).length
    this.say(count === 0 ? '' : `${plural(count, 'card')} hidden; Types shows them again`)
  }

  sayMatches(): void {
    const text = this.filter.value.trim().toLowerCase()
    this.render()
    if (text === '') {
      this.say('')
      return
    }
    const found = [...this.nodes.keys()].filter(i => this.nodes[i].leftOut === undefined && this.matches(i, text))
    const shown = found.filter(i => this.isShown(i)).length
    const away = found.filter(i => !this.boxes.has(i)).length
    this.say(
      `${plural(shown, 'card')} found${away > 0 ? `, ${formatCount(away)} more not drawn: Enter shows the next` : ''}`,
    )
  }

  nextMatch(): void {
    const text = this.filter.value.trim().toLowerCase()
    if (text === '') return
    const found = [...this.nodes.keys()].filter(
      i => this.nodes[i].leftOut === undefined && !this.spent.has(i) && this.matches(i, text),
    )
    const next = found.find(i => i > this.lastFound) ?? found[0]
    if (next === undefined) return
    this.lastFound = next
    this.reveal(next)
    this.chooseNode(next)
    this.view.see(this.boxes.get(next)!)
    this.sayMatches()
  }

  // Keys and pointers.

  /** The card that Tab leads to is the one that had the focus last. */
  cardElement(node: number): SVGGElement | null {
    return this.cardParts.get(node)?.querySelector<SVGGElement>('.hg-node') ?? null
  }

  focusCard(node: number): void {
    for (const card of this.svg.querySelectorAll('.hg-node[tabindex="0"]')) card.setAttribute('tabindex', '-1')
    const card = this.cardElement(this.isShown(node) ? node : this.firstShown())
    card?.setAttribute('tabindex', '0')
    card?.focus({preventScroll: true})
    const box = this.boxes.get(node)
    if (box !== undefined) this.view.see(box)
  }

  firstShown(): number {
    return this.nodes.findIndex((_, i) => this.isShown(i))
  }

  /** The card that way: along a line if there is one, of the path's rather than another's; else the nearest. */
  cardTowards(node: number, [dx, dy]: [number, number]): number | undefined {
    const from = this.boxes.get(node)!
    const cost = (other: number, slope: number): number => {
      const to = this.boxes.get(other)!
      const [along, across] = [
        (to.x - from.x) * dx + (to.y - from.y) * dy,
        Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx),
      ]
      return along > 1 && across <= slope * along ? along + across : Number.POSITIVE_INFINITY
    }
    const best = (candidates: number[], slope: number) =>
      candidates
        .filter(other => other !== node && this.isShown(other) && cost(other, slope) < Number.POSITIVE_INFINITY)
        .sort((a, b) => cost(a, slope) - cost(b, slope))[0]
    const onPath = this.edgesOf[node].filter(edge => this.edges[edge].isOnPath).map(edge => this.otherEnd(edge, node))
    const linked = this.edgesOf[node].map(edge => this.otherEnd(edge, node))
    return best(onPath, 3) ?? best(linked, 3) ?? best([...this.boxes.keys()], 1.2)
  }

  open(node: number): void {
    if (this.remaining(node).length > 0) {
      this.showMore(node)
      return
    }
    this.chooseNode(node)
    this.focusCard(node)
  }

  // Keys and pointers.

  onClick(event: MouseEvent): void {
    if (this.view.wasDragged() || !(event.target instanceof Element)) return
    const node = nodeOf(event.target)
    if (node !== undefined) {
      this.open(node)
      return
    }
    const part = event.target.closest('[data-edge],[data-plate]')
    if (part !== null) this.chooseEdge(Number(part.getAttribute('data-edge') ?? part.getAttribute('data-plate')))
  }

  onCardKey(event: KeyboardEvent): void {
    const node = nodeOf(event.target)
    if (node === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const next = event.key in ways ? this.cardTowards(node, ways[event.key]) : undefined
    if (next !== undefined) this.focusCard(next)
    else if (event.key === 'Enter' || event.key === ' ') this.open(node)
    else if (!(event.key in ways)) return
    event.preventDefault()
  }

  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const isOurs = this.root.contains(event.target as Node | null)
    // What is typed elsewhere on the page is none of the picture's.
    if (isTyping(event.target) && !isOurs) return
    if (event.key === 'Escape') {
      this.filter.value = ''
      this.sayMatches()
      this.byId<HTMLDetailsElement>('types').open = false
      if (this.chosen !== undefined) this.close()
    } else if (isTyping(event.target)) return
    else if (event.key === '/') this.filter.focus()
    else if (event.key === '+' || event.key === '=') this.view.zoom(1.25)
    else if (event.key === '-') this.view.zoom(0.8)
    else if (event.key === '0') this.view.fit(this.shownBoxes())
    else return
    event.preventDefault()
  }

  listen(): void {
    this.svg.addEventListener('click', event => this.onClick(event))
    this.svg.addEventListener('keydown', event => this.onCardKey(event))
    // Only this one is not on an element of the picture, which goes with it.
    document.addEventListener('keydown', event => this.onKey(event), {signal: this.ending.signal})
    this.filter.addEventListener('input', () => {
      this.lastFound = -1
      this.sayMatches()
    })
    this.filter.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.nextMatch()
    })
    this.byId('in').addEventListener('click', () => this.view.zoom(1.25))
    this.byId('out').addEventListener('click', () => this.view.zoom(0.8))
    this.byId('fit').addEventListener('click', () => this.view.fit(this.shownBoxes()))
  }

  begin(): void {
    // Without a script there is the picture alone.
    this.stage.classList.add('live')
    this.byId('tools').hidden = false
    this.panel.hidden = false
    for (const card of this.svg.querySelectorAll('.hg-node')) {
      card.setAttribute('tabindex', '-1')
      card.setAttribute('role', 'button')
      card.setAttribute('aria-label', nameOf(card))
    }
    const target = this.nodes.findIndex(({role}) => role === 'target')
    const first = target < 0 ? this.firstShown() : target
    this.cardElement(first)?.setAttribute('tabindex', '0')
    this.listTypes()
    this.renderPanel()
    this.render()
    this.view.fit(this.shownBoxes(), this.boxes.get(first))
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement
}

/** Who speaks to their computer says what they see: that comes first where the card's own name does not have it all, as where it was cut short. */
function nameOf(card: Element): string {
  const name = card.getAttribute('aria-label') ?? ''
  const seen = [...card.querySelectorAll('text')].map(({textContent}) => textContent).join(' ')
  const words = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  return words(name).includes(words(seen)) ? name : `${seen}: ${name}`
}

/** Brings a picture that is in `root` to life. What comes back ends it. */
export function mountGraph(root: HTMLElement, data: GraphPageData, host: Host = {}): () => void {
  const picture = new GraphPicture(root, data, host)
  return () => picture.ending.abort()
}
