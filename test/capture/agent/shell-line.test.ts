import assert from 'node:assert/strict'
import {test} from 'node:test'
import {runShellLine} from '../../../src/capture/agent/shell-line.ts'
import {HANG_MS} from '../../support/limits.ts'

const FOR_EVER = `"${process.execPath}" -e "setInterval(() => {}, 1000)"`

test('a line is ended when it is told to, also where that was before it began', {timeout: HANG_MS}, async () => {
  const options = (signal: AbortSignal) => ({log: 2, signal})
  assert.match(String(await runShellLine(FOR_EVER, options(AbortSignal.abort()))), /^(?:was ended by|ended with)/)
  const over = new AbortController()
  const running = runShellLine(FOR_EVER, options(over.signal))
  over.abort()
  assert.match(String(await running), /^(?:was ended by|ended with)/)
})
