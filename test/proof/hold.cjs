// Preloaded into programs that take snapshots of themselves and end. Those for one snapshot take none; when they would end, they say so and stay.
// Those of three rounds write all three where SNAPS says, and then stay as they were when they wrote the last.
'use strict'
const Module = require('node:module')
const {join} = require('node:path')
const {setTimeout: delay} = require('node:timers/promises')
const v8 = require('node:v8')

const {writeHeapSnapshot} = v8
const folder = process.env.SNAPS
v8.writeHeapSnapshot = file => file
process.exit = settled

function settled() {
  process.stderr.write('settled\n')
  setInterval(() => {}, 60_000)
}

/** What `snap.cjs` of those programs does. */
async function threeRounds(work, {settle = 300} = {}) {
  for (const [round, name] of ['base', 'target', 'final'].entries()) {
    await work(round)
    await delay(settle)
    globalThis.gc()
    await delay(50)
    if (folder !== undefined) writeHeapSnapshot(join(folder, `${name}.heapsnapshot`))
  }
  settled()
  await delay(2 ** 30)
}

const load = Module._load
Module._load = function (request, ...rest) {
  return request.endsWith('/snap.cjs') ? threeRounds : load.call(this, request, ...rest)
}
