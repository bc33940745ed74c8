/** What a page brings along, packed. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync, gzipSync} from 'node:zlib'
import {Attachments} from '../../src/read/attachment.ts'
import {temporaryFolder} from '../cli/cli.ts'

const folder = temporaryFolder()
const unpacked = (text: string) => gunzipSync(Buffer.from(text, 'base64')).toString('latin1')

test('files and bytes come out as they were, packed files unpacked', async () => {
  const text = '{"snapshot":'.repeat(10_000)
  const [plain, packed] = ['a.heapsnapshot', 'b.heapsnapshot.gz'].map(name => join(folder, name))
  writeFileSync(plain, text)
  writeFileSync(packed, gzipSync(text))
  const attachments = new Attachments()
  await attachments.addFile('a', plain)
  await attachments.addFile('b', packed)
  await attachments.add('c', [Buffer.from('x'), Buffer.from('y')])
  assert.deepEqual(Object.keys(attachments.texts), ['a', 'b', 'c'])
  assert.deepEqual(Object.values(attachments.texts).map(unpacked), [text, text, 'xy'])
})

test('what all take together is limited, and said with the file that is too much', async () => {
  const attachments = new Attachments(60)
  await attachments.add('small', [Buffer.from('x')])
  const noise = Buffer.from(Array.from({length: 5_000}, (_, i) => (i * i * 7919) % 251))
  await assert.rejects(attachments.add('large', [noise], 'heap.heapsnapshot'), {
    code: 'TOO_LARGE',
    message: /^heap\.heapsnapshot: /,
  })
  assert.deepEqual(Object.keys(attachments.texts), ['small'])
})

test('a file that is not there is said as everywhere', async () => {
  await assert.rejects(new Attachments().addFile('x', join(folder, 'none')), {code: 'UNREADABLE'})
})
