/** How methods come to the view that graphology has in families, alike but for a word in their names. */
import type {Direction, HeapReader} from './heap-reader.ts'

/** Adds a method to the view, of which it uses the heap alone. */
export type Define = (name: string, method: (this: {readonly heap: HeapReader}, ...args: unknown[]) => unknown) => void

/** The prefixes of graphology's methods, and which edges they mean where none is undirected. */
export const DIRECTIONS: [prefix: string, direction: Direction][] = [
  ['', 'both'],
  ['In', 'in'],
  ['Out', 'out'],
  ['Inbound', 'in'],
  ['Outbound', 'out'],
  ['Directed', 'both'],
  ['Undirected', 'none'],
]

export function uncapitalized(name: string): string {
  return name[0].toLowerCase() + name.slice(1)
}
