/** The script of HTML files with areas: a cell that is clicked becomes the whole, Esc and the buttons above lead back. */
import {AREA_WIDTH, type AreaView, drawCell, MIN_PAGE_WIDTH, placeAreas} from '../../src/emit/picture/area-cells.ts'
import {type AreaCell, areaTip} from '../../src/emit/picture/area-tree.ts'

interface AreaData {
  root: AreaCell
  form: AreaView
  heapBytes: number
}

const {root, form, heapBytes} = JSON.parse(document.getElementById('data')!.textContent!) as AreaData
const picture = document.querySelector<SVGSVGElement>('#areas')!
const ways = document.querySelector<HTMLElement>('#tools')!
const details = document.querySelector('#details')!

/** From the first whole to the one that is seen. */
const path: AreaCell[] = [root]
let seen: AreaCell[] = []
/** Of cells that hold others, what each is in. */
let above = new Map<AreaCell, AreaCell>()

async function show(): Promise<void> {
  const whole = path[path.length - 1]
  const {cells, height} = await placeAreas(whole, form, MIN_PAGE_WIDTH)
  picture.setAttribute('viewBox', `0 0 ${AREA_WIDTH} ${Math.ceil(height)}`)
  // Names have been made safe by drawCell, as in every SVG.
  picture.innerHTML = cells.map(cell => drawCell(cell, heapBytes, undefined)).join('')
  seen = cells.map(({node}) => node.data)
  above = new Map(cells.flatMap(({node}) => (node.parent === null ? [] : [[node.data, node.parent.data]])))
  ways.hidden = false
  ways.replaceChildren(...path.map(wayBack))
  tell(whole)
}

function wayBack(cell: AreaCell, level: number): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = level === 0 ? 'whole' : cell.name
  if (level === path.length - 1) button.setAttribute('aria-current', 'true')
  button.addEventListener('click', () => backTo(level))
  return button
}

function backTo(level: number): void {
  const left = path[level + 1]
  path.length = level + 1
  void show().then(() => focusOn(left))
}

function focusOn(cell: AreaCell | undefined): void {
  const at = cell === undefined ? 0 : Math.max(0, seen.indexOf(cell))
  ;(picture.children[at] as SVGElement).focus()
}

function tell(cell: AreaCell): void {
  details.replaceChildren(areaTip(cell, heapBytes))
  if (cell.id === undefined) return
  const id = document.createElement('code')
  id.textContent = `@${cell.id}`
  const copy = document.createElement('button')
  copy.type = 'button'
  copy.textContent = `Copy @${cell.id}`
  copy.addEventListener('click', () => navigator.clipboard.writeText(`@${cell.id}`))
  details.append(' ', copy)
}

/** Looks into a cell that holds others; of another the details are told. */
function enter(cell: AreaCell): void {
  if (cell.children.length === 0 || cell === path[path.length - 1]) {
    tell(cell)
    return
  }
  const between: AreaCell[] = []
  for (let at: AreaCell | undefined = cell; at !== undefined && at !== path[path.length - 1]; at = above.get(at))
    between.unshift(at)
  path.push(...between)
  void show().then(() => focusOn(undefined))
}

function cellOf(target: EventTarget | null): AreaCell | undefined {
  const element = (target as Element | null)?.closest('.hg-node')
  return element == null ? undefined : seen[[...picture.children].indexOf(element)]
}

picture.addEventListener('click', event => {
  const cell = cellOf(event.target)
  if (cell !== undefined) enter(cell)
})
picture.addEventListener('focusin', event => {
  const cell = cellOf(event.target)
  if (cell !== undefined) tell(cell)
})
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && path.length > 1) backTo(path.length - 2)
  const cell = event.key === 'Enter' ? cellOf(event.target) : undefined
  if (cell !== undefined) enter(cell)
})
void show()
