import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ENDING_SIGNALS, sendable} from '../../src/files/ending-signals.ts'

test('Windows refuses signals that it does not know: those are sent as SIGTERM, which ends a process as well', () => {
  assert.deepEqual(
    ENDING_SIGNALS.map(signal => sendable(signal, 'win32')),
    ['SIGINT', 'SIGTERM', 'SIGTERM'],
  )
  for (const platform of ['linux', 'darwin']) {
    for (const signal of ENDING_SIGNALS) assert.equal(sendable(signal, platform), signal)
  }
})
