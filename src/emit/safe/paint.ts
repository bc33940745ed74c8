/** What a text emitter may ask of colors. The command line brings them; emitters know no escape sequence. */
export interface Paint {
  type: (text: string) => string
  /** The path through a property, slot or variable: `.cache`. */
  edge: (text: string) => string
  size: (text: string) => string
  /** The signs of target and root. */
  mark: (text: string) => string
  dim: (text: string) => string
  strong: (text: string) => string
  warn: (text: string) => string
  /** `text` shows `place`, a place in the code as answers have it: the command line makes it a link. */
  place: (text: string, place: string) => string
}

export function asIs(text: string): string {
  return text
}

export const plainPaint: Paint = {
  type: asIs,
  edge: asIs,
  size: asIs,
  mark: asIs,
  dim: asIs,
  strong: asIs,
  warn: asIs,
  place: asIs,
}
