/** What is there only because somebody looks. */
import type {HeldByTools} from '../../analyze/graph/held-by-tools.ts'
import {formatBytes, plural} from '../../util/units.ts'

/** `DevTools, drivers and extensions alone keep 512.0 kB in 12,000 objects`. */
export function toolsSentence({count, bytes}: Pick<HeldByTools, 'count' | 'bytes'>): string {
  return `DevTools, drivers and extensions alone keep ${formatBytes(bytes)} in ${plural(count, 'object')}`
}

/** `3 waits that DevTools, drivers and extensions alone keep are left out`, as a list of sentences: none if there are none. */
export function leftToTools(count: number, noun: string): string[] {
  if (count === 0) return []
  return [
    `${plural(count, noun)} that DevTools, drivers and extensions alone keep ${count === 1 ? 'is' : 'are'} left out`,
  ]
}
