/** Tries mutants one after the other, told by the parent which, and tells of each. */
import {mutant} from './mutants.mjs'

const {judged, QUESTIONS} = await import('./answers.mjs')
const [seed, from, to, step] = process.argv.slice(2).map(Number)
const names = Object.keys(QUESTIONS)

for (let number = from; number < to; number += step) {
  const {bytes, name} = mutant(seed, number)
  // All in turn, three a mutant.
  const questions = [0, 1, 2].map(i => names[(number + i * 5) % names.length])
  process.send({began: number})
  try {
    process.send({number, outcome: await judged(bytes, name, questions)})
  } catch (error) {
    process.send({number, outcome: 'failed', why: String(error.stack ?? error)})
  }
}
process.disconnect()
