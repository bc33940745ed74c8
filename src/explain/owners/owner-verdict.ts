/** What an answer says of its owners' cuts, as far as they were measured. */
import type {OwnersAnswer} from '../../analyze/owners/owners.ts'
import {formatCount, plural} from '../../util/units.ts'
import type {MeasuredCuts} from './owner-cut.ts'
import type {OwnerWords} from './owner-words.ts'

/** What must let go for the objects to be freed, as far as cutting it frees them: see `measuredCuts`. */
export function verdict(answer: OwnersAnswer, words: readonly OwnerWords[], cuts: MeasuredCuts): string {
  const {owners, total, unheld, shared, target, isCut} = answer
  const held = target.nodes.length - unheld
  if (owners.length === 0) return ''
  const {areAll, atOnce} = cuts
  const best = cuts.best ?? {owner: 0, frees: 0}
  const whole = held === 1 ? 'it' : `all ${formatCount(held)}`
  if (best.frees >= held && cuts.together === undefined) return `one cut frees ${whole}: ${words[best.owner].holder}`
  const parts = []
  const {together} = cuts
  if (together !== undefined) {
    const {texts, frees} = together
    const freed = frees >= held ? whole : `${formatCount(frees)} of ${formatCount(held)}`
    const sentence = `${texts.length} cuts together free ${freed}: ${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`
    if (frees >= held) return sentence
    parts.push(sentence)
  } else if (best.frees > 0) {
    parts.push(`one cut frees ${formatCount(best.frees)} of ${formatCount(held)}: ${words[best.owner].holder}`)
  }
  const everyone = owners.length === total.owners && owners.every(({count}) => count === held)
  const owned = formatCount(total.owners)
  const isNoneAlone = total.owners > 1 && best.frees === 0
  if (isNoneAlone && everyone && (areAll ?? !isCut)) {
    return `freed only if all ${owned} let go${atOnce === '' ? '' : `, or at once: ${atOnce}`}`
  }
  if (isNoneAlone && areAll === true) return `no one cut frees any; all ${owned} together free ${whole}`
  if (shared > 0) parts.push(`${plural(shared, 'object is', 'objects are')} freed only if several let go`)
  const isMore = isCut || areAll === false
  if (isMore) parts.push('some are held in more ways than were followed')
  return parts.join('; ')
}

/** What to give to `what-if --cut`, so that what the verdict promises is freed; none if there are no words for it. */
export function cutsOfVerdict({texts, best, areAllTold, together, atOnce}: MeasuredCuts): string[] {
  if (together !== undefined) return together.texts
  if (best !== undefined) return texts[best.owner]
  if (atOnce !== '') return [atOnce]
  return areAllTold ? [...new Set(texts.flat())] : []
}
