/** Which sizes an answer shows, in words: people compare them with other tools'. */
import type {SizeModel} from '../../analyze/facts/self-sizes.ts'
import {plural} from '../../util/units.ts'

export function sizesSentence(sizes: SizeModel): string {
  return sizes === 'raw'
    ? 'sizes as the file has them (--sizes raw)'
    : "sizes as Chrome DevTools shows them: V8's private parts count as their owner's; --sizes raw has the file's own"
}

/** Of `count` objects that are freed though Node mentions them (`mentionEdges`). */
export function mentionSentence(count: number): string {
  const are = `${plural(count, 'object')} with a C++ side ${count === 1 ? 'is' : 'are'}`
  return `${are} on a list of Node's own, which keeps nothing alive; Chrome DevTools counts it as a holder`
}

/** Of `count` objects whose retained sizes are not those of DevTools for that reason. */
export function keptSizesSentence(count: number): string {
  return `${plural(count, 'suspect')} retain${count === 1 ? 's' : ''} more than Chrome DevTools shows, which counts a list of Node's own, of objects with a C++ side, as a holder; it keeps nothing alive`
}
