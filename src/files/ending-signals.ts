/** Signals that end a program, and work that has to tidy up before they do. */

/** Ctrl-C, a request to end, a terminal that was closed. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies NodeJS.Signals[]

/** What Windows can send: each ends the process at once (`uv_kill`). A console that is closed is told as SIGHUP there, but SIGHUP is refused. */
const SENT_ON_WINDOWS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGQUIT']

/** A signal as it can be sent to a process: itself, but on Windows SIGTERM for those that are unknown there. `platform` is for tests. */
export function sendable(signal: NodeJS.Signals, platform: string = process.platform): NodeJS.Signals {
  return platform !== 'win32' || SENT_ON_WINDOWS.includes(signal) ? signal : 'SIGTERM'
}

/** Hears signals, which then do nothing else, until the function that it returns is called. */
export function onSignals(signals: readonly NodeJS.Signals[], listener: (signal: NodeJS.Signals) => void): () => void {
  for (const name of signals) process.on(name, listener)
  return () => {
    for (const name of signals) process.off(name, listener)
  }
}

/**
 * Work that leaves nothing behind when a signal ends this process: the first one aborts it, and does what it does once the work has ended.
 * A second one is not waited for.
 */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController()
  let received: NodeJS.Signals | undefined
  const stop = onSignals(ENDING_SIGNALS, signal => {
    received = signal
    stop()
    ending.abort()
  })
  try {
    return await work(ending.signal)
  } finally {
    stop()
    // With nobody listening any more it does what it would have done at once.
    if (received !== undefined) process.kill(process.pid, sendable(received))
  }
}
