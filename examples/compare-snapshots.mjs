// What grew between snapshots of one process, and what leaks: node compare-snapshots.mjs base.heapsnapshot target.heapsnapshot
import {growth, leaks, toText} from 'heapgraph'

const files = process.argv.slice(2)
const grown = await growth(files, {limit: 5})
for (const {name, counts, trend} of grown.rows) console.log(`${name}: ${counts.join(' → ')}, ${trend}`)
process.stdout.write(toText(await leaks(files)))
