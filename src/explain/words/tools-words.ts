/** What is there only because somebody looks. */
import type {HeldByTools} from '../../analyze/graph/held-by-tools.ts'
import {formatBytes, plural} from '../../util/units.ts'

/** `DevTools, drivers and extensions alone keep 512.0 kB in 12,000 objects`. */
export function toolsSentence({count, bytes}: Pick<HeldByTools, 'count' | 'bytes'>): string {
  return `DevTools, drivers and extensions alone keep ${formatBytes(bytes)} in ${plural(count, 'object')}`
}
