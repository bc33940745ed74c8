import assert from 'node:assert/strict'
import {test} from 'node:test'
import {notStarted, startProgram} from '../../../src/capture/agent/start-program.ts'

test('a program that cannot be started is told with its reason, and on Windows how npm is started', async () => {
  await assert.rejects(startProgram(['./no-such-program'], {}), {
    message: './no-such-program: cannot be started: no such program',
    hint: 'check the command after --',
  })
  for (const code of ['ENOENT', 'EINVAL']) {
    const {hint} = notStarted('npm', Object.assign(new Error('spawn npm'), {code}), 'win32')
    assert.match(hint ?? '', /cmd \/c npm$/)
  }
})
