/** The thread that reads a test's snapshots: its memory is a heap of its own, so that reading leaves no trace in what is measured. */

import {parentPort} from 'node:worker_threads'
import type {KnownObjects} from '../analyze/facts/known-objects.ts'
import {anyType, countedObjects, countObjects, grownTypes, type ObjectCounts} from '../analyze/growth/left-behind.ts'
import {findingsOf, grownSets} from '../explain/owners/left-behind-words.ts'
import {loadSourceMaps} from '../explain/places/source-maps.ts'
import {openSnapshot} from '../snapshot/load/load.ts'
import {failureMessage} from './message.ts'
import type {Answer, Seen, Task} from './protocol.ts'

const steps: ObjectCounts[] = []
let base: KnownObjects | undefined

async function look({file, least, types, rounds, iterations}: Task): Promise<Seen> {
  const snapshot = await openSnapshot(file, {threads: 1})
  base ??= countedObjects(snapshot)
  steps.push(countObjects(snapshot))
  const grown = steps.length === 1 ? [] : grownTypes(steps, least, types === undefined ? undefined : anyType(types))
  if (steps.length <= rounds) return {grown: grown.length, message: undefined}
  const sets = grownSets(snapshot, grown, base)
  // Runners and loaders put maps into what they compile, whose text this snapshot has; others lie beside the scripts.
  await loadSourceMaps(snapshot)
  const found = findingsOf(snapshot, sets, least)
  return {
    grown: grown.length,
    message: found.findings.length === 0 ? undefined : failureMessage(found, {rounds, iterations}),
  }
}

parentPort?.on('message', async (task: Task) => {
  let answer: Answer
  try {
    answer = {seen: await look(task)}
  } catch (error) {
    answer = {error: (error as Error).message}
  }
  parentPort?.postMessage(answer)
})
