/** Runs in a page that is tried: what can be done there, and scrolling. */
import {cssPath} from '../css-path.ts'

type Kind = 'link' | 'toggle' | 'popup' | 'tabs' | 'scroll'

interface Candidate {
  kind: Kind
  /** CSS; of tabs, that of each, the selected one last. */
  selectors: string[]
  text: string
}

const MAX_TEXT = 40
/** Pixels that a list must have out of sight. */
const MIN_SCROLLED = 200
const SCROLL_STEPS = 10

/** At most so many of each kind; `leftOut` counts the others. */
export function lookAround(most: number): {candidates: Candidate[]; leftOut: number} {
  const popups = visible('[aria-haspopup]:not([aria-haspopup=false])')
  const toggles = visible('[aria-expanded], details > summary').filter(element => !popups.includes(element))
  const found: [Kind, Element[][]][] = [
    ['link', links().map(link => [link])],
    ['popup', popups.map(element => [element])],
    ['toggle', toggles.map(element => [element])],
    [
      'tabs',
      visible('[role=tablist]')
        .map(tabsOf)
        .filter(tabs => tabs.length > 1),
    ],
    [
      'scroll',
      visible('*')
        .filter(isScrolled)
        .map(element => [element]),
    ],
  ]
  return {
    candidates: found.flatMap(([kind, all]) => all.slice(0, most).map(elements => candidate(kind, elements))),
    leftOut: found.reduce((sum, [, all]) => sum + Math.max(0, all.length - most), 0),
  }
}

/** Those that stay on this origin and lead elsewhere, each address once. */
function links(): Element[] {
  const seen = new Set([location.href])
  return (visible('a[href]') as HTMLAnchorElement[]).filter(link => {
    const isElsewhere = link.origin !== location.origin || link.target === '_blank' || link.hasAttribute('download')
    if (isElsewhere || seen.has(link.href)) return false
    seen.add(link.href)
    return true
  })
}

/** The selected one last; none if none is. */
function tabsOf(list: Element): Element[] {
  const tabs = [...list.querySelectorAll('[role=tab]')].filter(isVisible)
  const selected = tabs.find(tab => tab.getAttribute('aria-selected') === 'true')
  return selected === undefined ? [] : [...tabs.filter(tab => tab !== selected), selected]
}

function isScrolled(element: Element): boolean {
  if (element.scrollHeight <= element.clientHeight + MIN_SCROLLED) return false
  const {overflowY} = getComputedStyle(element)
  return element === document.scrollingElement || overflowY === 'auto' || overflowY === 'scroll'
}

function visible(selector: string): Element[] {
  return [...document.querySelectorAll(selector)].filter(isVisible)
}

function isVisible(element: Element): boolean {
  const {width, height} = element.getBoundingClientRect()
  return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible'
}

function candidate(kind: Kind, elements: Element[]): Candidate {
  const [first] = elements
  const text =
    first.getAttribute('aria-label') ?? (kind === 'scroll' || kind === 'tabs' ? '' : (first.textContent ?? ''))
  return {kind, selectors: elements.map(cssPath), text: text.trim().replace(/\s+/g, ' ').slice(0, MAX_TEXT)}
}

/** To the end in steps, each for a frame, and back to the top. */
export async function scrollThrough(element: Element): Promise<void> {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
  const height = element.scrollHeight
  for (let i = 1; i <= SCROLL_STEPS; i++) {
    element.scrollTop = (height * i) / SCROLL_STEPS
    await frame()
  }
  element.scrollTop = 0
  await frame()
}
