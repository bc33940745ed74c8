/** Signals that end a program, and work that has to tidy up before they do. */

/** Ctrl-C, a request to end, a terminal that was closed. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies NodeJS.Signals[]

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
    if (received !== undefined) process.kill(process.pid, received)
  }
}
