/**
 * Types by memlab: `node peer-memlab.cjs FOLDER FILE`, FOLDER with its node_modules. It has no such table (its `analyze shape`
 * comes near, and takes much longer), so this is the least it must do: load with paths and retained sizes, add up objects by name.
 */
const {createRequire} = require('node:module')
const {join} = require('node:path')

const [, , folder, file] = process.argv
const {getFullHeapFromFile} = createRequire(join(folder, 'package.json'))('@memlab/heap-analysis')

async function main() {
  const heap = await getFullHeapFromFile(file)
  const rows = new Map()
  heap.nodes.forEach(node => {
    if (node.type !== 'object') return
    const row = rows.get(node.name) ?? {count: 0, retained: 0}
    row.count++
    row.retained += node.retainedSize
    rows.set(node.name, row)
  })
  const sorted = [...rows].sort((a, b) => b[1].retained - a[1].retained)
  for (const [name, {count, retained}] of sorted.slice(0, 30)) console.log(count, retained, name)
}

// It swallows some errors: an answer that does not come is none.
main().catch(error => {
  console.error(error)
  process.exit(1)
})
