/**
 * `node --import heapgraph/register app.js`: a snapshot at each signal, SIGUSR2 or HEAPGRAPH_SIGNAL, as `heap-PID-1.heapsnapshot` … in
 * HEAPGRAPH_DIR or the current folder, with sources as HEAPGRAPH_SOURCES says (`full` or `none`). Until then it only listens; nothing is
 * loaded but this file.
 */
import type {CaptureOptions} from './own.ts'

const signal = process.env.HEAPGRAPH_SIGNAL || 'SIGUSR2'
let taken = 0

process.on(signal as NodeJS.Signals, async () => {
  const [{captureOwn}, {join}] = await Promise.all([import('./own.ts'), import('node:path')])
  const file = join(process.env.HEAPGRAPH_DIR || '.', `heap-${process.pid}-${++taken}.heapsnapshot`)
  try {
    const {HEAPGRAPH_SOURCES: asked} = process.env
    const options: CaptureOptions = asked === 'none' || asked === 'full' ? {sources: asked} : {}
    const {path, bytes, leftOut} = await captureOwn(file, options, 'HEAPGRAPH_SOURCES=full')
    process.stderr.write(`heapgraph: ${path} written, ${bytes} bytes${leftOut === undefined ? '' : `; ${leftOut}`}\n`)
  } catch (error) {
    process.stderr.write(`heapgraph: ${(error as Error).message}\n`)
  }
})
