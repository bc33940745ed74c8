/**
 * Runs in a page while a person records a scenario: tells what they do, each time with a way to find the element again. Events that scripts make are
 * no one's doing and are left out.
 */
import type {Recorded, Target} from '../../src/capture/page/recorded.ts'
import {cssPath} from '../css-path.ts'

type Editable = HTMLInputElement | HTMLTextAreaElement

/** Keys that do something wherever they are pressed; letters come out of `change`. */
const KEYS = new Set(['Enter', 'Escape', 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'])
const CLICKABLE =
  'a[href], button, summary, label, input, select, textarea, option, [role], [onclick], [tabindex], [contenteditable]'
/** Whose change says all that a click on them does. */
const CHOSEN = new Set(['checkbox', 'radio'])
const NOT_WRITTEN_IN = new Set([...CHOSEN, 'button', 'submit', 'reset', 'image', 'file', 'range', 'color'])
const ROLES: Record<string, string> = {a: 'link', button: 'button', select: 'combobox', textarea: 'textbox'}
const INPUT_ROLES: Record<string, string> = {
  button: 'button',
  submit: 'button',
  reset: 'button',
  checkbox: 'checkbox',
  radio: 'radio',
  range: 'slider',
  search: 'searchbox',
  number: 'spinbutton',
  text: 'textbox',
  email: 'textbox',
  tel: 'textbox',
  url: 'textbox',
}
const MAX_NAME = 80

/** Begins to tell; `tell` keeps the order. */
export function listen(tell: (recorded: Recorded) => void): void {
  const written = new WeakMap<Element, string>()
  const on = <K extends keyof DocumentEventMap>(type: K, hear: (event: DocumentEventMap[K], target: Element) => void) =>
    // In the capture phase: what the page stops is heard all the same.
    document.addEventListener(
      type,
      event => {
        const [target] = event.composedPath()
        if (event.isTrusted && target instanceof Element) hear(event, target)
      },
      true,
    )
  const write = (element: Element) => {
    if (!isWrittenIn(element) || written.get(element) === element.value) return
    written.set(element, element.value)
    const isSecret = element instanceof HTMLInputElement && element.type === 'password'
    tell({kind: 'fill', target: targetOf(element), ...(isSecret ? {isSecret} : {text: element.value})})
  }
  on('focusin', (_, element) => {
    if (isWrittenIn(element) && !written.has(element)) written.set(element, element.value)
  })
  on('change', (_, element) => {
    if (element instanceof HTMLSelectElement)
      tell({
        kind: 'select',
        target: targetOf(element),
        values: [...element.selectedOptions].map(({label}) => label),
      })
    else if (element instanceof HTMLInputElement && CHOSEN.has(element.type))
      tell({kind: element.checked ? 'check' : 'uncheck', target: targetOf(element)})
    else write(element)
  })
  on('keydown', ({key}, element) => {
    // Those that move within a field, or choose in one.
    const isInField = isWrittenIn(element) || element.matches('select, input')
    if (!KEYS.has(key) || (key.startsWith('Arrow') && isInField)) return
    // Comes before the `change` that it causes.
    write(element)
    tell({kind: 'press', target: targetOf(element), text: key})
  })
  on('click', ({detail}, element) => {
    // A key that presses a button, or a label its field: told as the key, and as the field's change.
    if (detail === 0 || isWrittenIn(element)) return
    const clicked = element.closest(CLICKABLE) ?? element
    if (clicked instanceof HTMLLabelElement && clicked.control !== null) return
    if (clicked instanceof HTMLSelectElement || clicked instanceof HTMLOptionElement) return
    if (clicked instanceof HTMLInputElement && CHOSEN.has(clicked.type)) return
    tell({kind: detail === 2 ? 'dblclick' : 'click', target: targetOf(clicked)})
  })
  // The browser's own buttons. `history.back()` of a click is no step of the person's. https://html.spec.whatwg.org/#dom-navigateevent-userinitiated
  navigation.addEventListener('navigate', ({navigationType, userInitiated, destination}) => {
    if (navigationType !== 'traverse' || !userInitiated || window !== window.top) return
    const from = navigation.currentEntry?.index ?? 0
    tell({kind: destination.index < from ? 'back' : 'forward'})
  })
}

function isWrittenIn(element: Element): element is Editable {
  return (
    element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !NOT_WRITTEN_IN.has(element.type))
  )
}

/** The first that finds this element and no other: test id, role and name, label, CSS. */
function targetOf(element: Element): Target {
  const frames = framesOf(window)
  const testId = element.getAttribute('data-testid')
  if (testId !== null && isOnly(element, other => other.getAttribute('data-testid') === testId)) return {frames, testId}
  const role = roleOf(element)
  const name = nameOf(element)
  if (role !== undefined && name !== '') {
    if (isOnly(element, other => roleOf(other) === role && nameOf(other) === name)) return {frames, role, name}
  }
  if (labelOf(element) !== '' && isOnly(element, other => labelOf(other) === labelOf(element)))
    return {frames, label: labelOf(element)}
  return {frames, css: cssOf(element)}
}

/** Whether no other element that can be seen has what this one has. */
function isOnly(element: Element, has: (other: Element) => boolean): boolean {
  for (const other of everyElement(document))
    if (other !== element && has(other) && other.checkVisibility()) return false
  return true
}

/** Of open shadow trees, too. */
function* everyElement(root: Document | ShadowRoot): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element
    if (element.shadowRoot !== null) yield* everyElement(element.shadowRoot)
  }
}

function roleOf(element: Element): string | undefined {
  const role = element.getAttribute('role')
  if (role !== null) return role
  if (element instanceof HTMLInputElement) return INPUT_ROLES[element.type]
  if (element instanceof HTMLAnchorElement && !element.hasAttribute('href')) return undefined
  return ROLES[element.localName]
}

/** The short form of what accessibility calls its name. https://www.w3.org/TR/accname-1.2/ */
function nameOf(element: Element): string {
  const own = element.getAttribute('aria-label') ?? labelOf(element)
  const image = element.querySelector('img[alt]')?.getAttribute('alt') ?? ''
  const isButton = element instanceof HTMLInputElement && INPUT_ROLES[element.type] === 'button'
  return shortened([own, isButton ? element.value : seenText(element), image].find(text => text.trim() !== '') ?? '')
}

function labelOf(element: Element): string {
  const labels = 'labels' in element ? ((element as HTMLInputElement).labels ?? []) : []
  return shortened([...labels].map(label => seenText(label)).join(' '))
}

/** Without what is drawn for eyes only, and what fields hold. */
function seenText(element: Element): string {
  let text = ''
  for (const child of element.childNodes) {
    if (child instanceof Text) text += child.data
    else if (child instanceof Element && child.getAttribute('aria-hidden') !== 'true' && !isWrittenIn(child))
      text += child instanceof HTMLSelectElement ? '' : seenText(child)
  }
  return text
}

/** A name that is too long is none: it is the text of a part of the page. */
function shortened(text: string): string {
  const short = text.trim().replace(/\s+/g, ' ')
  return short.length > MAX_NAME ? '' : short
}

/** One selector for each shadow tree, from the outermost on. */
function cssOf(element: Element): string[] {
  const root = element.getRootNode()
  const above = root instanceof ShadowRoot ? cssOf(root.host) : []
  return [...above, cssPath(element)]
}

/** The frames around, from the outermost on; those of other origins cannot be seen from within. */
function framesOf(window: Window): string[] {
  const {frameElement} = window
  return frameElement === null ? [] : [...framesOf(window.parent), cssPath(frameElement)]
}
