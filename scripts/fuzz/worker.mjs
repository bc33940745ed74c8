/** Tries mutants one after the other, told by the parent which, and tells of each. */
import {mutant} from './mutants.mjs'

const {judged, QUESTIONS} = await import('./answers.mjs')
const {judgedProfile, profileMutant} = await import('./profiles.mjs')
const [kind, ...numbers] = process.argv.slice(2)
const [seed, from, to, step] = numbers.map(Number)
const names = Object.keys(QUESTIONS)

for (let number = from; number < to; number += step) {
  process.send({began: number})
  try {
    process.send({number, outcome: await outcomeOf(number)})
  } catch (error) {
    process.send({number, outcome: 'failed', why: String(error.stack ?? error)})
  }
}
process.disconnect()

async function outcomeOf(number) {
  if (kind === 'heapprofile') return judgedProfile(await profileMutant(seed, number), number)
  const {bytes, name} = mutant(seed, number)
  // All in turn, three a mutant.
  const questions = [0, 1, 2].map(i => names[(number + i * 5) % names.length])
  return judged(bytes, name, questions)
}
