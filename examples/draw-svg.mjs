// Draws what holds the objects of a type: node draw-svg.mjs app.heapsnapshot Session why.svg
import {writeFile} from 'node:fs/promises'
import {backrefs, openSnapshot, select, toSvg} from 'heapgraph'

const [file, type, output] = process.argv.slice(2)
const snapshot = await openSnapshot(file)
const answer = backrefs(snapshot, select(snapshot, {type}), {depth: 4, fan: 5})
await writeFile(output, await toSvg(answer, {theme: 'light'}), {mode: 0o600})
