// Preloaded into programs that take snapshots of themselves and end: without SNAPS they take none, and when they would end, say so and stay.
'use strict'
const v8 = require('node:v8')

if (process.env.SNAPS === undefined) v8.writeHeapSnapshot = file => file
process.exit = () => {
  process.stderr.write('settled\n')
  setInterval(() => {}, 60_000)
}
