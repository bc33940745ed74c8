/** Makers and owners: who is clicked or has the focus is shown with its bands alone, and told below. Esc shows all. */
import {element} from '../host.ts'

/** Brings a picture that is in `root` to life. What comes back ends it. */
export function mountFlows(root: HTMLElement): () => void {
  const ending = new AbortController()
  const picture = root.querySelector('#flows') as SVGSVGElement
  const details = root.querySelector('#details') as HTMLElement
  const shapes = [...picture.querySelectorAll<SVGElement>('.hg-node')]
  const bands = shapes.filter(shape => shape.dataset.from !== undefined)
  const bars = shapes.filter(shape => shape.dataset.from === undefined)
  const choose = (chosen: SVGElement | undefined) => {
    const own = chosen === undefined ? bands : bands.filter(band => band === chosen || meets(band, chosen))
    const shown = new Set<SVGElement>(own)
    for (const bar of bars) if (bar === chosen || own.some(band => meets(band, bar))) shown.add(bar)
    for (const shape of shapes) shape.classList.toggle('hg-dim', !shown.has(shape))
    const told = chosen === undefined ? [] : bars.includes(chosen) ? [chosen, ...own] : [chosen]
    details.replaceChildren(...told.map(shape => element('p', {}, shape.getAttribute('aria-label') ?? '')))
  }
  picture.addEventListener('click', event => choose(shapeOf(event.target)))
  picture.addEventListener('focusin', event => choose(shapeOf(event.target)))
  document.addEventListener(
    'keydown',
    event => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      const focused = document.activeElement as HTMLElement | null
      focused?.blur()
      choose(undefined)
    },
    {signal: ending.signal},
  )
  return () => ending.abort()
}

/** Whether a band begins or ends at the bar. */
function meets(band: SVGElement, bar: SVGElement): boolean {
  const {maker, owner} = bar.dataset
  return maker === undefined ? band.dataset.to === owner : band.dataset.from === maker
}

function shapeOf(target: EventTarget | null): SVGElement | undefined {
  return (target as Element | null)?.closest<SVGElement>('.hg-node') ?? undefined
}
