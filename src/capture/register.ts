/**
 * `node --import heapgraph/register app.js`: a snapshot at each signal, SIGUSR2 or HEAPGRAPH_SIGNAL, as `heap-PID-1.heapsnapshot` … in
 * HEAPGRAPH_DIR or the current folder. Until then it only listens; nothing is loaded but this file.
 */
const signal = process.env.HEAPGRAPH_SIGNAL || 'SIGUSR2'
let taken = 0

process.on(signal as NodeJS.Signals, async () => {
  const [{capture}, {join}] = await Promise.all([import('./own.ts'), import('node:path')])
  const file = join(process.env.HEAPGRAPH_DIR || '.', `heap-${process.pid}-${++taken}.heapsnapshot`)
  try {
    const {path, bytes} = await capture(file)
    process.stderr.write(`heapgraph: ${path} written, ${bytes} bytes\n`)
  } catch (error) {
    process.stderr.write(`heapgraph: ${(error as Error).message}\n`)
  }
})

export {}
