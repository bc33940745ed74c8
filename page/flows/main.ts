/** The script of HTML files with makers and owners: who is clicked or has the focus is shown with its bands alone, and told below. Esc shows all. */
const picture = document.querySelector<SVGSVGElement>('#flows')!
const details = document.querySelector<HTMLElement>('#details')!
const shapes = [...picture.querySelectorAll<SVGElement>('.hg-node')]
const bands = shapes.filter(shape => shape.dataset.from !== undefined)
const bars = shapes.filter(shape => shape.dataset.from === undefined)

/** Whether a band begins or ends at the bar. */
function meets(band: SVGElement, bar: SVGElement): boolean {
  const {maker, owner} = bar.dataset
  return maker === undefined ? band.dataset.to === owner : band.dataset.from === maker
}

function choose(chosen: SVGElement | undefined): void {
  const own = chosen === undefined ? bands : bands.filter(band => band === chosen || meets(band, chosen))
  const shown = new Set<SVGElement>(own)
  for (const bar of bars) if (bar === chosen || own.some(band => meets(band, bar))) shown.add(bar)
  for (const shape of shapes) shape.classList.toggle('hg-dim', !shown.has(shape))
  details.replaceChildren(...(chosen === undefined ? [] : words(chosen, own)))
}

function words(chosen: SVGElement, own: readonly SVGElement[]): HTMLElement[] {
  const told = bars.includes(chosen) ? [chosen, ...own] : [chosen]
  return told.map(shape => {
    const line = document.createElement('p')
    line.textContent = shape.getAttribute('aria-label')
    return line
  })
}

function shapeOf(target: EventTarget | null): SVGElement | undefined {
  return (target as Element | null)?.closest<SVGElement>('.hg-node') ?? undefined
}

picture.addEventListener('click', event => choose(shapeOf(event.target)))
picture.addEventListener('focusin', event => choose(shapeOf(event.target)))
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  const focused = document.activeElement as HTMLElement | null
  focused?.blur()
  choose(undefined)
})
