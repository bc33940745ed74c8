/** Areas to look into: a cell that is clicked becomes the whole, Esc and the buttons above lead back. */

import {unpackAreas} from '../../src/emit/page/packed-areas.ts'
import type {AreaPageData} from '../../src/emit/page/page-data.ts'
import {AREA_WIDTH, drawCell, MIN_PAGE_WIDTH, placeAreas, type SeenCell} from '../../src/emit/picture/area-cells.ts'
import {type AreaCell, areaTip} from '../../src/emit/picture/area-tree.ts'
import {element, type Host} from '../host.ts'
import {pause} from '../pause.ts'

/** Cells that are drawn at once: some milliseconds of writing them, and of the browser's placing them. */
const CELLS_AT_ONCE = 150

class Areas {
  readonly data: AreaPageData
  readonly host: Host
  readonly picture: SVGSVGElement
  readonly ways: HTMLElement
  readonly details: HTMLElement
  /** From the first whole to the one that is seen. */
  readonly path: AreaCell[]
  seen: AreaCell[] = []
  /** Of cells that hold others, what each is in. */
  above = new Map<AreaCell, AreaCell>()
  /** Counts what was to be shown: what is drawn in parts ends where something else is to be. */
  shows = 0

  constructor(root: HTMLElement, data: AreaPageData, host: Host) {
    this.data = data
    this.host = host
    this.picture = root.querySelector('#areas') as SVGSVGElement
    this.ways = root.querySelector('#tools') as HTMLElement
    this.details = root.querySelector('#details') as HTMLElement
    this.path = [unpackAreas(data.areas)]
  }

  /** Fulfilled when all cells are drawn, or something else is to be shown. */
  async show(): Promise<void> {
    const {form} = this.data
    const whole = this.path[this.path.length - 1]
    const show = ++this.shows
    const {cells, height} = await placeAreas(whole, form, MIN_PAGE_WIDTH)
    await pause()
    if (show !== this.shows) return
    this.picture.setAttribute('viewBox', `0 0 ${AREA_WIDTH} ${Math.ceil(height)}`)
    this.seen = cells.map(({node}) => node.data)
    this.above = new Map(cells.flatMap(({node}) => (node.parent === null ? [] : [[node.data, node.parent.data]])))
    this.ways.hidden = false
    this.ways.replaceChildren(...this.path.map((cell, level) => this.wayBack(cell, level)))
    this.tell(whole)
    // A file has the first whole drawn.
    if (show > 1 || this.picture.childElementCount === 0) await this.draw(cells, show)
  }

  async draw(cells: readonly SeenCell[], show: number): Promise<void> {
    this.picture.setAttribute('aria-busy', 'true')
    this.picture.replaceChildren()
    for (let from = 0; from < cells.length; from += CELLS_AT_ONCE) {
      if (from > 0) await pause()
      if (show !== this.shows) return
      const part = cells.slice(from, from + CELLS_AT_ONCE)
      // Names have been made safe by drawCell, as in every SVG.
      this.picture.insertAdjacentHTML(
        'beforeend',
        part.map(cell => drawCell(cell, this.data.measure, undefined)).join(''),
      )
    }
    this.picture.setAttribute('aria-busy', 'false')
  }

  end(): void {
    this.shows++
  }

  wayBack(cell: AreaCell, level: number): HTMLElement {
    const button = element('button', {type: 'button'}, level === 0 ? 'whole' : cell.name)
    if (level === this.path.length - 1) button.setAttribute('aria-current', 'true')
    button.addEventListener('click', () => this.backTo(level))
    return button
  }

  backTo(level: number): void {
    const left = this.path[level + 1]
    this.path.length = level + 1
    void this.show().then(() => this.focusOn(left))
  }

  focusOn(cell: AreaCell | undefined): void {
    const at = cell === undefined ? 0 : Math.max(0, this.seen.indexOf(cell))
    // Not if something else is to be shown by now.
    ;(this.picture.children[at] as SVGElement | undefined)?.focus()
  }

  tell(cell: AreaCell): void {
    this.details.replaceChildren(areaTip(cell, this.data.measure))
    const {id} = cell
    if (id === undefined) return
    if (this.host.linksOf !== undefined) {
      for (const {text, href} of this.host.linksOf(id)) this.details.append(' ', element('a', {href}, text))
      return
    }
    const copy = element('button', {type: 'button'}, `Copy @${id}`)
    copy.addEventListener('click', () => navigator.clipboard.writeText(`@${id}`))
    this.details.append(' ', element('code', {}, `@${id}`), ' ', copy)
  }

  /** Looks into a cell that holds others; of another the details are told. */
  enter(cell: AreaCell): void {
    const whole = this.path[this.path.length - 1]
    if (cell.children.length === 0 || cell === whole) {
      this.tell(cell)
      return
    }
    const between: AreaCell[] = []
    for (let at: AreaCell | undefined = cell; at !== undefined && at !== whole; at = this.above.get(at))
      between.unshift(at)
    this.path.push(...between)
    void this.show().then(() => this.focusOn(undefined))
  }

  cellOf(target: EventTarget | null): AreaCell | undefined {
    const found = (target as Element | null)?.closest?.('.hg-node')
    return found == null || found.parentElement !== (this.picture as Element)
      ? undefined
      : this.seen[[...this.picture.children].indexOf(found)]
  }

  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return
    if (event.key === 'Escape' && this.path.length > 1) this.backTo(this.path.length - 2)
    const cell = event.key === 'Enter' ? this.cellOf(event.target) : undefined
    if (cell !== undefined) this.enter(cell)
  }
}

/** Brings areas that are in `root` to life. What comes back ends it. */
export function mountAreas(root: HTMLElement, data: AreaPageData, host: Host = {}): () => void {
  const ending = new AbortController()
  const areas = new Areas(root, data, host)
  const onCell = (act: (cell: AreaCell) => void) => (event: Event) => {
    const cell = areas.cellOf(event.target)
    if (cell !== undefined) act(cell)
  }
  areas.picture.addEventListener(
    'click',
    onCell(cell => areas.enter(cell)),
  )
  areas.picture.addEventListener(
    'focusin',
    onCell(cell => areas.tell(cell)),
  )
  document.addEventListener('keydown', event => areas.onKey(event), {signal: ending.signal})
  void areas.show()
  return () => {
    areas.end()
    ending.abort()
  }
}
