/** What is said of a comparison of snapshots: whether ids agree. */
import {type Agreement, MIN_AGREEMENT} from '../../analyze/facts/agreement.ts'
import {formatCount} from '../../util/units.ts'

/** `same process: 45,405 of 45,405 common ids are of equal objects`. */
export function agreementSentence({common, equal, sameProcess}: Agreement): string {
  if (common === 0) {
    return 'ids do not tell objects apart: the snapshots have none in common (different processes, or an engine that gives objects new ids)'
  }
  const share = `${formatCount(equal)} of ${formatCount(common)} common ids are of equal kind and name (${percent(equal / common)})`
  if (sameProcess) return `same process: ${share}`
  if (equal > MIN_AGREEMENT * common) {
    return `ids do not tell objects apart: only ${formatCount(common)} are common to both snapshots, too few to be of one process`
  }
  const sentence = `different processes or inspector sessions: only ${share}, and ids tell objects apart from ${percent(MIN_AGREEMENT)} on`
  return equal / common < RENUMBERED ? `${sentence}; ${KEEP_CONNECTION}` : sentence
}

/** Two runs of one program share 80 % and more, since they start alike; below, all objects were numbered anew. */
const RENUMBERED = 0.5
const KEEP_CONNECTION =
  'so few are left where a debugger or driver was disconnected in between, which gives all objects new ids: take all snapshots over one connection (heapgraph capture --count 3, or one CDP session that stays open)'

function percent(share: number): string {
  // Never rounded up to what it is not.
  return `${Math.floor(share * 1000) / 10} %`
}
