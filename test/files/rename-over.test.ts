/** What Windows refuses for an instant is tried again, and nothing else. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {renameOver} from '../../src/files/rename-over.ts'

function failing(code: string, times: number): {rename: () => void; calls: () => number} {
  let calls = 0
  return {
    rename: () => {
      if (++calls <= times) throw Object.assign(new Error(code), {code})
    },
    calls: () => calls,
  }
}

test('on Windows a file that somebody has open is tried again', () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    const {rename, calls} = failing(code, 2)
    renameOver('a', 'b', {rename, platform: 'win32'})
    assert.equal(calls(), 3, code)
  }
})

test('but not for ever, not for other reasons, and not elsewhere', () => {
  for (const [code, platform, expected] of [
    ['EPERM', 'win32', 10],
    ['ENOENT', 'win32', 1],
    ['EACCES', 'linux', 1],
  ] as const) {
    const {rename, calls} = failing(code, Number.POSITIVE_INFINITY)
    assert.throws(() => renameOver('a', 'b', {rename, platform}), {code})
    assert.equal(calls(), expected, `${code} on ${platform}`)
  }
})
