/** What pictures share: elements, and what they are in. */

/** What a picture is in. */
export interface Host {
  /** A page of more than the picture: the wheel scrolls it, unless Ctrl is pressed. */
  isPart?: boolean
  /** Views of an object, instead of commands. */
  linksOf?(id: number): {text: string; href: string}[]
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}
