// Writes all objects of a heap as CSV: node export-tables.mjs app.heapsnapshot nodes.csv
import {createWriteStream} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {openSnapshot} from 'heapgraph'
import {tableOf, toCsv} from 'heapgraph/export'

const [file, output] = process.argv.slice(2)
const snapshot = await openSnapshot(file)
await pipeline(Readable.from(toCsv(tableOf(snapshot, 'nodes'))), createWriteStream(output, {mode: 0o600}))
