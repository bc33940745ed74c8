/** From the nearest element with an id on, by position. */
export function cssPath(element: Element): string {
  if (element.id !== '') return `#${CSS.escape(element.id)}`
  const {parentElement} = element
  if (parentElement === null) return element.localName
  const at = [...parentElement.children].indexOf(element) + 1
  return `${cssPath(parentElement)} > ${element.localName}:nth-child(${at})`
}
