// Preloaded into programs that take snapshots of themselves and end: they take none, and when they would end, say so and stay.
'use strict'
const v8 = require('node:v8')
const {isMainThread} = require('node:worker_threads')

v8.writeHeapSnapshot = file => file
if (isMainThread) {
  process.exit = () => {
    process.stderr.write('settled\n')
    setInterval(() => {}, 60_000)
  }
}
