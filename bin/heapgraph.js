#!/usr/bin/env node
// Checks what it runs on before anything else is loaded, so that an old Node gets a sentence, not a syntax error:
// for the same reason there is no top-level await here.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`heapgraph: needs Node 20.19 or newer, this is ${process.versions.node}\n`)
  process.exitCode = 2
} else {
  import('../dist/program/program.js').then(({runAsProgram}) => runAsProgram())
}
