/** Class groups with retained sizes by @vscode/v8-heap-parser: `node peer-v8-heap-parser.cjs FOLDER FILE`. */
const {readFileSync} = require('node:fs')
const {createRequire} = require('node:module')
const {join} = require('node:path')

const [, , folder, file] = process.argv
const {decode_bytes} = createRequire(join(folder, 'package.json'))('@vscode/v8-heap-parser')
const graph = decode_bytes(readFileSync(file))
for (const group of graph.get_class_groups(0, 30, false)) {
  console.log(group.children_len, group.self_size, group.retained_size, group.name())
}
