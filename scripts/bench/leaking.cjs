// A program that keeps every request, and three heap snapshots of it: base.heapsnapshot, target and final, in FOLDER.
// Usage: node --max-old-space-size=... leaking.cjs FOLDER N     N: requests before the first; a tenth of it comes before each further one.
'use strict'
const {join} = require('node:path')
const {writeHeapSnapshot} = require('node:v8')

class RequestRecord {
  constructor(id) {
    this.id = id
    this.url = `/item/${id}`
    this.headers = {host: `h${id % 100}`, etag: `W/${id}`, length: id * 1.5}
    this.tags = [`tag${id % 50}`, `page${id}`]
    this.forget = () => kept.delete(this.url)
  }
}

const kept = new Map()
exports.kept = kept

function serve(requests) {
  for (let i = 0; i < requests; i++) {
    const record = new RequestRecord(kept.size)
    kept.set(record.url, record)
  }
}

const [folder, entries] = [process.argv[2], Number(process.argv[3])]

/** From timers, so that nothing of the program is on the stack: what is there would show as a root. */
function next([name, ...names], requests) {
  if (name === undefined) process.exit(0)
  serve(requests)
  setTimeout(() => {
    writeHeapSnapshot(join(folder, `${name}.heapsnapshot`))
    next(names, Math.ceil(entries / 10))
  }, 10)
}

next(['base', 'target', 'final'], entries)
