// Who keeps the objects of a type alive, and which line must let go: node find-owners.mjs app.heapsnapshot Session
import {openSnapshot, select, toText, why} from 'heapgraph'

const [file, type] = process.argv.slice(2)
const snapshot = await openSnapshot(file)
const objects = select(snapshot, {type})
if (objects.nodes.length === 0) console.log(`no ${type} in ${file}`)
else process.stdout.write(toText(why(snapshot, objects)))
