/**
 * What `heapgraph record` has every Node process and worker run first, through NODE_OPTIONS: numbers about its own memory, put into a small
 * file that the recorder reads. It must be felt by nobody: no output, no port, nothing that keeps a process alive or changes how it ends, and
 * no error ever. CommonJS, since `--require` is known to every Node there is, and stays where heapgraph is installed, since a process may
 * outlive the recorder and start others.
 *
 * `src/capture/record/record-slots.ts` reads the file and says what stands where.
 */
'use strict'

function begin() {
  const [folder, intervalText, recorderText] = JSON.parse(process.env.HEAPGRAPH_RECORD)
  const {closeSync, openSync, writeFileSync, writeSync} = require('node:fs')
  const {join} = require('node:path')
  const {PerformanceObserver} = require('node:perf_hooks')
  const {isMainThread, threadId, threadName} = require('node:worker_threads')

  const SLOTS = 64
  const SLOT_NUMBERS = 16
  /** V8's full collections: NODE_PERFORMANCE_GC_MAJOR. */
  const MAJOR = 4
  /** Samples between two looks whether the recorder is still there. */
  const LOOK_EVERY = 10

  const recorder = Number(recorderText)
  const name = join(folder, `${process.pid}-${threadId}`)
  const about = {
    pid: process.pid,
    ppid: process.ppid,
    thread: threadId,
    main: isMainThread,
    node: process.version,
    script: process.argv[1] ?? '',
    name: threadName ?? '',
  }
  const slot = new Float64Array(SLOT_NUMBERS)
  const bytes = new Uint8Array(slot.buffer)
  const gc = {ms: 0, count: 0, majors: 0, heapAfterMajor: 0, majorAt: 0}
  let samples = 0
  let fd = openSync(`${name}.slots`, 'wx', 0o600)
  // All at once, so that a disk that fills up later does no harm.
  writeSync(fd, new Uint8Array(SLOTS * SLOT_NUMBERS * 8), 0, SLOTS * SLOT_NUMBERS * 8, 0)
  sample(0)
  // The recorder looks for this one: what it names is whole by now.
  writeFileSync(`${name}.json`, JSON.stringify(about), {flag: 'wx', mode: 0o600})

  const observer = new PerformanceObserver(list => {
    for (const {duration, detail} of list.getEntries()) {
      gc.ms += duration
      gc.count++
      if (detail?.kind !== MAJOR) continue
      gc.majors++
      gc.heapAfterMajor = process.memoryUsage().heapUsed
      gc.majorAt = now()
    }
  })
  observer.observe({entryTypes: ['gc']})
  const timer = setInterval(tick, Number(intervalText))
  timer.unref()
  process.on('exit', () => {
    if (fd !== undefined) attempt(() => sample(1))
  })

  function tick() {
    try {
      if (samples % LOOK_EVERY === 0) process.kill(recorder, 0)
    } catch (error) {
      // Of another user it may be, and alive.
      if (error.code === 'ESRCH') return end()
    }
    try {
      sample(0)
    } catch {
      end()
    }
  }

  /** Of a machine's one clock that never jumps, so that it is the recorder's, too. */
  function now() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  }

  function sample(isLast) {
    const {rss, heapUsed, heapTotal, external, arrayBuffers} = process.memoryUsage()
    const number = ++samples
    slot.set([number, now(), rss, heapUsed, heapTotal, external, arrayBuffers, gc.ms, gc.count, gc.majors])
    slot[10] = gc.heapAfterMajor
    slot[11] = gc.majorAt
    slot[12] = isLast
    // At both ends: whoever reads two different numbers has met a half written slot.
    slot[SLOT_NUMBERS - 1] = number
    writeSync(fd, bytes, 0, bytes.length, (number % SLOTS) * bytes.length)
  }

  /** The recorder is gone, or there is nowhere to write. */
  function end() {
    clearInterval(timer)
    observer.disconnect()
    attempt(() => closeSync(fd))
    fd = undefined
  }
}

function attempt(what) {
  try {
    what()
  } catch {
    // Nobody who runs the program has asked for this, and nobody must hear of it.
  }
}

/** Deno ends a program that does what it was not allowed to, or asks the person at the terminal: it is seen from outside only, then. */
function isAllowed() {
  const {Deno} = globalThis
  if (Deno === undefined) return true
  return ['env', 'read', 'write', 'run', 'sys'].every(name => Deno.permissions.querySync({name}).state === 'granted')
}

attempt(() => {
  if (isAllowed() && process.env.HEAPGRAPH_RECORD) begin()
})
