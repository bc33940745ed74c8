/** What a text emitter may ask of colors. The command line brings them; emitters know no escape sequence. */
export interface Paint {
  /** A type: `UserRecord`. */
  type: (text: string) => string
  /** The path through a property, slot or variable: `.cache`. */
  edge: (text: string) => string
  /** A number of bytes. */
  size: (text: string) => string
  /** The signs of target and root. */
  mark: (text: string) => string
  /** What is of less weight: previews, notes. */
  dim: (text: string) => string
  /** What a reader should see first. */
  strong: (text: string) => string
  /** A limit, a warning. */
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
