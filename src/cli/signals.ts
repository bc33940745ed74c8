/** Signals as the program tells them: exit codes, and work that the first one ends. */
import {constants} from 'node:os'
import {ENDING_SIGNALS, onSignals, sendable} from '../index.ts'
import type {Context} from './answer.ts'

/** As shells tell the end of a program by a signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0)
}

/** Signals that would write a core of this process become the number a shell shows for them. */
const RAISED = new Set<string>([...ENDING_SIGNALS, 'SIGKILL'])

/** Ends as a program has ended that had the signal. */
export function endAs({io, outcome}: Pick<Context, 'io' | 'outcome'>, signal: NodeJS.Signals): void {
  outcome.exitCode = exitCodeOf(signal)
  if (RAISED.has(signal)) io.raise?.(sendable(signal))
}

/** The first signal ends the work; what there is comes back all the same. */
export async function untilFirstSignal<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{result: T; received: NodeJS.Signals | undefined}> {
  const ending = new AbortController()
  let received: NodeJS.Signals | undefined
  const stop = onSignals(ENDING_SIGNALS, signal => {
    received ??= signal
    ending.abort()
  })
  try {
    const result = await work(ending.signal)
    return {result, received}
  } finally {
    stop()
  }
}
