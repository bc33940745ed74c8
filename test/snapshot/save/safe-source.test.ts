import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parse} from 'acorn'
import {safeSource} from '../../../src/snapshot/save/safe-source.ts'
import {StandIns} from '../../../src/snapshot/save/stand-ins.ts'

const safe = (text: string, salt = 'salt') => safeSource(text, new Set(), new StandIns({salt}))

test('a number of many digits is hidden, however it is written', () => {
  const numbers = [
    '4111111111111111',
    '4111_1111_1111_1111',
    '4111111111111111n',
    '0xDEADBEEFCAFE',
    '0xdead_beef_cafen',
    '0o7654321',
    '0b1011011101111011111n',
    '52.520008',
    '.123456789',
    '1234567e5',
  ]
  for (const number of numbers) {
    const text = `x = ${number};`
    const shown = safe(text)
    assert.notEqual(shown, text, number)
    assert.equal(shown.length, text.length, number)
    assert.equal(shown.replace(/[\da-f]/gi, '0'), text.replace(/[\da-f]/gi, '0'), 'written as it was')
  }
  for (const number of ['1000', '0xffff', '1e3', '12.5', '0b1010', '64n']) assert.equal(safe(number), number)
})

test('what was JavaScript still is, whatever the salt, with lines where they were', () => {
  const text = [
    `'use strict'; const a = 1234567, b = 'one \\`,
    `two \\\r`,
    `three', c = \`four`,
    'five`, d = /"six"/gu /* seven',
    'eight */, e = 0.1234567 // nine',
  ].join('\n')
  const lines = (of: string) => of.split(/\r\n|\n/).length
  parse(text, {ecmaVersion: 'latest'})
  for (let salt = 0; salt < 200; salt++) {
    const shown = safe(text, String(salt))
    parse(shown, {ecmaVersion: 'latest'})
    assert.equal(lines(shown), lines(text))
  }
})

test('lines stay where the same text had a stand-in without lines before', () => {
  for (const end of ['\n', '\r\n', '\u2028']) {
    const standIns = new StandIns({salt: 'salt'})
    standIns.of(`a${end}b`)
    assert.ok(standIns.of(`a${end}b`, true).includes(end))
    assert.ok(!standIns.of(`a${end}b`).includes(end))
  }
})
