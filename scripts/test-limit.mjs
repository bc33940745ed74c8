/**
 * A reporter for node --test, beside the one that people read: no test file hangs. On stderr it names each file that takes long, so that
 * the log of a run that somebody stops names it too; a file that takes far too long is killed, and so fails by name.
 * Node's own --test-timeout is no such limit: it asks a file with SIGTERM and waits for its end, and Node 24 has it for tests only, not for hooks.
 */
import {channel} from 'node:diagnostics_channel'
import {relative} from 'node:path'

/** Far beyond what a file takes on a slow and busy machine; the test of this file has it shorter. */
const LIMIT_MS = Number(process.env.HEAPGRAPH_TEST_FILE_LIMIT_MS ?? 40 * 60_000)
const SAY_EVERY_MS = Math.min(3 * 60_000, LIMIT_MS)
/** How long after its end a process may still have its output open: longer, and what it has started has it. */
const OUTPUT_MS = Math.min(10_000, LIMIT_MS)

/** When the processes of files have begun. */
const running = new Map()
channel('child_process').subscribe(({process: child}) => {
  const begun = {at: Date.now(), said: 0, killed: undefined}
  running.set(child, begun)
  child.on('close', () => running.delete(child))
})

// biome-ignore lint/correctness/useYield: it has nothing to say of the events, and must take them.
export default async function* limit(source) {
  const timer = setInterval(look, Math.min(1000, LIMIT_MS / 4))
  try {
    for await (const _ of source);
  } finally {
    clearInterval(timer)
  }
}

function look() {
  const now = Date.now()
  for (const [child, begun] of running) {
    const file = relative('', child.spawnargs?.at(-1) ?? '')
    const took = now - begun.at
    if (begun.killed !== undefined) {
      // What it has started may have its output open, and would be waited for.
      if (now - begun.killed > OUTPUT_MS) for (const stream of [child.stdout, child.stderr]) stream?.destroy()
    } else if (took > LIMIT_MS) {
      console.error(`${file} is killed: it has been running for ${told(took)}`)
      child.kill('SIGKILL')
      begun.killed = now
    } else if (took > begun.said + SAY_EVERY_MS) {
      console.error(`${file} has been running for ${told(took)}`)
      begun.said += SAY_EVERY_MS
    }
  }
}

function told(ms) {
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
