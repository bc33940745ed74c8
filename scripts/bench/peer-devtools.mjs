/** The Summary of DevTools' own worker, as heap-snapshot-toolkit carries it: `node peer-devtools.mjs FILE`. */
import {createReadStream} from 'node:fs'
import {DevToolsAPI, parse} from 'heap-snapshot-toolkit'

const snapshot = await parse(createReadStream(process.argv[2], {encoding: 'utf8', highWaterMark: 1 << 20}))
const rows = Object.values(snapshot.aggregatesWithFilter(new DevToolsAPI.HeapSnapshotModel.NodeFilter()))
for (const {name, count, self, maxRet} of rows.sort((a, b) => b.maxRet - a.maxRet).slice(0, 30)) {
  console.log(count, self, maxRet, name)
}
